"""An event loop whose clock a test moves by hand."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import Context
from typing import Any


class HandLoop(asyncio.SelectorEventLoop):
    """Runs nothing by itself: what was asked to be called later is called by `advance`."""

    def __init__(self) -> None:
        super().__init__()
        self._now = 0.0
        self._later: list[asyncio.TimerHandle] = []

    def time(self) -> float:
        return self._now

    def call_later(  # type: ignore[override]
        self, delay: float, callback: Callable[..., Any], *args: Any, context: Context | None = None
    ) -> asyncio.TimerHandle:
        handle = asyncio.TimerHandle(self._now + delay, callback, args, self, context)
        self._later.append(handle)
        return handle

    @property
    def waiting(self) -> int:
        """How many calls are still to be made."""
        return sum(not handle.cancelled() for handle in self._later)

    def advance(self, seconds: float) -> None:
        """Let time pass, and call what is due, in order."""
        end = self._now + seconds
        while due := [handle for handle in self._later if handle.when() <= end]:
            handle = min(due, key=asyncio.TimerHandle.when)
            self._later.remove(handle)
            self._now = handle.when()
            if not handle.cancelled():
                handle._run()
        self._now = end


@contextmanager
def running_loop() -> Iterator[HandLoop]:
    """Yield a loop that is the running one, for code that asks for it."""
    loop = HandLoop()
    asyncio._set_running_loop(loop)
    try:
        yield loop
    finally:
        asyncio._set_running_loop(None)
        loop.close()
