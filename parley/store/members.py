"""Who is in which room: the rows themselves, inside somebody else's transaction.

Owns: how a member's row is made and ended, and the stamp on an account whose rooms have changed.
Never: a transaction of its own, and the decision whether somebody may enter.

A room's row is locked first (`lock_room`), then accounts in the order of their ids (`touch`): two
changes never wait for one another, and what is read in between stays true.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from parley.protocol.commands import Role, RoomKind
from parley.protocol.ids import LOBBY
from parley.protocol.refusals import TooManyRooms
from parley.store.database import Database
from parley.store.persons import IS_ACTIVE
from parley.store.schema import accounts, is_open, members, room_logs, rooms


@dataclass(frozen=True, slots=True)
class LockedRoom:
    """An open room as it was when its row was locked."""

    id: str
    kind: RoomKind
    name: str
    topic: str
    description: str
    read_only: bool
    members: int


async def lock_room(connection: AsyncConnection, room_id: str) -> LockedRoom | None:
    """Lock a room's row until the transaction ends; None if it is not there, or closed."""
    locked = (
        sa.select(
            rooms.c.id,
            rooms.c.kind,
            rooms.c.name,
            rooms.c.topic,
            rooms.c.description,
            rooms.c.read_only,
            rooms.c.member_count,
        )
        .where(rooms.c.id == room_id, is_open)
        # Not against rows that refer to this one. SQLite has one writer, and needs no lock.
        .with_for_update(key_share=True)
    )
    row = (await connection.execute(locked)).first()
    return None if row is None else LockedRoom(*row)


async def role_of(connection: AsyncConnection, room_id: str, account_id: str) -> Role | None:
    """Return what somebody is in a room; None if they are not in it."""
    held = sa.select(members.c.role).where(_is_in(room_id, [account_id]))
    role: Role | None = await connection.scalar(held)
    return role


async def refuse_too_many(connection: AsyncConnection, account_id: str, most: int) -> None:
    """Raise TooManyRooms, if somebody is in so many open rooms that they may enter no more."""
    inside = (
        sa.select(sa.func.count())
        .select_from(members.join(rooms))
        .where(members.c.account_id == account_id, members.c.left_at.is_(None), is_open)
    )
    there = int((await connection.execute(inside)).scalar_one())
    if there >= most:
        raise TooManyRooms(there)


async def count_owners(connection: AsyncConnection, room_id: str) -> int:
    """Return how many owners a room has."""
    owners = sa.select(sa.func.count()).where(
        members.c.room_id == room_id, members.c.role == "owner", members.c.left_at.is_(None)
    )
    return int((await connection.execute(owners)).scalar_one())


async def enter(
    database: Database,
    connection: AsyncConnection,
    room_id: str,
    account_ids: Collection[str],
    role: Role,
) -> list[str]:
    """Put accounts into a room that is locked, its log read as far as it is stored.

    Return those who were not in it before; nothing is changed about the others. Who is the first
    in any room but the lobby owns it.

    They have their rights since the room's present authority; but in the lobby, which only new
    accounts enter, from the beginning: nobody can have been refused there before.
    """
    if not account_ids:
        return []
    empty = sa.exists().where(rooms.c.id == room_id, rooms.c.member_count == 0, rooms.c.id != LOBBY)
    new = database.insert(members).from_select(
        ["room_id", "account_id", "role", "rights", "joined_seq", "joined_n", "joined_at"],
        sa.select(
            sa.literal(room_id),
            accounts.c.id,
            sa.case((sa.and_(empty, rooms.c.kind != "direct"), "owner"), else_=role),
            sa.case((rooms.c.id == LOBBY, 0), else_=rooms.c.authority),
            _log_end(room_logs.c.seq, room_id),
            _log_end(room_logs.c.n, room_id),
            database.now_ms(),
        )
        .join_from(accounts, rooms, rooms.c.id == room_id)
        .where(accounts.c.id.in_(account_ids)),
    )
    renewed = ("role", "rights", "joined_seq", "joined_n", "joined_at", "left_at")
    entered = new.on_conflict_do_update(
        index_elements=[members.c.room_id, members.c.account_id],
        set_={name: new.excluded[name] for name in renewed},
        where=members.c.left_at.is_not(None),
    ).returning(members.c.account_id)
    who = list(await connection.scalars(entered))
    await _count(connection, room_id, len(who))
    return who


def _log_end(column: sa.Column[int], room_id: str) -> sa.ColumnElement[int]:
    end = sa.select(column).where(room_logs.c.room_id == room_id).scalar_subquery()
    return sa.func.coalesce(end, 0)


async def end_membership(
    database: Database, connection: AsyncConnection, room_id: str, account_id: str
) -> bool:
    """Take an account out of a room that is locked. False if it was not in it."""
    ended = await connection.execute(
        sa.update(members)
        .where(_is_in(room_id, [account_id]))
        .values(left_at=database.now_ms())
        .returning(members.c.account_id)
    )
    was_in = ended.first() is not None
    await _count(connection, room_id, -1 if was_in else 0)
    return was_in


async def set_role(connection: AsyncConnection, room_id: str, account_id: str, role: Role) -> None:
    """Say what somebody who is in a room is in it; with the role they may have gained a right."""
    authority = sa.select(rooms.c.authority).where(rooms.c.id == room_id).scalar_subquery()
    await connection.execute(
        sa.update(members).where(_is_in(room_id, [account_id])).values(role=role, rights=authority)
    )


async def raise_authority(connection: AsyncConnection, room_id: str) -> None:
    """Raise the number under which appends are authorised: somebody has lost a right."""
    await connection.execute(
        sa.update(rooms).where(rooms.c.id == room_id).values(authority=rooms.c.authority + 1)
    )


async def give_rights(connection: AsyncConnection, room_id: str) -> None:
    """Note that everybody in a room may have gained a right."""
    await connection.execute(
        sa.update(rooms).where(rooms.c.id == room_id).values(rights=rooms.c.authority)
    )


async def lock_accounts(connection: AsyncConnection, ids: Iterable[str]) -> set[str]:
    """Lock people's rows until the transaction ends; return those whose accounts are in use.

    Whoever enters a room is locked first: an account that is being deleted enters none.
    """
    locked = (
        sa.select(accounts.c.id, (IS_ACTIVE & (accounts.c.kind == "person")).label("is_used"))
        .where(accounts.c.id.in_(sorted(set(ids))))
        .order_by(accounts.c.id)
        .with_for_update(key_share=True)
    )
    return {row.id for row in await connection.execute(locked) if row.is_used}


async def touch(
    database: Database, connection: AsyncConnection, ids: Iterable[str], *, personal: bool = False
) -> None:
    """Stamp accounts as changed, so that their clients read again.

    `personal`: what has changed is the accounts' own alone.
    """
    which = accounts.c.id.in_(sorted(set(ids)))
    await _stamp(database, connection, which, personal=personal)


async def touch_members(database: Database, connection: AsyncConnection, room_id: str) -> None:
    """Stamp everybody who is in a room as changed."""
    inside = sa.select(members.c.account_id).where(
        members.c.room_id == room_id, members.c.left_at.is_(None)
    )
    await _stamp(database, connection, accounts.c.id.in_(inside))


async def _stamp(
    database: Database,
    connection: AsyncConnection,
    which: sa.ColumnElement[bool],
    *,
    personal: bool = False,
) -> None:
    locked = (
        sa.select(accounts.c.id)
        .where(which)
        .order_by(accounts.c.id)
        .with_for_update(key_share=True)
    )
    await connection.execute(locked)
    values: dict[str, Any] = {
        "directory_version": accounts.c.directory_version + 1,
        "changed_at": database.now_ms(),
    }
    if personal:
        values["personal_version"] = accounts.c.personal_version + 1
    await connection.execute(sa.update(accounts).where(which).values(values))


async def _count(connection: AsyncConnection, room_id: str, more: int) -> None:
    if more:
        await connection.execute(
            sa.update(rooms)
            .where(rooms.c.id == room_id)
            .values(member_count=rooms.c.member_count + more)
        )


def _is_in(room_id: str, account_ids: Collection[str]) -> sa.ColumnElement[bool]:
    return sa.and_(
        members.c.room_id == room_id,
        members.c.account_id.in_(account_ids),
        members.c.left_at.is_(None),
    )
