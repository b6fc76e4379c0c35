"""Going to what was not read: in the open room, then in another one."""

from dataclasses import replace

from msgspec import structs

from desktop_client.layout.conversation import Conversation
from desktop_client.state.history import Around
from desktop_client.state.model import State
from desktop_client.state.talk import Standing, Talk
from desktop_client.update import effects, events, update
from tests.desktop_client.parts import (
    ANN,
    LOBBY,
    METRICS,
    PLANS,
    SCENE,
    page,
    said,
    signed_in,
    with_entries,
)

PRESSED = events.PressedUnread("half a thought")


def lobby(read: int, *seqs: int, by_ann: int = 0) -> State:
    """The lobby, opened when this much had been read, with these messages at hand."""
    entries = [said(seq, by=ANN) if seq == by_ann else said(seq) for seq in seqs]
    talk = with_entries(Talk(LOBBY, first=seqs[0]), entries)
    return signed_in(talks={LOBBY.id: talk}, unread_after=read)


def test_the_first_unread_message_of_others_is_gone_to() -> None:
    state, done = update(lobby(3, 2, 3, 4, 5, 6, by_ann=4), PRESSED)

    assert (state.found, done) == (said(5).target, [])


def test_what_is_unread_further_back_is_fetched_and_then_gone_to() -> None:
    state, done = update(lobby(100, 500, 501), PRESSED)
    assert done == [effects.LoadHistory(LOBBY.id, Around(101))]

    around = page(*(said(seq) for seq in range(98, 105)), more=True)
    around = structs.replace(around, more_after=True)
    state, _ = update(state, events.GotHistory(around, Around(101)))

    assert (state.found, state.seeks_unread) == (said(101).target, False)


def test_what_is_unread_and_cannot_be_fetched_is_said() -> None:
    state, _ = update(lobby(100, 500, 501), PRESSED)

    state, _ = update(state, events.NoHistory(LOBBY.id))

    assert "there is no connection to fetch it" in state.notice
    assert not state.seeks_unread


def test_pressed_again_the_next_room_with_something_unread_is_opened() -> None:
    state = lobby(3, 3, 4)
    plans = replace(with_entries(Talk(PLANS), [said(1, room=PLANS)]), standing=Standing(unread=1))
    state, _ = update(replace(state, talks={**state.talks, PLANS.id: plans}), PRESSED)
    assert state.opened == LOBBY.id

    state, _ = update(state, PRESSED)

    assert (state.opened, state.unread_after) == (PLANS.id, 0)
    assert state.drafts == {LOBBY.id: "half a thought"}


def test_with_nothing_unread_one_stays_where_one_is() -> None:
    state = replace(lobby(0, 1, 2), unread_after=None)

    assert update(state, PRESSED) == (state, [])


def test_the_message_below_the_line_is_known_to_the_list() -> None:
    conversation = Conversation(METRICS)
    talk = with_entries(Talk(LOBBY), [said(1), said(2), said(3)])

    conversation.lay_out(talk, replace(SCENE, unread_after=2), 600, 400)
    assert conversation.first_unread == said(3).target
    conversation.lay_out(talk, SCENE, 600, 400)
    assert conversation.first_unread is None
