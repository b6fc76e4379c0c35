"""The feed over a Redis Cluster, in which each channel is published at the server with its slot.

Owns: a connection for each slot that is listened to, so that a slot which moves to another server
is the loss of one connection, and mended as any other: connected again, and subscribed anew.
Never: who has a slot; each connection asks when it is made.

All channels of a shard are in one slot: a gateway has as many connections as it uses shards.
"""

import asyncio
from collections.abc import Callable
from typing import Any

from redis.exceptions import ResponseError

from parley.stream.feed import OnGap, OnMessage, RedisFeed, Subscriber


class MovedAway(ResponseError):
    """The server no longer has the channel's slot, and has ended the subscription."""

    def __init__(self, channel: str) -> None:
        super().__init__(channel)
        self.channel = channel

    def __str__(self) -> str:
        return f"the slot of {self.channel!r} has moved to another server"


class SlotFeed(RedisFeed):
    """A feed of the channels of one slot, whose server may become another."""

    async def _listen(self) -> None:
        try:
            await super()._listen()
        except ResponseError:
            # A refusal does not say of what. On a new connection everything is asked for anew.
            async with self._commands:
                await self._pubsub.connection.disconnect()
            raise

    def _handle(self, message: dict[str, Any]) -> None:
        channel = message["channel"].decode()
        is_asked_for = channel in self._leaving or channel not in self._confirmed
        if message["type"] == "sunsubscribe" and not is_asked_for:
            raise MovedAway(channel)
        super()._handle(message)


class ClusterFeed:
    """Implements `RunningFeed`. `subscriber` makes a connection to whoever has a channel's slot."""

    def __init__(
        self,
        slot_of: Callable[[str], int],
        subscriber: Callable[[str], Subscriber],
        on_message: OnMessage,
        on_gap: OnGap,
    ) -> None:
        self._slot_of, self._subscriber = slot_of, subscriber
        self._on_message, self._on_gap = on_message, on_gap
        self._feeds: dict[int, SlotFeed] = {}
        self._begun: asyncio.Queue[SlotFeed] = asyncio.Queue()

    async def subscribe(self, channel: str) -> None:
        await self._feed(channel).subscribe(channel)

    async def unsubscribe(self, channel: str) -> None:
        await self._feed(channel).unsubscribe(channel)

    async def run(self) -> None:
        """Listen at every slot until cancelled; connection losses are waited out."""
        async with asyncio.TaskGroup() as group:
            while True:
                feed = await self._begun.get()
                group.create_task(feed.run())

    def _feed(self, channel: str) -> SlotFeed:
        slot = self._slot_of(channel)
        if slot not in self._feeds:
            feed = SlotFeed(self._subscriber(channel), self._on_message, self._on_gap)
            self._feeds[slot] = feed
            self._begun.put_nowait(feed)
        return self._feeds[slot]
