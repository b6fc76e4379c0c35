"""The world: everything there is in one run, made from a seed.

Owns: the hosts on which processes run, the clock on the wall, the trace, and the dice of each part,
which one part cannot roll for another.
Never: what happens (`scenario.py`), and whether it was right (`checker.py`).
"""

from __future__ import annotations

import asyncio
import sys
import traceback
from collections.abc import Callable, Coroutine, Iterator, MutableMapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import structlog

from parley.stream.redis_log import Mode
from tests.simulation.clock import Process, VirtualLoop, current_process
from tests.simulation.network import Network, numbered_connections
from tests.simulation.people import Device
from tests.simulation.redis_lua import LuaRedis
from tests.simulation.redis_server import RedisHome
from tests.simulation.redis_twin import RedisTwin
from tests.simulation.scenario import Pace
from tests.simulation.services import (
    SLOW_READER_BYTES,
    GatewayService,
    LoggerService,
    Service,
    Surroundings,
)
from tests.simulation.store_data import StoreData
from tests.simulation.store_twin import DatabaseServer
from tests.simulation.witness import Record

# What a gateway writes at once, at most, in bytes: what was missed, in the answer to a resume.
_LARGEST_WRITE = (256 + 16) * 1024
# When every run begins, Unix milliseconds.
_BEGINNING_MS = 1_700_000_000_000
_DAY_MS = 86_400_000
# A process that ends by itself is started again after so many seconds.
_RESTART_SECONDS = 0.5


class Host:
    """A place where one process runs, again and again. `work` is one run of it."""

    def __init__(
        self, world: World, name: str, work: Callable[[Process], Coroutine[Any, Any, None]]
    ) -> None:
        self.name = name
        self.process: Process | None = None
        self._world, self._work = world, work
        self._is_wanted = False

    @property
    def is_running(self) -> bool:
        return self.process is not None and not self.process.is_dead

    def start(self) -> None:
        """Start the process, unless it runs."""
        self._is_wanted = True
        if self.is_running:
            return
        self._world.trace(self.name, "starts")
        process = self.process = Process(self._world.loop, self.name)
        process.at_death.append(partial(self._died, process))
        process.spawn(self._run(process))

    async def _run(self, process: Process) -> None:
        try:
            await self._work(process)
        except Exception as error:
            self._world.fault(f"{self.name} failed: {error!r}")
        else:
            self._look_for_leaks(process)
        self._world.loop.world_later(0.0, process.kill)

    def _look_for_leaks(self, process: Process) -> None:
        """A service that has ended in an orderly way has no task left but the one it ran in."""
        if self.name in self._world.services:
            tasks = self._world.loop.alive(process)
            left = [task.get_name() for task in tasks if task is not asyncio.current_task()]
            if left:
                self._world.fault(f"{self.name} has left tasks behind: {', '.join(left)}")

    def _died(self, process: Process) -> None:
        self._world.trace(self.name, "has ended")
        if self._is_wanted and self.process is process:
            self._world.loop.world_later(_RESTART_SECONDS, self._start_again)

    def _start_again(self) -> None:
        if self._is_wanted:
            self.start()

    def kill(self) -> None:
        """End it at once; it stays away until it is started."""
        self._is_wanted = False
        if self.process is not None:
            self.process.kill()

    def kill_after(self, steps: int) -> None:
        """End it so many steps later; it is started again."""
        if self.process is not None:
            self.process.after_steps(steps, self.process.kill)

    def stay_away(self) -> None:
        """Do not start it again once it has ended."""
        self._is_wanted = False


def _where(error: BaseException | bool) -> str:
    """Return what an exception was, and where it came from."""
    raised = sys.exc_info()[1] if isinstance(error, bool) else error
    if raised is None:
        return ""
    frames = traceback.extract_tb(raised.__traceback__)[-3:]
    places = " < ".join(f"{Path(f.filename).stem}:{f.lineno}" for f in reversed(frames))
    return f" {raised!r} at {places}"


class World:
    """One run's world."""

    def __init__(
        self,
        loop: VirtualLoop,
        seed: int,
        *,
        pace: Pace,
        keeps_trace: bool,
        runs_lua: bool = False,
    ) -> None:
        self.loop, self.seed, self._pace = loop, seed, pace
        self.record = Record(buffer_limit=SLOW_READER_BYTES + _LARGEST_WRITE)
        self.faults = loop.faults
        """What no program may do: an exception that nobody caught, an error in a log."""
        self.lines: list[tuple[float, str, str]] = []
        """The trace: when, who, what."""
        self._keeps_trace = keeps_trace
        self.database_offset = 0
        """How wrong the database's clock is, in milliseconds."""
        self.days = 0
        """How many have passed without anything happening."""
        self.data = StoreData(lambda: self.clock() + self.database_offset)
        self.database = DatabaseServer(loop, self.data)
        self.redis = RedisHome(loop, self.dice("redis"), LuaRedis if runs_lua else RedisTwin)
        self._mode: Mode = "embedded" if runs_lua else "server"
        self.network = Network(loop, self.dice, self.trace)
        self.hosts: dict[str, Host] = {}
        self.services: dict[str, Service] = {}
        self.devices: dict[str, Device] = {}

    # --- making ----------------------------------------------------------------------------

    def dice(self, name: str) -> Random:
        """Return the dice of one part."""
        return Random(f"{self.seed} {name}")

    def clock(self) -> int:
        """Return the time of day, Unix milliseconds."""
        return _BEGINNING_MS + self.days * _DAY_MS + round(self.loop.time() * 1000)

    def add_gateway(self, name: str) -> None:
        self._add_service(GatewayService(name, self._surroundings(), self.clock))

    def add_logger(self, name: str) -> None:
        self._add_service(LoggerService(name, self._surroundings(), self.clock))

    def _surroundings(self) -> Surroundings:
        return Surroundings(
            self.loop,
            self.redis,
            self._mode,
            self.database,
            self.network,
            self.dice,
            self._pace,
        )

    def _add_service(self, service: Service) -> None:
        self.services[service.name] = service
        self.hosts[service.name] = Host(self, service.name, service.live)

    def add_device(self, name: str, user: str) -> None:
        device = Device(name, user, self.record, self.dice(name), self.clock, self.trace)
        self.devices[name] = device

        async def live(process: Process) -> None:
            self.network.leave(process)
            await device.live(process, lambda _: self.network.dial(process))

        self.hosts[name] = Host(self, name, live)

    # --- telling ---------------------------------------------------------------------------

    def trace(self, who: str, what: str) -> None:
        """Note what happened."""
        if self._keeps_trace:
            self.lines.append((self.loop.time(), who, what))

    def fault(self, what: str) -> None:
        """Note what no program may do; what is let go of at the end does not count."""
        if self.loop.is_closed():
            return
        self.trace("fault", what)
        self.faults.append(what)

    @contextmanager
    def observed(self) -> Iterator[None]:
        """Take in what the programs log, and keep the order of their sets."""
        structlog.configure(
            processors=[self._take_log],
            wrapper_class=structlog.make_filtering_bound_logger(20),
            logger_factory=structlog.ReturnLoggerFactory(),
            cache_logger_on_first_use=False,
        )
        try:
            with numbered_connections():
                yield
        finally:
            structlog.reset_defaults()

    def _take_log(self, _: Any, level: str, event: MutableMapping[str, Any]) -> str:
        who = str(current_process() or "world")
        name = str(event.pop("event", ""))
        error = event.pop("exc_info", None)
        words = " ".join(f"{key}={value}" for key, value in event.items())
        text = f"logs {name} {words}" + (_where(error) if error else "")
        self.trace(who, text)
        if level in ("error", "exception", "critical"):
            self.fault(f"{who} {text}")
        return text
