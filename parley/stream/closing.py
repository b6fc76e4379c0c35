"""A connection to Redis that closes while it is used.

Owns: one name for it, whichever event loop runs, and whoever has closed it.
Never: what becomes of the call; that is its caller's.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager

# uvloop, to write to what is closed; and redis-py, to use a connection that another task has just
# disconnected, as its Cluster client does with all of them when a server is lost.
_CLOSED = re.compile(
    r".*the handler is closed|'NoneType' object has no attribute '(write|writelines|drain|read\w*)'"
)


@contextmanager
def closing_is_loss() -> Iterator[None]:
    """Raise ConnectionError for what is raised where a connection closes under a call.

    redis-py does not take that for a lost connection, and neither would anybody else.
    """
    try:
        yield
    except (RuntimeError, AttributeError) as error:
        if _CLOSED.fullmatch(str(error)) is None:
            raise
        raise ConnectionError(str(error)) from error
