"""Reading in a room's past: what is asked for, what is shown, and the way back to the end."""

from dataclasses import replace

import pytest
from msgspec import structs

from desktop_client.state.history import LATEST, TAIL, After, Around, At, Before, Stretch
from desktop_client.state.model import State
from desktop_client.state.talk import Talk
from desktop_client.update import effects, events, update
from parley import client
from parley.client import HistoryPage
from tests.desktop_client.parts import ANN, LOBBY, NOON, page, said, signed_in, texts

END = 500


def told(event: client.ChatEvent) -> events.Happened:
    return events.Happened(event, NOON)


def after(state: State, *happened: events.Event) -> State:
    for event in happened:
        state, _ = update(state, event)
    return state


def around(seq: int) -> HistoryPage:
    whole = page(*(said(each) for each in range(seq - 3, seq + 4)), more=True)
    return structs.replace(whole, more_after=True)


@pytest.fixture
def state() -> State:
    latest = page(*(said(seq) for seq in range(END - 9, END + 1)), more=True)
    return after(signed_in(), events.GotHistory(latest, LATEST))


def talk_of(state: State) -> Talk:
    return state.talks[LOBBY.id]


def test_what_is_kept_is_shown_and_then_what_the_server_has(state: State) -> None:
    place = Before(END - 9)
    kept = Stretch((said(END - 10, "as it was"),), END - 10, END - 10, True, True)

    state = after(state, events.GotKept(LOBBY.id, place, kept))
    assert texts(talk_of(state))[0] == "as it was"
    state = after(state, events.GotHistory(page(said(END - 10, "as it is"), more=True), place))

    assert texts(talk_of(state))[0] == "as it is"
    assert len(talk_of(state).entries) == 11


def test_a_message_that_was_deleted_meanwhile_is_not_shown_any_more(state: State) -> None:
    place, old = Before(END - 9), said(END - 10, "not for long")
    kept = Stretch((old,), END - 10, END - 10, True, True)
    stone = client.DeletedMessage(LOBBY.id, 1, old.seq, old.n, old.time, old.author, old.cmid)

    state = after(
        state,
        events.GotKept(LOBBY.id, place, kept),
        events.GotHistory(page(stone, more=True), place),
    )

    assert "not for long" not in texts(talk_of(state))


def test_without_a_connection_the_past_is_asked_for_once(state: State) -> None:
    state = after(state, events.NearedTop(), events.NoHistory(LOBBY.id))

    assert update(state, events.NearedTop())[1] == []
    state = after(state, told(client.RoomLive(LOBBY.id, 1, END, END)))
    assert update(state, events.NearedTop())[1] == [effects.LoadHistory(LOBBY.id, Before(END - 9))]


def test_scrolling_on_from_a_jump_fetches_what_follows(state: State) -> None:
    state = after(state, events.GotHistory(around(100), Around(100)))

    assert update(state, events.NearedBottom())[1] == [effects.LoadHistory(LOBBY.id, After(103))]


def test_nothing_follows_the_end(state: State) -> None:
    assert update(state, events.NearedBottom())[1] == []


def test_a_jump_to_a_day_shows_what_was_said_then(state: State) -> None:
    state = after(state, events.GotHistory(around(100), At(NOON)))

    assert [entry.seq for entry in talk_of(state).entries] == list(range(97, 104))


def test_a_day_on_which_nothing_follows_changes_nothing(state: State) -> None:
    empty = HistoryPage(LOBBY.id, 1, (), 0, 0, more=False)

    state = after(state, events.GotHistory(empty, At(NOON)))

    assert talk_of(state).more


def test_the_way_back_needs_no_asking(state: State) -> None:
    before = talk_of(state).entries
    state = after(state, events.GotHistory(around(100), Around(100)))

    state, asked = update(state, events.PressedLatest())

    assert (talk_of(state).entries, talk_of(state).is_past, asked) == (before, False, [])


def test_who_says_something_is_at_the_end(state: State) -> None:
    state = after(state, events.GotHistory(around(100), Around(100)))

    state = after(state, events.Posted(events.Waiting(LOBBY.id, "cmid", "here", NOON)))

    assert not talk_of(state).is_past
    assert talk_of(state).outgoing[0].text == "here"


def test_a_room_that_is_opened_again_is_at_its_end(state: State) -> None:
    state = after(state, events.GotHistory(around(100), Around(100)), events.ClosedRoom())

    state = after(state, events.OpenedRoom(LOBBY.id))

    assert not talk_of(state).is_past
    assert state.at_end


def test_of_a_room_that_nobody_looks_at_little_is_held(state: State) -> None:
    state = after(state, events.ClosedRoom())

    for seq in range(END + 1, END + 900):
        state = after(state, told(said(seq)))

    talk = talk_of(state)
    assert len(talk.entries) <= 2 * TAIL
    assert (talk.last(), talk.first, talk.more) == (said(END + 899), talk.entries[0].seq, True)


def test_a_jump_is_dropped_with_the_room_that_it_was_in(state: State) -> None:
    state = after(state, events.ClosedRoom(), events.GotHistory(around(100), Around(100)))

    assert talk_of(state).entries[-1].seq == END


def test_a_message_that_is_neither_kept_nor_to_be_had_is_said_to_be_so(state: State) -> None:
    wanted = said(100).target
    state = replace(state, sought=(wanted, 100))

    state = after(state, events.NoHistory(LOBBY.id))

    assert "no connection" in state.notice
    assert state.sought is None


def test_what_others_say_does_not_move_one_who_reads_back(state: State) -> None:
    state = after(state, events.MovedToEnd(is_there=False))
    first = talk_of(state).first

    for seq in range(END + 1, END + 1_500):
        state = after(state, told(said(seq, by=ANN)))

    assert talk_of(state).first == first
    assert talk_of(state).is_past
    assert talk_of(state).last() == said(END + 1_499, by=ANN)
