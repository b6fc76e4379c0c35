"""The feed: what Redis publishes, as a gateway hears it.

Owns: subscriptions, their confirmation, and the notice that a connection was lost between.
Never: what a message means (`parley.stream.published` reads it).
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

import structlog
from redis.exceptions import RedisError

from parley.stream.cancellation import is_cancelled
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
        """Stop listening; a message under way may still be heard."""
        ...


class RedisFeed:
    """A feed over one connection with sharded pub/sub; redis-py reconnects it by itself.

    redis-py confirms a subscription again after every reconnect, and that second confirmation is
    the only sign of the loss: `on_gap` is called with the channel, so that the gap is filled.
    """

    def __init__(self, pubsub: Any, on_message: OnMessage, on_gap: OnGap) -> None:
        self._pubsub = pubsub
        self._on_message, self._on_gap = on_message, on_gap
        self._waiting: dict[str, asyncio.Future[None]] = {}
        self._confirmed: set[str] = set()
        # redis-py's connection is not made for two tasks that open it at once.
        self._commands = asyncio.Lock()

    async def subscribe(self, channel: str) -> None:
        if channel in self._confirmed:
            return
        waiting = self._waiting.get(channel)
        if waiting is None:
            waiting = asyncio.get_running_loop().create_future()
            self._waiting[channel] = waiting
            try:
                await self._command(self._pubsub.ssubscribe, channel)
            except BaseException:
                self._waiting.pop(channel, None)
                waiting.cancel()
                raise
        await asyncio.shield(waiting)

    async def unsubscribe(self, channel: str) -> None:
        self._confirmed.discard(channel)
        await self._command(self._pubsub.sunsubscribe, channel)

    async def _command(self, command: Callable[[str], Awaitable[Any]], channel: str) -> None:
        try:
            async with self._commands:
                await command(channel)
        except (RedisError, OSError) as error:
            raise LogUnavailable(str(error)) from error

    async def run(self) -> None:
        """Listen until cancelled; connection losses are waited out."""
        while not is_cancelled():
            try:
                await self._listen()
            except (RedisError, OSError) as error:
                log.warning("feed_lost", error=str(error))
                await asyncio.sleep(RECONNECT_SECONDS)

    async def _listen(self) -> None:
        async with self._commands:
            await self._pubsub.connect()
        while not is_cancelled():
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

    def _confirm(self, channel: str) -> None:
        waiting = self._waiting.pop(channel, None)
        if waiting is not None and not waiting.done():
            waiting.set_result(None)
        if channel in self._confirmed:
            self._on_gap(channel)
        self._confirmed.add(channel)
