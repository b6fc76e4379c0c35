"""PostgreSQL: many processes, one server.

Owns: the connections, how long anything may take, and which errors mean an outage.
Never: a retry; whoever asked knows whether to ask again.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, Insert, insert
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from parley.store.backend import by_column, cause, sent
from parley.store.liveness import ask_when_in_doubt
from parley.store.search.index import Tokens, array_of
from parley.store.search.postgresql import PostgresSearch

# Ten connections for each process: nine processes fit into PostgreSQL's usual hundred.
_KEPT, _EXTRA, _SEARCHERS = 5, 3, 2
# What holds where the index of tokens is asked. The planner knows too little of arrays: it would
# rather look at all that was ever said, and takes each query for the average of them.
_BY_INDEX = {"enable_seqscan": "off", "plan_cache_mode": "force_custom_plan"}
# A process that is frozen while it holds a shard's row must let go of it.
_IDLE_IN_TRANSACTION_MS = 10_000
# Any number, but always the same one: it names the lock that a migration holds.
_MIGRATION_LOCK = 0x7061726C6579

# SQLSTATE classes (https://www.postgresql.org/docs/current/errcodes-appendix.html): connection,
# authorisation, no such database, rolled back, resources, object in use, intervention, system.
_OUTAGES = ("08", "28", "3D", "40", "53", "55", "57", "58", "25006", "25P03", "0A000")
# Data, integrity and program limits.
_REFUSALS = ("22", "23", "54")


class Timeouts(NamedTuple):
    """How many seconds anything may take before the database counts as unavailable."""

    connect: float = 5.0
    command: float = 10.0
    # For one of the connections, while all are in use.
    queue: float = 10.0


class PostgresBackend:
    """A server's database and the connections to it."""

    migration_lock = sa.select(sa.func.pg_advisory_xact_lock(_MIGRATION_LOCK))

    def __init__(
        self,
        url: sa.URL,
        *,
        ssl: str = "prefer",
        timeouts: Timeouts | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Make the pool of connections; nothing is connected yet.

        `ssl` is libpq's sslmode; `clock` gives seconds.
        """
        wait = timeouts or Timeouts()
        self.writer = create_async_engine(
            url,
            connect_args=_options(ssl, wait.connect, wait.command),
            pool_size=_KEPT,
            max_overflow=_EXTRA,
            pool_timeout=wait.queue,
        )
        self.reader = self.writer.execution_options(isolation_level="AUTOCOMMIT")
        self.searcher = create_async_engine(
            url,
            connect_args=_options(ssl, wait.connect, wait.command, _BY_INDEX),
            pool_size=_SEARCHERS,
            max_overflow=0,
            pool_timeout=wait.queue,
            isolation_level="AUTOCOMMIT",
        )
        for engine in (self.writer, self.searcher):
            ask_when_in_doubt(engine, clock)
        self.search_index = PostgresSearch()
        self.migrator = create_async_engine(
            url, connect_args=_options(ssl, wait.connect, command=None), poolclass=NullPool
        )

    def now_ms(self) -> sa.ColumnElement[int]:
        # Not now(): that is when the transaction began, which may be long ago. As a sub-query it is
        # evaluated once in a statement; otherwise no index could be searched for it.
        seconds = sa.extract("epoch", sa.func.clock_timestamp())
        now = sa.cast(sa.func.floor(seconds * 1000), sa.BigInteger)
        return sa.select(now).scalar_subquery()

    def insert(self, table: sa.Table) -> Insert:
        return insert(table)

    def rows(self, columns: Sequence[sa.Column[Any]]) -> sa.Select[Any]:
        # As one array for each column.
        sides = [sa.bindparam(_side(column), type_=_side_type(column)) for column in columns]
        names = [column.name for column in columns]
        each = sa.func.unnest(*sides).table_valued(*names).render_derived()
        return sa.select(*(_taken(column, each.c[column.name]) for column in columns))

    def row_parameters(
        self, columns: Sequence[sa.Column[Any]], rows: Sequence[Sequence[Any]]
    ) -> dict[str, Any]:
        dialect = self.writer.dialect
        return {
            _side(column): list(map(array_of, values))
            if _is_array(column)
            else sent(column, values, dialect)
            for column, values in by_column(columns, rows)
        }

    def outage(self, error: Exception) -> str | None:
        if isinstance(error, sa.exc.TimeoutError):
            return "all connections are in use"
        if isinstance(error, TimeoutError):
            return "it did not answer in time"
        if isinstance(error, OSError) or getattr(error, "connection_invalidated", False):
            return str(cause(error))
        return str(cause(error)) if _sqlstate(error).startswith(_OUTAGES) else None

    def refuses_data(self, error: sa.exc.DBAPIError) -> bool:
        return _sqlstate(error).startswith(_REFUSALS)


def _side(column: sa.Column[Any]) -> str:
    """Return the name of the parameter for a column's values: the array to take rows from."""
    return f"all_{column.name}"


def _side_type(column: sa.Column[Any]) -> sa.types.TypeEngine[Any]:
    # Arrays of several lengths are no array: each is sent as it is written.
    return ARRAY(sa.Text if _is_array(column) else column.type)


def _taken(column: sa.Column[Any], value: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """Return a value out of such an array, as one of its column."""
    return sa.cast(value, column.type) if _is_array(column) else value


def _is_array(column: sa.Column[Any]) -> bool:
    return isinstance(column.type, Tokens)


def _sqlstate(error: Exception) -> str:
    return getattr(cause(error), "sqlstate", None) or ""


def _options(
    ssl: str, connect: float, command: float | None, own: Mapping[str, str] = MappingProxyType({})
) -> dict[str, Any]:
    return {
        "ssl": ssl,
        "timeout": connect,
        "command_timeout": command,
        "server_settings": {
            "application_name": "parley",
            # What was committed is on disk: the promise of `stored`.
            "synchronous_commit": "on",
            "idle_in_transaction_session_timeout": str(_IDLE_IN_TRANSACTION_MS),
            # It compiles for longer than any question here takes.
            "jit": "off",
            **own,
        },
    }
