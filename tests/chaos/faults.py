"""What is done to a system, and how it is undone.

Owns: every fault by its name; how long it lasts; where it can happen.
Never: when (`rounds.py`), and what follows from it.

A fault is a context: it happens on entry, lasts as long as the block, and is healed on exit.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from tests.chaos.programs import ChaosPostgres, ChaosRedis, Clocked, Program
from tests.chaos.proxy import Proxy
from tests.chaos.stage import Stage, until
from tests.chaos.stall import stall
from tests.chaos.system import Copies, System
from tests.chaos.threads import in_thread

_ROOT = Path(__file__).parents[2]

# A frozen logger outlives its lease of 3 s; a frozen Redis every time-out of 5 s.
_SHORT, _LONG, _VERY_LONG = (0.3, 3.0), (3.5, 7.0), (5.0, 13.0)
_AT_ONCE = (0.0, 0.0)
_HOUR, _DAY = 3600, 86_400
_JUMPS = (_HOUR, -_HOUR, -_DAY, 30, -30)
_SLOW_READERS = 4
_CROWD_SECONDS = 150.0

Context = AbstractAsyncContextManager[None]


@dataclass(frozen=True)
class Fault:
    """One kind of fault."""

    part: str
    """What it is done to; two faults at once are done to different parts."""
    happen: Callable[[Stage], Context]
    seconds: tuple[float, float]
    """It lasts between the two."""
    needs: str = ""
    """What there must be for it: "disk" or "clock"."""

    def is_possible(self, system: System) -> bool:
        """Whether the system has the part."""
        parts = {
            "redis": system.copies,
            "database": system.postgres,
            "logger": system.loggers,
            "data folder": system.postgres is None,
            "clock": _by_their_own_clocks(system),
        }
        return bool(parts.get(self.part, True))


# --- processes -----------------------------------------------------------------------------


def _gateway(stage: Stage) -> Program:
    return stage.one_of(stage.system.gateways)


def _logger(stage: Stage) -> Program:
    return stage.one_of(stage.system.loggers)


@asynccontextmanager
async def _killed(server: Clocked) -> AsyncIterator[None]:
    await in_thread(server.kill)
    yield
    await in_thread(server.revive)


@asynccontextmanager
async def _stopped(server: Clocked) -> AsyncIterator[None]:
    await in_thread(server.stop)
    yield
    await in_thread(server.revive)


@asynccontextmanager
async def _frozen(server: Clocked) -> AsyncIterator[None]:
    await in_thread(server.pause)
    yield
    await in_thread(server.resume)


@asynccontextmanager
async def _clients_killed(stage: Stage) -> AsyncIterator[None]:
    worker = stage.one_of(stage.people.workers)
    worker.kill()
    yield
    worker.revive()


@asynccontextmanager
async def _clients_frozen(stage: Stage) -> AsyncIterator[None]:
    worker = stage.one_of(stage.people.workers)
    worker.pause()
    yield
    worker.revive()


@asynccontextmanager
async def _loggers_killed(stage: Stage) -> AsyncIterator[None]:
    loggers = stage.system.loggers
    await asyncio.gather(*(in_thread(logger.kill) for logger in loggers))
    yield
    await asyncio.gather(*(in_thread(logger.revive) for logger in loggers))


def _by_their_own_clocks(system: System) -> list[Clocked]:
    """Return whose clocks may jump: docs/status.md names the database's host as a known gap."""
    kept = system.postgres or system.gateways[0]
    return [server for server in system.processes if server is not kept]


@asynccontextmanager
async def _clock_jumps(stage: Stage) -> AsyncIterator[None]:
    clock = stage.one_of(_by_their_own_clocks(stage.system)).clock
    assert clock is not None
    clock.move(stage.one_of(_JUMPS))
    yield
    clock.move(0)


# --- Redis ---------------------------------------------------------------------------------


def _copies(stage: Stage) -> Copies:
    assert stage.system.copies is not None
    return stage.system.copies


def _redis(stage: Stage) -> ChaosRedis:
    return _copies(stage).primary


@asynccontextmanager
async def _emptied(stage: Stage) -> AsyncIterator[None]:
    await in_thread(_redis(stage).flush)
    yield


@asynccontextmanager
async def _lost_its_data(stage: Stage) -> AsyncIterator[None]:
    await in_thread(_redis(stage).kill)
    yield
    await in_thread(_redis(stage).begin_anew)


@asynccontextmanager
async def _lost_its_last_second(stage: Stage) -> AsyncIterator[None]:
    """Its append-only file is as it was a little earlier, as after a power cut."""
    server = _redis(stage)
    journal = server.journal
    length = journal.stat().st_size
    await asyncio.sleep(stage.dice.uniform(0.3, 1.5))
    await in_thread(server.kill)
    os.truncate(journal, length)
    yield
    await in_thread(server.revive)


@asynccontextmanager
async def _replica_promoted(stage: Stage) -> AsyncIterator[None]:
    """A replica that has lagged behind takes over; the old primary may go on for a while."""
    copies, to_redis = _copies(stage), stage.system.to_redis
    assert to_redis is not None
    old, new = copies.primary, copies.replica
    await until(lambda: in_thread(old.is_copied_by, new), 5.0)
    await in_thread(new.lead)
    await asyncio.sleep(stage.dice.uniform(0.3, 1.5))
    to_redis.targets = [new.port]
    copies.swap()
    if stage.dice.random() < 0.5:
        await in_thread(old.kill)
    yield  # with both alive, some connections still lead to the old one
    to_redis.cut(old.port)
    await in_thread(old.kill)
    await in_thread(old.begin_anew)
    await in_thread(old.follow, new)


@asynccontextmanager
async def _memory_full(stage: Stage) -> AsyncIterator[None]:
    server = _redis(stage)
    used = await in_thread(server.memory)
    await in_thread(server.call, "CONFIG", "SET", "maxmemory", used + 50_000)
    yield
    await in_thread(server.call, "CONFIG", "SET", "maxmemory", 0)


@asynccontextmanager
async def _disk_full(server: Clocked) -> AsyncIterator[None]:
    assert server.disk is not None
    await in_thread(server.disk.fill)
    yield
    server.disk.empty()
    await in_thread(server.revive)


# --- connections ---------------------------------------------------------------------------


@asynccontextmanager
async def _cut(proxy: Proxy) -> AsyncIterator[None]:
    proxy.cut()
    yield


@asynccontextmanager
async def _half_open(stage: Stage, proxy: Proxy) -> AsyncIterator[None]:
    proxy.freeze(stage.one_of(("up", "down", "both")))
    yield
    proxy.cut()


@asynccontextmanager
async def _slow(stage: Stage, proxy: Proxy) -> AsyncIterator[None]:
    proxy.delay = stage.dice.uniform(0.02, 0.3)
    yield
    proxy.delay = 0.0


def _to_redis(stage: Stage) -> Proxy:
    assert stage.system.to_redis is not None
    return stage.system.to_redis


def _to_database(stage: Stage) -> Proxy:
    assert stage.system.to_database is not None
    return stage.system.to_database


def _database(stage: Stage) -> ChaosPostgres:
    assert stage.system.postgres is not None
    return stage.system.postgres


# --- clients by the thousand, and clients that do not read ---------------------------------


@asynccontextmanager
async def _crowd(stage: Stage) -> AsyncIterator[None]:
    ports = ",".join(str(gateway.port) for gateway in stage.system.gateways)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.chaos.crowd", ports, str(stage.crowd)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        cwd=_ROOT,
    )
    try:
        assert process.stdout is not None
        async with asyncio.timeout(_CROWD_SECONDS):
            seconds = float(await process.stdout.readline())
        stage.tally.measure("seconds until a crowd that was cut off is back", seconds)
        yield
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.communicate()


@asynccontextmanager
async def _stalled(stage: Stage) -> AsyncIterator[None]:
    outcome = await stall(stage.system.gateways, stage.token, _SLOW_READERS)
    for held in outcome.held:
        stage.people.evidence.held(held)
        stage.tally.measure("KiB held for a reader that stalls", held / 1024)
    stage.tally.measure("ms, delivery p99 of the others while some stall", outcome.p99 * 1000)
    yield


FAULTS: Mapping[str, Fault] = MappingProxyType(
    {
        "server killed": Fault("server", lambda s: _killed(_gateway(s)), _SHORT),
        "server stopped": Fault("server", lambda s: _stopped(_gateway(s)), _SHORT),
        "server frozen": Fault("server", lambda s: _frozen(_gateway(s)), _LONG),
        "logger killed": Fault("logger", lambda s: _killed(_logger(s)), _SHORT),
        "logger frozen": Fault("logger", lambda s: _frozen(_logger(s)), _LONG),
        "all loggers killed": Fault("logger", _loggers_killed, _LONG),
        "redis killed": Fault("redis", lambda s: _killed(_redis(s)), _SHORT),
        "redis restarted": Fault("redis", lambda s: _stopped(_redis(s)), _SHORT),
        "redis frozen": Fault("redis", lambda s: _frozen(_redis(s)), _VERY_LONG),
        "redis emptied": Fault("redis", _emptied, _AT_ONCE),
        "redis loses its data": Fault("redis", _lost_its_data, _SHORT),
        "redis loses its last second": Fault("redis", _lost_its_last_second, _SHORT),
        "replica promoted": Fault("redis", _replica_promoted, _SHORT),
        "redis' memory full": Fault("redis", _memory_full, _LONG),
        "redis' disk full": Fault("redis", lambda s: _disk_full(_redis(s)), _LONG, "disk"),
        "redis cut off": Fault("redis", lambda s: _cut(_to_redis(s)), _AT_ONCE),
        "redis half open": Fault("redis", lambda s: _half_open(s, _to_redis(s)), _LONG),
        "redis slow": Fault("redis", lambda s: _slow(s, _to_redis(s)), _LONG),
        "database killed": Fault("database", lambda s: _killed(_database(s)), _SHORT),
        "database frozen": Fault("database", lambda s: _frozen(_database(s)), _LONG),
        "database's disk full": Fault(
            "database", lambda s: _disk_full(_database(s)), _LONG, "disk"
        ),
        "database cut off": Fault("database", lambda s: _cut(_to_database(s)), _AT_ONCE),
        "database half open": Fault("database", lambda s: _half_open(s, _to_database(s)), _LONG),
        "data folder's disk full": Fault(
            "data folder", lambda s: _disk_full(_gateway(s)), _LONG, "disk"
        ),
        "clock jumps": Fault("clock", _clock_jumps, _SHORT, "clock"),
        "clients killed": Fault("clients", _clients_killed, _SHORT),
        "clients frozen": Fault("clients", _clients_frozen, _LONG),
        "clients cut off": Fault("clients", lambda s: _cut(s.system.front), _AT_ONCE),
        "clients half open": Fault("clients", lambda s: _half_open(s, s.system.front), _LONG),
        "clients slow": Fault("clients", lambda s: _slow(s, s.system.front), _LONG),
        "crowd reconnects": Fault("load", _crowd, _SHORT),
        "readers stall": Fault("load", _stalled, _AT_ONCE),
    }
)
"""Every fault by its name."""
