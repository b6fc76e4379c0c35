"""The files that a process may have open: each connection is one.

Owns: the check at start that there are enough for the connections that the settings allow.
Never: the counting of connections (`gateway.sockets`).
"""

import resource
from bisect import bisect_right

from gateway.sockets import SPARE
from parley.services.base import CannotStart
from parley.services.workers.shares import share

# Those of the process itself: the database, Redis, logs, libraries.
_OWN_FILES = 128


def make_room_for(sockets: int, workers: int = 1) -> None:
    """Raise the process's limit as far as is needed by each worker, who inherits it.

    Raises CannotStart if that is not allowed.
    """
    beside = SPARE + _OWN_FILES
    needed = share(sockets, workers) + beside
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= needed:
        return
    if hard != resource.RLIM_INFINITY and hard < needed:
        fewer = range(1, sockets)
        most = bisect_right(fewer, hard - beside, key=lambda number: share(number, workers))
        raise CannotStart(
            f"PARLEY_SOCKETS is {sockets}, which needs {needed} open files, but a process may "
            f"open no more than {hard} here: raise that (ulimit -n), or set PARLEY_SOCKETS to at "
            f"most {max(1, most)}"
        )
    resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))
