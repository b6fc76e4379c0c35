"""A pipe in mid-run: what is printed twice or not at all, and what ends it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

import parley
from parley.chat.options import ChatOptions
from parley.chat.pipe import Pipe
from parley.protocol.commands import Page
from parley.protocol.content import Target, Text
from parley.protocol.events import Event
from parley.protocol.refusals import CloseCode
from parley.protocol.states import Reaction, State
from tests.client.loopback import Loopback, loopback
from tests.client.model import BOB, PASSWORD, ModelServer
from tests.client.talk import cmid

ROOM = "lobby"


class Printed:
    """The lines of a pipe, as they are printed."""

    def __init__(self) -> None:
        self._lines: asyncio.Queue[str] = asyncio.Queue()

    def __call__(self, line: str) -> None:
        self._lines.put_nowait(line)

    async def line(self) -> str:
        """The next line."""
        async with asyncio.timeout(10):
            return await self._lines.get()

    async def next(self) -> tuple[str, int]:
        """The kind of the next line, and its seq, or what it goes back to."""
        line = json.loads(await self.line())
        return line["type"], line.get("seq", line.get("after"))


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch) -> Printed:
    printed = Printed()
    monkeypatch.setattr("parley.chat.pipe._out", printed)
    return printed


@pytest.fixture
async def server() -> AsyncIterator[Loopback]:
    """A server whose logger does nothing by itself."""
    async with loopback(ModelServer(ROOM), stores=False) as server:
        yield server


@asynccontextmanager
async def following(server: Loopback, history: int, *, json: bool = True) -> AsyncIterator[None]:
    """A pipe that prints the last entries, and then what arrives."""
    options = ChatOptions(server.url, follow=True, json=json, history=history)
    async with parley.connect(server.url, user="ann", password=PASSWORD) as chat:
        running = asyncio.create_task(Pipe(chat, server.model.as_listed(ROOM), options, None).run())
        yield
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


def bob_says(server: Loopback, number: int) -> None:
    server.model.someone_says(server.model.rooms[ROOM], cmid(number), is_heard=True)


async def test_history_shows_what_is_answered_and_what_was_put_to_it(
    server: Loopback, printed: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One answer is to what stood before the page, one to what is in it, as it reads now."""
    earlier = State(1, 1, 0, BOB.id, cmid(1), "tea or coffee?")
    answers = [
        Event(ROOM, 1, seq, seq, 0, BOB.id, cmid(seq), Text(text, reply_to=Target(BOB.id, to)))
        for seq, text, to in ((8, "tea", cmid(1)), (9, "so do I", cmid(8)))
    ]
    edited = State(8, 8, 0, BOB.id, cmid(8), "tea!", reactions=[Reaction("👍", 2, [BOB.id])])
    page = Page(ROOM, 1, [*answers], False, 8, 9, as_of=12, states=[edited], quoted=[earlier])
    monkeypatch.setattr(server.model, "_history", lambda *_: page)

    async with following(server, history=2, json=False):
        lines = [await printed.line() for _ in range(5)]

    assert [line.partition("Bob ")[2] or line for line in lines] == [
        "      ┌ tea or coffee?",
        "tea!",
        "      └ 👍 2",
        "      ┌ tea!",
        "so do I",
    ]


async def test_what_arrives_follows_on_the_history(server: Loopback, printed: Printed) -> None:
    for number in (1, 2, 3):
        bob_says(server, number)
    async with following(server, history=2):
        assert [await printed.next(), await printed.next()] == [("message", 2), ("message", 3)]
        bob_says(server, 4)
        await server.flush()

        assert await printed.next() == ("message", 4)


async def test_what_the_history_has_printed_does_not_arrive_again(
    server: Loopback, printed: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Something is said after the room is followed and before its history is read."""
    reading = Pipe._print_history

    async def said_meanwhile(self: Pipe, count: int) -> None:
        bob_says(server, 1)
        await server.flush()
        await reading(self, count)

    monkeypatch.setattr(Pipe, "_print_history", said_meanwhile)
    async with following(server, history=5):
        assert await printed.next() == ("message", 1)
        bob_says(server, 2)
        await server.flush()

        assert await printed.next() == ("message", 2)


async def test_what_was_taken_back_is_printed_when_it_comes_again(
    server: Loopback, printed: Printed
) -> None:
    bob_says(server, 1)
    async with following(server, history=1):
        assert await printed.next() == ("message", 1)
        server.model.rewind(server.model.rooms[ROOM], is_heard=True)
        bob_says(server, 2)
        await server.flush()

        assert [await printed.next(), await printed.next()] == [("retracted", 0), ("message", 1)]


async def test_being_signed_out_while_a_line_waits_is_an_error(server: Loopback) -> None:
    async def lines() -> AsyncIterator[bytes]:
        yield b"hello"
        await server.close_client(CloseCode.SIGNED_OUT, "signed out elsewhere")

    async with parley.connect(server.url, user="ann", password=PASSWORD) as chat:
        pipe = Pipe(chat, server.model.as_listed(ROOM), ChatOptions(server.url), lines())
        with pytest.raises(parley.SignedOut):
            await pipe.run()
