"""What a person at a terminal sees."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import UTC

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

import parley
from parley.chat import slash
from parley.chat.lines import Lines
from parley.chat.screen import Screen
from parley.chat.terminal import talk
from tests.client.loopback import Loopback, loopback
from tests.client.model import BOB, PASSWORD, ModelServer
from tests.client.talk import cmid

ROOM = "lobby"
NOON = 1_795_435_200_000


class Seen:
    """A screen, and the lines that it has printed."""

    def __init__(self, chat: parley.Chat, model: ModelServer) -> None:
        self.chat, self.model = chat, model
        self.lines: list[str] = []
        lines = Lines(UTC)
        lines.said(NOON, "nobody", "so that the day is known")
        self.screen = Screen(chat, self.lines.append, lambda: NOON, lines)

    async def type(self, line: str) -> bool:
        typed = slash.read(line)
        assert typed is not None
        return await self.screen.do(typed)

    async def show_until(self, is_last: Callable[[parley.ChatEvent], bool]) -> None:
        """Show events as they come, up to this one."""
        async for event in self.chat.events():
            await self.screen.show(event)
            if is_last(event):
                return

    async def show_until_stored(self) -> None:
        await self.show_until(lambda event: isinstance(event, parley.Stored))


@pytest.fixture
async def server() -> AsyncIterator[Loopback]:
    async with loopback(ModelServer(ROOM, "other")) as server:
        yield server


@pytest.fixture
async def seen(server: Loopback) -> AsyncIterator[Seen]:
    """Ann, in the lobby."""
    async with parley.connect(server.url, user="ann", password=PASSWORD) as chat:
        seen = Seen(chat, server.model)
        await seen.screen.go_to(server.model.as_listed(ROOM))
        seen.lines.clear()
        yield seen


async def test_an_own_line_is_printed_with_its_tick_once_it_is_stored(seen: Seen) -> None:
    await seen.type("hello")
    assert seen.lines == []
    assert "1 line on the way" in seen.screen.toolbar()

    await seen.show_until_stored()

    assert seen.lines == ["12:00 ann ✓ hello"]
    assert "on the way" not in seen.screen.toolbar()


async def test_a_refused_line_is_shown_with_its_reason_and_dismissed(seen: Seen) -> None:
    seen.model.next_refusals.append(False)
    await seen.type("hello")
    await seen.show_until(lambda event: isinstance(event, parley.SendRefused))

    assert seen.lines == ["— not sent: hello (no) —"]
    assert seen.chat.outbox() == []


async def test_what_another_says_is_printed_with_the_name(seen: Seen, server: Loopback) -> None:
    seen.model.someone_says(seen.model.rooms[ROOM], cmid(1), is_heard=True)
    await server.flush()
    await seen.show_until(lambda event: isinstance(event, parley.Message))

    assert seen.lines[-1].endswith(f"00:00 {BOB.user_name} bob {cmid(1)}")


async def test_what_history_has_printed_is_not_printed_again(seen: Seen, server: Loopback) -> None:
    seen.model.someone_says(seen.model.rooms[ROOM], cmid(1), is_heard=True)
    await seen.type("/history")
    await server.flush()
    await seen.show_until(lambda event: isinstance(event, parley.Message))

    assert len([line for line in seen.lines if cmid(1) in line]) == 1


async def test_another_room_is_named_before_its_lines(seen: Seen, server: Loopback) -> None:
    await seen.type("/join other")
    seen.model.someone_says(seen.model.rooms[ROOM], cmid(1), is_heard=True)
    await server.flush()
    await seen.show_until(lambda event: isinstance(event, parley.Message))

    assert "[Lobby] bob" in seen.lines[-1]


async def test_making_a_room_goes_there(seen: Seen) -> None:
    await seen.type("/create Kitchen")
    await seen.type("hello")
    await seen.show_until_stored()

    assert [entry.text for entry in seen.model.rooms["kitchen"].entries] == ["hello"]
    assert seen.screen.toolbar().startswith("Kitchen · ann · connected")


async def test_leaving_a_room_leads_back_to_the_lobby(seen: Seen) -> None:
    await seen.type("/join other")
    await seen.type("/leave")

    assert "other" not in seen.model.joined
    assert seen.screen.toolbar().startswith("Lobby")


async def test_a_room_that_is_not_there_is_said(seen: Seen) -> None:
    assert await seen.type("/join cellar")

    assert seen.lines == ["— there is no room 'cellar' that is open to you —"]


async def test_who_has_spoken_is_listed(seen: Seen) -> None:
    seen.model.someone_says(seen.model.rooms[ROOM], cmid(1), is_heard=False)
    await seen.type("/who")

    assert seen.lines == ["Spoke here lately: bob"]


async def test_rooms_are_listed(seen: Seen) -> None:
    await seen.type("/rooms")

    assert seen.lines == ["Your rooms:  Lobby, Other"]


async def test_quit_ends_it(seen: Seen) -> None:
    assert not await seen.type("/quit")


async def test_the_toolbar_says_why_there_is_no_connection(seen: Seen) -> None:
    await seen.screen.show(parley.Offline("nothing listens there", 1.0))
    assert "not connected: nothing listens there" in seen.screen.toolbar()

    await seen.screen.show(parley.Online(seen.chat.person))
    assert "· connected" in seen.screen.toolbar()


async def test_a_hostile_line_does_not_steer_the_terminal(seen: Seen) -> None:
    room = seen.model.rooms[ROOM]
    room.append(BOB.id, cmid(1), "\x1b[2Jgone")
    await seen.type("/history 1")

    assert "\x1b" not in seen.lines[-1]


async def test_typing_at_a_terminal_talks_until_quit(server: Loopback) -> None:
    async with parley.connect(server.url, user="ann", password=PASSWORD) as chat:
        with (
            create_pipe_input() as keyboard,
            create_app_session(input=keyboard, output=DummyOutput()),
        ):
            keyboard.send_text("hello\r/quit\r")
            await talk(chat, server.model.as_listed(ROOM))

    assert [entry.text for entry in server.model.rooms[ROOM].entries] == ["hello"]
