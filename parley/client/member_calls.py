"""What an application asks about those who are in a room.

Owns: one method for each command about members. People are named by their ids.
Never: the room itself (`parley.client.room_calls`).
"""

from collections.abc import AsyncIterator, Iterable

from parley.client.asking import Asking
from parley.protocol.commands import (
    AddMembers,
    Ban,
    BannedPerson,
    Bans,
    ListBans,
    ListMembers,
    Member,
    Members,
    RemoveMember,
    Role,
    Room,
    SetRole,
    TransferOwnership,
    Unban,
)
from parley.protocol.limits import PAGE_PEOPLE


class MemberCalls(Asking):
    """The part of `Chat` that is about members. Every method raises Refused."""

    async def members(self, room: str, *, query: str = "") -> AsyncIterator[Member]:
        """Yield who is in a room: owners, admins, then the others, each by name."""

        def after(last: str) -> ListMembers:
            return ListMembers(ref=0, room=room, after=last, limit=PAGE_PEOPLE, query=query)

        async for page in self._pages(after, Members):
            for member in page.members:
                yield member

    async def add_members(self, room: str, people: Iterable[str]) -> Room:
        """Put people into a room: all of them, or none."""
        return await self._ask(AddMembers(ref=0, room=room, people=list(people)), Room)

    async def remove_member(self, room: str, person: str) -> Room:
        """Take somebody out of a room. They may come back as anybody may come."""
        return await self._ask(RemoveMember(ref=0, room=room, person=person), Room)

    async def set_role(self, room: str, person: str, role: Role) -> Room:
        """Say what somebody is in a room."""
        return await self._ask(SetRole(ref=0, room=room, person=person, role=role), Room)

    async def transfer_ownership(self, room: str, person: str) -> Room:
        """Make somebody an owner in one's own place; one stays as an admin."""
        return await self._ask(TransferOwnership(ref=0, room=room, person=person), Room)

    async def ban(self, room: str, person: str) -> Room:
        """Take somebody out of a room, and keep them out."""
        return await self._ask(Ban(ref=0, room=room, person=person), Room)

    async def unban(self, room: str, person: str) -> Room:
        """Let somebody come back who was banned. It does not put them in."""
        return await self._ask(Unban(ref=0, room=room, person=person), Room)

    async def bans(self, room: str) -> AsyncIterator[BannedPerson]:
        """Yield who is banned from a room, the latest first."""
        async for page in self._pages(lambda last: ListBans(ref=0, room=room, after=last), Bans):
            for banned in page.bans:
                yield banned
