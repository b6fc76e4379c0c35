"""How far people have come in rooms, in SQL.

Owns: the tables `read_marks` and `delivered_marks`, and counting what is unread, which is held
equal to `parley.domain.unread` by a test.
Never: whether the asker is in the room.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from parley.domain.receipts import Reach
from parley.domain.unread import Tally
from parley.protocol.entry import Entry
from parley.protocol.limits import UNREAD_MOST
from parley.store.mark_records import (
    MemberReach,
    NewMark,
    RecipientCounts,
    RecipientRow,
    Standing,
)
from parley.store.members import touch
from parley.store.message_rows import entry_of
from parley.store.part import SqlPart
from parley.store.schema import (
    accounts,
    delivered_marks,
    hidden,
    is_shown,
    members,
    mentions,
    messages,
    read_marks,
    room_logs,
    shards,
)

# Who is named by a message that names all.
_EVERYONE = ""


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
            .select_from(_STANDING)
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

    # --- receipts --------------------------------------------------------------------------

    async def reaches(self, room_id: str, limit: int) -> list[MemberReach] | None:
        delivered = (
            sa.select(sa.func.max(delivered_marks.c.seq))
            .where(_of_member(delivered_marks))
            .correlate(members)
            .scalar_subquery()
        )
        inside = (
            sa.select(
                members.c.account_id,
                accounts.c.read_receipts,
                members.c.joined_seq,
                sa.func.coalesce(delivered, 0),
                sa.func.coalesce(read_marks.c.seq, 0),
            )
            .select_from(_STANDING.join(accounts, accounts.c.id == members.c.account_id))
            .where(members.c.room_id == room_id, members.c.left_at.is_(None))
            .limit(limit + 1)
        )
        rows = await self._rows(inside)
        if len(rows) > limit:
            return None
        return [
            # Who joins has nothing to receive of what was before.
            MemberReach(account, tells, Reach(max(joined, delivered, read), max(joined, read)))
            for account, tells, joined, delivered, read in rows
        ]

    async def recipients(self, room_id: str, author_id: str, seq: int) -> list[RecipientRow]:
        delivered_at = (
            sa.select(sa.func.min(delivered_marks.c.time))
            .where(_of_member(delivered_marks), delivered_marks.c.seq >= seq)
            .correlate(members)
            .scalar_subquery()
        )
        read_at = sa.case((read_marks.c.seq >= seq, read_marks.c.time), else_=0)
        people = (
            sa.select(
                members.c.account_id,
                accounts.c.read_receipts,
                sa.func.coalesce(delivered_at, read_at),
                read_at,
                sa.func.coalesce(read_marks.c.seq, 0),
            )
            .select_from(_STANDING.join(accounts, accounts.c.id == members.c.account_id))
            .where(*_is_recipient(room_id, author_id, seq))
            .order_by(members.c.account_id)
        )
        return [RecipientRow(*row) for row in await self._rows(people)]

    async def count_recipients(
        self, asker: str, room_id: str, author_id: str, seq: int
    ) -> RecipientCounts:
        has_read = sa.func.coalesce(read_marks.c.seq, 0) >= seq
        has_received = sa.or_(
            has_read,
            sa.exists()
            .where(_of_member(delivered_marks), delivered_marks.c.seq >= seq)
            .correlate(members),
        )
        tells = sa.select(accounts.c.read_receipts).where(accounts.c.id == asker).scalar_subquery()
        counted = (
            sa.select(
                sa.func.count(),
                sa.func.coalesce(sa.func.sum(sa.case((has_received, 1), else_=0)), 0),
                sa.func.coalesce(
                    sa.func.sum(sa.case((sa.and_(has_read, accounts.c.read_receipts), 1), else_=0)),
                    0,
                ),
                tells,
            )
            .select_from(_STANDING.join(accounts, accounts.c.id == members.c.account_id))
            .where(*_is_recipient(room_id, author_id, seq))
        )
        people, delivered, read, asker_tells = await self._first(counted)
        return RecipientCounts(people, int(delivered), int(read), bool(asker_tells))


# --- what is unread ------------------------------------------------------------------------

_STANDING = members.outerjoin(
    read_marks,
    sa.and_(
        read_marks.c.room_id == members.c.room_id,
        read_marks.c.account_id == members.c.account_id,
    ),
)


def read_position(reads: Mapping[str, int]) -> sa.ColumnElement[int]:
    """Return how far a member has read: at least to where the log ended when they joined."""
    known = {room: read for room, read in reads.items() if read}
    told = sa.case(known, value=members.c.room_id, else_=0) if known else sa.literal(0)
    written = sa.func.coalesce(read_marks.c.seq, 0)
    furthest = sa.case((told > written, told), else_=written)
    return sa.case((furthest > members.c.joined_seq, furthest), else_=members.c.joined_seq)


def is_unread(account_id: str, room_id: Any, read: sa.ColumnElement[int]) -> tuple[Any, ...]:
    """Return the conditions for a row of `messages` to count as unread."""
    is_hidden = sa.exists().where(
        hidden.c.account_id == account_id,
        hidden.c.room_id == messages.c.room_id,
        hidden.c.seq == messages.c.seq,
    )
    return (
        messages.c.room_id == room_id,
        messages.c.seq > read,
        is_shown,
        messages.c.kind == sa.literal_column("'text'"),
        messages.c.author_id != account_id,
        ~is_hidden,
    )


def select_standings(account_id: str, reads: Mapping[str, int]) -> sa.Select[Any]:
    """Return the query of how an account stands in the rooms that it is in."""
    read = read_position(reads)
    unread = sa.select(sa.literal(1).label("one")).where(
        *is_unread(account_id, members.c.room_id, read)
    )
    is_named = sa.exists().where(
        mentions.c.account_id.in_([account_id, _EVERYONE]),
        mentions.c.room_id == messages.c.room_id,
        mentions.c.seq == messages.c.seq,
    )
    return (
        sa.select(
            members.c.room_id,
            sa.func.coalesce(room_logs.c.generation, 0).label("generation"),
            read.label("read"),
            sa.func.coalesce(room_logs.c.seq, 0).label("as_of"),
            _count(unread).label("unread"),
            _count(unread.where(is_named)).label("mentions"),
            sa.func.coalesce(read_marks.c.marked_unread, sa.false()).label("marked_unread"),
        )
        .select_from(_STANDING.outerjoin(room_logs, room_logs.c.room_id == members.c.room_id))
        .where(members.c.account_id == account_id, members.c.left_at.is_(None))
    )


def first_unread(account_id: str, reads: Mapping[str, int]) -> sa.ColumnElement[int]:
    """Return the first unread message's seq in the rooms of `select_standings`; NULL: none."""
    return (
        sa.select(messages.c.seq)
        .where(*is_unread(account_id, members.c.room_id, read_position(reads)))
        .order_by(messages.c.seq)
        .limit(1)
        .correlate(members, read_marks)
        .scalar_subquery()
    )


def standing_of(row: sa.Row[Any]) -> Standing:
    """Return the standing of a row that has the columns of `select_standings`."""
    tally = Tally(row.read, row.as_of, row.unread, row.mentions)
    return Standing(row.room_id, row.generation, tally, bool(row.marked_unread))


def _count(found: sa.Select[Any]) -> sa.ColumnElement[int]:
    """Return how many there are, as far as anybody needs to know."""
    bounded = found.limit(UNREAD_MOST).correlate(members, read_marks).subquery()
    return sa.select(sa.func.count()).select_from(bounded).scalar_subquery()


def _of_member(table: sa.Table) -> sa.ColumnElement[bool]:
    return sa.and_(table.c.room_id == members.c.room_id, table.c.account_id == members.c.account_id)


def _is_recipient(room_id: str, author_id: str, seq: int) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        members.c.room_id == room_id,
        members.c.left_at.is_(None),
        members.c.account_id != author_id,
        members.c.joined_seq < seq,
    )


async def _ends(connection: AsyncConnection, rooms: Collection[str]) -> dict[str, int]:
    ends = sa.select(room_logs.c.room_id, room_logs.c.seq).where(room_logs.c.room_id.in_(rooms))
    return {row.room_id: row.seq for row in await connection.execute(ends)}


async def _generations(connection: AsyncConnection) -> dict[int, int]:
    held = await connection.execute(sa.select(shards.c.shard, shards.c.generation))
    return {row.shard: row.generation for row in held}
