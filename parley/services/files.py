"""The files that a process may have open: each connection is one.

Owns: the check at start that there are enough for the connections that the settings allow.
Never: the counting of connections (`gateway.sockets`).
"""

import resource

from gateway.sockets import SPARE
from parley.services.base import CannotStart

# Those of the process itself: the database, Redis, logs, libraries.
_OWN_FILES = 128


def make_room_for(sockets: int) -> None:
    """Raise the process's limit as far as is needed. Raises CannotStart if that is not allowed."""
    needed = sockets + SPARE + _OWN_FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= needed:
        return
    if hard != resource.RLIM_INFINITY and hard < needed:
        raise CannotStart(
            f"PARLEY_SOCKETS is {sockets}, which needs {needed} open files, but this process may "
            f"open no more than {hard}: raise that (ulimit -n), or set PARLEY_SOCKETS to at most "
            f"{max(1, hard - needed + sockets)}"
        )
    resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))
