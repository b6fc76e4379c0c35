"""What a kind of database must offer for the rest of this folder to run on it.

Owns: the interface that `sqlite.py` and `postgresql.py` fill.
Never: a query; those are the same on both.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncEngine

from parley.store.search.index import SearchIndex

Insert = sqlite.Insert | postgresql.Insert
"""An insert that can be told what to do on a conflict."""


class Backend(Protocol):
    """One kind of database, with its connections and its dialect of SQL and of errors."""

    @property
    def reader(self) -> AsyncEngine:
        """Connections that commit each statement by itself."""

    @property
    def writer(self) -> AsyncEngine:
        """Connections for transactions."""

    @property
    def searcher(self) -> AsyncEngine:
        """Connections for `search_index` alone, so that nothing else waits for a long search."""

    @property
    def migrator(self) -> AsyncEngine:
        """A connection on which a statement may take as long as it needs."""

    @property
    def migration_lock(self) -> sa.Executable | None:
        """The statement that keeps other migrations out until the transaction ends, if any."""

    @property
    def search_index(self) -> SearchIndex:
        """How texts are found."""

    def now_ms(self) -> sa.ColumnElement[int]:
        """Return the database's clock, Unix milliseconds, as an expression."""

    def insert(self, table: sa.Table) -> Insert:
        """Return an insert into the table."""

    def rows(self, columns: Sequence[sa.Column[Any]]) -> sa.Select[Any]:
        """Return a query that has the rows of its parameters: values for the columns.

        It is the same statement however many rows there are; see `row_parameters`.
        """

    def row_parameters(
        self, columns: Sequence[sa.Column[Any]], rows: Sequence[Sequence[Any]]
    ) -> dict[str, Any]:
        """Return the parameters that give these rows to the `rows` of the columns."""

    def outage(self, error: Exception) -> str | None:
        """Return what is the matter with the database; None if the error means something else."""

    def refuses_data(self, error: sa.exc.DBAPIError) -> bool:
        """Return whether the database works, but will not take these values."""


def cause(error: Exception) -> Any:
    """Return the driver's error, with or without SQLAlchemy's around it."""
    return getattr(error, "orig", None) or error


def by_column(
    columns: Sequence[sa.Column[Any]], rows: Sequence[Sequence[Any]]
) -> Iterator[tuple[sa.Column[Any], Sequence[Any]]]:
    """Yield each column with its values."""
    return zip(columns, zip(*rows, strict=True) if rows else [()] * len(columns), strict=True)


def sent(column: sa.Column[Any], values: Sequence[Any], dialect: sa.Dialect) -> Sequence[Any]:
    """Return a column's values as the driver takes them."""
    process = column.type.dialect_impl(dialect).bind_processor(dialect)
    return values if process is None else list(map(process, values))
