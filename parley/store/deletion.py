"""The end of an account.

Owns: what becomes of its rooms, its sessions and what was its own.
Never: what it has said, which stays.
"""

from collections.abc import Callable

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from parley.protocol.content import Notice
from parley.protocol.ids import LOBBY
from parley.protocol.refusals import UnknownPerson
from parley.store.members import touch
from parley.store.part import SqlPart
from parley.store.records import Departure, NoticeRow
from parley.store.room_change import RoomChange, lock
from parley.store.schema import (
    accounts,
    bans,
    blocks,
    delivered_marks,
    direct_rooms,
    drafts,
    hidden,
    members,
    read_marks,
    recovery_codes,
    room_invites,
    room_preferences,
    rooms,
    sessions,
    stars,
)
from parley.store.sessions import revoke

# Nobody enters rooms as fast as this, while their account is being deleted.
_ATTEMPTS = 10


class _RoomsHaveChanged(Exception):
    """The account has entered or left a room since its rooms were locked."""


class SqlDeletion(SqlPart):
    """The part of a `Directory` in which an account ends."""

    async def delete_account(self, account_id: str, new_notice_id: Callable[[], str]) -> Departure:
        for _ in range(_ATTEMPTS):
            try:
                async with self._database.write() as connection:
                    return await self._delete(connection, account_id, new_notice_id)
            except _RoomsHaveChanged:
                continue
        raise AssertionError(f"the rooms of {account_id!r} change without an end")

    async def _delete(
        self, connection: AsyncConnection, account_id: str, new_notice_id: Callable[[], str]
    ) -> Departure:
        room_ids = await _rooms_of(connection, account_id)
        # Rooms before accounts, as everywhere, and in order.
        changes = [
            await lock(self._database, connection, account_id, room_id) for room_id in room_ids
        ]
        partners = await _partners(connection, account_id)
        await touch(self._database, connection, [account_id, *partners])
        if await _rooms_of(connection, account_id) != room_ids:
            raise _RoomsHaveChanged
        if not await self._is_there(connection, account_id):
            return Departure([], [])
        told: list[NoticeRow] = []
        for change in changes:
            told += await self._leave(change, account_id, new_notice_id)
        ended = await revoke(self._database, connection, sessions.c.account_id == account_id)
        await self._forget(connection, account_id)
        return Departure(ended, told)

    async def _is_there(self, connection: AsyncConnection, account_id: str) -> bool:
        deleted_at = sa.select(accounts.c.deleted_at).where(
            accounts.c.id == account_id, accounts.c.kind == "person"
        )
        row = (await connection.execute(deleted_at)).first()
        if row is None:
            raise UnknownPerson(account_id)
        return row.deleted_at is None

    async def _leave(
        self, change: RoomChange, account_id: str, new_notice_id: Callable[[], str]
    ) -> tuple[NoticeRow, ...]:
        if change.room.kind == "direct":
            # The other keeps the room; nobody says anything in it any more.
            await change.expel(account_id)
            return ()
        heir = await _heir(change, account_id)
        if heir is not None:
            await change.set_role(heir, "owner")
            await change.touch(heir)
        await change.expel(account_id)
        if heir is not None:
            await change.note(new_notice_id(), Notice("made_owner", heir))
        if change.room.kind == "group" and change.room.members == 1:
            await change.close()
        await change.note(new_notice_id(), Notice("left", account_id))
        return (await change.result()).notices

    async def _forget(self, connection: AsyncConnection, account_id: str) -> None:
        """Remove what was the account's own. The name is kept for a while: nobody takes it over."""
        for mine in (
            recovery_codes.c.account_id,
            room_preferences.c.account_id,
            blocks.c.account_id,
            blocks.c.blocked_id,
            bans.c.account_id,
            room_invites.c.made_by,
            read_marks.c.account_id,
            delivered_marks.c.account_id,
            hidden.c.account_id,
            stars.c.account_id,
            drafts.c.account_id,
        ):
            await connection.execute(sa.delete(mine.table).where(mine == account_id))
        await connection.execute(
            sa.update(sessions)
            .where(sessions.c.account_id == account_id)
            .values(device="", address="")
        )
        await connection.execute(
            sa.update(accounts)
            .where(accounts.c.id == account_id)
            .values(
                display_name="",
                name_key="",
                search_key="",
                about="",
                time_zone="",
                password_hash=None,
                totp_secret=None,
                totp_enabled_at=None,
                is_admin=False,
                deleted_at=self._database.now_ms(),
                profile_changed_at=self._database.now_ms(),
            )
        )


async def _rooms_of(connection: AsyncConnection, account_id: str) -> list[str]:
    own = (
        sa.select(rooms.c.id)
        .join_from(rooms, members)
        .where(
            members.c.account_id == account_id,
            members.c.left_at.is_(None),
            rooms.c.closed_at.is_(None),
        )
        .order_by(rooms.c.id)
    )
    return list(await connection.scalars(own))


async def _partners(connection: AsyncConnection, account_id: str) -> list[str]:
    """Return those who have a direct room with somebody: they see another name there now."""
    low, high = direct_rooms.c.low_id, direct_rooms.c.high_id
    pairs = sa.select(low, high).where((low == account_id) | (high == account_id))
    return [each for pair in await connection.execute(pairs) for each in pair]


async def _heir(change: RoomChange, account_id: str) -> str | None:
    """Return who is to own the room in the place of its one owner; None if nobody need.

    The lobby is for the server's administrators: nobody inherits it.
    """
    if change.room.id == LOBBY or change.role != "owner":
        return None
    rank = sa.case((members.c.role == "owner", 0), (members.c.role == "admin", 1), else_=2)
    first = (
        sa.select(members.c.account_id, members.c.role)
        .where(
            members.c.room_id == change.room.id,
            members.c.account_id != account_id,
            members.c.left_at.is_(None),
        )
        .order_by(rank, members.c.joined_at, members.c.account_id)
        .limit(1)
    )
    row = (await change.connection.execute(first)).first()
    if row is None or row.role == "owner":
        return None
    return str(row.account_id)
