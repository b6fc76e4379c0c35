"""What an application asks about rooms: making, entering, changing and leaving them.

Owns: one method for each command about a room itself.
Never: who is in a room (`parley.client.member_calls`).
"""

from collections.abc import Iterable
from typing import Literal

from parley.client.asking import Asking
from parley.protocol.commands import (
    CloseRoom,
    CreateInvite,
    CreateRoom,
    EditRoom,
    Invite,
    Invites,
    JoinByInvite,
    JoinRoom,
    ListInvites,
    Nothing,
    OpenDirect,
    RevokeInvite,
    Room,
    RoomDetail,
    RoomInfo,
    SetRoomPreferences,
)
from parley.protocol.shapes import Notify


class RoomCalls(Asking):
    """The part of `Chat` that is about rooms. Every method raises Refused."""

    async def create_room(
        self,
        name: str,
        *,
        kind: Literal["channel", "group"] = "channel",
        members: Iterable[str] = (),
        topic: str = "",
        description: str = "",
        read_only: bool = False,
    ) -> Room:
        """Make a channel, or a group for those invited, and join it as its owner.

        `members` are the ids of people who are in it from the beginning.
        """
        command = CreateRoom(
            ref=0,
            name=name,
            kind=kind,
            members=list(members),
            topic=topic,
            description=description,
            read_only=read_only,
        )
        return await self._ask(command, Room)

    async def open_direct(self, person: str) -> Room:
        """Return the one room that two people have; one's own id gives that for notes."""
        return await self._ask(OpenDirect(ref=0, person=person), Room)

    async def join(self, room: str) -> Room:
        """Join a channel. Follow it to receive what is said there."""
        return await self._ask(JoinRoom(ref=0, room=room), Room)

    async def join_by_invite(self, code: str) -> Room:
        """Join the room that an invitation leads to."""
        return await self._ask(JoinByInvite(ref=0, code=code), Room)

    async def close_room(self, room: str) -> None:
        """Close a room for everybody, for good."""
        await self._ask(CloseRoom(ref=0, room=room), Nothing)

    async def room_info(self, room: str) -> RoomDetail:
        """Return all that there is to see of a room."""
        return await self._ask(RoomInfo(ref=0, room=room), RoomDetail)

    async def edit_room(
        self,
        room: str,
        *,
        name: str | None = None,
        topic: str | None = None,
        description: str | None = None,
        read_only: bool | None = None,
    ) -> Room:
        """Change a room; what is None stays as it is."""
        command = EditRoom(
            ref=0,
            room=room,
            name=name,
            topic=topic,
            description=description,
            read_only=read_only,
        )
        return await self._ask(command, Room)

    async def set_room_preferences(
        self,
        room: str,
        *,
        muted_until: int | None = None,
        pinned: bool | None = None,
        archived: bool | None = None,
        notify: Notify | None = None,
    ) -> Room:
        """Change how one has a room oneself, on all one's devices; what is None stays.

        `muted_until` is in Unix milliseconds; 0 ends it.
        """
        command = SetRoomPreferences(
            ref=0,
            room=room,
            muted_until=muted_until,
            pinned=pinned,
            archived=archived,
            notify=notify,
        )
        return await self._ask(command, Room)

    # --- invitations -----------------------------------------------------------------------

    async def create_invite(self, room: str, *, expires_in_ms: int = 0, uses: int = 0) -> Invite:
        """Make an invitation to a room; 0 is without an end, and for as many as there is room."""
        command = CreateInvite(ref=0, room=room, expires_in_ms=expires_in_ms, uses=uses)
        return await self._ask(command, Invite)

    async def invites(self, room: str) -> list[Invite]:
        """Return the invitations to a room that are still valid, the latest first."""
        return (await self._ask(ListInvites(ref=0, room=room), Invites)).invites

    async def revoke_invite(self, room: str, code: str) -> None:
        """Make an invitation void."""
        await self._ask(RevokeInvite(ref=0, room=room, code=code), Nothing)
