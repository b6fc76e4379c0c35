"""Making messages findable that were stored before there was a search.

Owns: how far this has come, which the database keeps, and one step of it.
Never: what is stored now: its own batch makes it findable (`rows.py`).

Rooms are gone through in the order of their ids, each from its end to its beginning.
"""

from collections.abc import Callable
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from parley.protocol.content import Text
from parley.store.batch import MessageRow
from parley.store.database import Database
from parley.store.schema import messages, room_logs, search, server, shards
from parley.store.search.rows import SearchWriter, findable

_KEY = "search_backlog"
# What the position says at the end; no room is called so.
_DONE = "-"
_TEXT = str(Text.__struct_config__.tag)
_COLUMNS = [messages.c[name] for name in MessageRow._fields]


class _Position(NamedTuple):
    """The entries of a room up to `end` are next, and then the rooms behind it."""

    room: str
    end: int


class SqlSearchBacklog:
    """`SearchBacklog` on a `Database`. `shard_of` returns the shard that a room belongs to."""

    def __init__(self, database: Database, shard_of: Callable[[str], int]) -> None:
        self._database, self._shard_of = database, shard_of

    async def index_some(self, entries: int) -> int | None:
        async with self._database.write() as connection:
            position = await self._position(connection)
            if position is not None and not position.end:
                position = await _next_room(connection, position.room)
            if position is None:
                await _keep(connection, _DONE)
                return None
            first = max(position.end - entries, 0)
            indexed = await self._index(connection, position.room, first, position.end)
            await _keep(connection, f"{position.room} {first}")
            return indexed

    async def _position(self, connection: AsyncConnection) -> _Position | None:
        """Return what is next, and let nobody else take it; None at the end."""
        begun = self._database.insert(server).values(key=_KEY, value=" 0")
        await connection.execute(begun.on_conflict_do_nothing())
        kept = sa.select(server.c.value).where(server.c.key == _KEY).with_for_update()
        value = str(await connection.scalar(kept))
        room, _, end = value.partition(" ")
        return None if value == _DONE else _Position(room, int(end))

    async def _index(self, connection: AsyncConnection, room: str, first: int, end: int) -> int:
        """Index what is not from behind `first` up to `end`; return how many messages that are."""
        shard = self._shard_of(room)
        # As whoever stores a batch: nobody edits or deletes meanwhile, or gives the same ids.
        held = sa.select(shards.c.shard).where(shards.c.shard == shard).with_for_update()
        await connection.execute(held)
        is_indexed = sa.exists().where(
            search.c.room_id == messages.c.room_id, search.c.seq == messages.c.seq
        )
        missing = (
            messages.c.room_id == room,
            messages.c.seq > first,
            messages.c.seq <= end,
            messages.c.kind == _TEXT,
            ~is_indexed,
        )
        texts = [
            MessageRow(*row)
            for row in await connection.execute(sa.select(*_COLUMNS).where(*missing))
        ]
        latest = sa.select(messages.c.edited_seq).where(*missing)
        edits = sa.select(*_COLUMNS).where(messages.c.room_id == room, messages.c.seq.in_(latest))
        rows = [*texts, *(MessageRow(*row) for row in await connection.execute(edits))]
        await SearchWriter(self._database, connection).write(findable(shard, rows))
        return len(texts)


async def _next_room(connection: AsyncConnection, room: str) -> _Position | None:
    following = (
        sa.select(room_logs.c.room_id, room_logs.c.seq)
        .where(room_logs.c.room_id > room, room_logs.c.seq > 0)
        .order_by(room_logs.c.room_id)
        .limit(1)
    )
    row = (await connection.execute(following)).first()
    return None if row is None else _Position(row.room_id, row.seq)


async def _keep(connection: AsyncConnection, value: str) -> None:
    await connection.execute(sa.update(server).where(server.c.key == _KEY).values(value=value))
