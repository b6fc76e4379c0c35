"""One room: its order, and how far one's own messages have come."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_client.state.talk import (
    Gone,
    Outgoing,
    Progress,
    Talk,
    dismissed,
    refused,
    taken_back,
    with_outgoing,
    withdrawn,
)
from parley.client import Message
from parley.protocol.events import Extent, Receipts
from tests.desktop_client.parts import ANN, BOB, LOBBY, NOON, said, texts, with_entries

WAITING = Outgoing("cmid-ann00-3", "hello", NOON)


@given(st.permutations(range(1, 9)))
def test_entries_stand_in_their_order_however_they_arrive(order: list[int]) -> None:
    talk = Talk(LOBBY)

    for seq in order:
        talk = with_entries(talk, [said(seq)])

    assert [entry.seq for entry in talk.entries] == list(range(1, 9))


def test_an_entry_that_comes_twice_stands_there_once() -> None:
    talk = with_entries(Talk(LOBBY), [said(1), said(2)])

    assert with_entries(talk, [said(2), said(1)]) is talk


def test_an_own_message_moves_from_the_end_to_its_place_when_its_entry_comes() -> None:
    talk = with_outgoing(Talk(LOBBY), WAITING)

    talk = with_entries(talk, [said(3, by=ANN)])

    assert (texts(talk), talk.outgoing) == (["hello"], ())


def test_an_entry_that_is_quicker_than_the_outbox_is_not_shown_twice() -> None:
    talk = with_entries(Talk(LOBBY), [said(3, by=ANN)])

    assert with_outgoing(talk, WAITING).outgoing == ()


def test_a_refusal_that_is_quicker_than_the_outbox_is_not_forgotten() -> None:
    talk = refused(Talk(LOBBY), replace(WAITING, reason="too long"))

    (message,) = with_outgoing(talk, WAITING).outgoing

    assert (message.text, message.reason) == ("hello", "too long")


def test_a_refused_message_stays_until_it_is_dismissed() -> None:
    talk = refused(with_outgoing(Talk(LOBBY), WAITING), replace(WAITING, reason="no"))

    assert talk.progress(talk.outgoing[0], ANN.id) is Progress.REFUSED
    assert dismissed(talk, WAITING.cmid).outgoing == ()


def test_an_own_message_has_its_tick_once_the_room_is_stored_so_far() -> None:
    message = said(3, by=ANN)

    assert Talk(LOBBY, stored=(1, 2)).progress(message, ANN.id) is Progress.WAITING
    assert Talk(LOBBY, stored=(1, 3)).progress(message, ANN.id) is Progress.STORED
    assert Talk(LOBBY, stored=(2, 1)).progress(message, ANN.id) is Progress.STORED


@pytest.mark.parametrize(
    ("delivered", "read", "progress"),
    [(2, 2, Progress.STORED), (3, 2, Progress.DELIVERED), (3, 3, Progress.READ)],
)
def test_an_own_message_is_delivered_and_read_once_all_others_have_come_so_far(
    delivered: int, read: int, progress: Progress
) -> None:
    reached = Extent(delivered, BOB.id, 9), Extent(read, BOB.id, 9)
    talk = Talk(LOBBY, stored=(1, 9), receipts=Receipts(LOBBY.id, 1, *reached))

    assert talk.progress(said(3, by=ANN), ANN.id) is progress


def test_what_was_lost_is_taken_back_and_ones_own_is_on_its_way_again() -> None:
    talk = with_entries(Talk(LOBBY), [said(1), said(2, "mine", by=ANN), said(3), said(4)])

    talk = taken_back(talk, generation=2, after=1, now=NOON, me=ANN.id)

    assert texts(talk) == ["hello"]
    assert [message.text for message in talk.outgoing] == ["mine"]
    gone = talk.entries[-1]
    assert isinstance(gone, Gone)
    assert gone.reason.startswith("2 messages were lost")


def test_what_is_of_the_new_generation_is_not_taken_back() -> None:
    talk = with_entries(Talk(LOBBY), [said(1), said(2, generation=2)])

    assert taken_back(talk, generation=2, after=1, now=NOON, me=ANN.id) is talk


def test_a_message_that_comes_after_a_loss_takes_the_lost_ones_place() -> None:
    talk = with_entries(Talk(LOBBY), [said(1), said(2, "lost")])
    talk = taken_back(talk, generation=2, after=1, now=NOON, me=ANN.id)

    talk = with_entries(talk, [said(2, "again", generation=2)])

    assert texts(talk) == ["hello", "again"]


def test_a_withdrawn_message_leaves_its_reason_where_it_stood() -> None:
    talk = withdrawn(with_entries(Talk(LOBBY), [said(1), said(2)]), 1, "too odd")

    assert not isinstance(talk.entries[0], Message)
    assert "too odd" in talk.entries[0].reason  # type: ignore[union-attr]
    assert BOB.id == talk.entries[1].author  # type: ignore[union-attr]
