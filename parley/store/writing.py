"""Writing batches into the logs, inside the transaction that holds their shards' rows.

Owns: what is asked of the database for the batches of some shards, and what is written for them:
the same few statements, however many shards and entries there are.
Never: the rules by which a batch is sorted (`batch.py`), and the transaction.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from parley.protocol.content import Notice, Stone
from parley.protocol.entry import IngestEntry
from parley.store import batch
from parley.store.batch import Head, MessageRow, Reading, Readings, Sorted, Unreadable
from parley.store.changes import ChangeWriter
from parley.store.database import Database
from parley.store.records import RefusedEntry, ShardRow, Written
from parley.store.schema import messages, notices, room_generations, room_logs, set_aside
from parley.store.search.rows import Findable, SearchWriter

# Parameters in one statement: far below what either database takes.
_CHUNK = 500
_NOTICE = str(Notice.__struct_config__.tag)

_COLUMNS = [messages.c[name] for name in MessageRow._fields]
_HEAD_COLUMNS = [room_logs.c[name] for name in ("room_id", *Head._fields)]
_ROOM = [room_logs.c.room_id]
_BEGUN_COLUMNS = [room_generations.c[name] for name in ("room_id", "generation", "first_seq")]

Item = TypeVar("Item")


@dataclass(slots=True)
class _Batch:
    """One shard's part of what is written: its row, what it says, and what became of it."""

    shard: ShardRow
    todo: Sorted
    rooms: set[str]
    refused: list[tuple[Reading, str]] = field(default_factory=list)
    duplicates: int = 0

    def refuse(self, reading: Reading, reason: str) -> None:
        self.refused.append((reading, reason))

    def written(self, heads: Mapping[str, Head]) -> Written:
        """Return what became of it; `heads`: where its rooms ended before."""
        before = {room: heads[room] for room in self.rooms if room in heads}
        ends = {room: head.seq for room, head in (before | self.todo.heads).items()}
        refused = [_refused_entry(*refused) for refused in self.refused]
        return Written(ends, refused, self.duplicates, self.todo.alarms)


class _Statements:
    """What every batch asks and writes."""

    def __init__(self, database: Database) -> None:
        asked = room_logs.c.room_id.in_(database.rows(_ROOM))
        self.heads = sa.select(*_HEAD_COLUMNS).where(asked)
        self.insert = database.insert_rows(messages, _COLUMNS, stored_at=database.now_ms())
        self.begin = database.insert_rows(room_generations, _BEGUN_COLUMNS)
        upsert = database.insert_rows(room_logs, _HEAD_COLUMNS)
        self.move_heads = upsert.on_conflict_do_update(
            index_elements=_ROOM, set_={name: upsert.excluded[name] for name in Head._fields}
        )
        once = database.insert(set_aside).values(time=database.now_ms())
        self.set_aside = once.on_conflict_do_nothing()


class BatchWriter:
    """The writing of some shards' batches. It is used once."""

    def __init__(self, database: Database, connection: AsyncConnection) -> None:
        self._database, self._connection = database, connection
        self._statements = database.once(_Statements)
        # By room: each is in one shard.
        self._batch_of: dict[str, _Batch] = {}
        # The entries that are there as they were sent, in order.
        self._inserted: list[Reading] = []

    async def write(self, said: Sequence[tuple[ShardRow, Readings]]) -> list[Written]:
        """Write a batch of each of these shards, and return what became of it, in their order."""
        readings = [each for _, batch_readings in said for each in batch_readings]
        heads = await self._read_heads(_rooms(readings))
        stored = await self._read_stored(readings, heads)
        batches = [
            _Batch(shard, batch.sort(theirs, heads, stored), _rooms(theirs))
            for shard, theirs in said
        ]
        await self._write(batches)
        return [each.written(heads) for each in batches]

    async def _write(self, batches: Collection[_Batch]) -> None:
        new = [reading for each in batches for reading in each.todo.new]
        self._batch_of = {room: each for each in batches for room in each.rooms}
        for reading in new:
            if reading.fault is not None:
                self._batch(reading).refuse(reading, reading.fault)
        await self._insert(batch.aimed(new, await self._places(batch.targets(new))))
        # First what can be found, and then what takes it away again.
        await SearchWriter(self._database, self._connection).write(self._findable())
        changes = ChangeWriter(self._database, self._connection)
        await changes.write(reading.row for reading in self._inserted)
        await self._move_heads(batches)
        await self._set_aside(batches)
        refused = [reading for each in batches for reading, _ in each.refused]
        await self._delete_notices(new, refused)

    def _findable(self) -> Iterator[Findable]:
        for reading in self._inserted:
            if reading.said is not None:
                yield Findable(self._batch(reading).shard.shard, reading.row, reading.said)

    def _batch(self, reading: Reading) -> _Batch:
        return self._batch_of[reading.row.room_id]

    # --- reading ---------------------------------------------------------------------------

    async def _read_heads(self, rooms: Collection[str]) -> dict[str, Head]:
        if not rooms:
            return {}
        asked = self._database.row_parameters(_ROOM, [(room,) for room in rooms])
        ends = await self._connection.execute(self._statements.heads, asked)
        return {room: Head(*head) for room, *head in ends}

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
            await self._insert_rows([reading.row for reading in new])
            self._inserted += new
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
            await self._execute_rows(self._statements.insert, _COLUMNS, rows)

    async def _insert_stone(self, new: Reading, error: sa.exc.DBAPIError) -> None:
        """Keep the place of an entry that the database refused."""
        if await self._is_stored(new.row):
            self._batch(new).duplicates += 1
            stone = Stone("duplicate")
        else:
            reason = str(error.orig).partition("\n")[0]
            self._batch(new).refuse(new, f"the database cannot hold it: {reason}")
            stone = Stone("set_aside")
        await self._insert_rows([new.row.as_stone(stone)])

    async def _is_stored(self, row: MessageRow) -> bool:
        same = sa.exists().where(messages.c.author_id == row.author_id, messages.c.cmid == row.cmid)
        return bool(await self._connection.scalar(sa.select(same)))

    # --- everything else -------------------------------------------------------------------

    async def _move_heads(self, batches: Iterable[_Batch]) -> None:
        todos = [each.todo for each in batches]
        ends = [(room, *head) for todo in todos for room, head in todo.heads.items()]
        begun = [(*begun, seq) for todo in todos for begun, seq in todo.first_seqs.items()]
        if ends:
            await self._execute_rows(self._statements.move_heads, _HEAD_COLUMNS, ends)
        if begun:
            await self._execute_rows(self._statements.begin, _BEGUN_COLUMNS, begun)

    async def _set_aside(self, batches: Iterable[_Batch]) -> None:
        kept = []
        for each in batches:
            kept += [_kept(each.shard, *item, refused=False) for item in each.todo.held_back]
            kept += [_kept(each.shard, new.ingest, why, refused=True) for new, why in each.refused]
        if kept:
            await self._connection.execute(self._statements.set_aside, kept)

    async def _delete_notices(self, new: Iterable[Reading], refused: Iterable[Reading]) -> None:
        """Remove from the outbox what is now in the logs, or never will be."""
        done = [
            (reading.row.cmid, reading.row.room_id)
            for reading in new
            if reading.row.kind == _NOTICE
        ]
        done += [
            (batch.storable_cmid(reading.ingest.cmid), reading.row.room_id) for reading in refused
        ]
        # With the room: an entry of another one, under a borrowed id, must not remove it.
        in_outbox = sa.tuple_(notices.c.id, notices.c.room_id)
        for chunk in _chunks(done):
            await self._connection.execute(sa.delete(notices).where(in_outbox.in_(chunk)))

    async def _execute_rows(
        self,
        statement: sa.Executable,
        columns: Sequence[sa.Column[Any]],
        rows: Sequence[Sequence[Any]],
    ) -> None:
        parameters = self._database.row_parameters(columns, rows)
        await self._connection.execute(statement, parameters)


def _rooms(readings: Readings) -> set[str]:
    return {reading.row.room_id for reading in readings if isinstance(reading, Reading)}


def _kept(shard: ShardRow, ingest: IngestEntry, reason: str, *, refused: bool) -> dict[str, Any]:
    return {
        "shard": shard.shard,
        "generation": shard.generation,
        "ingest_id": ingest.ingest_id,
        "room_id": batch.storable_id(ingest.room),
        "author_id": batch.storable_id(ingest.author),
        "cmid": batch.storable_cmid(ingest.cmid),
        "refused": refused,
        "reason": batch.storable_text(reason),
        "record": ingest.record,
    }


def _refused_entry(reading: Reading, reason: str) -> RefusedEntry:
    ingest, row = reading.ingest, reading.row
    return RefusedEntry(row.room_id, row.generation, row.seq, ingest.author, ingest.cmid, reason)


def _chunks(items: Iterable[Item]) -> Iterator[list[Item]]:
    iterator = iter(items)
    while chunk := list(islice(iterator, _CHUNK)):
        yield chunk
