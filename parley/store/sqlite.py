"""SQLite: one file, one writer, a few readers.

Owns: how the file is opened so that a committed transaction survives a crash and a power cut.
Never: a second process; a lock on the file keeps it from harm, but it would be slow.

The journal. A write-ahead log (WAL) is the faster one, but until 3.51.3 SQLite could corrupt the
file when the log was reset while another connection wrote (https://sqlite.org/wal.html#walresetbug),
and Debian's Python has 3.40. There the rollback journal is used, in the mode TRUNCATE.

The syncs. Both are safe with synchronous=FULL, and only from FULL on: WAL then syncs each commit;
TRUNCATE syncs the journal once it is cut, so that it cannot come back and undo a commit. EXTRA
adds the sync of a folder that a journal was deleted from, and TRUNCATE deletes none.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import Insert, insert
from sqlalchemy.engine.interfaces import DBAPIConnection, ExecutionContext
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from parley.store.backend import by_column, cause, sent
from parley.store.search.sqlite import SqliteSearch

_WAL_IS_SAFE_FROM = (3, 51, 3)
# How long a connection waits for a lock on the file. Only a backup or a stranger takes longer.
_BUSY_SECONDS = 5
# How long a change waits for those before it.
_QUEUE_SECONDS = 10
_READERS, _SEARCHERS = 4, 2
# The parameter that rows are given in.
_ROWS = "rows"

# Primary result codes (https://sqlite.org/rescode.html) that are about the file, not the query.
_OUTAGES = frozenset(
    {
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_NOTADB,
    }
)
_REFUSALS = frozenset({sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_TOOBIG})


def journal_mode(version: tuple[int, ...]) -> str:
    """Return the fastest journal that is safe with this version of SQLite."""
    return "WAL" if version >= _WAL_IS_SAFE_FROM else "TRUNCATE"


class SqliteBackend:
    """A file and the connections to it. `clock` gives Unix milliseconds."""

    migration_lock = None  # every write transaction excludes all others

    def __init__(self, path: Path, clock: Callable[[], int]) -> None:
        self._clock = clock
        self.reader = _engine(path, _READERS, isolation_level="AUTOCOMMIT")
        self.searcher = _engine(path, _SEARCHERS, isolation_level="AUTOCOMMIT")
        self.writer = _engine(path, 1)
        self.migrator = self.writer
        self.search_index = SqliteSearch()
        sa.event.listen(self.writer.sync_engine, "begin", _begin)

    def now_ms(self) -> sa.ColumnElement[int]:
        # Asked at each execution: a statement that is made once is executed at many times.
        return sa.bindparam(None, callable_=self._clock, type_=sa.BigInteger(), unique=True)

    def insert(self, table: sa.Table) -> Insert:
        return insert(table)

    def rows(self, columns: Sequence[sa.Column[Any]]) -> sa.Select[Any]:
        # As one JSON text. With a parameter for each value Python would wake for each row; and
        # triggers that write to FTS5 have it write out what it gathered at the end of a statement.
        array = sa.bindparam(_ROWS, type_=sa.Text())
        row = sa.func.json_each(array).table_valued("key", "value")
        paths = [sa.literal_column(f"'$[{place}]'", sa.Text) for place in range(len(columns))]
        return sa.select(*(sa.func.json_extract(row.c.value, path) for path in paths))

    def row_parameters(
        self, columns: Sequence[sa.Column[Any]], rows: Sequence[Sequence[Any]]
    ) -> dict[str, Any]:
        dialect = self.writer.dialect
        values = (sent(*each, dialect) for each in by_column(columns, rows))
        return {_ROWS: msgspec.json.encode(list(zip(*values, strict=True))).decode()}

    def outage(self, error: Exception) -> str | None:
        if isinstance(error, sa.exc.TimeoutError):
            return "too many changes are waiting for the file"
        if _primary_code(error) in _OUTAGES or getattr(error, "connection_invalidated", False):
            return str(cause(error))
        return None

    def refuses_data(self, error: sa.exc.DBAPIError) -> bool:
        return _primary_code(error) in _REFUSALS


def _primary_code(error: Exception) -> int | None:
    code = getattr(cause(error), "sqlite_errorcode", None)
    return None if code is None else code & 0xFF


def _engine(path: Path, connections: int, **options: Any) -> AsyncEngine:
    engine = create_async_engine(
        sa.URL.create("sqlite+aiosqlite", database=str(path)),
        pool_size=connections,
        max_overflow=0,
        pool_timeout=_QUEUE_SECONDS,
        connect_args={"timeout": _BUSY_SECONDS},
        **options,
    )
    sa.event.listen(engine.sync_engine, "do_connect", lambda *_: _check_openable(path))
    sa.event.listen(engine.sync_engine, "connect", lambda connection, _: _configure(connection))
    sa.event.listen(engine.sync_engine, "do_execute", _execute)
    return engine


def _check_openable(path: Path) -> None:
    # The driver opens the file on a thread, which would report a failure to a loop that may be
    # gone by then, and so print a traceback at exit.
    sqlite3.connect(path).close()


def _configure(connection: DBAPIConnection) -> None:
    # The driver must not begin transactions of its own: `_begin` does.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        f"PRAGMA journal_mode={journal_mode(sqlite3.sqlite_version_info)}",
        "PRAGMA synchronous=FULL",
        "PRAGMA foreign_keys=ON",
    ):
        cursor.execute(pragma)
    cursor.close()


def _execute(
    cursor: Any, statement: str, parameters: Any, _context: ExecutionContext | None
) -> Literal[True]:
    """Execute a statement in SQLAlchemy's stead, and leave none half read behind.

    A query that is cancelled before its rows are read keeps its lock on the file until its cursor
    is collected as garbage; meanwhile every commit fails.

    Where SQLite has undone a whole transaction by itself (the disk is full, say), no savepoint is
    left to go back to: the error that led there must come through, not another one.
    """
    if statement.startswith("ROLLBACK TO") and not _is_in_transaction(cursor):
        return True
    try:
        cursor.execute(statement, parameters)
    except asyncio.CancelledError:
        cursor.close()
        raise
    return True


def _is_in_transaction(cursor: Any) -> bool:
    return bool(cursor._adapt_connection.driver_connection.in_transaction)


def _begin(connection: sa.Connection) -> None:
    # IMMEDIATE: a transaction that finds out late that it cannot write has to be undone.
    connection.exec_driver_sql("BEGIN IMMEDIATE")
