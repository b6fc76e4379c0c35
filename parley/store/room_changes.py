"""Making a room, entering and leaving one, and closing it.

Owns: those changes, and the notices that wait to be appended.
Never: what a room and its members are changed to (`room_edits.py`, `member_changes.py`).
"""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from parley.domain.names import room_key, search_key
from parley.domain.permissions import Action
from parley.protocol.content import Notice
from parley.protocol.ids import LOBBY
from parley.protocol.refusals import (
    CannotLeave,
    InvalidInvitation,
    NotAllowed,
    NotAMember,
    RoomNameTaken,
    UnknownRoom,
)
from parley.store.members import refuse_too_many
from parley.store.part import SqlPart
from parley.store.records import Changed, NewRoom, NoticeRow
from parley.store.room_change import RoomChange, change_room, lock
from parley.store.room_rows import notice_row
from parley.store.schema import notices, room_invites, rooms

_LOBBY = NewRoom(LOBBY, "channel", "Lobby", owner="")


class SqlRoomChanges(SqlPart):
    """The part of a `Directory` in which rooms begin and end, and people come and go."""

    # --- beginning -------------------------------------------------------------------------

    async def ensure_lobby(self) -> None:
        async with self._database.write() as connection:
            await self._add_room(connection, _LOBBY)

    async def create_channel(self, room_id: str, name: str, owner: str, notice_id: str) -> Changed:
        return await self.create_room(NewRoom(room_id, "channel", name, owner), notice_id)

    async def create_room(self, room: NewRoom, notice_id: str) -> Changed:
        if room.kind == "group" and room.read_only:
            raise NotAllowed(room.id, Action.SET_READ_ONLY.value)
        async with self._database.write() as connection:
            if not await self._add_room(connection, room):
                raise RoomNameTaken(room.name)
            await refuse_too_many(connection, room.owner, self._limits.rooms_per_user)
            change = await lock(self._database, connection, room.owner, room.id)
            await change.lock_people(room.members)
            await change.require_welcome(room.members)
            await change.enter([room.owner], "owner", self._limits)
            others = [person for person in room.members if person != room.owner]
            await change.enter(others, "member", self._limits)
            await change.touch(*others)
            await change.note(notice_id, Notice("created", room.owner))
            return await change.result()

    async def _add_room(self, connection: AsyncConnection, room: NewRoom) -> bool:
        added = await connection.execute(
            self._database.insert(rooms)
            .values(
                id=room.id,
                kind=room.kind,
                name=room.name,
                name_key=room_key(room.name),
                search_key=search_key(room.name, room.topic),
                topic=room.topic,
                description=room.description,
                read_only=room.read_only,
                created_by=room.owner or None,
                created_at=self._database.now_ms(),
            )
            .on_conflict_do_nothing()  # on the name, or on the lobby's id as well
            .returning(rooms.c.id)
        )
        return added.first() is not None

    # --- coming ----------------------------------------------------------------------------

    async def join(self, account_id: str, room_id: str, notice_id: str) -> Changed:
        async with change_room(self._database, account_id, room_id, Action.JOIN) as change:
            return await self._join(change, account_id, notice_id)

    async def join_by_invite(self, account_id: str, code: str, notice_id: str) -> Changed:
        async with self._database.write() as connection:
            change = await self._lock_invited(connection, account_id, code)
            if change.role is not None:
                return await change.result()
            await self._use(connection, code)
            return await self._join(change, account_id, notice_id)

    async def _join(self, change: RoomChange, account_id: str, notice_id: str) -> Changed:
        if change.role is None:
            await refuse_too_many(change.connection, account_id, self._limits.rooms_per_user)
        if await change.enter([account_id], "member", self._limits):
            await change.touch()
            await change.note(notice_id, Notice("joined", account_id))
        return await change.result()

    async def _lock_invited(
        self, connection: AsyncConnection, account_id: str, code: str
    ) -> RoomChange:
        leads_to = sa.select(room_invites.c.room_id).where(room_invites.c.code == code)
        room_id = await connection.scalar(leads_to)
        try:
            return await lock(self._database, connection, account_id, room_id or "")
        except UnknownRoom:
            raise InvalidInvitation from None

    async def _use(self, connection: AsyncConnection, code: str) -> None:
        now = self._database.now_ms()
        used = await connection.execute(
            sa.update(room_invites)
            .where(
                room_invites.c.code == code,
                (room_invites.c.expires_at == 0) | (room_invites.c.expires_at > now),
                room_invites.c.uses_left.is_(None) | (room_invites.c.uses_left > 0),
            )
            .values(uses_left=room_invites.c.uses_left - 1)
            .returning(room_invites.c.code)
        )
        if used.first() is None:
            raise InvalidInvitation

    # --- going -----------------------------------------------------------------------------

    async def leave(self, account_id: str, room_id: str, notice_id: str) -> Changed:
        if room_id == LOBBY:
            raise CannotLeave(room_id)
        async with self._database.write() as connection:
            change = await self._lock_own(connection, account_id, room_id)
            change.require(Action.LEAVE)
            is_alone = change.room.members == 1
            if not is_alone:
                await change.require_other_owner(change.role)
            await change.expel(account_id)
            if is_alone and change.room.kind == "group":
                await change.close()
            await change.touch()
            await change.note(notice_id, Notice("left", account_id))
            return await change.result()

    async def _lock_own(
        self, connection: AsyncConnection, account_id: str, room_id: str
    ) -> RoomChange:
        """Lock a room that somebody is in. Raises NotAMember."""
        try:
            change = await lock(self._database, connection, account_id, room_id)
        except UnknownRoom:
            raise NotAMember(room_id) from None
        if change.role is None:
            raise NotAMember(room_id)
        return change

    async def close_room(self, actor: str | None, room_id: str, notice_id: str) -> Changed:
        async with change_room(self._database, actor, room_id, Action.CLOSE) as change:
            change.keep_lobby_whole()
            await change.close()
            await change.note(notice_id, Notice("closed", await change.author()))
            return await change.result()

    # --- the outbox ------------------------------------------------------------------------

    async def due_notices(self, older_than_ms: int, limit: int) -> list[NoticeRow]:
        now = self._database.now_ms()
        has_waited = notices.c.created_at <= now - older_than_ms
        # Made by a clock that was ahead, and has been put right.
        is_ahead = notices.c.created_at > now
        due = (
            sa.select(*notices.c)
            .where(has_waited | is_ahead)
            .order_by(notices.c.created_at, notices.c.id)
            .limit(limit)
        )
        return [notice_row(row) for row in await self._rows(due)]
