"""A message's life, as far as the database keeps it.

Owns: finding a message by its name alone, and who has received and read it.
Never: what it says: an operator is told where a message is, not what is in it.
"""

import sqlalchemy as sa

from parley.store.mark_records import Trace, TracedMark
from parley.store.part import SqlPart
from parley.store.schema import accounts, delivered_marks, messages, read_marks, sessions, set_aside

# Devices, and people, that are told of one message: beyond these nobody looks.
_MOST = 1000


class SqlTracing(SqlPart):
    """The part of a `Directory` that follows messages; implements `Tracing`."""

    async def trace(self, cmid: str) -> list[Trace]:
        # Through the authors: their names come first in the index by which messages are known.
        found = await self._rows(
            sa.select(*messages.c, accounts.c.user_name)
            .join_from(
                accounts,
                messages,
                sa.and_(messages.c.author_id == accounts.c.id, messages.c.cmid == cmid),
            )
            .order_by(messages.c.time)
        )
        return [
            Trace(
                row.room_id,
                row.generation,
                row.seq,
                row.kind,
                row.user_name,
                row.accepted_by,
                row.time,
                row.stored_at,
                await self._delivered(row.room_id, row.seq, row.author_id),
                await self._read(row.room_id, row.seq, row.author_id),
            )
            for row in found
        ]

    async def set_aside_since(self, cmid: str) -> list[tuple[str, int, str]]:
        refused = sa.select(set_aside.c.room_id, set_aside.c.time, set_aside.c.reason).join(
            accounts,
            sa.and_(accounts.c.id == set_aside.c.author_id, set_aside.c.cmid == cmid),
        )
        return [(row.room_id, row.time, row.reason) for row in await self._rows(refused)]

    async def _delivered(self, room_id: str, seq: int, author_id: str) -> list[TracedMark]:
        marks = (
            sa.select(accounts.c.user_name, sessions.c.device, delivered_marks.c.time)
            .join_from(delivered_marks, accounts, accounts.c.id == delivered_marks.c.account_id)
            .outerjoin(sessions, sessions.c.id == delivered_marks.c.session_id)
            .where(
                delivered_marks.c.room_id == room_id,
                delivered_marks.c.seq >= seq,
                delivered_marks.c.account_id != author_id,
            )
            .order_by(delivered_marks.c.time, accounts.c.user_name)
            .limit(_MOST)
        )
        return [
            TracedMark(row.user_name, row.device or "", row.time) for row in await self._rows(marks)
        ]

    async def _read(self, room_id: str, seq: int, author_id: str) -> list[TracedMark]:
        marks = (
            sa.select(accounts.c.user_name, read_marks.c.time)
            .join_from(read_marks, accounts, accounts.c.id == read_marks.c.account_id)
            .where(
                read_marks.c.room_id == room_id,
                read_marks.c.seq >= seq,
                read_marks.c.account_id != author_id,
            )
            .order_by(read_marks.c.time, accounts.c.user_name)
            .limit(_MOST)
        )
        return [TracedMark(row.user_name, "", row.time) for row in await self._rows(marks)]
