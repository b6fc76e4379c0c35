"""Who is in a room: adding, removing, keeping out, and roles.

Owns: the steps of these commands.
Never: whether somebody may; the store decides inside the transaction.
"""

from gateway.accounts import Identity
from gateway.commands.tools import Handlers, Tools
from parley.protocol.commands import (
    AddMembers,
    Ban,
    Bans,
    ListBans,
    ListMembers,
    Members,
    RemoveMember,
    Room,
    SetRole,
    TransferOwnership,
    Unban,
)
from parley.store.api import FullDirectory
from parley.store.records import Changed

_AboutOne = RemoveMember | SetRole | TransferOwnership | Ban | Unban


class MemberCommands:
    """Commands about members."""

    def __init__(self, directory: FullDirectory, tools: Tools) -> None:
        self._directory, self._tools = directory, tools

    def handlers(self) -> Handlers:
        """Return what carries out each command."""
        return {
            ListMembers: self._list,
            AddMembers: self._add,
            RemoveMember: self._remove,
            SetRole: self._set_role,
            TransferOwnership: self._transfer,
            Ban: self._ban,
            Unban: self._unban,
            ListBans: self._list_bans,
        }

    async def _list(self, who: Identity, command: ListMembers) -> Members:
        return await self._directory.members(
            who.person.id,
            command.room,
            query=command.query,
            after=command.after,
            limit=command.limit,
        )

    async def _add(self, who: Identity, command: AddMembers) -> Room:
        changed = await self._directory.add_members(
            who.person.id, command.room, command.people, self._tools.new_cmid()
        )
        return self._tools.told(changed)

    async def _remove(self, who: Identity, command: RemoveMember) -> Room:
        changed = await self._directory.remove_member(
            who.person.id, command.room, command.person, self._tools.new_cmid()
        )
        return await self._recorded("member_removed", who, command, changed)

    async def _set_role(self, who: Identity, command: SetRole) -> Room:
        changed = await self._directory.set_role(
            who.person.id, command.room, command.person, command.role, self._tools.new_cmid()
        )
        return await self._recorded("role_changed", who, command, changed, role=command.role)

    async def _transfer(self, who: Identity, command: TransferOwnership) -> Room:
        changed = await self._directory.transfer_ownership(
            who.person.id, command.room, command.person, self._tools.new_cmid
        )
        return await self._recorded("ownership_transferred", who, command, changed)

    async def _ban(self, who: Identity, command: Ban) -> Room:
        changed = await self._directory.ban(
            who.person.id, command.room, command.person, self._tools.new_cmid()
        )
        return await self._recorded("member_banned", who, command, changed)

    async def _unban(self, who: Identity, command: Unban) -> Room:
        changed = await self._directory.unban(
            who.person.id, command.room, command.person, self._tools.new_cmid()
        )
        return await self._recorded("member_unbanned", who, command, changed)

    async def _list_bans(self, who: Identity, command: ListBans) -> Bans:
        return await self._directory.bans(
            who.person.id, command.room, after=command.after, limit=command.limit
        )

    async def _recorded(
        self, event: str, who: Identity, command: _AboutOne, changed: Changed, **how: str
    ) -> Room:
        """Tell a change that concerns one member, and keep who made it."""
        room = self._tools.told(changed)
        await self._tools.record(who, event, command.person, room=command.room, **how)
        return room
