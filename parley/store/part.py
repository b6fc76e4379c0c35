"""What every part of the directory in SQL stands on.

Owns: the database, what the operator has chosen, and the shortest ways to read.
Never: a query.
"""

from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from parley.protocol.ids import Id
from parley.protocol.refusals import NotUnderstood
from parley.store.database import Database
from parley.store.records import DirectoryLimits


class SqlPart:
    """A part of a `Directory`."""

    def __init__(self, database: Database, limits: DirectoryLimits | None = None) -> None:
        self._database = database
        self._limits = limits or DirectoryLimits()

    async def _rows(self, query: sa.Executable) -> list[Any]:
        async with self._database.read() as connection:
            return list(await connection.execute(query))

    async def _first(self, query: sa.Executable) -> Any:
        async with self._database.read() as connection:
            return (await connection.execute(query)).first()


async def now_ms(database: Database, connection: AsyncConnection) -> int:
    """Return the store's clock as a number, to be used more than once in a statement."""
    return int((await connection.execute(sa.select(database.now_ms()))).scalar_one())


def page_end(after: str) -> str:
    """Return the id that a page ended with, given its `next`. Raises NotUnderstood."""
    try:
        return msgspec.convert(after, Id)
    except msgspec.ValidationError:
        raise NotUnderstood(f"{after!r} does not continue a listing") from None
