"""Which rooms there are, and who is in them: the questions.

Owns: what an account may see of the tables `rooms` and `members`.
Never: a change (`room_changes.py`), and what was said (`logs.py`).
"""

from typing import Any

import msgspec
import sqlalchemy as sa

from parley.protocol.commands import Room, Rooms
from parley.protocol.ids import Id
from parley.protocol.refusals import NotUnderstood
from parley.store.database import Database
from parley.store.records import Membership
from parley.store.schema import is_channel, members, rooms

_IS_OPEN = rooms.c.closed_at.is_(None)
_ROOM = (rooms.c.id, rooms.c.kind, rooms.c.name, members.c.role)
_BY_NAME = (rooms.c.name_key, rooms.c.id)


class SqlRooms:
    """The part of a `Directory` that tells of rooms and members."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def membership(self, account_id: str, room_id: str) -> Membership | None:
        held = await self._memberships(account_id, rooms.c.id == room_id)
        return held[0] if held else None

    async def memberships(self, account_id: str) -> list[Membership]:
        return await self._memberships(account_id, sa.true())

    async def _memberships(
        self, account_id: str, which: sa.ColumnElement[bool]
    ) -> list[Membership]:
        held = (
            sa.select(rooms.c.id, members.c.role, rooms.c.authority)
            .join_from(rooms, members, _is_member(account_id))
            .where(_IS_OPEN, which)
        )
        return [Membership(*row) for row in await self._rows(held)]

    async def room(self, account_id: str, room_id: str) -> Room | None:
        visible = (
            sa.select(*_ROOM)
            .outerjoin_from(rooms, members, _is_member(account_id))
            .where(rooms.c.id == room_id, _IS_OPEN, is_channel | members.c.role.is_not(None))
        )
        found = await self._rows(visible)
        return Room(*found[0]) if found else None

    async def rooms_of(self, account_id: str, *, after: str, limit: int) -> Rooms:
        own = sa.select(*_ROOM).join_from(rooms, members, _is_member(account_id))
        return await self._page(own, after, limit)

    async def public_rooms(self, account_id: str, *, after: str, limit: int) -> Rooms:
        public = sa.select(*_ROOM).outerjoin_from(rooms, members, _is_member(account_id))
        return await self._page(public.where(is_channel), after, limit)

    async def _page(self, listed: sa.Select[Any], after: str, limit: int) -> Rooms:
        # One more than is shown tells whether there is a next page.
        page = listed.where(_IS_OPEN).order_by(*_BY_NAME).limit(limit + 1)
        if after:
            last_shown = sa.select(*_BY_NAME).where(rooms.c.id == _cursor(after))
            page = page.where(sa.tuple_(*_BY_NAME) > last_shown.scalar_subquery())
        found = [Room(*row) for row in await self._rows(page)]
        shown = found[:limit]
        return Rooms(shown, next=shown[-1].id if len(found) > limit else None)

    async def _rows(self, query: sa.Select[Any]) -> list[Any]:
        async with self._database.read() as connection:
            return list(await connection.execute(query))


def _is_member(account_id: str) -> sa.ColumnElement[bool]:
    return sa.and_(
        members.c.room_id == rooms.c.id,
        members.c.account_id == account_id,
        members.c.left_at.is_(None),
    )


def _cursor(after: str) -> str:
    """Return the id of the room that a page ended with."""
    try:
        return msgspec.convert(after, Id)
    except msgspec.ValidationError:
        raise NotUnderstood(f"{after!r} does not continue a listing") from None
