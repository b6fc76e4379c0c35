"""Ending a task that waits for Redis.

Owns: the check that a loop around Redis calls needs besides `await`.
Never: the cancelling.
"""

import asyncio


def is_cancelled() -> bool:
    """Return whether the running task has been asked to end.

    A call to Redis can swallow the request: up to Python 3.11 `asyncio.wait_for`, which fakeredis
    uses, returns its result if that comes at the same moment (python/cpython#86296).
    """
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
