"""A worker process: one gateway, beside others on the same port.

Owns: a gateway's life between what its parent asks, and what it tells its parent.
Never: when it is started again.
"""

import asyncio
import os
import shutil
import signal
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import structlog
from prometheus_client import CollectorRegistry

from parley.observe.metrics import GatewayMetrics, ShardMetrics
from parley.observe.sharing import keep_values_as, sums
from parley.services.base import CannotStart, foundation, keep_what_is_loaded, redis_server
from parley.services.first_start import administrator_code
from parley.services.gateway import gateway
from parley.services.workers.link import Link
from parley.services.workers.shares import shared
from parley.services.workers.wire import AdministratorCode, CannotWork, Ready
from parley.settings import GatewaySettings
from parley.store.errors import StoreError

log = structlog.get_logger()

# What a gateway does once, one worker does: it alone has the socket of `parley admin`.
FIRST = 1


async def run_worker(settings: GatewaySettings) -> None:
    """Serve clients until the parent asks this process to stop, or has gone.

    Raises CannotStart without a parent. What keeps a worker from starting is told to the parent.
    """
    link = await Link.open()
    number = link.assignment.number
    structlog.contextvars.bind_contextvars(worker=number)
    keep_values_as(number)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, link.asked.set)
    following = asyncio.create_task(link.follow())
    ready = asyncio.Event()
    try:
        await _or_asked(link, ready, _serve(settings, link, ready))
    except* (CannotStart, StoreError) as group:
        await link.say(CannotWork(str(group.exceptions[0])))
    finally:
        following.cancel()
        if link.is_orphan:  # nobody else is left to remove it
            shutil.rmtree(link.assignment.folder, ignore_errors=True)


async def _or_asked(link: Link, ready: asyncio.Event, work: Coroutine[Any, Any, None]) -> None:
    """Do the work, but break off if this worker is to stop and is not ready by then."""
    working, asked = asyncio.create_task(work), asyncio.create_task(link.asked.wait())
    await asyncio.wait({working, asked}, return_when=asyncio.FIRST_COMPLETED)
    asked.cancel()
    if not ready.is_set():
        working.cancel()
    with suppress(asyncio.CancelledError):
        await working


async def _serve(settings: GatewaySettings, link: Link, ready: asyncio.Event) -> None:
    given = link.assignment
    redis = redis_server(settings.redis)
    async with foundation(settings.database, redis, settings.stream, settings.directory) as ground:
        own = CollectorRegistry()
        async with gateway(
            replace(ground, checks=ground.checks | {"workers": link.all_are_ready}),
            shared(settings.gateway, settings.workers),
            settings.stream,
            GatewayMetrics(own, ShardMetrics(own)),
            sums(Path(given.folder), lambda: link.crew.processes),
            (settings.host, given.port),
            settings.admin_socket if given.number == FIRST else None,
            is_shared=True,
        ):
            ready.set()
            log.info("worker_listening", process=os.getpid())
            keep_what_is_loaded()
            code = await administrator_code(ground.directory) if given.number == FIRST else None
            if code is not None:
                await link.say(AdministratorCode(code))
            await link.say(Ready())
            await link.asked.wait()
            log.info("worker_stops")
