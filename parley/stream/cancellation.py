"""Ending a task that waits for Redis.

Owns: that a request to end is never lost in a call to Redis.
Never: the cancelling.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def keeping_cancellation() -> Iterator[None]:
    """Raise CancelledError if the task was asked to end meanwhile, whatever the call made of it.

    A call can swallow the request: up to Python 3.11 `asyncio.wait_for`, which fakeredis uses,
    returns its result if that comes at the same moment (python/cpython#86296). A loop around such
    a call would go on for ever, and whoever waits for its end with it.
    """
    task = asyncio.current_task()
    before = task.cancelling() if task else 0
    try:
        yield
    finally:
        if task and task.cancelling() > before:
            raise asyncio.CancelledError
