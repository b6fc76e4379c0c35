"""How far people have come in rooms, in SQL.

Owns: writing `read_marks` and `delivered_marks`, and how a person stands in rooms of their own.
Never: whether the asker is in the room; what counts as unread (`unread_rows.py`); how far others
have come (`receipts.py`).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from parley.protocol.entry import Entry
from parley.store.mark_records import NewMark, Standing
from parley.store.members import touch
from parley.store.message_rows import entry_of
from parley.store.part import SqlPart
from parley.store.schema import (
    delivered_marks,
    hidden,
    members,
    messages,
    read_marks,
    room_logs,
    shards,
)
from parley.store.unread_rows import (
    STANDING,
    is_unread,
    read_position,
    select_standings,
    standing_of,
)


class SqlMarks(SqlPart):
    """The part of a `Directory` that is about marks; implements most of `Marks`."""

    # --- writing ---------------------------------------------------------------------------

    async def write_marks(self, marks: Sequence[NewMark]) -> list[NewMark]:
        async with self._database.write() as connection:
            # The ends first: what was stored before the generation was looked at is not lost.
            ends = await _ends(connection, {mark.room_id for mark in marks})
            current = await _generations(connection)
            valid = {mark for mark in marks if current.get(mark.shard) == mark.generation}
            # In one order, so that two writers never wait for one another.
            ordered = sorted(valid, key=lambda mark: (mark.room_id, mark.account_id))
            await self._raise_delivered(connection, ordered, ends)
            await self._raise_read(connection, ordered, ends)
        return [
            mark
            for mark in marks
            if mark not in valid or mark.reach.delivered <= ends.get(mark.room_id, 0)
        ]

    async def _raise_delivered(
        self, connection: AsyncConnection, marks: Iterable[NewMark], ends: Mapping[str, int]
    ) -> None:
        values = [
            {
                "room_id": mark.room_id,
                "account_id": mark.account_id,
                "session_id": mark.session_id,
                "seq": min(mark.reach.delivered, ends.get(mark.room_id, 0)),
            }
            for mark in marks
        ]
        await self._raise(connection, delivered_marks, values)

    async def _raise_read(
        self, connection: AsyncConnection, marks: Iterable[NewMark], ends: Mapping[str, int]
    ) -> None:
        values = [
            {
                "room_id": mark.room_id,
                "account_id": mark.account_id,
                "seq": min(mark.reach.read, ends.get(mark.room_id, 0)),
            }
            for mark in marks
            if mark.reach.read
        ]
        await self._raise(connection, read_marks, values)

    async def _raise(
        self, connection: AsyncConnection, table: sa.Table, values: list[dict[str, Any]]
    ) -> None:
        """Write the greatest seqs, each with the time at which it was reached."""
        if not values:
            return
        new = self._database.insert(table).values(time=self._database.now_ms())
        raised = new.on_conflict_do_update(
            index_elements=list(table.primary_key.columns),
            set_={"seq": new.excluded.seq, "time": new.excluded.time},
            where=table.c.seq < new.excluded.seq,
        )
        await connection.execute(raised, values)

    async def set_marked_unread(self, account_id: str, room_id: str, on: bool) -> None:
        async with self._database.write() as connection:
            await connection.execute(
                self._database.insert(read_marks)
                .values(room_id=room_id, account_id=account_id, marked_unread=on)
                .on_conflict_do_update(
                    index_elements=list(read_marks.primary_key.columns), set_={"marked_unread": on}
                )
            )
            await touch(self._database, connection, [account_id], personal=True)

    # --- counting --------------------------------------------------------------------------

    async def room_standings(self, account_id: str, reads: Mapping[str, int]) -> list[Standing]:
        if not reads:
            return []
        rows = await self._rows(
            select_standings(account_id, reads).where(members.c.room_id.in_(list(reads)))
        )
        return await self._with_hidden(account_id, [standing_of(row) for row in rows])

    async def _with_hidden(self, account_id: str, found: list[Standing]) -> list[Standing]:
        """Add what the person has hidden of what they have not read."""
        lowest = {standing.room_id: standing.tally.read for standing in found}
        rows = await self._rows(
            sa.select(hidden.c.room_id, hidden.c.seq).where(
                hidden.c.account_id == account_id, hidden.c.room_id.in_(list(lowest))
            )
        )
        seqs: dict[str, set[int]] = {}
        for room_id, seq in rows:
            if seq > lowest[room_id]:
                seqs.setdefault(room_id, set()).add(seq)
        return [
            Standing(
                each.room_id,
                each.generation,
                each.tally._replace(hidden=frozenset(seqs.get(each.room_id, ()))),
                each.marked_unread,
            )
            for each in found
        ]

    async def unread_entries(
        self, account_id: str, room_id: str, *, after: int, limit: int
    ) -> list[Entry]:
        read = (
            sa.select(read_position({}))
            .select_from(STANDING)
            .where(members.c.room_id == room_id, members.c.account_id == account_id)
            .scalar_subquery()
        )
        unread = (
            sa.select(*messages.c)
            .where(*is_unread(account_id, room_id, read), messages.c.seq > after)
            .order_by(messages.c.seq)
            .limit(limit)
        )
        return [entry_of(row) for row in await self._rows(unread)]


async def _ends(connection: AsyncConnection, rooms: Collection[str]) -> dict[str, int]:
    ends = sa.select(room_logs.c.room_id, room_logs.c.seq).where(room_logs.c.room_id.in_(rooms))
    return {row.room_id: row.seq for row in await connection.execute(ends)}


async def _generations(connection: AsyncConnection) -> dict[int, int]:
    held = await connection.execute(sa.select(shards.c.shard, shards.c.generation))
    return {row.shard: row.generation for row in held}
