"""`parley logger`: one logger, beside others.

Owns: the wiring of a logger to its Redis, its database and its health port.
Never: what it does with the stream.
"""

import asyncio
import os
import secrets
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog

from logger.indexing import OldMessages
from logger.service import Logger, LoggerLimits
from parley.observe.health import HealthServer
from parley.observe.metrics import LoggerMetrics, ShardMetrics, new_registry
from parley.services.base import (
    Foundation,
    clock,
    foundation,
    keep_what_is_loaded,
    redis_server,
    stop_signal,
)
from parley.settings import LoggerOptions, LoggerSettings, StreamOptions

log = structlog.get_logger()

_DAY_SECONDS = 24 * 3600
# Where it shares a machine with gateways, they go first: people wait for them, and what is to be
# stored waits in Redis. A logger keeps a quarter of a processor that both want.
_NICENESS = 5


async def run_logger(settings: LoggerSettings) -> None:
    """Store what comes until asked to stop. Raises OSError if the port cannot be had."""
    registry = new_registry()
    redis = redis_server(settings.redis)
    async with foundation(settings.database, redis, settings.stream) as ground:
        asked = stop_signal()  # until here a signal simply ends the waiting
        metrics = LoggerMetrics(registry, ShardMetrics(registry))
        health = HealthServer(settings.host, settings.port, ground.checks, registry)
        async with health, logger(ground, settings.logger, settings.stream, metrics, alone=False):
            log.info("logger_started", host=settings.host, port=health.port)
            keep_what_is_loaded()
            os.nice(_NICENESS)
            await asked.wait()
            log.info("logger_stops")


@asynccontextmanager
async def logger(
    ground: Foundation,
    options: LoggerOptions,
    stream: StreamOptions,
    metrics: LoggerMetrics,
    *,
    alone: bool,
) -> AsyncIterator[None]:
    """Run a logger until the block ends, and let it finish. `alone`: there can be no other."""
    service = Logger(
        f"{socket.gethostname()}-{secrets.token_hex(4)}",
        ground.room_log,
        ground.directory,
        ground.logs,
        ground.fences,
        metrics,
        LoggerLimits(
            lease=options.lease_seconds,
            batch_entries=options.batch_entries,
            room_idle=stream.room_idle_seconds,
            audit_kept=options.audit_days * _DAY_SECONDS,
            alone=alone,
        ),
        clock,
        ground.mark_log,
    )
    old_messages = OldMessages(ground.search_backlog)
    async with asyncio.TaskGroup() as group:
        group.create_task(service.run())
        group.create_task(old_messages.run())
        try:
            yield
        finally:
            service.stop()
            old_messages.stop()
