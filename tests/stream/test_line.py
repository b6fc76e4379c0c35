"""The line to a Redis server, against a server that answers as the test says."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import hiredis
import pytest
from redis.asyncio import Connection
from redis.exceptions import ConnectionError as Lost
from redis.exceptions import OutOfMemoryError, ResponseError

from parley.stream.line import Line
from tests.stream.homes import PATIENCE, until

Answer = Callable[[list[bytes]], bytes]


class Scripted(asyncio.Protocol):
    """A server's end of a connection: it hears commands, and answers each as it was told."""

    def __init__(self, answer: Answer, opened: list[Scripted]) -> None:
        self._answer, self._reader = answer, hiredis.Reader()
        self.heard: list[list[bytes]] = []
        self.reads = 0
        opened.append(self)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.reads += 1
        self._reader.feed(data)
        while (command := self._reader.gets()) is not False:
            if command[0] == b"CLIENT":  # redis-py introduces itself
                self.transport.write(b"+OK\r\n")
            else:
                self.heard.append(command)
                self.transport.write(self._answer(command))


def echo(command: list[bytes]) -> bytes:
    return b"+%b\r\n" % command[-1]


def silence(_: list[bytes]) -> bytes:
    return b""


async def ask_for_ever(line: Line) -> None:
    while True:
        await line.ask([("ECHO", "a")])


@asynccontextmanager
async def line_to(
    answer: Answer, seconds: float = PATIENCE
) -> AsyncIterator[tuple[Line, list[Scripted]]]:
    """Yield a line, and the connections that its server has had."""
    opened: list[Scripted] = []
    loop = asyncio.get_running_loop()
    server = await loop.create_server(partial(Scripted, answer, opened), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    line = Line(lambda: Connection(host="127.0.0.1", port=port, protocol=2), seconds)
    try:
        yield line, opened
    finally:
        line.close()
        server.close()


async def test_answers_come_in_the_order_of_the_commands() -> None:
    async with line_to(echo) as (line, _):
        assert await line.ask([("ECHO", "a"), ("ECHO", 2), ("ECHO", b"c")]) == [b"a", b"2", b"c"]


async def test_everybody_who_asks_at_once_has_their_own_answers() -> None:
    async with line_to(echo) as (line, opened):
        asked = (line.ask([("ECHO", each), ("ECHO", -each)]) for each in range(20))

        answers = await asyncio.gather(*asked)

        assert answers == [[b"%d" % each, b"%d" % -each] for each in range(20)]
        assert len(opened) == 1


async def test_what_is_asked_in_one_turn_of_the_loop_is_written_together() -> None:
    async with line_to(echo) as (line, opened):
        await line.ask([("ECHO", "first")])
        before = opened[0].reads

        await asyncio.gather(*(line.ask([("ECHO", each)]) for each in range(20)))

        assert opened[0].reads == before + 1


async def test_an_error_is_in_the_place_of_an_answer() -> None:
    def one_fails(command: list[bytes]) -> bytes:
        return b"-ERR no such thing\r\n" if command[-1] == b"b" else echo(command)

    async with line_to(one_fails) as (line, _):
        first, second, third = await line.ask([("ECHO", "a"), ("ECHO", "b"), ("ECHO", "c")])

        assert (first, third) == (b"a", b"c")
        assert isinstance(second, ResponseError)
        assert "no such thing" in str(second)


async def test_a_full_server_is_told_from_other_errors() -> None:
    async with line_to(lambda _: b"-OOM command not allowed\r\n") as (line, _):
        (answer,) = await line.ask([("SET", "a", "b")])

        assert isinstance(answer, OutOfMemoryError)


async def test_who_has_gone_leaves_the_others_their_answers() -> None:
    async with line_to(silence) as (line, opened):
        asked = [asyncio.create_task(line.ask([("ECHO", each)])) for each in "ab"]
        await until(lambda: bool(opened) and len(opened[0].heard) == 2)
        asked[0].cancel()
        await asyncio.wait([asked[0]])

        opened[0].transport.write(b"+a\r\n+b\r\n")

        assert await asked[1] == [b"b"]


async def test_a_lost_connection_is_told_to_everybody_who_waits() -> None:
    async with line_to(silence) as (line, opened):
        asked = [asyncio.create_task(line.ask([("ECHO", each)])) for each in "ab"]
        await until(lambda: bool(opened) and len(opened[0].heard) == 2)

        opened[0].transport.abort()

        for each in asked:
            with pytest.raises(Lost):
                await each


async def test_after_a_loss_the_next_one_who_asks_has_a_new_connection() -> None:
    async with line_to(echo) as (line, opened):
        await line.ask([("ECHO", "a")])
        opened[0].transport.abort()
        with pytest.raises(Lost):
            await ask_for_ever(line)

        assert await line.ask([("ECHO", "b")]) == [b"b"]
        assert len(opened) == 2


async def test_nothing_is_asked_twice() -> None:
    async with line_to(silence) as (line, opened):
        asked = asyncio.create_task(line.ask([("ECHO", "a")]))
        await until(lambda: bool(opened) and len(opened[0].heard) == 1)
        opened[0].transport.abort()
        with pytest.raises(Lost):
            await asked

        assert [each.heard for each in opened] == [[[b"ECHO", b"a"]]]


async def test_an_answer_that_takes_too_long_is_a_lost_connection() -> None:
    async with line_to(lambda command: b"" if command[-1] == b"a" else echo(command), 0.05) as (
        line,
        opened,
    ):
        with pytest.raises(TimeoutError):
            await line.ask([("ECHO", "a")])

        assert await line.ask([("ECHO", "b")]) == [b"b"]
        assert len(opened) == 2


async def test_who_has_not_waited_for_long_is_looked_at_again_later() -> None:
    async with line_to(silence) as (line, opened):
        asked = asyncio.create_task(line.ask([("ECHO", "a")]))
        await until(lambda: bool(opened) and len(opened[0].heard) == 1)
        wire = line._wire
        assert wire is not None
        before = wire._timer
        wire._watch()  # as the timer does that somebody before has set

        assert wire._timer not in (None, before)
        opened[0].transport.write(b"+a\r\n")
        assert await asked == [b"a"]


async def test_who_waits_behind_an_answer_that_takes_too_long_has_lost_the_line() -> None:
    async with line_to(silence, 0.05) as (line, _):
        asked = [asyncio.create_task(line.ask([("ECHO", each)])) for each in "ab"]

        with pytest.raises(TimeoutError):
            await asked[0]
        with pytest.raises(Lost):
            await asked[1]


async def test_a_line_that_nobody_waits_on_stays_open() -> None:
    async with line_to(echo, 0.05) as (line, opened):
        await line.ask([("ECHO", "a")])
        wire = line._wire
        assert wire is not None
        wire._watch()  # as its timer does when the time is over

        assert await line.ask([("ECHO", "b")]) == [b"b"]
        assert len(opened) == 1


async def test_nothing_is_written_to_a_connection_that_is_closing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """uvloop raises what nobody would hear."""
    async with line_to(echo) as (line, _):
        await line.ask([("ECHO", "a")])
        wire = line._wire
        written: list[bytes] = []
        assert wire is not None
        monkeypatch.setattr(wire._transport, "write", written.append)
        wire._transport.abort()

        with pytest.raises(Lost):
            await wire.ask([("ECHO", "b")])

        await asyncio.sleep(0)
        assert written == []


async def test_what_no_redis_says_ends_the_connection() -> None:
    async with line_to(lambda _: b"HTTP/1.1 400 Bad Request\r\n") as (line, _):
        with pytest.raises(Lost):
            await line.ask([("ECHO", "a")])


async def test_who_waits_when_the_line_is_closed_has_lost_it() -> None:
    async with line_to(silence) as (line, opened):
        asked = asyncio.create_task(line.ask([("ECHO", "a")]))
        await until(lambda: bool(opened) and len(opened[0].heard) == 1)

        line.close()

        with pytest.raises(Lost):
            await asked


async def test_a_server_that_cannot_be_reached_is_an_error() -> None:
    def nowhere() -> Any:
        return Connection(host="127.0.0.1", port=1, protocol=2)

    with pytest.raises(Lost):
        await Line(nowhere, PATIENCE).ask([("ECHO", "a")])
