"""A room log whose calls wait for the test.

Owns: the log, and an appender on it.
Never: a double of the log: what is let through is done by the real one.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

from gateway.appender import Appender
from parley.stream.fence import Fence
from parley.stream.log import Batch, BatchOutcome
from parley.stream.redis_log import RedisLog
from tests.gateway.parts import new_metrics
from tests.recovery.ground import Ground


class StoppedLog(RedisLog):
    """A room log whose appends wait until they are let through."""

    def __init__(self, *clients: Any, **options: Any) -> None:
        super().__init__(*clients, **options)
        self.calls: list[int] = []
        """How many drafts each call had."""
        self._let_through = asyncio.Semaphore(0)

    async def append(
        self, shard: int, fence: Fence, batches: Sequence[Batch], now: int
    ) -> list[BatchOutcome]:
        self.calls.append(sum(len(batch.drafts) for batch in batches))
        await self._let_through.acquire()
        return await super().append(shard, fence, batches, now)

    def let_through(self, calls: int = 1000) -> None:
        for _ in range(calls):
            self._let_through.release()


@asynccontextmanager
async def appending(ground: Ground) -> AsyncIterator[Appender]:
    appender = Appender(ground.room_log, ground.logs, ground.fences, new_metrics(), ground.clock)
    yield appender
    await appender.close()


class Stopped(NamedTuple):
    """An appender whose calls to Redis wait for the test."""

    ground: Ground
    log: StoppedLog
    appender: Appender
