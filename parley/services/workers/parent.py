"""`parley gateway` with several workers: the process that looks after them.

Owns: the address while it runs, the folder of the workers' counts, and the signals to stop.
Never: a client.
"""

import asyncio
import os
import signal
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import structlog

from parley.observe.sharing import forget_gauges
from parley.services.files import make_room_for
from parley.services.workers.address import held
from parley.services.workers.crew import Workers
from parley.services.workers.process import WorkerProcess
from parley.services.workers.wire import Assignment
from parley.settings import GatewaySettings

log = structlog.get_logger()

# How long a worker may take to end, beyond PARLEY_DRAIN_SECONDS, before it is killed.
_GRACE_SECONDS = 10.0


async def run_workers(settings: GatewaySettings, show_code: Callable[[str], None]) -> None:
    """Keep workers that serve clients, until asked to stop.

    `show_code` is called with the code of the first administrator, if it falls to this gateway.
    Raises CannotStart, and OSError if the port cannot be had.
    """
    make_room_for(settings.gateway.limits.sockets, settings.workers)
    once, twice = _stop_signals()
    patience = settings.gateway.drain_seconds + _GRACE_SECONDS
    async with held(settings.host, settings.port) as port:
        with TemporaryDirectory(prefix="parley-workers-") as folder:
            workers = _workers(settings, port, folder, show_code)
            async with asyncio.TaskGroup() as group:
                stopping = group.create_task(_stop(workers, once, twice, patience))
                await workers.run()
                stopping.cancel()


def _workers(
    settings: GatewaySettings, port: int, folder: str, show_code: Callable[[str], None]
) -> Workers:
    def tell_that_all_are_ready() -> None:
        log.info("gateway_listening", host=settings.host, port=port, workers=settings.workers)

    return Workers(
        settings.workers,
        os.getpid(),
        lambda number: WorkerProcess.start(Assignment(number, port, folder)),
        partial(forget_gauges, Path(folder)),
        tell_that_all_are_ready,
        show_code,
    )


async def _stop(
    workers: Workers, once: asyncio.Event, twice: asyncio.Event, patience: float
) -> None:
    """Stop the workers when asked to; kill them when asked again, or if they take too long."""
    await once.wait()
    log.info("gateway_stops")
    workers.stop()
    try:
        async with asyncio.timeout(patience):
            await twice.wait()
    except TimeoutError:
        pass
    log.warning("workers_killed")
    workers.kill()


def _stop_signals() -> tuple[asyncio.Event, asyncio.Event]:
    """Return events for being asked to stop (SIGTERM, SIGINT), and for being asked again."""
    once, twice = asyncio.Event(), asyncio.Event()

    def ask() -> None:
        (twice if once.is_set() else once).set()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ask)
    return once, twice
