"""Whether a connection that lay in the pool still leads to a server.

Owns: when PostgreSQL is asked about that before a connection is lent. To ask each time takes three
round trips, more than most of what is then asked.
Never: finding another server connection; the pool does that once it is told.

What is idle has nothing to say: if there is something to read, it is the server's farewell. And one
that has lain for seconds may be dead without a word: a machine lost its power, a firewall forgot.
"""

import select
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.pool import ConnectionPoolEntry

# What was in use a moment ago is taken to be alive.
_IDLE_SECONDS = 5.0
_USED = "used"


def ask_when_in_doubt(engine: AsyncEngine, clock: Callable[[], float]) -> None:
    """Have an engine's connections asked before they are lent, as far as they may be dead.

    `clock` gives seconds.
    """

    def returned(_: Any, entry: ConnectionPoolEntry) -> None:
        entry.info[_USED] = clock()

    def lent(connection: Any, entry: ConnectionPoolEntry, _: Any) -> None:
        used = entry.info.get(_USED)
        if used is None:  # it was made just now
            return
        if clock() - used > _IDLE_SECONDS or _has_spoken(connection.driver_connection):
            _ask(connection)

    sa.event.listen(engine.sync_engine, "checkin", returned)
    sa.event.listen(engine.sync_engine, "checkout", lent)


def _has_spoken(connection: Any) -> bool:
    """Return whether there is something to read from a connection, be it its end."""
    if connection.is_closed():
        return True
    # asyncpg says only what the event loop has seen, which may not have had its turn yet.
    waiting = select.poll()
    waiting.register(connection._transport.get_extra_info("socket"), select.POLLIN)
    return bool(waiting.poll(0))


def _ask(connection: Any) -> None:
    """Make sure that a server answers. Raises InvalidatePoolError if it has gone."""
    try:
        connection.ping()
    except (connection.dbapi.Error, ConnectionError) as error:
        raise sa.exc.InvalidatePoolError from error
