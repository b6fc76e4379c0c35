"""Rooms: listing, making, entering, describing and leaving them.

Owns: the steps of these commands.
Never: who is in a room (`gateway.commands.members`); whether somebody may, which the store
decides inside the transaction.
"""

from gateway.accounts import Identity
from gateway.commands.tools import Handlers, Tools
from parley.domain import names, profiles
from parley.protocol.commands import (
    CloseRoom,
    CreateInvite,
    CreateRoom,
    EditRoom,
    Invite,
    Invites,
    JoinByInvite,
    JoinRoom,
    LeaveRoom,
    ListInvites,
    ListRooms,
    Nothing,
    OpenDirect,
    RevokeInvite,
    Room,
    RoomDetail,
    RoomInfo,
    Rooms,
    SetRoomPreferences,
)
from parley.protocol.refusals import NotAMember
from parley.store.api import FullDirectory
from parley.store.records import NewInvite, NewRoom, Preferences, RoomEdit


class RoomCommands:
    """Commands about rooms."""

    def __init__(self, directory: FullDirectory, tools: Tools) -> None:
        self._directory, self._tools = directory, tools

    def handlers(self) -> Handlers:
        """Return what carries out each command."""
        return {
            ListRooms: self._list,
            RoomInfo: self._info,
            CreateRoom: self._create,
            OpenDirect: self._open_direct,
            JoinRoom: self._join,
            JoinByInvite: self._join_by_invite,
            LeaveRoom: self._leave,
            CloseRoom: self._close,
            EditRoom: self._edit,
            SetRoomPreferences: self._set_preferences,
            CreateInvite: self._create_invite,
            ListInvites: self._list_invites,
            RevokeInvite: self._revoke_invite,
        }

    async def _list(self, who: Identity, command: ListRooms) -> Rooms:
        listing = {"mine": self._directory.rooms_of, "public": self._directory.public_rooms}
        return await listing[command.scope](
            who.person.id, query=command.query, after=command.after, limit=command.limit
        )

    async def _info(self, who: Identity, command: RoomInfo) -> RoomDetail:
        return await self._directory.room_detail(who.person.id, command.room)

    # --- entering and leaving --------------------------------------------------------------

    async def _create(self, who: Identity, command: CreateRoom) -> Room:
        room = NewRoom(
            id=self._tools.new_id(),
            kind=command.kind,
            name=names.room_name(command.name),
            owner=who.person.id,
            topic=profiles.topic(command.topic),
            description=profiles.description(command.description),
            read_only=command.read_only,
            members=tuple(command.members),
        )
        return self._tools.told(await self._directory.create_room(room, self._tools.new_cmid()))

    async def _open_direct(self, who: Identity, command: OpenDirect) -> Room:
        return self._tools.told(
            await self._directory.open_direct(self._tools.new_id(), who.person.id, command.person)
        )

    async def _join(self, who: Identity, command: JoinRoom) -> Room:
        return self._tools.told(
            await self._directory.join(who.person.id, command.room, self._tools.new_cmid())
        )

    async def _join_by_invite(self, who: Identity, command: JoinByInvite) -> Room:
        return self._tools.told(
            await self._directory.join_by_invite(
                who.person.id, command.code.strip(), self._tools.new_cmid()
            )
        )

    async def _leave(self, who: Identity, command: LeaveRoom) -> Nothing:
        try:
            changed = await self._directory.leave(
                who.person.id, command.room, self._tools.new_cmid()
            )
        except NotAMember:
            return Nothing()  # as after a first try whose answer was lost
        self._tools.told(changed)
        return Nothing()

    async def _close(self, who: Identity, command: CloseRoom) -> Nothing:
        self._tools.told(
            await self._directory.close_room(who.person.id, command.room, self._tools.new_cmid())
        )
        await self._tools.record(who, "room_closed", command.room)
        return Nothing()

    # --- changing --------------------------------------------------------------------------

    async def _edit(self, who: Identity, command: EditRoom) -> Room:
        edit = RoomEdit(
            name=None if command.name is None else names.room_name(command.name),
            topic=None if command.topic is None else profiles.topic(command.topic),
            description=(
                None if command.description is None else profiles.description(command.description)
            ),
            read_only=command.read_only,
        )
        return self._tools.told(
            await self._directory.edit_room(who.person.id, command.room, edit, self._tools.new_cmid)
        )

    async def _set_preferences(self, who: Identity, command: SetRoomPreferences) -> Room:
        chosen = Preferences(command.muted_until, command.pinned, command.archived, command.notify)
        return await self._directory.set_preferences(who.person.id, command.room, chosen)

    # --- invitations -----------------------------------------------------------------------

    async def _create_invite(self, who: Identity, command: CreateInvite) -> Invite:
        invite = NewInvite(
            code=self._tools.new_code(),
            room_id=command.room,
            expires_in_ms=command.expires_in_ms,
            uses=command.uses or None,
        )
        return await self._directory.create_invite(who.person.id, invite)

    async def _list_invites(self, who: Identity, command: ListInvites) -> Invites:
        return Invites(await self._directory.invites(who.person.id, command.room))

    async def _revoke_invite(self, who: Identity, command: RevokeInvite) -> Nothing:
        await self._directory.revoke_invite(who.person.id, command.room, command.code)
        return Nothing()
