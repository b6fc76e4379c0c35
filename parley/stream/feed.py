"""The feed: what Redis publishes, as a gateway hears it.

Owns: subscriptions, their confirmation, and the notice that a connection was lost between.
Never: what a message means (`parley.stream.published` reads it).
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

import structlog
from redis.asyncio.client import PubSub
from redis.asyncio.connection import Connection
from redis.exceptions import RedisClusterException, RedisError

from parley.stream.cancellation import keeping_cancellation
from parley.stream.closing import closing_is_loss
from parley.stream.log import LogUnavailable

log = structlog.get_logger()

# How long a lost subscription connection waits before it is tried again, in seconds.
RECONNECT_SECONDS = 0.2

OnMessage = Callable[[str, bytes], None]
OnGap = Callable[[str], None]


class Feed(Protocol):
    """Channels that are listened to. At most once: a message may be lost, and is not repeated."""

    async def subscribe(self, channel: str) -> None:
        """Return once the server has confirmed: what is published from now on is heard.

        Raises LogUnavailable.
        """
        ...

    async def unsubscribe(self, channel: str) -> None:
        """Stop listening; a message under way may still be heard. Raises LogUnavailable."""
        ...


class RunningFeed(Feed, Protocol):
    """A feed, and the listening, which is a task of its own."""

    async def run(self) -> None:
        """Listen until cancelled; connection losses are waited out."""
        ...


class Subscriber(PubSub):
    """redis-py's subscription connection, which also says when it was made again.

    It subscribes to every channel again by itself, and each is confirmed anew.
    """

    on_reconnect: Callable[[], None] = staticmethod(lambda: None)

    async def on_connect(self, connection: Connection) -> None:
        """Subscribe again, on a connection that replaces a lost one."""
        self.on_reconnect()
        await super().on_connect(connection)


class RedisFeed:
    """A feed over one `Subscriber`, with sharded pub/sub.

    A second confirmation of a channel is the only sign that its connection was lost: `on_gap` is
    called with the channel, so that what was missed is read.
    """

    def __init__(self, pubsub: Any, on_message: OnMessage, on_gap: OnGap) -> None:
        self._pubsub = pubsub
        pubsub.on_reconnect = self._reconnected
        self._on_message, self._on_gap = on_message, on_gap
        self._waiting: dict[str, asyncio.Future[None]] = {}
        self._confirmed: set[str] = set()
        # Ends of subscriptions that the server has yet to confirm. Until then what it confirms of
        # the channel is older than the end.
        self._leaving: Counter[str] = Counter()
        self._leaving_now: str | None = None
        # redis-py's connection is not made for two tasks that open it at once.
        self._commands = asyncio.Lock()

    async def subscribe(self, channel: str) -> None:
        if channel in self._confirmed:
            return
        waiting = self._waiting.get(channel)
        if waiting is None:
            waiting = self._waiting[channel] = asyncio.get_running_loop().create_future()
            try:
                await self._command(self._pubsub.ssubscribe, channel)
            except LogUnavailable as error:
                self._waiting.pop(channel, None)
                waiting.set_exception(error)
        await asyncio.shield(waiting)

    async def unsubscribe(self, channel: str) -> None:
        self._confirmed.discard(channel)
        self._waiting.pop(channel, None)
        self._leaving[channel] += 1
        try:
            await self._command(self._pubsub.sunsubscribe, channel, leaves=True)
        except BaseException:
            self._left(channel)
            raise

    async def run(self) -> None:
        """Listen until cancelled; connection losses are waited out."""
        while True:
            try:
                await self._listen()
            except (RedisError, RedisClusterException, OSError) as error:
                log.warning("feed_lost", error=str(error))
                await asyncio.sleep(RECONNECT_SECONDS)

    async def _command(
        self, command: Callable[[str], Awaitable[Any]], channel: str, *, leaves: bool = False
    ) -> None:
        async with self._commands:
            self._leaving_now = channel if leaves else None
            try:
                with keeping_cancellation(), closing_is_loss():
                    await command(channel)
            except (RedisError, RedisClusterException, OSError) as error:
                raise LogUnavailable(str(error)) from error
            finally:
                self._leaving_now = None

    async def _listen(self) -> None:
        async with self._commands:
            with keeping_cancellation(), closing_is_loss():
                await self._pubsub.connect()
        while True:
            with keeping_cancellation(), closing_is_loss():
                message = await self._pubsub.get_message(timeout=None)
            if message is not None:
                self._handle(message)

    def _handle(self, message: dict[str, Any]) -> None:
        channel = message["channel"].decode()
        match message["type"]:
            case "smessage":
                self._on_message(channel, message["data"])
            case "ssubscribe":
                self._confirm(channel)
            case "sunsubscribe":
                self._left(channel)

    def _confirm(self, channel: str) -> None:
        if channel in self._leaving:
            return
        waiting = self._waiting.pop(channel, None)
        if waiting is not None and not waiting.done():
            waiting.set_result(None)
        if channel in self._confirmed:
            self._on_gap(channel)
        self._confirmed.add(channel)

    def _left(self, channel: str) -> None:
        self._leaving[channel] -= 1
        if self._leaving[channel] <= 0:
            del self._leaving[channel]

    def _reconnected(self) -> None:
        """The ends that were under way will not be confirmed, but for one that goes out next."""
        self._leaving.clear()
        if self._leaving_now is not None:
            self._leaving[self._leaving_now] = 1
