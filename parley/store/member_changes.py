"""What somebody does to somebody else in a room: adding, removing, banning, giving a role.

Owns: those changes.
Never: coming and going of one's own accord (`room_changes.py`).
"""

from collections.abc import Callable, Sequence
from typing import Literal

import sqlalchemy as sa

from parley.domain.permissions import Action, rank
from parley.protocol.commands import Role
from parley.protocol.content import Notice
from parley.protocol.refusals import NotAllowed
from parley.store.members import role_of
from parley.store.part import SqlPart
from parley.store.records import Changed
from parley.store.room_change import change_room
from parley.store.schema import bans

_MADE: dict[Role, Literal["made_owner", "made_admin", "made_member"]] = {
    "owner": "made_owner",
    "admin": "made_admin",
    "member": "made_member",
}


class SqlMemberChanges(SqlPart):
    """The part of a `Directory` that changes the members of a room."""

    async def add_members(
        self, actor: str, room_id: str, people: Sequence[str], notice_id: str
    ) -> Changed:
        async with change_room(self._database, actor, room_id, Action.ADD_MEMBERS) as change:
            await change.lock_people(people)
            await change.require_welcome(people)
            entered = set(await change.enter(people, "member", self._limits))
            added = [person for person in dict.fromkeys(people) if person in entered]
            if added:
                await change.touch(*added)
                await change.note(notice_id, Notice("added", added[0], more=added[1:]))
            return await change.result()

    async def remove_member(
        self, actor: str | None, room_id: str, person: str, notice_id: str
    ) -> Changed:
        async with change_room(self._database, actor, room_id, Action.REMOVE_MEMBER) as change:
            change.keep_lobby_whole()
            role = await change.role_of(person)
            change.require_above(role, Action.REMOVE_MEMBER)
            await change.require_other_owner(role)
            await change.expel(person)
            await change.touch(person)
            await change.note(notice_id, Notice("removed", person))
            return await change.result()

    async def ban(self, actor: str | None, room_id: str, person: str, notice_id: str) -> Changed:
        async with change_room(self._database, actor, room_id, Action.BAN) as change:
            change.keep_lobby_whole()
            await change.require_people([person])
            role = await role_of(change.connection, room_id, person)
            change.require_above(role, Action.BAN)
            await change.require_other_owner(role)
            added = await change.connection.execute(
                self._database.insert(bans)
                .values(
                    room_id=room_id,
                    account_id=person,
                    banned_by=await change.author(),
                    created_at=self._database.now_ms(),
                )
                .on_conflict_do_nothing()
                .returning(bans.c.account_id)
            )
            if added.first() is not None:
                await change.expel(person)
                await change.touch(person)
                await change.note(notice_id, Notice("banned", person))
            return await change.result()

    async def unban(self, actor: str | None, room_id: str, person: str, notice_id: str) -> Changed:
        async with change_room(self._database, actor, room_id, Action.BAN) as change:
            lifted = await change.connection.execute(
                sa.delete(bans)
                .where(bans.c.room_id == room_id, bans.c.account_id == person)
                .returning(bans.c.account_id)
            )
            if lifted.first() is not None:
                await change.note(notice_id, Notice("unbanned", person))
            return await change.result()

    async def set_role(
        self, actor: str | None, room_id: str, person: str, role: Role, notice_id: str
    ) -> Changed:
        async with change_room(self._database, actor, room_id, Action.SET_ROLE) as change:
            before = await change.role_of(person)
            if person != actor:
                change.require_above(before, Action.SET_ROLE)
            if before == role:
                return await change.result()
            await change.require_other_owner(before)
            await change.set_role(person, role)
            if rank(role) < rank(before):
                await change.raise_authority()
            await change.touch(person)
            await change.note(notice_id, Notice(_MADE[role], person))
            return await change.result()

    async def transfer_ownership(
        self, actor: str, room_id: str, person: str, new_notice_id: Callable[[], str]
    ) -> Changed:
        async with change_room(self._database, actor, room_id, Action.TRANSFER) as change:
            if person == actor:
                raise NotAllowed(room_id, Action.TRANSFER.value)
            await change.role_of(person)
            await change.set_role(person, "owner")
            await change.set_role(actor, "admin")
            await change.raise_authority()
            await change.touch(person)
            await change.note(new_notice_id(), Notice("made_owner", person))
            await change.note(new_notice_id(), Notice("made_admin", actor))
            return await change.result()
