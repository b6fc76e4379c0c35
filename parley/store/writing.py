"""Writing a batch into the logs, inside the transaction that holds the shard's row.

Owns: what is asked of the database for a batch, and what is written for it.
Never: the rules by which a batch is sorted (`batch.py`), and the transaction.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from parley.protocol.content import Notice, Stone
from parley.protocol.entry import IngestEntry
from parley.store import batch
from parley.store.batch import Head, HeldBack, MessageRow, Reading, Sorted, Unreadable
from parley.store.changes import ChangeWriter
from parley.store.database import Database
from parley.store.records import RefusedEntry, ShardRow, Written
from parley.store.schema import messages, notices, room_generations, room_logs, set_aside
from parley.store.search.rows import SearchWriter

# Parameters in one statement: far below what either database takes.
_CHUNK = 500
_NOTICE = str(Notice.__struct_config__.tag)

_COLUMNS = [messages.c[name] for name in MessageRow._fields]

Item = TypeVar("Item")


class BatchWriter:
    """The writing of one batch. It is used once."""

    def __init__(self, database: Database, connection: AsyncConnection, shard: ShardRow) -> None:
        self._database, self._connection, self._shard = database, connection, shard
        self._refused: list[tuple[Reading, str]] = []
        # The entries that are there as they were sent, in order.
        self._inserted: list[MessageRow] = []
        self._duplicates = 0

    async def write(self, entries: Sequence[IngestEntry]) -> Written:
        readings = [batch.read(entry) for entry in entries]
        heads = await self._read_heads(
            {reading.row.room_id for reading in readings if isinstance(reading, Reading)}
        )
        todo = batch.sort(readings, heads, await self._read_stored(readings, heads))
        self._refused += [(new, new.fault) for new in todo.new if new.fault is not None]
        await self._insert(batch.aimed(todo.new, await self._places(batch.targets(todo.new))))
        # First what can be found, and then what takes it away again.
        search = SearchWriter(self._database, self._connection, self._shard.shard)
        await search.write(self._inserted)
        await ChangeWriter(self._database, self._connection).write(self._inserted)
        await self._move_heads(todo)
        await self._set_aside(todo.held_back)
        await self._delete_notices(todo.new)
        ends = {room: head.seq for room, head in (heads | todo.heads).items()}
        refused = [_refused_entry(*refused) for refused in self._refused]
        return Written(ends, refused, self._duplicates, todo.alarms)

    # --- reading ---------------------------------------------------------------------------

    async def _read_heads(self, rooms: Iterable[str]) -> dict[str, Head]:
        columns = (room_logs.c.room_id, room_logs.c.generation, room_logs.c.seq, room_logs.c.n)
        heads = {}
        for chunk in _chunks(rooms):
            found = sa.select(*columns).where(room_logs.c.room_id.in_(chunk))
            for room, *head in await self._connection.execute(found):
                heads[room] = Head(*head)
        return heads

    async def _read_stored(
        self, readings: Iterable[Reading | Unreadable], heads: dict[str, Head]
    ) -> dict[tuple[str, int], MessageRow]:
        """Return the rows that are read again: none, but for a log that was rewound."""
        again: defaultdict[str, list[int]] = defaultdict(list)
        for reading in readings:
            if isinstance(reading, Unreadable):
                continue
            room, seq = reading.row.room_id, reading.row.seq
            if room in heads and seq <= heads[room].seq:
                again[room].append(seq)
        stored = {}
        for room, seqs in again.items():
            rows = sa.select(*_COLUMNS).where(
                messages.c.room_id == room, messages.c.seq.between(min(seqs), max(seqs))
            )
            for row in await self._connection.execute(rows):
                stored[room, row.seq] = MessageRow(*row)
        return stored

    async def _places(self, names: Iterable[batch.Name]) -> dict[batch.Name, tuple[str, int]]:
        """Return where messages of these names are stored."""
        name = sa.tuple_(messages.c.author_id, messages.c.cmid)
        places = {}
        for chunk in _chunks(names):
            found = sa.select(
                messages.c.author_id, messages.c.cmid, messages.c.room_id, messages.c.seq
            ).where(name.in_(chunk))
            for author, cmid, room, seq in await self._connection.execute(found):
                places[author, str(cmid)] = (room, seq)
        return places

    # --- messages --------------------------------------------------------------------------

    async def _insert(self, new: Sequence[Reading]) -> None:
        """Insert all at once; if one of them is refused, find it by halving."""
        if not new:
            return
        try:
            rows = [reading.row for reading in new]
            await self._insert_rows(rows)
            self._inserted += rows
        except sa.exc.DBAPIError as error:
            if not self._database.refuses_data(error):
                raise
            if len(new) == 1:
                await self._insert_stone(new[0], error)
            else:
                middle = len(new) // 2
                await self._insert(new[:middle])
                await self._insert(new[middle:])

    async def _insert_rows(self, rows: Sequence[MessageRow]) -> None:
        async with self._connection.begin_nested():
            now = self._database.now_ms()
            await self._connection.execute(
                self._database.insert_rows(messages, MessageRow._fields, rows, stored_at=now)
            )

    async def _insert_stone(self, new: Reading, error: sa.exc.DBAPIError) -> None:
        """Keep the place of an entry that the database refused."""
        if await self._is_stored(new.row):
            self._duplicates += 1
            stone = Stone("duplicate")
        else:
            reason = str(error.orig).partition("\n")[0]
            self._refused.append((new, f"the database cannot hold it: {reason}"))
            stone = Stone("set_aside")
        await self._insert_rows([new.row.as_stone(stone)])

    async def _is_stored(self, row: MessageRow) -> bool:
        same = sa.exists().where(messages.c.author_id == row.author_id, messages.c.cmid == row.cmid)
        return bool(await self._connection.scalar(sa.select(same)))

    # --- everything else -------------------------------------------------------------------

    async def _move_heads(self, todo: Sorted) -> None:
        if todo.heads:
            ends = [(room, *head) for room, head in todo.heads.items()]
            upsert = self._database.insert_rows(room_logs, ("room_id", *Head._fields), ends)
            moved = upsert.on_conflict_do_update(
                index_elements=[room_logs.c.room_id],
                set_={name: upsert.excluded[name] for name in Head._fields},
            )
            await self._connection.execute(moved)
        if todo.first_seqs:
            begun = [(*begun, seq) for begun, seq in todo.first_seqs.items()]
            names = ("room_id", "generation", "first_seq")
            await self._connection.execute(
                self._database.insert_rows(room_generations, names, begun)
            )

    async def _set_aside(self, held_back: Iterable[HeldBack]) -> None:
        kept = [self._kept(*item, refused=False) for item in held_back]
        kept += [self._kept(new.ingest, reason, refused=True) for new, reason in self._refused]
        once = self._database.insert(set_aside).values(time=self._database.now_ms())
        await self._execute_many(once.on_conflict_do_nothing(), kept)

    def _kept(self, ingest: IngestEntry, reason: str, *, refused: bool) -> dict[str, Any]:
        return {
            "shard": self._shard.shard,
            "generation": self._shard.generation,
            "ingest_id": ingest.ingest_id,
            "room_id": batch.storable_id(ingest.room),
            "author_id": batch.storable_id(ingest.author),
            "cmid": batch.storable_cmid(ingest.cmid),
            "refused": refused,
            "reason": batch.storable_text(reason),
            "record": ingest.record,
        }

    async def _delete_notices(self, new: Iterable[Reading]) -> None:
        """Remove from the outbox what is now in the logs, or never will be."""
        done = [
            (reading.row.cmid, reading.row.room_id)
            for reading in new
            if reading.row.kind == _NOTICE
        ]
        done += [
            (batch.storable_cmid(reading.ingest.cmid), reading.row.room_id)
            for reading, _ in self._refused
        ]
        # With the room: an entry of another one, under a borrowed id, must not remove it.
        in_outbox = sa.tuple_(notices.c.id, notices.c.room_id)
        for chunk in _chunks(done):
            await self._connection.execute(sa.delete(notices).where(in_outbox.in_(chunk)))

    async def _execute_many(self, statement: sa.Executable, rows: list[dict[str, Any]]) -> None:
        if rows:
            await self._connection.execute(statement, rows)


def _refused_entry(reading: Reading, reason: str) -> RefusedEntry:
    ingest, row, _ = reading
    return RefusedEntry(row.room_id, row.generation, row.seq, ingest.author, ingest.cmid, reason)


def _chunks(items: Iterable[Item]) -> Iterator[list[Item]]:
    iterator = iter(items)
    while chunk := list(islice(iterator, _CHUNK)):
        yield chunk
