"""What a kind of database must offer for the rest of this folder to run on it.

Owns: the interface that `sqlite.py` and `postgresql.py` fill.
Never: a query; those are the same on both.
"""

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

    def outage(self, error: Exception) -> str | None:
        """Return what is the matter with the database; None if the error means something else."""

    def refuses_data(self, error: sa.exc.DBAPIError) -> bool:
        """Return whether the database works, but will not take these values."""


def cause(error: Exception) -> Any:
    """Return the driver's error, with or without SQLAlchemy's around it."""
    return getattr(error, "orig", None) or error
