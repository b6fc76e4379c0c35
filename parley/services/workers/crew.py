"""All workers of a gateway.

Owns: that there is one of each number until they are stopped, and that each knows of the others.
Never: signals, and how a process is made (`parley.services.workers.process`).
"""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Protocol

import structlog

from parley.services.base import CannotStart
from parley.services.workers.restarts import Record
from parley.services.workers.wire import (
    AdministratorCode,
    CannotWork,
    Crew,
    FromWorker,
    Ready,
    Stop,
    ToWorker,
)

log = structlog.get_logger()


class Worker(Protocol):
    """A worker that has been started; `parley.services.workers.process` has the real one."""

    @property
    def pid(self) -> int: ...

    def tell(self, message: ToWorker) -> None:
        """Tell the worker something. One that has ended does not hear it."""

    def says(self) -> AsyncIterator[FromWorker]:
        """Yield what the worker tells, until it ends."""

    def kill(self) -> None:
        """End it at once, whatever it does."""

    async def ended(self) -> tuple[int, float]:
        """Wait for the end; return the exit code, and the seconds that it lived."""


Start = Callable[[int], Awaitable[Worker]]


class Workers:
    """`run` keeps so many workers until `stop`.

    `start` makes a worker of a number; `ended` hears the number of each that has gone; `complete`
    is called once, when all are ready for the first time; `show_code` with the code of the first
    administrator, if there is to be one. `parent` is this process.
    """

    def __init__(
        self,
        number: int,
        parent: int,
        start: Start,
        ended: Callable[[int], None],
        complete: Callable[[], None],
        show_code: Callable[[str], None],
    ) -> None:
        self._numbers = range(1, number + 1)
        self._parent = parent
        self._start, self._ended, self._complete = start, ended, complete
        self._show_code = show_code
        self._running: dict[int, Worker] = {}
        self._ready: set[int] = set()
        self._has_begun = False
        # The first one alone makes the database ready, and says alone what is wrong.
        self._first_is_ready = asyncio.Event()
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Keep the workers until all have stopped.

        Raises CannotStart, in a group, if one cannot start before all have been ready once.
        """
        async with asyncio.TaskGroup() as group:
            for number in self._numbers:
                group.create_task(self._keep(number))

    def stop(self) -> None:
        """Ask all workers to let their clients go and to end."""
        self._stopping.set()
        self._first_is_ready.set()  # nobody waits for it any more
        self._tell(Stop())

    def kill(self) -> None:
        """End all workers at once."""
        for worker in self._running.values():
            worker.kill()

    async def _keep(self, number: int) -> None:
        record = Record()
        if number != self._numbers[0]:
            await self._first_is_ready.wait()
        while not self._stopping.is_set():
            code, lived = await self._live(number)
            if self._stopping.is_set():
                return
            record = record.after(lived)
            if record.is_hopeless and not self._has_begun:
                raise CannotStart(
                    f"worker {number} has ended {record.short_lives} times before all workers were "
                    f"ready, the last time with exit code {code}: its log lines say why"
                )
            log.warning("worker_ended", worker=number, code=code, again_in_seconds=record.pause)
            await self._pause(record.pause)

    async def _live(self, number: int) -> tuple[int, float]:
        """Start a worker, and wait for its end; return its exit code and how long it lived."""
        try:
            worker = await self._start(number)
        except OSError as error:  # no memory, no process: the others go on
            log.error("worker_not_started", worker=number, error=str(error))
            return os.EX_OSERR, 0.0
        try:
            self._running[number] = worker
            self._tell(self._crew())
            if self._stopping.is_set():  # it was, while this one was being started
                worker.tell(Stop())
            async for message in worker.says():
                self._hear(number, message)
        except BaseException:
            worker.kill()
            raise
        finally:
            life = await worker.ended()
            self._forget(number)
        return life

    def _hear(self, number: int, message: FromWorker) -> None:
        match message:
            case Ready():
                self._ready.add(number)
                self._first_is_ready.set()
                self._tell(self._crew())
                if len(self._ready) == len(self._numbers) and not self._has_begun:
                    self._has_begun = True
                    self._complete()
            case AdministratorCode(code):
                self._show_code(code)
            case CannotWork(reason) if not self._has_begun:
                raise CannotStart(reason)
            case CannotWork(reason):
                log.error("worker_cannot_work", worker=number, reason=reason)

    def _forget(self, number: int) -> None:
        del self._running[number]
        self._ready.discard(number)
        self._ended(number)
        self._tell(self._crew())

    def _crew(self) -> Crew:
        workers = {str(number): worker.pid for number, worker in sorted(self._running.items())}
        return Crew(
            {"parent": self._parent} | workers, is_complete=len(self._ready) == len(self._numbers)
        )

    def _tell(self, message: Crew | Stop) -> None:
        for worker in self._running.values():
            worker.tell(message)

    async def _pause(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._stopping.wait()
        except TimeoutError:
            pass
