"""What every service needs before it can work.

Owns: the database made ready, the room log made ready, the waiting for both, what is not collected
as garbage, and the signal to stop.
Never: a gateway or a logger.
"""

import asyncio
import gc
import os
import secrets
import signal
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

import structlog

from parley.observe.health import Check
from parley.recovery.fences import Fences
from parley.settings import (
    DatabaseSettings,
    DirectoryOptions,
    RedisSettings,
    Secret,
    StreamOptions,
)
from parley.store.api import FullDirectory, Logs
from parley.store.database import Database, open_database
from parley.store.directory import SqlDirectory
from parley.store.errors import StoreUnavailable
from parley.store.logs import SqlLogs
from parley.store.migrate import migrate
from parley.store.records import DirectoryLimits
from parley.store.search.api import SearchBacklog
from parley.store.search.backlog import SqlSearchBacklog
from parley.stream.clients import RedisClients, redis_clients
from parley.stream.keys import shard_of
from parley.stream.log import LogUnavailable
from parley.stream.marks import MarkLog, RedisMarks
from parley.stream.redis_log import RedisLog

log = structlog.get_logger()

# Between two attempts to reach Redis or the database at start: at first, and at most, in seconds.
_FIRST_WAIT, _LONGEST_WAIT = 0.25, 5.0
# An embedded server's identity: a name that no other will have.
_IDENTITY_BYTES = 16
_DAY_MS = 24 * 3_600_000
# For Python's collector: new objects before a short collection, short ones before a longer one,
# and longer ones before a full one (by default 700, 10, 10).
_COLLECTED_AFTER = (2000, 10, 100)


class CannotStart(Exception):
    """The service cannot start, and waiting would not help; says what to do."""


@dataclass(frozen=True)
class Foundation:
    """What gateways and loggers stand on."""

    clients: RedisClients
    room_log: RedisLog
    directory: FullDirectory
    logs: Logs
    fences: Fences
    mark_log: MarkLog
    search_backlog: SearchBacklog
    checks: dict[str, Check]


def clock() -> int:
    """Return the time, Unix milliseconds."""
    return time.time_ns() // 1_000_000


@asynccontextmanager
async def foundation(
    database_settings: DatabaseSettings,
    redis: AbstractAsyncContextManager[RedisClients],
    stream: StreamOptions,
    directory: DirectoryOptions | None = None,
) -> AsyncIterator[Foundation]:
    """Open the database and Redis, and make both ready.

    Only who changes the directory needs its options.

    Waits until they answer. Raises the store's typed errors for what waiting does not mend.
    """
    database = open_database(
        database_settings.url, password=_revealed(database_settings.password), clock=clock
    )
    try:
        async with redis as clients:
            yield await _make_ready(database, clients, stream, directory or DirectoryOptions())
    finally:
        await database.close()


def redis_server(settings: RedisSettings) -> AbstractAsyncContextManager[RedisClients]:
    """Return the clients of the Redis that the settings name: a server, or a Cluster."""
    return redis_clients(settings.url, password=_revealed(settings.password))


def _revealed(secret: Secret | None) -> str | None:
    return None if secret is None else secret.reveal()


async def _make_ready(
    database: Database, clients: RedisClients, stream: StreamOptions, options: DirectoryOptions
) -> Foundation:
    limits = DirectoryLimits(
        options.group_members,
        options.channel_members,
        options.name_kept_days * _DAY_MS,
        options.rooms_per_user,
    )
    directory, logs = SqlDirectory(database, limits), SqlLogs(database)
    room_log = RedisLog(
        clients.commands,
        clients.reader,
        shards=stream.shards,
        mode=clients.mode,
        recent_entries=stream.recent_events,
        name=f"{socket.gethostname()}-{os.getpid()}",
    )

    async def prepare_database() -> None:
        await migrate(database)
        await logs.fix_shards(stream.shards)
        await directory.ensure_lobby()

    await _until_reached("database", prepare_database)
    await _until_reached("redis", room_log.load_library)

    async def database_answers() -> None:
        await logs.shards()

    async def redis_answers() -> None:
        await room_log.state(0)

    return Foundation(
        clients=clients,
        room_log=room_log,
        directory=directory,
        logs=logs,
        fences=Fences(room_log, logs, lambda: secrets.token_hex(_IDENTITY_BYTES)),
        mark_log=RedisMarks(clients.commands, clients.mode, stream.shards),
        search_backlog=SqlSearchBacklog(database, lambda room: shard_of(room, stream.shards)),
        checks={"redis": redis_answers, "database": database_answers},
    )


async def _until_reached(what: str, prepare: Callable[[], Awaitable[None]]) -> None:
    wait = _FIRST_WAIT
    while True:
        try:
            await prepare()
        except (LogUnavailable, StoreUnavailable) as error:
            log.warning("waiting", for_=what, error=str(error), seconds=wait)
            await asyncio.sleep(wait)
            wait = min(2 * wait, _LONGEST_WAIT)
        else:
            return


def keep_what_is_loaded() -> None:
    """Have Python's collector of garbage pass over everything that there is by now.

    It is the program itself, and stays. With it a full collection of a gateway with 1,000
    clients took 170 milliseconds, in which nobody was served; without it 40 to 80. So full
    collections are made rarer as well. For a process that is up, and once.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_COLLECTED_AFTER)


def stop_signal() -> asyncio.Event:
    """Return an event that is set when the process is asked to stop (SIGTERM, SIGINT)."""
    asked = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, asked.set)
    return asked
