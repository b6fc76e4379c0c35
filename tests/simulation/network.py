"""Between clients and gateways: connections that are slow, lost, half-open, partitioned or stalled.

Owns: a gateway's address, the connection that a dial makes, and both of its ends: the `Peer` that
the gateway writes to and the `Transport` that the client has. Bytes keep their order on one
connection, and on no two.
Never: what a frame says.

The gateway's side follows `gateway.server`: frames are carried out one by one, pings count silence.
"""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random
from typing import Any
from unittest.mock import patch

from gateway.connection import Connection
from gateway.service import Gateway
from parley.client.errors import ConnectionFailed
from parley.client.transport import OPEN_SECONDS, TransportClosed
from parley.protocol.refusals import CloseCode
from tests.simulation.clock import Process, VirtualLoop

# One way of a frame, in seconds, at most.
_WAY_SECONDS = 0.02
# What is under way between the two, before the gateway's own buffer fills.
_PIPE_BYTES = 8 * 1024
# Above this the gateway waits before it takes the next command (asyncio's own mark).
_HIGH_WATER_BYTES = 64 * 1024
# As in gateway.server: pings without an answer, and seconds for a goodbye.
_SILENT_PINGS = 3
_CLOSE_SECONDS = 5.0
_HELLO_SECONDS = 5.0

_LENGTH_16, _LENGTH_64 = 126, 127


def split_frames(data: bytes) -> list[bytes]:
    """Return the payloads of whole, unmasked text frames (RFC 6455, 5.2)."""
    payloads = []
    at = 0
    while at < len(data):
        assert data[at] == 0x81, "not a final text frame"
        size, start = data[at + 1], at + 2
        if size == _LENGTH_16:
            size, start = int.from_bytes(data[at + 2 : at + 4]), at + 4
        elif size == _LENGTH_64:
            size, start = int.from_bytes(data[at + 2 : at + 10]), at + 10
        payloads.append(data[start : start + size])
        at = start + size
    return payloads


class Link:
    """One connection between a client and a gateway."""

    def __init__(
        self,
        loop: VirtualLoop,
        dice: Random,
        number: int,
        client: Process,
        server: Process,
    ) -> None:
        self.loop, self.dice, self.number = loop, dice, number
        self.client, self.server = client, server
        self._silent_to: set[str] = set()
        """Ends that nothing reaches, and nobody says so: a partition, or half of one."""
        self.is_dead = False
        """Half-open for good: both systems have forgotten it."""
        self.is_stalled = False
        """The client reads nothing."""
        self.slowness = 1.0
        self.is_open = True
        self.transport = ClientEnd(self)
        self.peer = ServerEnd(self)
        self._arrives_at = {"client": 0.0, "server": 0.0}
        self._held_back: list[tuple[str, Callable[..., None], tuple[Any, ...]]] = []

    def carry(self, to: str, arrive: Callable[..., None], *what: Any) -> None:
        """Let something arrive at one end, behind everything that was sent there before."""
        now = self.loop.time()
        way = self.dice.random() * _WAY_SECONDS * self.slowness
        self._arrives_at[to] = max(self._arrives_at[to], now + way)
        self.loop.world_later(self._arrives_at[to] - now, self._deliver, to, arrive, what)

    def _deliver(self, to: str, arrive: Callable[..., None], what: tuple[Any, ...]) -> None:
        if to in self._silent_to or any(held[0] == to for held in self._held_back):
            self._held_back.append((to, arrive, what))
        else:
            arrive(*what)

    def lose(self) -> None:
        """Reset the connection: both ends notice, one after the other."""
        if self.is_open:
            self.end()
            self._held_back.clear()
            self.loop.world_later(self.dice.random() * _WAY_SECONDS, self.transport.end, None, "")
            self.loop.world_later(self.dice.random() * _WAY_SECONDS, self.peer.end)

    def end(self) -> None:
        """Count no longer as a connection."""
        self.is_open = False

    def silence(self, *ends: str) -> None:
        """Let nothing reach the ends named, `client` or `server`."""
        self._silent_to.update(ends)

    def reset_client(self) -> None:
        """Reset the client's end alone: what it has sent is on its way, and the end behind it."""
        if self.is_open:
            self.transport.end(None, "")
            self.carry("server", self.peer.end)

    def end_silence(self) -> None:
        """Let through what was held back: both ends' systems have kept sending it."""
        self._silent_to.clear()
        held_back, self._held_back = self._held_back, []
        for _, arrive, what in held_back:
            arrive(*what)

    def mend(self) -> None:
        """End every fault."""
        self.slowness = 1.0
        if self.is_dead:
            self.lose()
        else:
            self.end_silence()
        if self.is_stalled:
            self.is_stalled = False
            self.transport.read_on()


class ClientEnd:
    """The client's end; implements `parley.client.transport.Transport`."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._inbox: deque[bytes] = deque()
        self._unread: deque[bytes] = deque()
        self._closed: TransportClosed | None = None
        self._news: asyncio.Future[None] | None = None

    async def send(self, frame: bytes) -> None:
        if self._closed is not None:
            raise self._closed
        self._link.carry("server", self._link.peer.take, frame)

    async def receive(self) -> bytes:
        while not self._inbox:
            if self._closed is not None:
                raise self._closed
            self._news = asyncio.get_running_loop().create_future()
            await self._news
        return self._inbox.popleft()

    async def close(self, reason: str) -> None:
        if self._closed is None:
            self._link.carry("server", self._link.peer.end)
            self.end(None, "closed here")

    def take(self, data: bytes) -> None:
        """Bytes have come; a stalled client, or a stopped one, lets them lie."""
        if self._link.is_stalled or self._link.client.is_frozen:
            self._unread.append(data)
        else:
            self._read(data)

    def read_on(self) -> None:
        """Read what has lain there."""
        while self._unread and not self._link.is_stalled and not self._link.client.is_frozen:
            self._read(self._unread.popleft())

    def _read(self, data: bytes) -> None:
        self._link.peer.taken(len(data))
        if self._closed is None:
            self._inbox.extend(split_frames(data))
            self._wake()

    def take_ping(self) -> None:
        """Answer a ping, as the system below the client does."""
        if not (self._link.is_stalled or self._link.client.is_frozen):
            self._link.carry("server", self._link.peer.hear)

    def end(self, code: int | None, reason: str) -> None:
        """The connection is over; what has come before can still be read."""
        if self._closed is None:
            self._closed = TransportClosed(code, reason or "the connection was lost")
            self._wake()

    def _wake(self) -> None:
        if self._news is not None and not self._news.done():
            self._news.set_result(None)


class ServerEnd:
    """The gateway's end; implements `gateway.peer.Peer`."""

    address = "192.0.2.1"

    def __init__(self, link: Link) -> None:
        self.number = link.number
        self.most_buffered = 0
        """Bytes that the gateway has held for this client, at most."""
        self._link = link
        self._inbox: deque[str] = deque()
        self._news: asyncio.Future[None] | None = None
        self._is_over = self._is_closing = False
        self._under_way = 0
        self._queue: deque[bytes] = deque()
        self._queued = 0
        self._silent_pings = 0

    # --- what the gateway does -------------------------------------------------------------

    def write(self, frames: bytes) -> None:
        if self._is_over or self._is_closing:
            return
        self._queue.append(frames)
        self._queued += len(frames)
        self.most_buffered = max(self.most_buffered, self._queued)
        self._pump()

    def _pump(self) -> None:
        link = self._link
        while self._queue and self._under_way < _PIPE_BYTES:
            data = self._queue.popleft()
            self._queued -= len(data)
            self._under_way += len(data)
            link.carry("client", link.transport.take, data)

    def buffered(self) -> int:
        return self._queued

    def ping(self) -> None:
        self._silent_pings += 1
        if self._silent_pings > _SILENT_PINGS:
            self._link.lose()
        elif not self._is_over:
            self._link.carry("client", self._link.transport.take_ping)

    def close(self, code: CloseCode, reason: str) -> None:
        if not self._is_closing:
            self._is_closing = True
            self._say_goodbye(code, reason, self._link.loop.time() + _CLOSE_SECONDS)

    def _say_goodbye(self, code: CloseCode, reason: str, until: float) -> None:
        link = self._link
        if self._queue and link.loop.time() < until:
            link.loop.world_later(0.05, self._say_goodbye, code, reason, until)
        elif self._queue:
            link.lose()
        else:
            link.carry("client", link.transport.end, int(code), reason)
            link.loop.world_later(_WAY_SECONDS * 2 * link.slowness, self.end)

    # --- what reaches it -------------------------------------------------------------------

    def take(self, frame: bytes) -> None:
        """A frame of the client has come."""
        self.hear()
        if not self._is_over:
            self._inbox.append(frame.decode())
            self._wake()

    def taken(self, size: int) -> None:
        """The client has read so many bytes."""
        self._under_way -= size
        self._pump()
        self._wake()

    def hear(self) -> None:
        """Whatever it is, somebody is there."""
        self._silent_pings = 0

    def end(self) -> None:
        """The socket has gone."""
        if not self._is_over:
            self._is_over = True
            self._link.end()
            self._queue.clear()
            self._queued = 0
            self._wake()

    def _wake(self) -> None:
        if self._news is not None and not self._news.done():
            self._news.set_result(None)

    # --- the gateway's task ----------------------------------------------------------------

    async def serve(self, gateway: Gateway) -> None:
        """Carry out what the client asks, until it has gone."""
        connection = gateway.connect(self)
        loop = asyncio.get_running_loop()
        timer = loop.call_later(_HELLO_SECONDS, connection.hello_overdue)
        try:
            while await self._has_frame():
                await connection.receive(self._inbox.popleft())
                await self._drained()
        finally:
            timer.cancel()
            await gateway.disconnect(connection)

    async def _has_frame(self) -> bool:
        while not self._inbox and not self._is_over:
            await self._wait()
        # What has come before the end may be lost with it.
        if self._is_over and self._link.dice.random() < 0.5:
            self._inbox.clear()
        return bool(self._inbox)

    async def _drained(self) -> None:
        while self._queued > _HIGH_WATER_BYTES and not self._is_over:
            await self._wait()

    async def _wait(self) -> None:
        self._news = asyncio.get_running_loop().create_future()
        await self._news


class Network:
    """Every gateway's address, and every connection."""

    def __init__(
        self,
        loop: VirtualLoop,
        new_dice: Callable[[str], Random],
        trace: Callable[[str, str], None],
    ) -> None:
        self._loop, self._new_dice, self._trace = loop, new_dice, trace
        self._listening: dict[Process, Gateway] = {}
        self._served: Counter[Process] = Counter()
        self._dials = 0
        self._one_ended = asyncio.Event()
        self.links: list[Link] = []
        self.unreachable: set[str] = set()
        """Names of clients that get no connection."""

    def listen(self, process: Process, gateway: Gateway) -> None:
        """Let clients reach a gateway until it stops listening or dies."""
        self._listening[process] = gateway
        process.at_death.append(lambda: self._lost(process))

    def stop_listening(self, process: Process) -> None:
        """Take no new clients for a gateway."""
        self._listening.pop(process, None)

    async def emptied(self, process: Process) -> None:
        """Return once a gateway serves no connection any more."""
        while self._served[process]:
            self._one_ended.clear()
            await self._one_ended.wait()

    def _lost(self, process: Process) -> None:
        self.stop_listening(process)
        for link in self.links:
            if process in (link.client, link.server):
                link.lose()

    def leave(self, process: Process) -> None:
        """Let a client's connections end with it."""
        process.at_death.append(lambda: self._lost(process))

    async def dial(self, client: Process) -> ClientEnd:
        """Connect a client to any gateway. Raises ConnectionFailed."""
        self._dials += 1
        dice = self._new_dice(f"link {self._dials}")
        await asyncio.sleep(dice.random() * _WAY_SECONDS)
        if client.name in self.unreachable:
            raise ConnectionFailed("parley", "nothing listens there")
        if not self._listening:
            raise ConnectionFailed("parley", "no gateway is there")
        process = dice.choice(list(self._listening))
        if process.is_frozen:
            await asyncio.sleep(OPEN_SECONDS)
            raise ConnectionFailed("parley", f"no answer within {OPEN_SECONDS:.0f} s")
        link = Link(self._loop, dice, self._dials, client, process)
        self.links = [other for other in self.links if other.is_open]
        self.links.append(link)
        self._trace(client.name, f"connects to {process.name}")
        self._served[process] += 1
        process.spawn(self._serve(link, self._listening[process]), f"client {self._dials}")
        return link.transport

    async def _serve(self, link: Link, gateway: Gateway) -> None:
        try:
            await link.peer.serve(gateway)
        finally:
            self._served[link.server] -= 1
            self._one_ended.set()

    def of(self, client: str) -> list[Link]:
        """Return a client's open connections."""
        return [link for link in self.links if link.is_open and link.client.name == client]


@contextmanager
def numbered_connections() -> Iterator[None]:
    """Give connections a hash that is the same in every run, so that sets keep their order."""

    def number(connection: Connection) -> int:
        peer = connection._peer
        assert isinstance(peer, ServerEnd)
        return peer.number

    with patch.object(Connection, "__hash__", number):
        yield
