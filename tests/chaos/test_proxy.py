"""The proxy passes bytes on, and breaks connections in each of the ways that it has."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.chaos.proxy import Proxy

# No test waits as long as this, unless it has failed.
_PATIENCE = 10.0


class Echo(asyncio.Protocol):
    """One connection of a server that answers with what it hears, behind its name."""

    def __init__(self, server: EchoServer) -> None:
        self._server = server
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._server.heard += data
        self._server.has_heard.set()
        self._transport.write(self._server.name + data)


class EchoServer:
    def __init__(self, name: bytes) -> None:
        self.name, self.heard, self.port = name, b"", 0
        self.has_heard = asyncio.Event()

    async def start(self) -> asyncio.Server:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: Echo(self), "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        return server


class Caller:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    def says(self, word: bytes) -> None:
        self._writer.write(word)

    async def hears(self) -> bytes:
        return await self._reader.read(100)

    async def is_cut_off(self) -> bool:
        try:
            return await self._reader.read(100) == b""
        except ConnectionResetError:
            return True

    def close(self) -> None:
        self._writer.transport.abort()


class Town:
    """Servers, and a proxy in front of them."""

    def __init__(self, proxy: Proxy, servers: list[EchoServer]) -> None:
        self.proxy, self.servers = proxy, servers
        self.callers: list[Caller] = []

    async def call(self) -> Caller:
        caller = Caller(*await asyncio.open_connection("127.0.0.1", self.proxy.port))
        self.callers.append(caller)
        return caller


@asynccontextmanager
async def town(*names: bytes) -> AsyncIterator[Town]:
    """A proxy in front of servers of these names."""
    servers = [EchoServer(name) for name in names]
    running = [await server.start() for server in servers]
    proxy = Proxy([server.port for server in servers])
    await proxy.start()
    place = Town(proxy, servers)
    async with asyncio.timeout(_PATIENCE):
        yield place
    for caller in place.callers:
        caller.close()
    await proxy.close()
    for each in running:
        each.close()
    await asyncio.sleep(0)  # transports tell of their end in the loop's next turn


async def test_what_is_said_arrives_and_is_answered() -> None:
    async with town(b"a:") as place:
        caller = await place.call()

        caller.says(b"hello")

        assert await caller.hears() == b"a:hello"


async def test_callers_are_spread_over_the_targets() -> None:
    async with town(b"a:", b"b:") as place:
        callers = [await place.call() for _ in range(2)]
        for caller in callers:
            caller.says(b"hi")

        assert {await caller.hears() for caller in callers} == {b"a:hi", b"b:hi"}


async def test_a_target_that_is_gone_is_passed_over() -> None:
    async with town(b"a:") as place:
        place.proxy.targets = [1, place.servers[0].port]
        callers = [await place.call() for _ in range(2)]
        for caller in callers:
            caller.says(b"hi")

        assert [await caller.hears() for caller in callers] == [b"a:hi", b"a:hi"]


async def test_who_calls_where_nobody_is_left_is_cut_off() -> None:
    async with town(b"a:") as place:
        place.proxy.targets = [1]

        caller = await place.call()

        assert await caller.is_cut_off()


async def test_a_cut_ends_the_connections_of_one_target_alone() -> None:
    async with town(b"a:", b"b:") as place:
        callers = {}
        for caller in [await place.call() for _ in range(2)]:
            caller.says(b"hi")
            callers[await caller.hears()] = caller

        place.proxy.cut(place.servers[0].port)

        assert await callers[b"a:hi"].is_cut_off()
        callers[b"b:hi"].says(b"there?")
        assert await callers[b"b:hi"].hears() == b"b:there?"


@pytest.mark.parametrize("direction", ["up", "both"])
async def test_on_a_connection_that_is_half_open_nothing_arrives(direction: str) -> None:
    async with town(b"a:") as place:
        caller = await place.call()
        caller.says(b"one")
        assert await caller.hears() == b"a:one"

        place.proxy.freeze("up" if direction == "up" else "both")
        caller.says(b"two")
        other = await place.call()  # a new connection is as good as any
        other.says(b"three")
        assert await other.hears() == b"a:three"

        assert place.servers[0].heard == b"onethree"


async def test_an_answer_does_not_come_back_over_a_connection_that_is_half_open_downwards() -> None:
    async with town(b"a:") as place:
        caller = await place.call()
        caller.says(b"one")
        assert await caller.hears() == b"a:one"

        place.proxy.freeze("down")
        caller.says(b"two")
        place.servers[0].has_heard.clear()
        await place.servers[0].has_heard.wait()
        place.proxy.cut()

        assert await caller.is_cut_off()
