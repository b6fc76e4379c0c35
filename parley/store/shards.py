"""Shards' rows under lock: the one place from which logs are written.

Owns: the rows' locks, their checkpoints and their generations.
Never: a lease; who holds a lock may still be late, and finds out from the row.
"""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from parley.protocol.entry import IngestEntry
from parley.store.batch import Readings
from parley.store.database import Database
from parley.store.errors import UnknownShard
from parley.store.preparing import prepare
from parley.store.records import ShardRow, Written
from parley.store.schema import shards
from parley.store.writing import BatchWriter

_NUMBERS: sa.BindParameter[int] = sa.bindparam("numbers", expanding=True)
# In one order, so that two who hold several never wait for one another.
_ROWS = sa.select(*shards.c).where(shards.c.shard.in_(_NUMBERS)).order_by(shards.c.shard)
# SQLite has no row locks and needs none: its write transactions exclude one another.
_LOCKED, _LOCKED_IF_FREE = _ROWS.with_for_update(), _ROWS.with_for_update(skip_locked=True)


@asynccontextmanager
async def hold(database: Database, shard: int) -> AsyncIterator["SqlHeldShard"]:
    """Lock a shard's row for one transaction. Raises UnknownShard."""
    async with hold_some(database, [shard], wait=True) as held:
        if shard not in held.rows:
            raise UnknownShard(shard)
        yield SqlHeldShard(held, shard)


@asynccontextmanager
async def hold_some(
    database: Database, numbers: Collection[int], *, wait: bool
) -> AsyncIterator["SqlHeldShards"]:
    """Lock the rows of some shards for one transaction."""
    locked = _LOCKED if wait else _LOCKED_IF_FREE
    async with database.write() as connection:
        found = await connection.execute(locked, {"numbers": list(numbers)})
        rows = [ShardRow(*row) for row in found]
        yield SqlHeldShards(database, connection, {row.shard: row for row in rows})


class SqlHeldShards:
    """`HeldShards`, as long as their transaction lasts."""

    def __init__(
        self, database: Database, connection: AsyncConnection, rows: Mapping[int, ShardRow]
    ) -> None:
        self._database, self._connection, self._rows = database, connection, dict(rows)

    @property
    def rows(self) -> Mapping[int, ShardRow]:
        return self._rows

    async def write(self, batches: Mapping[int, Readings]) -> dict[int, Written]:
        said = [(self._rows[shard], readings) for shard, readings in batches.items()]
        written = await BatchWriter(self._database, self._connection).write(said)
        return dict(zip(batches, written, strict=True))

    async def advance(self, checkpoints: Mapping[int, int]) -> None:
        at = sa.case(dict(checkpoints), value=shards.c.shard)
        moved = sa.update(shards).where(shards.c.shard.in_(checkpoints)).values(checkpoint=at)
        await self._connection.execute(moved)
        for shard, checkpoint in checkpoints.items():
            self._rows[shard] = replace(self._rows[shard], checkpoint=checkpoint)

    async def begin_generation(self, shard: int, identity: str, above: int) -> int:
        """Begin a shard's next generation; see `HeldShard`."""
        row = self._rows[shard]
        generation = max(row.generation, above) + 1
        begun = replace(row, generation=generation, identity=identity, checkpoint=0)
        await self._connection.execute(
            sa.update(shards)
            .where(shards.c.shard == shard)
            .values(generation=generation, identity=identity, checkpoint=0)
        )
        self._rows[shard] = begun
        return generation


class SqlHeldShard:
    """A `HeldShard`: one of `held`."""

    def __init__(self, held: SqlHeldShards, shard: int) -> None:
        self._held, self._shard = held, shard

    @property
    def row(self) -> ShardRow:
        return self._held.rows[self._shard]

    async def write(self, entries: Sequence[IngestEntry]) -> Written:
        return (await self._held.write({self._shard: await prepare(entries)}))[self._shard]

    async def advance(self, checkpoint: int) -> None:
        await self._held.advance({self._shard: checkpoint})

    async def begin_generation(self, identity: str, *, above: int = 0) -> int:
        return await self._held.begin_generation(self._shard, identity, above)
