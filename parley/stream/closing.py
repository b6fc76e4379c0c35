"""A connection to Redis that closes while it is used.

Owns: one name for it, whichever event loop runs.
Never: what becomes of the call; that is its caller's.
"""

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def closing_is_loss() -> Iterator[None]:
    """Raise ConnectionError where uvloop raises a RuntimeError, to write to what is closed.

    redis-py does not take that for a lost connection, and neither would anybody else.
    """
    try:
        yield
    except RuntimeError as error:
        if not str(error).endswith("the handler is closed"):
            raise
        raise ConnectionError(str(error)) from error
