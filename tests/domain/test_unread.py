"""What counts as unread, and what a badge shows."""

from parley.domain.unread import RoomBadge, Tally, badge, tally_of, with_event
from parley.protocol.content import Content, Delete, Edit, Notice, Pin, React, Stone, Target, Text
from parley.protocol.derived import Derived
from parley.protocol.events import Event
from parley.protocol.limits import UNREAD_MOST
from tests.store.samples import cmid

ME = "me"


def event(seq: int, content: Content, author: str = "bob", derived: Derived | None = None) -> Event:
    return Event("room1", 1, seq, seq, 1000, author, cmid(seq), content, derived)


def said(seq: int, author: str = "bob", **derived: object) -> Event:
    return event(seq, Text("hello"), author, Derived(**derived) if derived else None)  # type: ignore[arg-type]


def deleted(seq: int, target: Event) -> Event:
    assert target.author is not None
    assert target.cmid is not None
    known = target.derived or Derived()
    derived = Derived(mentions=known.mentions, everyone=known.everyone, seq=target.seq)
    return event(seq, Delete(Target(target.author, target.cmid)), "adm", derived)


def test_only_what_others_say_counts() -> None:
    target = Target("bob", cmid(1))
    events = [
        said(1),
        said(2, author=ME),
        event(3, Notice("joined", "cyd")),
        event(4, React(target, "👍")),
        event(5, Pin(target)),
        event(6, Edit(cmid(1), "hi")),
    ]

    assert tally_of(events, ME, read=0).unread == 1


def test_what_was_read_does_not_count() -> None:
    assert tally_of([said(1), said(2), said(3)], ME, read=2).unread == 1


def test_a_message_that_names_one_or_everyone_is_a_mention() -> None:
    events = [said(1, mentions=[ME]), said(2, everyone=True), said(3, mentions=["cyd"])]

    assert tally_of(events, ME, read=0).mentions == 2


def test_a_deleted_message_counts_no_more() -> None:
    first, second = said(1, mentions=[ME]), said(2)

    tally = tally_of([first, second, deleted(3, first)], ME, read=0)

    assert (tally.unread, tally.mentions) == (1, 0)


def test_what_comes_as_deleted_already_counts_neither_then_nor_at_its_deletion() -> None:
    first, second = said(1), said(2)
    left = event(2, Stone("deleted"))

    assert tally_of([first, left, deleted(3, second)], ME, read=0).unread == 1


def test_a_message_that_two_have_deleted_is_taken_away_once() -> None:
    first, second = said(1), said(2)
    twice = [deleted(3, first), deleted(4, first)]

    assert tally_of([first, second, *twice], ME, read=0).unread == 1


def test_the_deletion_of_what_was_read_changes_nothing() -> None:
    first, second = said(1), said(2)

    assert tally_of([first, second, deleted(3, first)], ME, read=1).unread == 1


def test_the_deletion_of_what_one_has_said_changes_nothing() -> None:
    mine, other = said(1, author=ME), said(2)

    assert tally_of([mine, other, deleted(3, mine)], ME, read=0).unread == 1


def test_a_hidden_message_counts_neither_when_it_stands_nor_when_it_is_deleted() -> None:
    first, second = said(1), said(2)
    hidden = frozenset({1})

    assert tally_of([first, second], ME, 0, hidden).unread == 1
    assert tally_of([first, second, deleted(3, first)], ME, 0, hidden).unread == 1


def test_an_entry_that_is_known_changes_nothing() -> None:
    tally = tally_of([said(1), said(2)], ME, read=0)

    assert with_event(tally, said(2), ME) == tally


def test_a_count_that_reached_its_bound_stays_there() -> None:
    tally = Tally(0, 5, unread=UNREAD_MOST)

    assert with_event(tally, said(6), ME).unread == UNREAD_MOST
    assert with_event(tally, deleted(6, said(1)), ME).unread == UNREAD_MOST


def test_a_badge_counts_messages_and_in_muted_rooms_mentions_alone() -> None:
    rooms = [
        RoomBadge(unread=3, mentions=1, is_muted=False),
        RoomBadge(unread=9, mentions=2, is_muted=True),
        RoomBadge(unread=0, mentions=0, is_muted=False, marked_unread=True),
        RoomBadge(unread=4, mentions=0, is_muted=False, marked_unread=True),
    ]

    assert badge(rooms) == 3 + 2 + 1 + 4
