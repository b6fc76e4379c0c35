"""A shard's row under lock: the one place from which logs are written.

Owns: the row's lock, its checkpoint and its generation.
Never: a lease; who holds the lock may still be late, and finds out from the row.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from parley.protocol.entry import IngestEntry
from parley.store.database import Database
from parley.store.errors import UnknownShard
from parley.store.records import ShardRow, Written
from parley.store.schema import shards
from parley.store.writing import BatchWriter


@asynccontextmanager
async def hold(database: Database, shard: int) -> AsyncIterator["SqlHeldShard"]:
    """Lock a shard's row for one transaction. Raises UnknownShard."""
    async with database.write() as connection:
        # SQLite has no row locks and needs none: its write transactions exclude one another.
        locked = sa.select(*shards.c).where(shards.c.shard == shard).with_for_update()
        row = (await connection.execute(locked)).first()
        if row is None:
            raise UnknownShard(shard)
        yield SqlHeldShard(database, connection, ShardRow(*row))


class SqlHeldShard:
    """A `HeldShard`, as long as its transaction lasts."""

    def __init__(self, database: Database, connection: AsyncConnection, row: ShardRow) -> None:
        self._database, self._connection, self._row = database, connection, row

    @property
    def row(self) -> ShardRow:
        return self._row

    async def write(self, entries: Sequence[IngestEntry]) -> Written:
        return await BatchWriter(self._database, self._connection, self._row).write(entries)

    async def advance(self, checkpoint: int) -> None:
        await self._update(replace(self._row, checkpoint=checkpoint))

    async def begin_generation(self, identity: str, *, above: int = 0) -> int:
        generation = max(self._row.generation, above) + 1
        begun = replace(self._row, generation=generation, identity=identity, checkpoint=0)
        await self._update(begun)
        return generation

    async def _update(self, row: ShardRow) -> None:
        await self._connection.execute(
            sa.update(shards)
            .where(shards.c.shard == row.shard)
            .values(generation=row.generation, identity=row.identity, checkpoint=row.checkpoint)
        )
        self._row = row
