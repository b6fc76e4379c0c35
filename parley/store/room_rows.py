"""Rooms as somebody sees them, and notices, out of rows.

Owns: the columns that make a `Room`, and the joins that they come from.
Never: whether somebody may see it.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from parley.domain.profiles import DELETED_NAME
from parley.protocol.commands import Room
from parley.store.records import NoticeRow
from parley.store.schema import accounts, direct_rooms, members, room_preferences, rooms

_other = accounts.alias("other")


def select_rooms(account_id: str, *further: sa.ColumnElement[Any]) -> sa.Select[Any]:
    """Return the query of all rooms as an account sees them, the columns of a `Room` first.

    The role is NULL where it is not in the room.
    """
    other_id = sa.case(
        (direct_rooms.c.low_id == account_id, direct_rooms.c.high_id), else_=direct_rooms.c.low_id
    )
    other_name = sa.case(
        (_other.c.deleted_at.is_not(None), DELETED_NAME), else_=_other.c.display_name
    )
    return (
        sa.select(
            rooms.c.id,
            rooms.c.kind,
            sa.func.coalesce(other_name, rooms.c.name).label("name"),
            members.c.role,
            rooms.c.topic,
            rooms.c.read_only,
            _other.c.id.label("other"),
            sa.func.coalesce(room_preferences.c.muted_until, 0),
            sa.func.coalesce(room_preferences.c.pinned, sa.false()),
            sa.func.coalesce(room_preferences.c.archived, sa.false()),
            sa.func.coalesce(room_preferences.c.notify, "all"),
            *further,
        )
        .select_from(rooms)
        .outerjoin(members, is_member(account_id))
        .outerjoin(
            room_preferences,
            sa.and_(
                room_preferences.c.room_id == rooms.c.id,
                room_preferences.c.account_id == account_id,
            ),
        )
        .outerjoin(direct_rooms, direct_rooms.c.room_id == rooms.c.id)
        .outerjoin(_other, _other.c.id == other_id)
    )


def is_member(account_id: str) -> sa.ColumnElement[bool]:
    """Return the condition that joins an account's membership to its room."""
    return sa.and_(
        members.c.room_id == rooms.c.id,
        members.c.account_id == account_id,
        members.c.left_at.is_(None),
    )


def room(row: sa.Row[Any]) -> Room:
    """Return the room of a row that begins with the columns of `select_rooms`."""
    return Room(*row[: len(Room.__struct_fields__)])


async def shown_room(connection: AsyncConnection, account_id: str, room_id: str) -> Room:
    """Return a room that there is, as an account sees it."""
    found = await connection.execute(select_rooms(account_id).where(rooms.c.id == room_id))
    return room(found.one())


def notice_row(row: sa.Row[Any]) -> NoticeRow:
    """Return the notice of a row of the table."""
    return NoticeRow(
        row.id,
        row.room_id,
        row.author_id,
        row.authority,
        row.raises,
        row.content.encode(),
        row.created_at,
    )
