"""A database, and the two ways to use it: reading and changing.

Owns: opening one by its address, transactions, and the turning of every outage into
`StoreUnavailable`.
Never: what is read or changed.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from parley.store.backend import Backend, Insert
from parley.store.errors import InvalidDatabaseUrl, StoreUnavailable
from parley.store.postgresql import PostgresBackend
from parley.store.search.index import SearchIndex
from parley.store.sqlite import SqliteBackend

Made = TypeVar("Made")

_SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")


class Database:
    """Connections to one database. Nothing is connected before the first use."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._made: dict[Any, Any] = {}

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """Lend a connection on which each statement sees the latest commit.

        Raises StoreUnavailable.
        """
        async with self._connected(self._backend.reader) as connection:
            yield connection

    @asynccontextmanager
    async def search(self) -> AsyncIterator[AsyncConnection]:
        """Lend a connection on which `search_index` is asked. Raises StoreUnavailable."""
        async with self._connected(self._backend.searcher) as connection:
            yield connection

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """Lend a connection inside a transaction: committed at the end, undone on an exception.

        Raises StoreUnavailable; whether the changes were made is then not known.
        """
        async with self._connected(self._backend.writer) as connection, connection.begin():
            yield connection

    @asynccontextmanager
    async def migrate(self) -> AsyncIterator[AsyncConnection]:
        """Lend a connection as `write` does, which excludes all others and may take its time.

        Raises StoreUnavailable.
        """
        async with self._connected(self._backend.migrator) as connection, connection.begin():
            if self._backend.migration_lock is not None:
                await connection.execute(self._backend.migration_lock)
            yield connection

    @asynccontextmanager
    async def _connected(self, engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
        try:
            async with engine.connect() as connection:
                yield connection
        except Exception as error:
            outage = self._backend.outage(error)
            if outage is None:
                raise
            raise StoreUnavailable(outage) from error

    @property
    def search_index(self) -> SearchIndex:
        """How texts are found in it."""
        return self._backend.search_index

    def now_ms(self) -> sa.ColumnElement[int]:
        """Return the store's clock, Unix milliseconds, for use inside a statement."""
        return self._backend.now_ms()

    def insert(self, table: sa.Table) -> Insert:
        """Return an insert that can be told what to do on a conflict."""
        return self._backend.insert(table)

    def once(self, make: Callable[["Database"], Made]) -> Made:
        """Return the statements that `make` makes for this database, the same ones each time.

        SQLAlchemy takes several times as long to make a statement as to execute it.
        """
        if make not in self._made:
            self._made[make] = make(self)
        made: Made = self._made[make]
        return made

    def rows(self, columns: Sequence[sa.Column[Any]]) -> sa.Select[Any]:
        """Return a query that has the rows of its parameters (`row_parameters`)."""
        return self._backend.rows(columns)

    def row_parameters(
        self, columns: Sequence[sa.Column[Any]], rows: Sequence[Sequence[Any]]
    ) -> dict[str, Any]:
        """Return the parameters for `rows` of these columns: values in their order."""
        return self._backend.row_parameters(columns, rows)

    def insert_rows(
        self,
        table: sa.Table,
        columns: Sequence[sa.Column[Any]],
        **same: sa.ColumnElement[Any],
    ) -> Insert:
        """Return an insert of many rows at once, those of its parameters (`row_parameters`).

        `same`: what further columns have in every row.
        """
        values = self.rows(columns)
        values = values.add_columns(*same.values()).where(sa.true())
        names = [*(column.name for column in columns), *same]
        return self._backend.insert(table).from_select(names, values)

    def refuses_data(self, error: sa.exc.DBAPIError) -> bool:
        """Return whether the database works, but will not take the values it was given."""
        return self._backend.refuses_data(error)

    async def close(self) -> None:
        """Close every connection."""
        backend = self._backend
        for engine in {backend.reader, backend.searcher, backend.writer, backend.migrator}:
            await engine.dispose()


def open_database(url: str, *, password: str | None = None, clock: Callable[[], int]) -> Database:
    """Return the database at `sqlite:////absolute/path` or `postgresql://user@host:port/name`.

    `clock` gives Unix milliseconds; PostgreSQL uses its own. A PostgreSQL address may end with
    `?sslmode=`. Raises InvalidDatabaseUrl; nothing is connected yet.
    """
    try:
        address = sa.make_url(url)
    except (sa.exc.ArgumentError, ValueError):
        raise InvalidDatabaseUrl(url, "it is not a URL") from None
    match address.drivername:
        case "sqlite":
            return Database(SqliteBackend(_sqlite_path(url, address), clock))
        case "postgresql":
            return Database(_postgres(url, address, password))
        case scheme:
            raise InvalidDatabaseUrl(url, f"{scheme!r} is no known kind of database")


def _sqlite_path(url: str, address: sa.URL) -> Path:
    path = Path(address.database or "")
    if address.host or address.query or not path.is_absolute():
        raise InvalidDatabaseUrl(url, "the path of the file is not absolute")
    return path


def _postgres(url: str, address: sa.URL, password: str | None) -> PostgresBackend:
    if not address.host or not address.database:
        raise InvalidDatabaseUrl(url, "the host or the database's name is missing")
    ssl = str(address.query.get("sslmode", "prefer"))
    if set(address.query) - {"sslmode"} or ssl not in _SSL_MODES:
        raise InvalidDatabaseUrl(url, f"after '?' only sslmode is known, one of {_SSL_MODES}")
    if password is not None:
        address = address.set(password=password)
    address = address.set(drivername="postgresql+asyncpg", query={})
    return PostgresBackend(address, ssl=ssl)
