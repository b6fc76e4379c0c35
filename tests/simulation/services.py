"""Gateways and loggers as processes that are started, killed, frozen and stopped again and again.

Owns: their wiring, as `parley.services` has it, to the twins of Redis and of the database.
Never: when something happens to them (`scenario.py`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any, cast

from gateway.limits import Limiter, Rates
from gateway.passwords import Passwords
from gateway.service import Gateway, GatewayLimits, Outside
from logger.service import Logger, LoggerLimits
from parley.observe.metrics import GatewayMetrics, LoggerMetrics
from parley.recovery.fences import Fences
from parley.store.api import FullDirectory
from parley.store.errors import StoreUnavailable
from parley.stream.feed import RedisFeed
from parley.stream.log import LogUnavailable
from parley.stream.marks import RedisMarks
from parley.stream.presence import State
from parley.stream.rate_limits import RateLimits
from parley.stream.redis_log import Mode, RedisLog
from tests.simulation.clock import Process, VirtualLoop
from tests.simulation.network import Network
from tests.simulation.redis_server import RedisHome, RedisLink
from tests.simulation.scenario import Pace
from tests.simulation.store_twin import DatabaseServer, DirectoryTwin, LogsTwin, StoreLink

SHARDS = 2
# Small, so that a short run meets every limit.
RECENT_ENTRIES = 4
SLOW_READER_BYTES = 64 * 1024
_AGAIN_SECONDS = 0.5


class _NoMetrics:
    """Counts nothing, at no cost."""

    def __getattr__(self, _: str) -> _NoMetrics:
        return self

    def __call__(self, *_: object, **__: object) -> _NoMetrics:
        return self

    def __enter__(self) -> _NoMetrics:
        return self

    def __exit__(self, *_: object) -> None:
        pass


class PlainPasswords:
    """Checks passwords without hashing them; the place of `gateway.passwords.Passwords`."""

    async def hash(self, password: str) -> str:
        return password

    async def verify(self, stored: str | None, password: str) -> bool:
        return stored == password


@dataclass(frozen=True)
class Surroundings:
    """What every service stands in."""

    loop: VirtualLoop
    redis: RedisHome
    mode: Mode
    database: DatabaseServer
    network: Network
    new_dice: Callable[[str], Random]
    pace: Pace


class _NoPresence:
    """Nobody here looks at who is there; a `PresenceLog`."""

    async def say(self, gateway: str, states: Mapping[str, State], now: int) -> None:
        """Nobody will ask."""

    async def forget(self, gateway: str, people: Collection[str]) -> None:
        """Nobody will ask."""

    async def states(self, people: Collection[str], now: int) -> dict[str, State]:
        return {}


def _gateway_limits(pace: Pace) -> GatewayLimits:
    return GatewayLimits(
        heartbeat=pace.heartbeat,
        drain=2.0,
        batch_window=0.008,
        resume_events=12,
        slow_reader_bytes=SLOW_READER_BYTES,
        memory_limit=0.7,
        sign_up="open",
        sockets_per_user=100,
    )


def _logger_limits(pace: Pace) -> LoggerLimits:
    return LoggerLimits(
        lease=3.0, batch_entries=8, room_idle=pace.room_idle, audit_kept=0.0, alone=False
    )


class Service:
    """One service, through all its runs. `clock_offset` is how wrong its clock is, in ms."""

    def __init__(self, name: str, around: Surroundings, clock: Callable[[], int]) -> None:
        self.name = name
        self.clock_offset = 0
        self.runs = 0
        self.redis: RedisLink
        self.store: StoreLink
        self._around, self._world_clock = around, clock

    def clock(self) -> int:
        """Return the process's clock, Unix milliseconds."""
        return self._world_clock() + self.clock_offset

    async def live(self, process: Process) -> None:
        """Run until asked to stop."""
        raise NotImplementedError

    def stop(self) -> None:
        """Ask it to stop in an orderly way."""
        raise NotImplementedError

    def _connect(self, process: Process) -> Random:
        """Make this run's links; return its dice."""
        self.runs += 1
        around = self._around
        dice = around.new_dice(f"{self.name} {self.runs}")
        self.redis = RedisLink(around.loop, dice, around.redis, process)
        self.store = StoreLink(around.loop, dice, around.database, process)
        return dice

    def _marks(self) -> RedisMarks:
        return RedisMarks(self.redis.client(), self._around.mode, SHARDS)

    async def _room_log(self) -> tuple[RedisLog, LogsTwin]:
        """Make ready what a service needs before it can work, however long it takes."""
        logs = LogsTwin(self.store)
        room_log = RedisLog(
            self.redis.client(),
            self.redis.reader(),
            shards=SHARDS,
            mode=self._around.mode,
            recent_entries=RECENT_ENTRIES,
        )
        while True:
            try:
                await logs.fix_shards(SHARDS)
                await DirectoryTwin(self.store).ensure_lobby()
                await room_log.load_library()
            except (StoreUnavailable, LogUnavailable):
                await asyncio.sleep(_AGAIN_SECONDS)
            else:
                return room_log, logs


def fences(room_log: RedisLog, logs: LogsTwin, dice: Random) -> Fences:
    """Return a service's fences; an embedded server's identity is drawn."""
    return Fences(room_log, logs, lambda: f"minted{dice.getrandbits(60):015x}")


class GatewayService(Service):
    """A gateway."""

    def __init__(self, name: str, around: Surroundings, clock: Callable[[], int]) -> None:
        super().__init__(name, around, clock)
        self._stopping = asyncio.Event()

    async def live(self, process: Process) -> None:
        self._stopping = asyncio.Event()
        dice = self._connect(process)
        room_log, logs = await self._room_log()
        gateway = Gateway(
            room_log,
            cast(FullDirectory, DirectoryTwin(self.store)),
            logs,
            fences(room_log, logs, dice),
            cast(Passwords, PlainPasswords()),
            cast(GatewayMetrics, _NoMetrics()),
            _gateway_limits(self._around.pace),
            Outside(self.clock, dice.getrandbits),
            # Limits have tests of their own; without any, nothing of them is asked of Redis.
            Limiter(Rates(), cast(RateLimits, None), self._around.loop.time),
            self._marks(),
            _NoPresence(),
        )
        feed = RedisFeed(self.redis.pubsub(), gateway.hub.on_message, gateway.hub.on_gap)
        gateway.listen_to(feed)
        self._around.network.listen(process, gateway)
        async with asyncio.TaskGroup() as group:
            beside = [group.create_task(feed.run()), group.create_task(gateway.run())]
            await self._stopping.wait()
            self._around.network.stop_listening(process)
            await gateway.stop()
            await self._around.network.emptied(process)
            for task in beside:
                task.cancel()

    def stop(self) -> None:
        self._stopping.set()


class LoggerService(Service):
    """A logger."""

    def __init__(self, name: str, around: Surroundings, clock: Callable[[], int]) -> None:
        super().__init__(name, around, clock)
        self._logger: Logger | None = None

    async def live(self, process: Process) -> None:
        self._logger = None
        dice = self._connect(process)
        room_log, logs = await self._room_log()
        self._logger = Logger(
            f"{self.name}-{self.runs}",
            room_log,
            DirectoryTwin(self.store),
            logs,
            fences(room_log, logs, dice),
            cast(LoggerMetrics, cast(Any, _NoMetrics())),
            _logger_limits(self._around.pace),
            self.clock,
            self._marks(),
        )
        await self._logger.run()

    def stop(self) -> None:
        if self._logger is not None:
            self._logger.stop()
