"""Followed rooms: what is shown, what is resumed, and what is taken back."""

from parley.client.events import (
    Known,
    Message,
    NoticeShown,
    Retracted,
    RoomLive,
    RoomLost,
    RoomRestarted,
    StoredUpTo,
    UnsupportedShown,
    Withdrawn,
)
from parley.client.outputs import SaveCursor
from parley.client.session import Kept
from parley.client.showing import HistoryPage
from parley.protocol import events
from parley.protocol.commands import (
    Cursor,
    History,
    NotResumed,
    Page,
    Resume,
    Resumed,
    ResumedRooms,
)
from parley.protocol.content import Notice, Stone
from parley.protocol.entry import Position
from parley.protocol.limits import RESUME_ROOMS
from tests.client.model import ANN, BOB, TOKEN
from tests.client.talk import Talk, cmid, event

ROOM, OTHER = "lobby", "other"


def say(talk: Talk, *seqs: int, generation: int = 1) -> None:
    for seq in seqs:
        talk.tell(event(ROOM, seq, generation=generation, author=BOB.id, cmid=cmid(seq)))


def joined(seq: int) -> events.Event:
    """Return one notice, wherever it stands."""
    return events.Event(ROOM, 1, seq, 0, 1, BOB.id, cmid(77), Notice("joined", BOB.id))


def seqs(talk: Talk) -> list[int]:
    return [message.seq for message in talk.all_shown(Message)]


def reset(
    generation: int, since: int, *, top: int | None = None, recovered: bool = True
) -> events.Reset:
    return events.Reset(ROOM, generation, since, top or since, since, top or since, recovered)


def start_at(talk: Talk, seq: int) -> None:
    """Follow the room from there on instead."""
    talk.do(talk.session.unfollow(ROOM))
    talk.follow(ROOM)
    talk.resume(ROOM, since=seq)


def read(talk: Talk, *entries: events.Event, generation: int = 1) -> HistoryPage:
    """Read a page of history, and return it as the application has it."""
    talk.do(talk.session.ask(History(ref=0, room=ROOM), 7, talk.now))
    talk.answer(Page(ROOM, generation, list(entries), more=False), talk.last(History))
    page = talk.resolved[-1].answer
    assert isinstance(page, HistoryPage)
    return page


# --- what is shown -------------------------------------------------------------------------


def test_events_are_shown_in_order(live: Talk) -> None:
    say(live, 1, 2, 3)

    assert seqs(live) == [1, 2, 3]


def test_an_event_that_comes_again_is_shown_once(live: Talk) -> None:
    say(live, 1, 2, 1, 2)

    assert seqs(live) == [1, 2]


def test_an_event_before_the_room_is_resumed_is_not_shown() -> None:
    talk = Talk()
    talk.follow(ROOM)
    talk.connect()

    say(talk, 1)

    assert seqs(talk) == []


def test_an_event_before_a_room_is_resumed_again_is_not_shown(live: Talk) -> None:
    live.lose_connection()
    live.connect()

    say(live, 1)

    assert seqs(live) == []


def test_an_event_of_a_room_that_is_not_followed_is_not_shown(live: Talk) -> None:
    live.tell(event(OTHER, 1, author=BOB.id, cmid=cmid(1)))

    assert seqs(live) == []


def test_an_event_of_an_older_generation_is_not_shown(live: Talk) -> None:
    live.tell(reset(2, since=0))

    say(live, 1, generation=1)

    assert seqs(live) == []


def test_a_message_under_a_second_number_is_shown_once(live: Talk) -> None:
    live.tell(event(ROOM, 1, author=BOB.id, cmid=cmid(7)))
    live.tell(event(ROOM, 2, author=BOB.id, cmid=cmid(7)))
    say(live, 3)

    assert seqs(live) == [1, 3]


def test_what_was_read_back_is_not_shown_again_under_a_second_number(live: Talk) -> None:
    """A notice that is told twice, for one: the database has the second copy as a stone."""
    start_at(live, 5)
    read(live, joined(4))

    live.tell(joined(6))

    assert live.all_shown(NoticeShown) == []


def test_what_was_shown_and_stands_further_ahead_is_withdrawn_when_that_is_read(
    live: Talk,
) -> None:
    start_at(live, 5)
    live.tell(joined(6))

    page = read(live, joined(4))

    (withdrawn,) = live.all_shown(Withdrawn)
    assert (withdrawn.generation, withdrawn.seq) == (1, 6)
    assert [entry.seq for entry in page.entries] == [4]


def test_a_page_does_not_bring_what_was_shown_further_ahead(live: Talk) -> None:
    live.tell(joined(1))
    live.tell(joined(2))

    assert read(live, joined(2)).entries == ()
    assert len(live.all_shown(NoticeShown)) == 1


def test_a_page_that_reaches_beyond_the_cursor_hides_no_event(live: Talk) -> None:
    say(live, 1)
    read(live, event(ROOM, 1, author=BOB.id, cmid=cmid(1)), joined(2))

    live.tell(joined(2))

    assert [notice.seq for notice in live.all_shown(NoticeShown)] == [2]


def test_a_page_of_another_generation_says_nothing_about_this_one(live: Talk) -> None:
    start_at(live, 5)
    read(live, joined(4), generation=2)

    live.tell(joined(6))

    assert [notice.seq for notice in live.all_shown(NoticeShown)] == [6]


def test_a_stone_is_not_shown_and_leaves_no_hole(live: Talk) -> None:
    live.tell(events.Event(ROOM, 1, 1, 0, 1, None, None, Stone("set_aside")))
    say(live, 2)

    assert seqs(live) == [2]


def test_content_of_an_unknown_kind_is_shown_as_such(live: Talk) -> None:
    live.receive(
        b'{"type":"event","room":"lobby","generation":1,"seq":1,"n":1,"time":5,'
        b'"author":"00000000000bo","cmid":null,"content":{"kind":"poll","question":"tea?"}}'
    )

    assert live.all_shown(UnsupportedShown) == [UnsupportedShown(ROOM, 1, 1, 5, BOB.id, "poll")]


def test_a_message_that_was_set_aside_is_withdrawn(live: Talk) -> None:
    live.tell(events.Refused(ROOM, 1, 1, BOB.id, cmid(1), "it has no form"))

    assert live.all_shown(Withdrawn) == [Withdrawn(ROOM, 1, 1, BOB.id, cmid(1), "it has no form")]


def test_the_rooms_watermark_is_told_when_it_moves(live: Talk) -> None:
    live.tell(events.Stored(ROOM, 1, 3))
    live.tell(events.Stored(ROOM, 1, 2))

    assert live.all_shown(StoredUpTo)[-1:] == [StoredUpTo(ROOM, 1, 3)]


# --- holes ---------------------------------------------------------------------------------


def test_a_hole_is_filled_before_what_comes_after_it(live: Talk) -> None:
    say(live, 1, 3)
    assert seqs(live) == [1]
    assert live.last(Resume).rooms == [Cursor(ROOM, 1, 1)]

    live.resume(ROOM, since=1, top=3)
    say(live, 2, 3)

    assert seqs(live) == [1, 2, 3]
    assert live.all_shown(RoomRestarted) == []


def test_a_lost_last_event_is_noticed_by_the_heartbeat(live: Talk) -> None:
    say(live, 1)

    live.tell(events.Position(ROOM, 1, top=2, stored=0))

    assert live.last(Resume).rooms == [Cursor(ROOM, 1, 1)]


def test_a_heartbeat_that_agrees_resumes_nothing(live: Talk) -> None:
    say(live, 1)

    live.tell(events.Position(ROOM, 1, top=1, stored=1))

    assert len(live.of(Resume)) == 1


def test_a_new_generation_in_an_event_or_heartbeat_resumes_the_room(live: Talk) -> None:
    live.tell(events.Position(ROOM, 2, top=0, stored=0))

    assert len(live.of(Resume)) == 2


def test_a_room_is_asked_for_once_while_it_is_being_resumed(live: Talk) -> None:
    say(live, 2, 3, 4)

    assert len(live.of(Resume)) == 2


def test_a_room_that_never_catches_up_is_resumed_less_and_less_often(live: Talk) -> None:
    for _ in range(5):
        say(live, 5)
        live.resume(ROOM)

    assert len(live.of(Resume)) < 5


# --- resuming ------------------------------------------------------------------------------


def test_a_room_is_resumed_from_where_it_was_left() -> None:
    talk = Talk(Kept(ANN, TOKEN, (), {ROOM: Position(2, 9)}))
    talk.follow(ROOM, OTHER)

    talk.connect()

    assert talk.last(Resume).rooms == [Cursor(ROOM, 2, 9), Cursor(OTHER)]


def test_the_cursor_moves_with_what_was_shown(live: Talk) -> None:
    say(live, 1, 2)
    live.lose_connection()
    live.connect()

    assert live.last(Resume).rooms == [Cursor(ROOM, 1, 2)]


def test_many_rooms_are_resumed_in_portions() -> None:
    talk = Talk()
    talk.follow(*(f"room{number}" for number in range(RESUME_ROOMS + 1)))

    talk.connect()

    assert [len(command.rooms) for command in talk.of(Resume)] == [RESUME_ROOMS, 1]


def test_a_resumed_room_is_live_from_its_cursor(live: Talk) -> None:
    assert live.all_shown(RoomLive) == [RoomLive(ROOM, 1, 0, 0)]


def test_a_room_with_too_much_missed_starts_afresh(live: Talk) -> None:
    say(live, 1)
    live.lose_connection()
    live.connect()
    live.resume(ROOM, since=500, recovered=False)
    say(live, 501)

    assert live.all_shown(RoomRestarted) == [RoomRestarted(ROOM, 1, 500)]
    assert seqs(live) == [1, 501]


def test_a_room_that_cannot_be_resumed_now_is_asked_for_again(live: Talk) -> None:
    say(live, 2)
    live.answer(ResumedRooms([], [NotResumed(ROOM, "unavailable", "later", True)]))
    live.wait(2)

    assert len(live.of(Resume)) == 3
    assert live.all_shown(RoomLost) == []


def test_a_room_that_is_not_ones_own_is_lost(live: Talk) -> None:
    say(live, 2)

    live.answer(ResumedRooms([], [NotResumed(ROOM, "not_a_member", "not in it", False)]))

    assert live.all_shown(RoomLost) == [RoomLost(ROOM, "not_a_member", "not in it")]
    assert live.saved[-1] == SaveCursor(ROOM, None)


def test_a_resume_that_is_refused_as_a_whole_is_tried_again(live: Talk) -> None:
    say(live, 2)
    live.refuse("unavailable", retry=True)
    live.wait(2)

    assert len(live.of(Resume)) == 3


def test_after_being_removed_nothing_more_of_the_room_is_shown(live: Talk) -> None:
    live.tell(events.RoomLost(ROOM))
    say(live, 1)

    assert len(live.all_shown(RoomLost)) == 1
    assert seqs(live) == []


def test_a_gateway_that_knows_an_older_generation_is_asked_again_later(live: Talk) -> None:
    live.tell(reset(3, since=0))
    say(live, 2, generation=3)
    live.resume(ROOM, generation=2, since=0)
    assert len(live.of(Resume)) == 2

    live.wait(2)

    assert live.last(Resume).rooms == [Cursor(ROOM, 3, 0)]
    assert live.all_shown(Retracted) == [Retracted(ROOM, 3, 0, ())]


# --- generations ---------------------------------------------------------------------------


def test_what_was_lost_with_a_generation_is_taken_back(live: Talk) -> None:
    say(live, 1, 2, 3)

    live.tell(reset(2, since=1))

    gone = (Known(1, 2, BOB.id, cmid(2)), Known(1, 3, BOB.id, cmid(3)))
    assert live.all_shown(Retracted) == [Retracted(ROOM, 2, 1, gone)]


def test_what_is_known_to_be_stored_is_not_taken_back_whatever_the_gateway_has_seen(
    live: Talk,
) -> None:
    say(live, 1, 2, 3)
    live.tell(events.Stored(ROOM, 1, 2))

    live.tell(reset(2, since=1))
    say(live, 2, 3, generation=2)

    assert live.all_shown(Retracted) == [Retracted(ROOM, 2, 2, (Known(1, 3, BOB.id, cmid(3)),))]
    assert seqs(live) == [1, 2, 3, 3]


def test_what_was_taken_back_is_shown_again_when_it_is_sent_again(live: Talk) -> None:
    say(live, 1, 2)
    live.tell(reset(2, since=1))

    say(live, 2, generation=2)

    assert seqs(live) == [1, 2, 2]


def test_what_survived_is_not_shown_again(live: Talk) -> None:
    say(live, 1, 2)
    live.tell(reset(2, since=2))
    live.tell(event(ROOM, 3, generation=2, author=BOB.id, cmid=cmid(2)))

    assert seqs(live) == [1, 2]


def test_a_returning_client_is_told_what_was_lost_meanwhile(live: Talk) -> None:
    say(live, 1, 2)
    live.lose_connection()
    live.connect()
    live.resume(ROOM, generation=2, since=1, top=2)
    say(live, 2, generation=2)

    assert [back.after for back in live.all_shown(Retracted)] == [1]
    assert seqs(live) == [1, 2, 2]


def test_a_reset_while_the_room_is_being_resumed_is_followed_once(live: Talk) -> None:
    say(live, 1, 3)  # a hole: a resume is under way
    live.tell(reset(2, since=1, top=2))
    say(live, 2, generation=2)
    answer = Resumed(ROOM, 2, 1, 2, 0, 2, True)

    live.answer(ResumedRooms([answer], []), live.last(Resume))
    say(live, 2, generation=2)
    say(live, 3, generation=2)

    assert seqs(live) == [1, 2, 3]
    assert len(live.all_shown(Retracted)) == 1


def test_a_reset_beyond_what_has_come_leaves_no_hole(live: Talk) -> None:
    """It says where the gateway's other readers stand; we were filling a hole meanwhile."""
    say(live, 1, 3)
    live.tell(reset(2, since=3))
    live.resume(ROOM, generation=2, since=1, top=3)
    say(live, 2, 3, generation=2)

    assert seqs(live) == [1, 2, 3]
    assert live.all_shown(RoomRestarted) == []


def test_a_reset_beyond_what_has_come_resumes_the_room(live: Talk) -> None:
    say(live, 1)

    live.tell(reset(2, since=3))

    assert live.last(Resume).rooms == [Cursor(ROOM, 2, 1)]
    assert len(live.all_shown(RoomLive)) == 1


def test_a_room_that_starts_afresh_in_a_new_generation_forgets_what_it_showed(live: Talk) -> None:
    say(live, 1, 2)
    live.tell(reset(2, since=40, recovered=False))
    live.tell(event(ROOM, 41, generation=2, author=BOB.id, cmid=cmid(2)))

    assert live.all_shown(RoomRestarted) == [RoomRestarted(ROOM, 2, 40)]
    assert seqs(live) == [1, 2, 41]
