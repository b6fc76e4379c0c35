"""Gateways and loggers in one process, over the Redis and the database that a test names.

Owns: starting and stopping them, and people who talk through them.
Never: doubles. Sockets, gateways, loggers, Redis and database are the real ones.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import fakeredis

import parley
from parley.client.transport import Transport, dial_websocket
from parley.observe.metrics import GatewayMetrics, LoggerMetrics, ShardMetrics, new_registry
from parley.services.base import Foundation, foundation
from parley.services.gateway import gateway
from parley.services.logger import logger
from parley.settings import (
    DatabaseSettings,
    GatewayOptions,
    LimitOptions,
    LoggerOptions,
    StreamOptions,
)
from parley.stream.clients import embedded_clients, redis_clients
from parley.stream.keys import shard_of
from tests.conftest import RedisHome

Event = TypeVar("Event")

PASSWORD = "correct horse battery"
# No test waits as long as this, unless it has failed.
PATIENCE = 20.0

# Quick enough that a test does not wait for them, and otherwise as they come.
STREAM = StreamOptions(shards=4)
# Everybody comes from one address here, and signs up in a moment.
LIMITS = LimitOptions(
    sockets_per_address=1000,
    sockets_per_user=1000,
    connections=None,
    sign_in=None,
    sign_up=None,
    device_messages=None,
    user_messages=None,
)
# A gateway that a busy machine holds up for two seconds is not yet taken for a dead one.
GATEWAY = GatewayOptions(sign_up="open", heartbeat_seconds=1.0, drain_seconds=2.0, limits=LIMITS)
LOGGER = LoggerOptions(lease_seconds=1.0)


@dataclass
class Process:
    """One running gateway or logger, with its own connections to everything."""

    url: str
    ground: Foundation
    _stack: AsyncExitStack = field(repr=False)

    async def stop(self) -> None:
        """Stop as on SIGTERM."""
        await self._stack.aclose()


@dataclass
class Deployment:
    """What a test runs on."""

    redis_home: RedisHome
    database_url: str
    fake_server: fakeredis.FakeServer = field(default_factory=fakeredis.FakeServer)
    stream: StreamOptions = STREAM
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def gateway(self, **options: Any) -> Process:
        """Start a gateway on a free port."""
        stack, ground = await self._ground()
        registry = new_registry()
        port = await stack.enter_async_context(
            gateway(
                ground,
                replace(GATEWAY, **options),
                self.stream,
                GatewayMetrics(registry, ShardMetrics(registry)),
                registry,
                ("127.0.0.1", 0),
            )
        )
        return Process(f"http://127.0.0.1:{port}", ground, stack)

    async def logger(self, **options: Any) -> Process:
        """Start a logger."""
        stack, ground = await self._ground()
        registry = new_registry()
        metrics = LoggerMetrics(registry, ShardMetrics(registry))
        await stack.enter_async_context(
            logger(ground, replace(LOGGER, **options), self.stream, metrics, alone=False)
        )
        return Process("", ground, stack)

    async def observer(self) -> Foundation:
        """Look at Redis and the database as one more process would."""
        _, ground = await self._ground()
        return ground

    def use_stream(self, **options: Any) -> None:
        """Change what the next processes agree on about the rooms in Redis."""
        self.stream = replace(self.stream, **options)

    async def until_room_is_dropped(self, room: str) -> None:
        """Return once the room has left Redis."""
        ground = await self.observer()
        shard = shard_of(room, self.stream.shards)
        async with asyncio.timeout(PATIENCE):
            while True:
                fence = await ground.fences.refresh(shard)
                if room not in await ground.room_log.live_rooms(shard, fence.generation):
                    return
                await asyncio.sleep(0.02)

    async def person(self, url: str, name: str, *, sign_up: bool = True, **how: Any) -> "Someone":
        """Sign somebody up (or in) at a gateway, following the lobby."""
        how.setdefault("rooms", ["lobby"])
        chat = await self._stack.enter_async_context(
            parley.connect(url, user=name, password=PASSWORD, sign_up=sign_up, **how)
        )
        someone = Someone(name, chat)
        for room in how["rooms"]:
            await someone.until(parley.RoomLive, _is_in(room))
        return someone

    async def _ground(self) -> tuple[AsyncExitStack, Foundation]:
        stack = AsyncExitStack()
        self._stack.push_async_callback(stack.aclose)
        url = self.redis_home.url
        clients = embedded_clients(self.fake_server) if url is None else redis_clients(url)
        ground = await stack.enter_async_context(
            foundation(DatabaseSettings(self.database_url), clients, self.stream)
        )
        return stack, ground


@asynccontextmanager
async def deployed(redis_home: RedisHome, database_url: str) -> AsyncIterator[Deployment]:
    """Yield a deployment in which nothing runs yet; stop at the end whatever does."""
    deployment = Deployment(redis_home, database_url)
    async with deployment._stack:
        yield deployment


class Someone:
    """A person with a chat, who has seen what has come so far."""

    def __init__(self, name: str, chat: parley.Chat) -> None:
        self.name, self.chat = name, chat
        self._events = chat.events()

    async def until(
        self, kind: type[Event], matches: Callable[[Event], bool] = lambda _: True
    ) -> Event:
        """Return the next event of a kind that matches; what comes before it is passed over."""
        async with asyncio.timeout(PATIENCE):
            async for event in self._events:
                if isinstance(event, kind) and matches(event):
                    return event
        raise AssertionError(f"{self.name} heard nothing more, and no {kind.__name__}")

    async def hears(self, text: str) -> parley.Message:
        """Return the next message, which must say this."""
        message = await self.until(parley.Message)
        assert message.text == text, f"{self.name} heard {message.text!r}, not {text!r}"
        return message

    async def hears_all(self, texts: list[str]) -> list[parley.Message]:
        """Return the next messages, which must be these, in this order."""
        return [await self.hears(text) for text in texts]

    async def says(self, *texts: str, room: str = "lobby") -> list[parley.Delivery]:
        """Say something, and return once it is stored."""
        async with asyncio.timeout(PATIENCE):
            outgoing = [await self.chat.post(room, text) for text in texts]
            return [await each.stored() for each in outgoing]


def texts(page: parley.HistoryPage) -> list[str]:
    """What a page of history says, which must be nothing but messages."""
    said = [entry.text for entry in page.entries if isinstance(entry, parley.Message)]
    assert len(said) == len(page.entries)
    return said


def _is_in(room: str) -> Callable[[parley.RoomLive], bool]:
    return lambda live: live.room == room


class Switchboard:
    """Connects clients to whichever gateway it is pointed at, as a proxy would."""

    def __init__(self, *urls: str) -> None:
        self.urls = list(urls)
        self.calls = 0

    async def dial(self, _: str) -> Transport:
        """Connect to the next gateway in turn."""
        url = self.urls[self.calls % len(self.urls)]
        self.calls += 1
        return await dial_websocket(url.replace("http", "ws") + "/ws")
