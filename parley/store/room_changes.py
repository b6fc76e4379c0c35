"""Which rooms there are, and who is in them: the changes.

Owns: making a room, entering and leaving one, and the notices that wait to be appended.
Never: whether somebody may; beyond what the rows themselves say, the gateway decides.

Each change locks in the order members, rooms, accounts: two of them never wait for one another.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from parley.domain.names import room_key
from parley.protocol.commands import Role, Room
from parley.protocol.content import Notice
from parley.protocol.entry import encode_content
from parley.protocol.ids import LOBBY
from parley.protocol.refusals import CannotLeave, NotAMember, RoomNameTaken, UnknownRoom
from parley.store.database import Database
from parley.store.members import enter, touch
from parley.store.records import Changed, NoticeRow
from parley.store.schema import is_channel, members, notices, rooms

_LOBBY_NAME = "Lobby"


class SqlRoomChanges:
    """The part of a `Directory` that changes rooms and members."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def ensure_lobby(self) -> None:
        async with self._database.write() as connection:
            await self._add_channel(connection, LOBBY, _LOBBY_NAME, owner=None)

    async def create_channel(self, room_id: str, name: str, owner: str, notice_id: str) -> Changed:
        async with self._database.write() as connection:
            if not await self._add_channel(connection, room_id, name, owner):
                raise RoomNameTaken(name)
            await enter(self._database, connection, room_id, owner, "owner")
            notice = await self._note(connection, notice_id, room_id, Notice("created", owner))
        return Changed(Room(room_id, "channel", name, "owner"), notice)

    async def _add_channel(
        self, connection: AsyncConnection, room_id: str, name: str, owner: str | None
    ) -> bool:
        added = await connection.execute(
            self._database.insert(rooms)
            .values(
                id=room_id,
                kind="channel",
                name=name,
                name_key=room_key(name),
                created_by=owner,
                created_at=self._database.now_ms(),
            )
            .on_conflict_do_nothing()  # on the name, or on the lobby's id as well
            .returning(rooms.c.id)
        )
        return added.first() is not None

    async def join(self, account_id: str, room_id: str, notice_id: str) -> Changed:
        async with self._database.write() as connection:
            name = await self._channel_name(connection, room_id)
            notice = None
            if await enter(self._database, connection, room_id, account_id, "member"):
                joined = Notice("joined", account_id)
                notice = await self._note(connection, notice_id, room_id, joined)
            role = await self._role(connection, account_id, room_id)
        return Changed(Room(room_id, "channel", name, role), notice)

    async def _channel_name(self, connection: AsyncConnection, room_id: str) -> str:
        name: str | None = await connection.scalar(
            sa.select(rooms.c.name).where(
                rooms.c.id == room_id, is_channel, rooms.c.closed_at.is_(None)
            )
        )
        if name is None:
            raise UnknownRoom(room_id)
        return name

    async def _role(self, connection: AsyncConnection, account_id: str, room_id: str) -> Role:
        held = sa.select(members.c.role).where(
            members.c.room_id == room_id, members.c.account_id == account_id
        )
        role: Role = (await connection.execute(held)).scalar_one()
        return role

    async def leave(self, account_id: str, room_id: str, notice_id: str) -> Changed:
        if room_id == LOBBY:
            raise CannotLeave(room_id)
        async with self._database.write() as connection:
            await self._end_membership(connection, account_id, room_id)
            room = await self._raise_authority(connection, room_id)
            left = Notice("left", account_id)
            notice = await self._note(connection, notice_id, room_id, left, raises=True)
        return Changed(room, notice)

    async def _end_membership(
        self, connection: AsyncConnection, account_id: str, room_id: str
    ) -> None:
        ended = await connection.execute(
            sa.update(members)
            .where(
                members.c.room_id == room_id,
                members.c.account_id == account_id,
                members.c.left_at.is_(None),
            )
            .values(left_at=self._database.now_ms())
            .returning(members.c.room_id)
        )
        if ended.first() is None:
            raise NotAMember(room_id)

    async def _raise_authority(self, connection: AsyncConnection, room_id: str) -> Room:
        raised = await connection.execute(
            sa.update(rooms)
            .where(rooms.c.id == room_id, rooms.c.closed_at.is_(None))
            .values(authority=rooms.c.authority + 1)
            .returning(rooms.c.id, rooms.c.kind, rooms.c.name)
        )
        row = raised.first()
        if row is None:
            raise NotAMember(room_id)
        return Room(row.id, row.kind, row.name, role=None)

    async def _note(
        self,
        connection: AsyncConnection,
        notice_id: str,
        room_id: str,
        notice: Notice,
        *,
        raises: bool = False,
    ) -> NoticeRow:
        """Put the notice into the outbox, and stamp the account that it is about."""
        await touch(self._database, connection, notice.who)
        authority = sa.select(rooms.c.authority).where(rooms.c.id == room_id).scalar_subquery()
        added = await connection.execute(
            sa.insert(notices)
            .values(
                id=notice_id,
                room_id=room_id,
                author_id=notice.who,
                authority=authority,
                raises=raises,
                content=encode_content(notice).decode(),
                created_at=self._database.now_ms(),
            )
            .returning(*notices.c)
        )
        return _notice_row(added.one())

    async def due_notices(self, older_than_ms: int, limit: int) -> list[NoticeRow]:
        due = (
            sa.select(*notices.c)
            .where(notices.c.created_at <= self._database.now_ms() - older_than_ms)
            .order_by(notices.c.created_at, notices.c.id)
            .limit(limit)
        )
        async with self._database.read() as connection:
            return [_notice_row(row) for row in await connection.execute(due)]


def _notice_row(row: sa.Row[Any]) -> NoticeRow:
    return NoticeRow(
        row.id,
        row.room_id,
        row.author_id,
        row.authority,
        row.raises,
        row.content.encode(),
        row.created_at,
    )
