"""A server that is gone for an hour, and a clock that is wrong."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, timedelta

import pytest

from desktop_client.layout.link_words import link_words
from desktop_client.layout.words import day_name, moment
from desktop_client.state.model import Link, State
from desktop_client.state.talk import Outgoing, Talk
from desktop_client.update import effects, events, update
from parley import client
from parley.domain.typing import Typists
from tests.desktop_client.parts import ANN, BOB, LOBBY, NOON, TODAY, said, signed_in

HOUR = 3_600_000
REASON = "connection refused"


def after(state: State, *happened: events.Event) -> State:
    for event in happened:
        state, _ = update(state, event)
    return state


def tries(*times: int) -> list[events.Event]:
    """The server was tried in vain at these times."""
    return [events.Happened(client.Offline(REASON, 20.0), time) for time in times]


# --- a server that is gone -----------------------------------------------------------------


def test_a_server_that_is_gone_for_an_hour_is_said_to_be_gone_since_the_first_try() -> None:
    state = after(signed_in(), *tries(*range(NOON, NOON + HOUR, 20_000)))

    assert link_words(state.link, 2, TODAY, UTC) == (
        "Not connected since 12:00: connection refused. Trying again. 2 waiting to be sent."
    )


def test_a_server_that_is_gone_since_yesterday_is_said_to_be() -> None:
    state = after(signed_in(), *tries(NOON))

    words = link_words(state.link, 0, TODAY + timedelta(days=1), UTC)

    assert words == "Not connected since Yesterday, 12:00: connection refused. Trying again."


def test_a_server_that_is_back_is_not_spoken_of() -> None:
    state = after(signed_in(), *tries(NOON), events.Happened(client.Online(ANN), NOON + HOUR))

    assert link_words(state.link, 0, TODAY, UTC) == ""


def test_a_server_that_is_gone_again_is_gone_since_then() -> None:
    back = events.Happened(client.Online(ANN), NOON + HOUR)
    state = after(signed_in(), *tries(NOON), back, *tries(NOON + 2 * HOUR))

    assert link_words(state.link, 0, TODAY, UTC).startswith("Not connected since 14:00:")


def test_before_the_first_answer_it_is_being_connected() -> None:
    assert link_words(Link(), 1, TODAY, UTC) == "Connecting … 1 waiting to be sent."


def test_what_was_written_in_that_hour_is_there_and_waits() -> None:
    written = events.Posted(events.Waiting(LOBBY.id, "cmid-ann00-1", "hello", NOON))
    state = after(signed_in(), *tries(NOON), written, *tries(NOON + HOUR))

    assert [each.text for each in state.talks[LOBBY.id].outgoing] == ["hello"]


def test_after_that_hour_everything_is_read_again() -> None:
    state = after(signed_in(), *tries(NOON, NOON + HOUR))

    _, done = update(state, events.Happened(client.Online(ANN), NOON + HOUR))

    assert effects.LoadRooms() in done


# --- a clock that is wrong -----------------------------------------------------------------


def told(state: State, message: client.Message, now: int) -> list[effects.Effect]:
    _, done = update(state, events.Happened(message, now))
    return [effect for effect in done if isinstance(effect, effects.Tell)]


@pytest.mark.parametrize("off", [-48 * HOUR, -HOUR, 0, HOUR, 48 * HOUR])
def test_whatever_the_clock_says_new_messages_are_told_of(off: int) -> None:
    live = events.Happened(client.RoomLive(LOBBY.id, 1, 4, 4), NOON + off)
    state = after(signed_in(is_focused=False), live)

    assert told(state, said(5, "news"), NOON + off) == [effects.Tell("bob in Lobby", "news")]


@pytest.mark.parametrize("off", [-48 * HOUR, -HOUR, HOUR, 48 * HOUR])
def test_whatever_the_clock_says_what_was_missed_is_not_told_of(off: int) -> None:
    live = events.Happened(client.RoomLive(LOBBY.id, 1, 4, 9), NOON + off)
    state = after(signed_in(is_focused=False), live)

    assert told(state, said(5, "missed"), NOON + off) == []


def test_quiet_hours_are_those_of_the_servers_clock() -> None:
    ann = client.Person(ANN.id, ANN.user_name, ANN.display_name, time_zone="UTC")
    noon = client.Settings(True, client.Quiet(11 * 60, 13 * 60))
    live = events.Happened(client.RoomLive(LOBBY.id, 1, 0, 0), NOON + 6 * HOUR)
    state = after(signed_in(is_focused=False, me=ann, settings=noon), live)

    assert told(state, said(1, "news"), NOON + 6 * HOUR) == []


@pytest.mark.parametrize("off", [-HOUR, HOUR])
def test_whatever_the_clock_says_what_waits_stands_at_the_end(off: int) -> None:
    waiting = Outgoing("cmid-ann00-9", "mine", NOON + off)
    talk = Talk(LOBBY, (said(1), said(2)), (waiting,), first=1)

    assert talk.last() == waiting


def test_a_message_of_a_day_to_come_is_shown_with_its_date() -> None:
    tomorrow = moment(NOON + 24 * HOUR, UTC).date()

    assert day_name(tomorrow, TODAY) == "24 November 2026"


def test_a_clock_that_is_put_back_while_the_server_is_gone_does_no_harm() -> None:
    state = after(signed_in(), *tries(NOON, NOON - 24 * HOUR))

    words = link_words(state.link, 0, TODAY - timedelta(days=1), UTC)

    assert words.startswith("Not connected since 23 November 2026, 12:00:")


def test_who_is_typing_is_shown_by_this_computers_clock_alone() -> None:
    typing = events.Happened(client.TypingShown(LOBBY.id, BOB.id, 5000), NOON + 48 * HOUR)

    state = after(replace(signed_in(), typists=Typists()), typing)

    assert state.typists.in_room(LOBBY.id, NOON + 48 * HOUR + 4999) == [BOB.id]
    assert state.typists.in_room(LOBBY.id, NOON + 48 * HOUR + 5000) == []
