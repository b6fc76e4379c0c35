"""How far others have come in rooms, in SQL: who has received a message, and who has read it.

Owns: reading `delivered_marks` and `read_marks` of other people; implements that part of `Marks`.
Never: whether the asker may know, beyond who tells nothing.
"""

import sqlalchemy as sa

from parley.domain.receipts import Reach
from parley.store.mark_records import MemberReach, RecipientCounts, RecipientRow
from parley.store.part import SqlPart
from parley.store.schema import accounts, delivered_marks, members, read_marks
from parley.store.unread_rows import STANDING


class SqlReceipts(SqlPart):
    """The part of a `Directory` that is about receipts."""

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
            .select_from(STANDING.join(accounts, accounts.c.id == members.c.account_id))
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
            .select_from(STANDING.join(accounts, accounts.c.id == members.c.account_id))
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
            .select_from(STANDING.join(accounts, accounts.c.id == members.c.account_id))
            .where(*_is_recipient(room_id, author_id, seq))
        )
        people, delivered, read, asker_tells = await self._first(counted)
        return RecipientCounts(people, int(delivered), int(read), bool(asker_tells))


def _of_member(table: sa.Table) -> sa.ColumnElement[bool]:
    return sa.and_(table.c.room_id == members.c.room_id, table.c.account_id == members.c.account_id)


def _is_recipient(room_id: str, author_id: str, seq: int) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        members.c.room_id == room_id,
        members.c.left_at.is_(None),
        members.c.account_id != author_id,
        members.c.joined_seq < seq,
    )
