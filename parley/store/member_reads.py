"""Who is in a room, and who may not come back.

Owns: those listings, and for whom they are.
Never: a change of either.
"""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from parley.domain.permissions import Action
from parley.protocol.commands import BannedPerson, Bans, Member, Members
from parley.protocol.refusals import UnknownRoom
from parley.store.authorising import require
from parley.store.part import SqlPart, page_end
from parley.store.persons import IS_ACTIVE, PERSON, has_in_name, person
from parley.store.room_rows import is_member
from parley.store.schema import accounts, bans, is_open, members, rooms

_INSIDE = members.join(accounts)
_OUT = bans.join(accounts, bans.c.account_id == accounts.c.id)
_RANK = sa.case((members.c.role == "owner", 0), (members.c.role == "admin", 1), else_=2)
_BY_RANK = (_RANK, accounts.c.name_key, accounts.c.id)
_BY_TIME = (-bans.c.created_at, bans.c.account_id)


class SqlMemberReads(SqlPart):
    """The part of a `Directory` that tells of members."""

    async def members(
        self, account_id: str, room_id: str, *, query: str = "", after: str, limit: int
    ) -> Members:
        await self._require(account_id, room_id, Action.LIST_MEMBERS)
        inside = (
            sa.select(*PERSON, members.c.role, members.c.joined_at)
            .select_from(_INSIDE)
            .where(members.c.room_id == room_id, members.c.left_at.is_(None))
        )
        if query.strip():
            inside = inside.where(has_in_name(query))
        end = _end(_INSIDE, _BY_RANK, members, room_id, after)
        rows, more = await self._page(inside, _BY_RANK, end, limit)
        found = [Member(person(row), row.role, row.joined_at) for row in rows]
        return Members(found, next=found[-1].person.id if more else None)

    async def members_named(self, room_id: str, names: Collection[str]) -> dict[str, str]:
        named = (
            sa.select(accounts.c.user_name, accounts.c.id)
            .select_from(_INSIDE)
            .where(
                members.c.room_id == room_id,
                members.c.left_at.is_(None),
                accounts.c.user_name.in_(names),
                IS_ACTIVE,
            )
        )
        return {row.user_name: row.id for row in await self._rows(named)}

    async def bans(self, actor: str, room_id: str, *, after: str, limit: int) -> Bans:
        await self._require(actor, room_id, Action.BAN)
        out = (
            sa.select(*PERSON, bans.c.banned_by, bans.c.created_at)
            .select_from(_OUT)
            .where(bans.c.room_id == room_id)
        )
        end = _end(_OUT, _BY_TIME, bans, room_id, after)
        rows, more = await self._page(out, _BY_TIME, end, limit)
        found = [BannedPerson(person(row), row.banned_by, row.created_at) for row in rows]
        return Bans(found, next=found[-1].person.id if more else None)

    async def _require(self, account_id: str, room_id: str, action: Action) -> None:
        """Raise UnknownRoom, NotAMember or NotAllowed, unless somebody may."""
        row = await self._first(
            sa.select(rooms.c.kind, members.c.role)
            .outerjoin_from(rooms, members, is_member(account_id))
            .where(rooms.c.id == room_id, is_open)
        )
        if row is None:
            raise UnknownRoom(room_id)
        require(action, room_id, *row)

    async def _page(
        self,
        listed: sa.Select[Any],
        order: tuple[sa.ColumnElement[Any], ...],
        end: sa.ScalarSelect[Any] | None,
        limit: int,
    ) -> tuple[list[Any], bool]:
        """Return a page's rows, and whether there are more."""
        page = listed.order_by(*order).limit(limit + 1)
        if end is not None:
            page = page.where(sa.tuple_(*order) > end)
        rows = await self._rows(page)
        return rows[:limit], len(rows) > limit


def _end(
    source: sa.FromClause,
    order: tuple[sa.ColumnElement[Any], ...],
    table: sa.Table,
    room_id: str,
    after: str,
) -> sa.ScalarSelect[Any] | None:
    """Return the query for the place in the order where the page before this one ended."""
    if not after:
        return None
    shown = (table.c.room_id == room_id) & (table.c.account_id == page_end(after))
    return sa.select(*order).select_from(source).where(shown).correlate(None).scalar_subquery()
