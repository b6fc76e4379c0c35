"""One change of one room: its row locked, its actor authorised, its notices written.

Owns: the frame in which every change of a room happens, so that none can forget a part.
Never: a particular change (`room_changes.py`, `member_changes.py`, `room_edits.py`).
"""

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from parley.domain.permissions import Action, may_act_on
from parley.protocol.commands import Role, Room
from parley.protocol.content import Notice
from parley.protocol.entry import encode_content
from parley.protocol.ids import LOBBY
from parley.protocol.refusals import (
    Banned,
    CannotLeave,
    CannotMessage,
    LastOwner,
    NotAllowed,
    NotInRoom,
    RoomFull,
    UnknownPerson,
    UnknownRoom,
)
from parley.store import members
from parley.store.authorising import require, require_possible
from parley.store.database import Database
from parley.store.members import LockedRoom
from parley.store.persons import IS_ACTIVE, SYSTEM, system_account
from parley.store.records import Changed, DirectoryLimits, NoticeRow
from parley.store.room_rows import notice_row, shown_room
from parley.store.schema import accounts, bans, blocks, notices, rooms


class RoomChange:
    """A room under lock, inside a transaction that is committed when its block is left.

    `actor` None is the server's operator. `role` is what the actor was when the room was locked.
    """

    def __init__(
        self,
        database: Database,
        connection: AsyncConnection,
        room: LockedRoom,
        actor: str | None,
        role: Role | None,
    ) -> None:
        self.database, self.connection = database, connection
        self.room, self.actor, self.role = room, actor, role
        self._notices: list[NoticeRow] = []
        self._has_raised = False

    # --- checking --------------------------------------------------------------------------

    def require(self, action: Action) -> None:
        """Raise UnknownRoom, NotAMember or NotAllowed, unless the actor may."""
        if self.actor is None:
            require_possible(action, self.room.id, self.room.kind)
        else:
            require(action, self.room.id, self.room.kind, self.role)

    def require_above(self, other: Role | None, action: Action) -> None:
        """Raise NotAllowed, unless the actor ranks above somebody of that role."""
        if self.actor is not None and not may_act_on(self.role, other):
            raise NotAllowed(self.room.id, action.value)

    def keep_lobby_whole(self) -> None:
        """Raise CannotLeave for the lobby, which everyone is in."""
        if self.room.id == LOBBY:
            raise CannotLeave(self.room.id)

    async def require_other_owner(self, role: Role | None) -> None:
        """Raise LastOwner, if somebody of that role is the room's one owner."""
        if role == "owner" and await members.count_owners(self.connection, self.room.id) == 1:
            raise LastOwner(self.room.id)

    async def role_of(self, person: str) -> Role:
        """Return what somebody is in the room. Raises NotInRoom."""
        role = await members.role_of(self.connection, self.room.id, person)
        if role is None:
            raise NotInRoom(person, self.room.id)
        return role

    async def lock_people(self, people: Collection[str]) -> None:
        """Lock these people's accounts, and the actor's. Raises UnknownPerson for one not in use.

        Whoever enters a room is locked all at once: two changes never wait for one another.
        """
        actor = () if self.actor is None else (self.actor,)
        there = await members.lock_accounts(self.connection, (*people, *actor))
        for missing in sorted(set(people) - there):
            raise UnknownPerson(missing)

    async def require_people(self, people: Collection[str]) -> None:
        """Raise UnknownPerson, unless everybody has an account that is in use."""
        known = await self.connection.scalars(
            sa.select(accounts.c.id).where(
                accounts.c.id.in_(people), IS_ACTIVE, accounts.c.kind == "person"
            )
        )
        for missing in sorted(set(people) - set(known)):
            raise UnknownPerson(missing)

    async def require_welcome(self, people: Collection[str]) -> None:
        """Raise CannotMessage, if one of the people has blocked the actor."""
        keeps_away = sa.select(blocks.c.account_id).where(
            blocks.c.account_id.in_(people), blocks.c.blocked_id == self.actor
        )
        for blocker in sorted(await self.connection.scalars(keeps_away)):
            raise CannotMessage(blocker)

    # --- changing --------------------------------------------------------------------------

    async def enter(
        self, people: Collection[str], role: Role, limits: DirectoryLimits
    ) -> list[str]:
        """Put people in; return those who were not in before.

        Raises UnknownPerson, Banned and RoomFull.
        """
        await self.lock_people(people)
        await self._refuse_banned(people)
        entered = await members.enter(self.database, self.connection, self.room.id, people, role)
        if entered:
            await self._refuse_overfull(limits)
        return entered

    async def _refuse_overfull(self, limits: DirectoryLimits) -> None:
        if self.room.id == LOBBY:
            return
        bounds = {"group": limits.group_members, "channel": limits.channel_members}
        count = sa.select(rooms.c.member_count).where(rooms.c.id == self.room.id)
        bound = bounds[self.room.kind]
        if (await self.connection.execute(count)).scalar_one() > bound:
            raise RoomFull(self.room.id, bound)

    async def _refuse_banned(self, people: Collection[str]) -> None:
        kept_out = sa.select(bans.c.account_id).where(
            bans.c.room_id == self.room.id, bans.c.account_id.in_(people)
        )
        for person in sorted(await self.connection.scalars(kept_out)):
            raise Banned(person, self.room.id)

    async def expel(self, person: str) -> bool:
        """Take somebody out, and with them the right to append; False if they were not in."""
        was_in = await members.end_membership(self.database, self.connection, self.room.id, person)
        if was_in:
            await self.raise_authority()
        return was_in

    async def set_role(self, person: str, role: Role) -> None:
        """Say what somebody in the room is from now on."""
        await members.set_role(self.connection, self.room.id, person, role)

    async def raise_authority(self) -> None:
        """Raise the room's authority, once in a change; its notices carry it into the log."""
        if not self._has_raised:
            await members.raise_authority(self.connection, self.room.id)
        self._has_raised = True

    async def give_rights(self) -> None:
        """Note that everybody in the room may have gained a right."""
        await members.give_rights(self.connection, self.room.id)

    async def close(self) -> None:
        """Close the room for good."""
        await self.raise_authority()
        await members.touch_members(self.database, self.connection, self.room.id)
        await self.connection.execute(
            sa.update(rooms)
            .where(rooms.c.id == self.room.id)
            .values(closed_at=self.database.now_ms())
        )

    async def touch(self, *people: str) -> None:
        """Have the clients of these people, and of the actor, read again."""
        actor = () if self.actor is None else (self.actor,)
        await members.touch(self.database, self.connection, (*people, *actor))

    async def author(self) -> str:
        """Return the account in whose name the change is made."""
        if self.actor is not None:
            return self.actor
        await self.connection.execute(system_account(self.database))
        return SYSTEM

    async def note(self, notice_id: str, notice: Notice) -> None:
        """Put a notice into the outbox, by the actor. Raise the authority before, if at all."""
        authority = sa.select(rooms.c.authority).where(rooms.c.id == self.room.id)
        added = await self.connection.execute(
            sa.insert(notices)
            .values(
                id=notice_id,
                room_id=self.room.id,
                author_id=await self.author(),
                authority=authority.scalar_subquery(),
                raises=self._has_raised,
                content=encode_content(notice).decode(),
                created_at=self.database.now_ms(),
            )
            .returning(*notices.c)
        )
        self._notices.append(notice_row(added.one()))

    async def result(self) -> Changed:
        """Return the room as its actor now sees it, and all that is to be told."""
        room: Room = await shown_room(self.connection, self.actor or "", self.room.id)
        return Changed(room, self._notices[0] if self._notices else None, tuple(self._notices[1:]))


@asynccontextmanager
async def change_room(
    database: Database, actor: str | None, room_id: str, action: Action
) -> AsyncIterator[RoomChange]:
    """Lock a room to change it. Raises UnknownRoom, NotAMember, NotAllowed."""
    async with database.write() as connection:
        change = await lock(database, connection, actor, room_id)
        change.require(action)
        yield change


async def lock(
    database: Database, connection: AsyncConnection, actor: str | None, room_id: str
) -> RoomChange:
    """Lock a room inside a transaction that is open. Raises UnknownRoom."""
    room = await members.lock_room(connection, room_id)
    if room is None:
        raise UnknownRoom(room_id)
    role = await members.role_of(connection, room_id, actor) if actor is not None else None
    return RoomChange(database, connection, room, actor, role)
