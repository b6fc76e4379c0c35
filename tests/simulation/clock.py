"""An event loop in which time is a number, and processes that can be killed at any await.

Owns: virtual time, the order in which everything runs, which process a callback belongs to, and
the death, the freezing and the thawing of a process.
Never: a thread, a socket, the wall clock. Two runs of the same work are the same, step by step.

A process is a group of tasks. What its code starts belongs to it, by a context variable. A killed
one takes no further step: its `finally` blocks do not run, as after SIGKILL.
"""

from __future__ import annotations

import asyncio
import contextlib
import heapq
import sys
import warnings
from collections import deque
from collections.abc import Callable, Coroutine, Iterator
from contextvars import Context, ContextVar, copy_context
from itertools import count
from typing import Any, TypeVar

T = TypeVar("T")

# Steps at one moment of virtual time after which it is taken to stand still.
_STEPS_AT_ONE_TIME = 200_000


class OutOfTime(Exception):
    """The work was not done by its virtual deadline."""


class Deadlock(Exception):
    """The work waits for something that nobody will do."""


class StandsStill(Exception):
    """Virtual time does not advance any more: something runs in a circle."""


class Process:
    """A group of tasks that lives and dies together."""

    def __init__(self, loop: VirtualLoop, name: str) -> None:
        self.name = name
        self.is_dead = self.is_frozen = False
        self.at_death: list[Callable[[], None]] = []
        """What the rest of the world notices of its end, in order."""
        self._loop = loop
        self._fuses: list[tuple[int, Callable[[], None]]] = []
        self._steps = 0
        self._parked: list[_Handle] = []
        self._context = copy_context()
        self._context.run(_CURRENT.set, self)

    def __repr__(self) -> str:
        return self.name

    @property
    def is_running(self) -> bool:
        return not (self.is_dead or self.is_frozen)

    def spawn(self, work: Coroutine[Any, Any, T], name: str = "main") -> asyncio.Task[T]:
        """Run a coroutine as a task of this process."""
        return self._loop.create_task(
            work, name=f"{self.name}/{name}", context=self._context.copy()
        )

    def kill(self) -> None:
        """End it between two steps; nothing of it runs any more."""
        if not self.is_dead:
            self.is_dead = True
            self._parked.clear()
            for notice in self.at_death:
                notice()

    def freeze(self) -> None:
        """Stop it as SIGSTOP does: what is due for it waits."""
        self.is_frozen = True

    def thaw(self) -> None:
        """Let it go on, with everything that has come due."""
        self.is_frozen = False
        self._loop.resume(self._parked)
        self._parked = []

    def after_steps(self, steps: int, act: Callable[[], None]) -> None:
        """Do something to it before its next step but so many: between two of its awaits."""
        self._fuses.append((self._steps + steps, act))

    def admits(self, handle: _Handle) -> bool:
        """Return whether a step may be taken now; one that may not is kept or dropped."""
        if self._fuses:
            self._burn()
        if self.is_dead:
            return False
        if self.is_frozen:
            self._parked.append(handle)
            return False
        self._steps += 1
        return True

    def _burn(self) -> None:
        due = [act for steps, act in self._fuses if steps <= self._steps]
        self._fuses = [fuse for fuse in self._fuses if fuse[0] > self._steps]
        for act in due:
            act()


_CURRENT: ContextVar[Process | None] = ContextVar("process", default=None)


def current_process() -> Process | None:
    """Return the process whose code is running; None for the world around them."""
    return _CURRENT.get()


class _Handle:
    """Something that is due; cheaper to make than asyncio's own, as there are thousands a run."""

    __slots__ = ("args", "callback", "context", "is_cancelled")

    def __init__(
        self, callback: Callable[..., object], args: tuple[Any, ...], context: Context
    ) -> None:
        self.callback, self.args, self.context = callback, args, context
        self.is_cancelled = False

    def cancel(self) -> None:
        """Do not call back."""
        self.is_cancelled = True

    def cancelled(self) -> bool:
        return self.is_cancelled


class _TimerHandle(_Handle):
    """Something that is due at a time."""

    __slots__ = ("_when",)

    def __init__(
        self,
        when: float,
        callback: Callable[..., object],
        args: tuple[Any, ...],
        context: Context,
    ) -> None:
        super().__init__(callback, args, context)
        self._when = when

    def when(self) -> float:
        return self._when


class _Task(asyncio.Task[T]):
    """A task with a hash that is the same in every run, so that sets of tasks keep their order."""

    def __init__(self, work: Coroutine[Any, Any, T], number: int, **options: Any) -> None:
        self._number = number
        self.process: Process | None = None
        super().__init__(work, **options)

    def __hash__(self) -> int:
        return self._number

    def __eq__(self, other: object) -> bool:
        return self is other


@contextlib.contextmanager
def _in_silence() -> Iterator[None]:
    """Ignore what the interpreter has to say of coroutines that do not end in an orderly way."""
    hook, sys.unraisablehook = sys.unraisablehook, lambda _: None
    try:
        with warnings.catch_warnings(action="ignore"):
            yield
    finally:
        sys.unraisablehook = hook


def _let_go(task: asyncio.Task[Any]) -> None:
    task._log_destroy_pending = False  # type: ignore[attr-defined]
    coroutine = task.get_coro()
    with contextlib.suppress(BaseException):
        if coroutine is not None:
            coroutine.close()


class VirtualLoop(asyncio.AbstractEventLoop):
    """Runs one piece of work, and everything it starts, in virtual time from 0 on."""

    def __init__(self) -> None:
        self.steps = 0
        self.faults: list[str] = []
        """What nobody caught."""
        self._now = 0.0
        self._ready: deque[_Handle] = deque()
        self._timers: list[tuple[float, int, _Handle]] = []
        self._numbers = count()
        self._closed = False
        self._world = Context()
        # Every task, so that what was suspended in a dead process is neither collected nor run.
        self._tasks: list[_Task[Any]] = []
        self._tasks_kept = 0

    # --- running ---------------------------------------------------------------------------

    def run(self, work: Coroutine[Any, Any, T], *, deadline: float) -> T:
        """Return what the work returns.

        Raises OutOfTime at the deadline (virtual seconds), Deadlock, StandsStill.
        """
        asyncio._set_running_loop(self)
        try:
            main = self.create_task(work, name="world", context=self._world.copy())
            while not main.done():
                self._run_ready()
                if not main.done() and not self._ready:
                    self._advance(deadline)
            return main.result()
        finally:
            self._close()
            asyncio._set_running_loop(None)

    def _run_ready(self) -> None:
        ready = self._ready
        taken = 0
        while ready:
            handle = ready.popleft()
            if handle.is_cancelled:
                continue
            process = handle.context.get(_CURRENT)
            if process is not None and not process.admits(handle):
                continue
            taken += 1
            if taken > _STEPS_AT_ONE_TIME:
                raise StandsStill(f"at {self._now:.3f} s")
            try:
                handle.context.run(handle.callback, *handle.args)
            except Exception as error:
                self.call_exception_handler({"message": "a callback failed", "exception": error})
        self.steps += taken

    def _advance(self, deadline: float) -> None:
        timers, pop = self._timers, heapq.heappop
        while timers and timers[0][2].is_cancelled:
            pop(timers)
        if not timers:
            raise Deadlock(f"at {self._now:.3f} s nothing is left to happen")
        if timers[0][0] > self._now:
            self._now = timers[0][0]
        if self._now > deadline:
            raise OutOfTime(f"not done after {deadline:.0f} s")
        while timers and timers[0][0] <= self._now:
            self._ready.append(pop(timers)[2])

    def _close(self) -> None:
        """Let go of everything that is suspended; what its `finally` blocks do has no effect."""
        self._closed = True
        self._ready.clear()
        self._timers.clear()
        tasks, self._tasks = self._tasks, []
        with _in_silence():
            for task in tasks:
                if not task.done():
                    _let_go(task)

    def alive(self, process: Process) -> Iterator[asyncio.Task[Any]]:
        """Yield the tasks that a process has not ended."""
        for task in self._tasks:
            if task.process is process and not task.done():
                yield task

    # --- what asyncio asks for -------------------------------------------------------------

    def time(self) -> float:
        return self._now

    def call_soon(  # type: ignore[override]
        self, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> _Handle:
        handle = _Handle(callback, args, copy_context() if context is None else context)
        if not self._closed:
            self._ready.append(handle)
        return handle

    def call_at(  # type: ignore[override]
        self,
        when: float,
        callback: Callable[..., object],
        *args: Any,
        context: Context | None = None,
    ) -> _TimerHandle:
        context = copy_context() if context is None else context
        handle = _TimerHandle(when, callback, args, context)
        if not self._closed:
            heapq.heappush(self._timers, (when, next(self._numbers), handle))
        return handle

    def call_later(  # type: ignore[override]
        self,
        delay: float,
        callback: Callable[..., object],
        *args: Any,
        context: Context | None = None,
    ) -> _TimerHandle:
        return self.call_at(self._now + delay, callback, *args, context=context)

    def world_later(self, delay: float, callback: Callable[..., object], *args: Any) -> None:
        """Call back outside of every process: nobody's death keeps it from happening."""
        if not self._closed:
            call = _Handle(callback, args, self._world)
            heapq.heappush(self._timers, (self._now + delay, next(self._numbers), call))

    def resume(self, handles: list[_Handle]) -> None:
        """Run handles that were put off."""
        self._ready.extend(handles)

    def create_future(self) -> asyncio.Future[Any]:
        return asyncio.Future(loop=self)

    def create_task(  # type: ignore[override]
        self,
        work: Coroutine[Any, Any, T],
        *,
        name: str | None = None,
        context: Context | None = None,
    ) -> asyncio.Task[T]:
        number = next(self._numbers)
        process = (context.get(_CURRENT) if context is not None else None) or _CURRENT.get()
        if name is None or "/" not in name:
            name = f"{process or 'world'}/{name or number}"
        task: _Task[T] = _Task(work, number, loop=self, name=name, context=context)
        task.process = process
        if self._closed:
            _let_go(task)
            return task
        self._tasks.append(task)
        if len(self._tasks) > 2 * self._tasks_kept + 1000:
            self._tasks = [other for other in self._tasks if not other.done()]
            self._tasks_kept = len(self._tasks)
        return task

    def get_debug(self) -> bool:
        return False

    def is_running(self) -> bool:
        return not self._closed

    def is_closed(self) -> bool:
        return self._closed

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        message = str(context.get("message"))
        # Reported when the garbage is collected, which is at no particular time.
        if not self._closed and "never retrieved" not in message:
            self.faults.append(f"{message}: {context.get('exception')!r}")


def virtual_loop() -> VirtualLoop:
    """Return a new loop, at the time 0."""
    # What touches sockets, threads and signals is not there: nothing simulated asks for it.
    return VirtualLoop()  # type: ignore[abstract]
