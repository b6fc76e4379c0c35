"""Which rooms there are, and who is in them: what a connection needs to know.

Owns: an account's memberships, and the listings of rooms.
Never: a change (`room_changes.py`), and what was said (`logs.py`).
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from parley.domain.names import search_key
from parley.protocol.commands import Room, RoomDetail, Rooms
from parley.protocol.refusals import UnknownRoom
from parley.store.among import among
from parley.store.database import Database
from parley.store.gathering import Gathering
from parley.store.part import SqlPart, page_end
from parley.store.records import DirectoryLimits, Membership
from parley.store.room_rows import room, select_rooms
from parley.store.schema import accounts, blocks, direct_rooms, is_channel, is_open, members, rooms

_BY_NAME = (rooms.c.name_key, rooms.c.id)
_IS_VISIBLE = is_open & (is_channel | members.c.role.is_not(None))


class SqlRooms(SqlPart):
    """The part of a `Directory` that tells of rooms."""

    def __init__(self, database: Database, limits: DirectoryLimits | None = None) -> None:
        super().__init__(database, limits)
        self._held = Gathering(self._memberships_of)

    async def membership(self, account_id: str, room_id: str) -> Membership | None:
        async with self._database.read() as connection:
            asked = {"account_id": account_id, "room_id": room_id}
            row = (await connection.execute(_MEMBERSHIP, asked)).first()
        return None if row is None else Membership(*row[1:])

    async def memberships(self, account_id: str) -> list[Membership]:
        return await self._held.get(account_id) or []

    async def _memberships_of(self, accounts: Sequence[str]) -> Mapping[str, list[Membership]]:
        found: defaultdict[str, list[Membership]] = defaultdict(list)
        async with self._database.read() as connection:
            rows = await connection.execute(_MEMBERSHIPS, {"account_ids": accounts})
            for account, *held in rows:
                found[account].append(Membership(*held))
        return found

    async def room(self, account_id: str, room_id: str) -> Room | None:
        row = await self._first(select_rooms(account_id).where(rooms.c.id == room_id, _IS_VISIBLE))
        return None if row is None else room(row)

    async def room_detail(self, account_id: str, room_id: str) -> RoomDetail:
        further = (
            rooms.c.description,
            rooms.c.created_by,
            rooms.c.created_at,
            rooms.c.member_count,
        )
        row = await self._first(
            select_rooms(account_id, *further).where(rooms.c.id == room_id, _IS_VISIBLE)
        )
        if row is None:
            raise UnknownRoom(room_id)
        return RoomDetail(room(row), *row[-len(further) :])

    async def rooms_of(self, account_id: str, *, query: str = "", after: str, limit: int) -> Rooms:
        own = select_rooms(account_id).where(members.c.role.is_not(None))
        return await self._page_of_rooms(own, query, after, limit)

    async def public_rooms(
        self, account_id: str, *, query: str = "", after: str, limit: int
    ) -> Rooms:
        public = select_rooms(account_id).where(is_channel)
        return await self._page_of_rooms(public, query, after, limit)

    async def _page_of_rooms(
        self, listed: sa.Select[Any], query: str, after: str, limit: int
    ) -> Rooms:
        # One more than is shown tells whether there is a next page.
        page = listed.where(is_open).order_by(*_BY_NAME).limit(limit + 1)
        if query.strip():
            page = page.where(_has_in_name(query))
        if after:
            last_shown = sa.select(*_BY_NAME).where(rooms.c.id == page_end(after))
            page = page.where(sa.tuple_(*_BY_NAME) > last_shown.scalar_subquery())
        found = [room(row) for row in await self._rows(page)]
        shown = found[:limit]
        return Rooms(shown, next=shown[-1].id if len(found) > limit else None)


def _has_in_name(query: str) -> sa.ColumnElement[bool]:
    return rooms.c.search_key.contains(search_key(query.strip()), autoescape=True)


def _rights() -> sa.ColumnElement[int]:
    """Return since which authority a member has all rights that they have."""
    return sa.case((members.c.rights > rooms.c.rights, members.c.rights), else_=rooms.c.rights)


def _is_mute() -> sa.ColumnElement[bool]:
    """Return whether one of the two people of a direct room keeps the other away, or is gone."""
    pair = (direct_rooms.c.low_id, direct_rooms.c.high_id)
    away = sa.exists().where(
        direct_rooms.c.room_id == rooms.c.id,
        sa.or_(
            sa.exists().where(
                sa.tuple_(blocks.c.account_id, blocks.c.blocked_id) == sa.tuple_(*pair)
            ),
            sa.exists().where(
                sa.tuple_(blocks.c.blocked_id, blocks.c.account_id) == sa.tuple_(*pair)
            ),
            sa.exists().where(accounts.c.id.in_(pair), accounts.c.deleted_at.is_not(None)),
        ),
    )
    return sa.and_(rooms.c.kind == "direct", away)


# Made once: to put a statement together takes longer than to carry it out, and these two are asked
# for whenever somebody comes back.
_HELD = (
    sa.select(
        members.c.account_id,
        rooms.c.id,
        members.c.role,
        rooms.c.authority,
        rooms.c.kind,
        rooms.c.read_only,
        _is_mute(),
        _rights(),
    )
    .join_from(rooms, members, members.c.room_id == rooms.c.id)
    .where(members.c.left_at.is_(None), is_open)
)
_MEMBERSHIPS = _HELD.where(among(members.c.account_id, "account_ids"))
_MEMBERSHIP = _HELD.where(
    members.c.account_id == sa.bindparam("account_id"), rooms.c.id == sa.bindparam("room_id")
)
