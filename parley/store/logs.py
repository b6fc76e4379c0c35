"""The stored logs, in SQL.

Owns: the tables of the logs: reading them, the leases of the shards, and who shares them.
Never: writing them; that is done under a shard's lock (`shards.py`, `writing.py`).
"""

from collections.abc import Collection, Iterable
from contextlib import AbstractAsyncContextManager
from functools import cache
from typing import Any

import sqlalchemy as sa

from parley.protocol.entry import Entry
from parley.store.database import Database
from parley.store.errors import ShardCountMismatch
from parley.store.message_rows import entry_of
from parley.store.records import LONGEST_LEASE_MS, Found, RoomSeed, ShardRow
from parley.store.schema import (
    hidden,
    is_shown,
    loggers,
    messages,
    notices,
    room_generations,
    room_logs,
    rooms,
    server,
    set_aside,
    shards,
)
from parley.store.shards import SqlHeldShard, SqlHeldShards, hold, hold_some

_SHARDS_KEY = "shards"


class SqlLogs:
    """`Logs` on a `Database`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # --- shards ----------------------------------------------------------------------------

    async def fix_shards(self, count: int) -> None:
        async with self._database.write() as connection:
            await connection.execute(
                self._database.insert(server)
                .values(key=_SHARDS_KEY, value=str(count))
                .on_conflict_do_nothing()
            )
            kept = sa.select(server.c.value).where(server.c.key == _SHARDS_KEY)
            recorded = int((await connection.execute(kept)).scalar_one())
            if recorded != count:
                raise ShardCountMismatch(recorded, count)
            await connection.execute(
                self._database.insert(shards).on_conflict_do_nothing(),
                [{"shard": shard} for shard in range(count)],
            )

    async def shards(self) -> list[ShardRow]:
        async with self._database.read() as connection:
            rows = await connection.execute(sa.select(*shards.c).order_by(shards.c.shard))
            return [ShardRow(*row) for row in rows]

    async def lease(
        self, shard: int, owner: str, duration_ms: int, *, force: bool = False
    ) -> ShardRow | None:
        now = self._database.now_ms()
        is_free = sa.or_(
            shards.c.owner.is_(None),
            shards.c.owner == owner,
            shards.c.lease_until <= now,
            # It was taken by a clock that was ahead, and has been put right.
            shards.c.lease_until > now + LONGEST_LEASE_MS,
        )
        taken = (
            sa.update(shards)
            .where(shards.c.shard == shard, sa.true() if force else is_free)
            .values(owner=owner, lease_until=now + duration_ms)
            .returning(*shards.c)
        )
        async with self._database.write() as connection:
            row = (await connection.execute(taken)).first()
        return None if row is None else ShardRow(*row)

    async def release(self, shard: int, owner: str) -> None:
        async with self._database.write() as connection:
            await connection.execute(
                sa.update(shards)
                .where(shards.c.shard == shard, shards.c.owner == owner)
                .values(owner=None, lease_until=0)
            )

    async def attend(self, logger: str, duration_ms: int) -> list[str]:
        now = self._database.now_ms()
        # As with a lease: one that is too far ahead was given by a clock that was.
        is_over = sa.or_(loggers.c.until <= now, loggers.c.until > now + LONGEST_LEASE_MS)
        said = self._database.insert(loggers).values(name=logger, until=now + duration_ms)
        said = said.on_conflict_do_update(
            index_elements=[loggers.c.name], set_={"until": said.excluded.until}
        )
        async with self._database.write() as connection:
            await connection.execute(said)
        # In a transaction of its own: with its own row locked it could wait for another that waits
        # for this one.
        async with self._database.write() as connection:
            await connection.execute(sa.delete(loggers).where(is_over))
            return list(await connection.scalars(sa.select(loggers.c.name)))

    async def depart(self, logger: str) -> None:
        async with self._database.write() as connection:
            await connection.execute(sa.delete(loggers).where(loggers.c.name == logger))

    def hold(self, shard: int) -> AbstractAsyncContextManager[SqlHeldShard]:
        return hold(self._database, shard)

    def hold_some(
        self, shards: Collection[int], *, wait: bool
    ) -> AbstractAsyncContextManager[SqlHeldShards]:
        return hold_some(self._database, shards, wait=wait)

    # --- reading ---------------------------------------------------------------------------

    async def seed(self, room: str) -> RoomSeed | None:
        async with self._database.read() as connection:
            row = (await connection.execute(_SEED, {"room": room})).first()
        return None if row is None else RoomSeed(*row)

    async def page(
        self,
        room: str,
        *,
        after: int | None = None,
        before: int | None = None,
        limit: int,
        max_bytes: int,
        shown: bool = False,
        reader: str | None = None,
    ) -> list[Entry]:
        bounds = {"after": after, "before": before, "reader": reader}
        given = {name: value for name, value in bounds.items() if value is not None}
        near = _page(frozenset(given), shown=shown)
        async with self._database.read() as connection:
            rows = await connection.execute(near, {"room": room, "most": limit, **given})
            entries = _fitting(map(entry_of, rows), max_bytes)
        return entries if after is not None else entries[::-1]

    async def survived(self, room: str, generation: int) -> int:
        next_first = sa.select(sa.func.min(room_generations.c.first_seq) - 1).where(
            room_generations.c.room_id == room, room_generations.c.generation > generation
        )
        end = sa.select(room_logs.c.seq).where(room_logs.c.room_id == room)
        survived = sa.select(
            sa.func.coalesce(next_first.scalar_subquery(), end.scalar_subquery(), 0)
        )
        return int((await self._first(survived))[0])

    async def find(self, author: str, cmid: str) -> Found | None:
        columns = ("room_id", "generation", "seq", "n", "time", "digest")
        stored = sa.select(*(messages.c[name] for name in columns)).where(
            messages.c.author_id == author, messages.c.cmid == cmid
        )
        row = await self._first(stored)
        return None if row is None else Found(*row)

    async def set_aside_reason(self, author: str, cmid: str) -> str | None:
        refused = sa.select(set_aside.c.reason).where(
            set_aside.c.author_id == author, set_aside.c.cmid == cmid, set_aside.c.refused
        )
        row = await self._first(refused.limit(1))
        return None if row is None else str(row.reason)

    async def _first(self, query: sa.Select[Any]) -> Any:
        async with self._database.read() as connection:
            return (await connection.execute(query)).first()


# Made once: to put a statement together takes longer than to carry it out.
_ROOM = sa.bindparam("room", type_=messages.c.room_id.type)
_SEED = (
    sa.select(
        sa.func.coalesce(room_logs.c.seq, 0),
        sa.func.coalesce(room_logs.c.n, 0),
        rooms.c.authority,
        sa.func.coalesce(room_logs.c.generation, 0),
    )
    .outerjoin_from(rooms, room_logs, rooms.c.id == room_logs.c.room_id)
    .where(
        rooms.c.id == _ROOM,
        # What closed the room may be still to be told, and raises its authority in Redis.
        rooms.c.closed_at.is_(None) | sa.exists().where(notices.c.room_id == _ROOM),
    )
)


@cache
def _page(given: frozenset[str], *, shown: bool) -> sa.Select[Any]:
    """Return the query for a page, with what it is given by name."""
    columns = ("generation", "seq", "n", "time", "author_id", "cmid", "content", "derived")
    seq = messages.c.seq
    page = sa.select(*(messages.c[name] for name in columns)).where(messages.c.room_id == _ROOM)
    if "after" in given:
        page = page.where(seq > sa.bindparam("after"))
    if "before" in given:
        page = page.where(seq < sa.bindparam("before"))
    if shown:
        page = page.where(is_shown)
    if "reader" in given:
        own = (hidden.c.account_id == sa.bindparam("reader"), hidden.c.room_id == _ROOM)
        page = page.where(~sa.exists().where(*own, hidden.c.seq == seq))
    return page.order_by(seq if "after" in given else seq.desc()).limit(sa.bindparam("most"))


def _fitting(entries: Iterable[Entry], max_bytes: int) -> list[Entry]:
    """Return the first entries whose bodies fit, but one in any case."""
    fitting: list[Entry] = []
    for entry in entries:
        max_bytes -= len(entry.body)
        if max_bytes < 0 and fitting:
            break
        fitting.append(entry)
    return fitting
