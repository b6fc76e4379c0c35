"""Somebody's rooms with what is last and unread in them.

Owns: that listing: a few queries a page, however many rooms there are.
Never: what a count is made of (`unread_rows.py`).
"""

from typing import Any

import sqlalchemy as sa

from parley.protocol.entry import Entry
from parley.protocol.refusals import NotUnderstood
from parley.protocol.shapes import Draft
from parley.store.mark_records import OverviewRow
from parley.store.marks import SqlMarks
from parley.store.message_rows import entry_of
from parley.store.personal import draft_of
from parley.store.room_rows import room, select_rooms
from parley.store.schema import drafts, hidden, is_open, is_shown, members, messages, rooms
from parley.store.unread_rows import first_unread, select_standings


class SqlOverviews(SqlMarks):
    """The part of a `Directory` that lists rooms as a person wants to see them."""

    async def overview(self, account_id: str, *, after: str, limit: int) -> list[OverviewRow]:
        ends = await self._ends(account_id, after, limit)
        ids = [room_id for room_id, *_ in ends]
        if not ids:
            return []
        shown = {
            row.id: room(row)
            for row in await self._rows(select_rooms(account_id).where(rooms.c.id.in_(ids)))
        }
        standings = {
            each.room_id: each
            for each in await self.room_standings(account_id, dict.fromkeys(ids, 0))
        }
        firsts = await self._first_unread(account_id, ids)
        last = await self._rows_at([(room_id, seq) for room_id, seq, _ in ends if seq])
        edits = await self._rows_at(
            [(row.room_id, row.edited_seq) for row in last.values() if row.edited_seq]
        )
        begun = await self._drafts(account_id, ids)
        return [
            OverviewRow(
                shown[room_id],
                standings[room_id],
                _entry(last.get(room_id)),
                _entry(edits.get(room_id)),
                firsts.get(room_id) or 0,
                begun.get(room_id),
            )
            for room_id in ids
            if room_id in shown and room_id in standings
        ]

    def overview_cursor(self, row: OverviewRow) -> str:
        return f"{row.last.time if row.last is not None else 0}.{row.room.id}"

    async def _ends(self, account_id: str, after: str, limit: int) -> list[Any]:
        """Return the rooms of a page, each with the seq and time of its last entry, or zeros."""
        is_hidden = sa.exists().where(
            hidden.c.account_id == account_id,
            hidden.c.room_id == messages.c.room_id,
            hidden.c.seq == messages.c.seq,
        )
        last = (
            sa.select(messages.c.seq)
            .where(messages.c.room_id == members.c.room_id, is_shown, ~is_hidden)
            .order_by(messages.c.seq.desc())
            .limit(1)
            .correlate(members)
            .scalar_subquery()
        )
        mine = (
            sa.select(members.c.room_id, last.label("seq"))
            .join_from(members, rooms, rooms.c.id == members.c.room_id)
            .where(members.c.account_id == account_id, members.c.left_at.is_(None), is_open)
            .subquery()
        )
        time = sa.func.coalesce(messages.c.time, 0)
        page = (
            sa.select(mine.c.room_id, sa.func.coalesce(mine.c.seq, 0), time)
            .outerjoin_from(
                mine,
                messages,
                sa.and_(messages.c.room_id == mine.c.room_id, messages.c.seq == mine.c.seq),
            )
            .order_by(time.desc(), mine.c.room_id.desc())
            .limit(limit)
        )
        if after:
            page = page.where(sa.tuple_(time, mine.c.room_id) < sa.tuple_(*_place(after)))
        return await self._rows(page)

    async def _first_unread(self, account_id: str, ids: list[str]) -> dict[str, int]:
        firsts = (
            select_standings(account_id, {})
            .with_only_columns(members.c.room_id, first_unread(account_id, {}).label("first"))
            .where(members.c.room_id.in_(ids))
        )
        return {row.room_id: row.first for row in await self._rows(firsts)}

    async def _rows_at(self, places: list[tuple[str, int]]) -> dict[str, Any]:
        wanted = sa.select(*messages.c).where(
            sa.tuple_(messages.c.room_id, messages.c.seq).in_(places)
        )
        return {row.room_id: row for row in await self._rows(wanted)}

    async def _drafts(self, account_id: str, ids: list[str]) -> dict[str, Draft]:
        begun = sa.select(*drafts.c).where(
            drafts.c.account_id == account_id, drafts.c.room_id.in_(ids), drafts.c.text != ""
        )
        return {row.room_id: draft_of(row) for row in await self._rows(begun)}


def _entry(row: Any) -> Entry | None:
    return None if row is None else entry_of(row)


def _place(after: str) -> tuple[int, str]:
    """Return where a page ended. Raises NotUnderstood."""
    time, _, room_id = after.partition(".")
    if not (time.isascii() and time.isdigit() and room_id):
        raise NotUnderstood(f"{after!r} does not continue a listing")
    return int(time), room_id
