"""Loggers to test with.

Owns: a held shard, and a whole logger, over a ground.
Never: doubles of Redis or the database.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from logger.service import Logger, LoggerLimits
from logger.shard import HeldShard
from logger.storing import Batch, Storage
from parley.observe.metrics import LoggerMetrics, ShardMetrics, new_registry
from parley.store.records import ShardRow
from parley.stream.redis_log import RedisLog
from tests.recovery.ground import Ground, process
from tests.stream.homes import PATIENCE

LEASE_SECONDS = 30.0
LIMITS = LoggerLimits(
    lease=LEASE_SECONDS, batch_entries=100, room_idle=300.0, audit_kept=0.0, alone=False
)


def new_metrics() -> LoggerMetrics:
    registry = new_registry()
    return LoggerMetrics(registry, ShardMetrics(registry))


async def held_shard(
    ground: Ground,
    owner: str = "one",
    *,
    room_log: RedisLog | None = None,
    metrics: LoggerMetrics | None = None,
) -> HeldShard:
    """Return the shard, leased by `owner` whoever had it, and begun."""
    await ground.logs.lease(0, owner, round(LEASE_SECONDS * 1000), force=True)
    shard = HeldShard(
        0,
        owner,
        room_log or ground.room_log,
        ground.logs,
        ground.fences,
        metrics or new_metrics(),
    )
    await shard.begin()
    return shard


async def store(ground: Ground, *shards: HeldShard, count: int = 1000) -> None:
    """Store the next batches of some shards, as a logger does. Raises LeaseLost and Fenced."""
    after = {each.shard: (each.fence.generation, each.checkpoint) for each in shards}
    read = await ground.room_log.read_ingest(after, count, block_ms=0)
    storage = Storage(ground.logs, new_metrics(), count, _raise)
    await storage.store(Batch(each, read[each.shard]) for each in shards if each.shard in read)


def _raise(_: HeldShard, why: Exception) -> None:
    raise why


async def row(ground: Ground) -> ShardRow:
    (row,) = await ground.logs.shards()
    return row


async def becomes(is_so: Callable[[], Awaitable[bool]]) -> None:
    """Return once something is as it should be."""
    async with asyncio.timeout(PATIENCE):
        while True:
            if await is_so():
                return
            await asyncio.sleep(0.02)


class Running:
    """A logger at work."""

    def __init__(self, logger: Logger, metrics: LoggerMetrics) -> None:
        self.logger, self.metrics = logger, metrics
        self._task = asyncio.create_task(logger.run())

    async def stop(self) -> None:
        """End it as on SIGTERM."""
        self.logger.stop()
        await self._task

    async def kill(self) -> None:
        """End it wherever it is: it gives nothing back."""
        self._task.cancel()
        await asyncio.wait([self._task])


def start(ground: Ground, owner: str = "one", **limits: Any) -> Running:
    """Start a logger."""
    metrics = new_metrics()
    logger = Logger(
        owner,
        ground.room_log,
        ground.directory,
        ground.logs,
        ground.fences,
        metrics,
        replace(LIMITS, **limits),
        ground.clock,
        ground.mark_log,
    )
    return Running(logger, metrics)


@asynccontextmanager
async def logger_on(ground: Ground, owner: str = "one", **limits: Any) -> AsyncIterator[Running]:
    """Yield a logger at work; stop it at the end."""
    running = start(ground, owner, **limits)
    try:
        yield running
    finally:
        await running.stop()


@asynccontextmanager
async def doomed_logger(ground: Ground, owner: str) -> AsyncIterator[Running]:
    """Yield a logger in a process of its own, which is killed at the end."""
    async with process(
        ground.redis_home, ground.database_url, fake=ground.fake, clock=ground.clock
    ) as own:
        running = start(own, owner, alone=True)
        yield running
        await running.kill()
    # A process that was killed holds no lock on the file. Here the frames of cancelled tasks do.
    del running
    gc.collect()
