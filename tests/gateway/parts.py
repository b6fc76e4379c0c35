"""A gateway to test with: real but for its clients' sockets.

Owns: clients whose bytes are recorded and read back, and a gateway over a ground.
Never: doubles of Redis or the database; a test that needs a fault wraps a real part.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import cache
from itertools import count
from typing import Any, TypeVar, cast

from msgspec import structs
from websockets.frames import Frame, Opcode
from websockets.protocol import Protocol, Side

from gateway.accounts import Identity
from gateway.connection import Connection
from gateway.hub import Hub
from gateway.limits import Limiter, Rates
from gateway.passwords import Passwords
from gateway.service import Gateway, GatewayLimits, Outside
from parley.observe.metrics import GatewayMetrics, ShardMetrics, new_registry
from parley.protocol import codec
from parley.protocol.commands import (
    AnyCommand,
    Cursor,
    Hello,
    Person,
    Resume,
    ResumedRooms,
    Send,
)
from parley.protocol.content import Text
from parley.protocol.events import Error, Event, Ok, ServerMessage
from parley.protocol.refusals import CloseCode
from parley.stream.clients import RedisClients
from parley.stream.presence import RedisPresence
from parley.stream.rate_limits import RateLimits
from tests.recovery.ground import LOBBY, Ground, token_of
from tests.store.samples import new_account, new_session
from tests.stream.homes import cmid, until

Message = TypeVar("Message")

LIMITS = GatewayLimits(
    heartbeat=5.0,
    drain=2.0,
    batch_window=0.008,
    resume_events=100,
    slow_reader_bytes=64 * 1024,
    memory_limit=0.7,
    sign_up="open",
    sockets_per_user=10,
)


def parsed(frames: bytes) -> list[bytes]:
    """Return the payloads of whole text frames, as another implementation reads them."""
    protocol = Protocol(Side.CLIENT, max_size=None)
    protocol.receive_data(frames)
    events = protocol.events_received()
    assert all(isinstance(frame, Frame) and frame.opcode is Opcode.TEXT for frame in events)
    return [bytes(frame.data) for frame in events if isinstance(frame, Frame)]


class RecordingPeer:
    """A client's socket that keeps what is written to it."""

    def __init__(self, address: str = "192.0.2.1") -> None:
        self.address = address
        self.written = bytearray()
        self.writes = 0
        self.taken = 0
        """Bytes that the client has read; those beyond are in the gateway's memory."""
        self.reads = True
        self.pings = 0
        self.closed: tuple[CloseCode, str] | None = None

    def write(self, frames: bytes) -> None:
        self.writes += 1
        self.written += frames
        if self.reads:
            self.taken = len(self.written)

    def buffered(self) -> int:
        return len(self.written) - self.taken

    def ping(self) -> None:
        self.pings += 1

    def close(self, code: CloseCode, reason: str) -> None:
        self.closed = self.closed or (code, reason)

    @property
    def payloads(self) -> list[bytes]:
        """What was written, frame by frame."""
        return parsed(bytes(self.written))

    @property
    def messages(self) -> list[ServerMessage]:
        """What was written, in order."""
        decoded = [codec.decode_server_message(payload) for payload in self.payloads]
        return [message for message in decoded if message is not None]


class Client:
    """A client that says what a test has it say."""

    def __init__(self, gateway: Gateway, peer: RecordingPeer | None = None) -> None:
        self.peer = peer or RecordingPeer()
        self.gateway = gateway
        self.connection: Connection = gateway.connect(self.peer)
        self._refs = count(1)

    async def say(self, command: AnyCommand) -> int:
        """Say a command, and return its ref once the gateway listens again."""
        ref = next(self._refs)
        await self.connection.receive(codec.encode(structs.replace(command, ref=ref)).decode())
        return ref

    async def ask(self, command: Any) -> Any:
        """Say a command, and return its result, or the error."""
        ref = await self.say(command)
        answer = await self.answer(ref)
        if isinstance(answer, Error):
            return answer
        return codec.decode_result(answer.result, type(command).Result)

    async def answer(self, ref: int) -> Ok | Error:
        """Return the answer to a command, once it is there."""
        await until(lambda: self._answer(ref) is not None)
        answer = self._answer(ref)
        assert answer is not None
        return answer

    def _answer(self, ref: int) -> Ok | Error | None:
        answers = [m for m in self.peer.messages if isinstance(m, Ok | Error) and m.ref == ref]
        assert len(answers) <= 1, f"answered more than once: {answers}"
        return answers[0] if answers else None

    async def hello(self, name: str) -> None:
        """Be somebody who has signed up."""
        answer = await self.ask(Hello(ref=0, token=token_of(name)))
        assert not isinstance(answer, Error), answer

    async def resume(
        self, room: str = LOBBY, generation: int | None = None, seq: int = 0
    ) -> ResumedRooms:
        """Follow one room."""
        resumed = await self.ask(Resume(ref=0, rooms=[Cursor(room, generation, seq)]))
        assert isinstance(resumed, ResumedRooms)
        return resumed

    async def send(self, number: int, text: str = "", **changes: Any) -> Any:
        """Send a message, and return its result."""
        return await self.ask(message(number, text, **changes))

    def heard(self, kind: type[Message]) -> list[Message]:
        """Return what was heard of a kind, in order."""
        return [each for each in self.peer.messages if isinstance(each, kind)]

    async def hears(self, kind: type[Message], number: int = 1) -> list[Message]:
        """Return what was heard of a kind, once there are so many."""
        await until(lambda: len(self.heard(kind)) >= number)
        return self.heard(kind)

    @property
    def seqs(self) -> list[int]:
        return [event.seq for event in self.heard(Event)]


def message(number: int, text: str = "", room: str = LOBBY, **changes: Any) -> Send:
    """Return a `send`; `number` is its cmid's."""
    return Send(
        ref=0, room=room, cmid=cmid(number), content=Text(text or f"message {number}"), **changes
    )


def identity(name: str) -> Identity:
    """Return who somebody is whose account `Ground.sign_up` has made."""
    account, session = new_account(name), new_session(name)
    person = Person(account.id, account.user_name, account.display_name)
    return Identity(session.id, person, None)


def new_metrics() -> GatewayMetrics:
    registry = new_registry()
    return GatewayMetrics(registry, ShardMetrics(registry))


class Hearing:
    """The way from Redis to a gateway's hub, which a test may cut and hold up."""

    def __init__(self, clients: RedisClients) -> None:
        self.is_deaf = False
        """Whether what is published is lost on its way."""
        self.heard: set[str] = set()
        """Channels of which something has come, lost or not."""
        self.gates: dict[str, asyncio.Event] = {}
        """Channels that are not subscribed before the test lets them be."""
        self._hub: Hub
        self.feed = clients.feed(self._heard, self._gap)

    def leads_to(self, hub: Hub) -> None:
        self._hub = hub

    def _heard(self, channel: str, message: bytes) -> None:
        self.heard.add(channel)
        if not self.is_deaf:
            self._hub.on_message(channel, message)

    def _gap(self, channel: str) -> None:
        self._hub.on_gap(channel)

    async def subscribe(self, channel: str) -> None:
        if channel in self.gates:
            await self.gates[channel].wait()
        await self.feed.subscribe(channel)

    async def unsubscribe(self, channel: str) -> None:
        await self.feed.unsubscribe(channel)


@cache
def _passwords() -> Passwords:
    """Return the same for every gateway: to make one takes as long as to hash a password."""
    return Passwords(threads=1)


def no_limits() -> Limiter:
    """Return a limiter that has nothing to count, and never asks."""
    return Limiter(Rates(), cast(RateLimits, None), lambda: 0.0)


@asynccontextmanager
async def gateway_on(
    ground: Ground,
    hearing: Hearing | None = None,
    limiter: Limiter | None = None,
    **limits: Any,
) -> AsyncIterator[Gateway]:
    """Yield a gateway that hears what Redis publishes. Its heartbeat is the test's to make."""
    gateway = Gateway(
        ground.room_log,
        ground.directory,
        ground.logs,
        ground.fences,
        _passwords(),
        new_metrics(),
        replace(LIMITS, **limits),
        Outside(ground.clock, secrets.randbits),
        limiter or no_limits(),
        ground.mark_log,
        RedisPresence(ground.clients.commands),
    )
    hearing = hearing or Hearing(ground.clients)
    hearing.leads_to(gateway.hub)
    gateway.listen_to(hearing)
    listening = asyncio.create_task(hearing.feed.run())
    try:
        yield gateway
    finally:
        await gateway.stop()
        listening.cancel()
        await asyncio.wait([listening])


async def client(gateway: Gateway, name: str, peer: RecordingPeer | None = None) -> Client:
    """Return a client of somebody who has signed up."""
    client = Client(gateway, peer)
    await client.hello(name)
    return client
