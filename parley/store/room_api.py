"""What may be asked of a store about rooms and who is in them.

Owns: the interface. Every method may raise `StoreUnavailable`.
Never: how it is done.

A change is one transaction: the rows, the accounts' `directory_version`, the notice that the room
is to see, and, where somebody loses a right, the room's authority. Whether its actor may is
decided inside that transaction, by `parley.domain.permissions`: UnknownRoom for a room that they
cannot see, NotAMember for a channel that they are not in, else NotAllowed. An actor who is None is
the server's operator, who may do everything; the notice is then the server's own.
"""

from collections.abc import Callable, Collection, Sequence
from typing import Protocol

from parley.protocol.commands import Bans, Invite, Members, Role, Room, RoomDetail
from parley.store.records import Changed, NewInvite, NewRoom, Preferences, RoomEdit


class RoomDirectory(Protocol):
    """Rooms, members, bans and invitations."""

    # --- reading ---------------------------------------------------------------------------

    async def room_detail(self, account_id: str, room_id: str) -> RoomDetail:
        """Return all that the asker may see of an open room. Raises UnknownRoom."""

    async def members(
        self, account_id: str, room_id: str, *, query: str = "", after: str, limit: int
    ) -> Members:
        """Return a page of who is in a room: owners, admins, the others, each by name.

        Raises UnknownRoom, NotAMember, NotAllowed, and NotUnderstood for a wrong `after`.
        """

    async def members_named(self, room_id: str, names: Collection[str]) -> dict[str, str]:
        """Return those in a room who have one of these user names: their ids, by name."""

    async def bans(self, actor: str, room_id: str, *, after: str, limit: int) -> Bans:
        """Return a page of who is banned, the latest first. Raises as `members` does."""

    async def invites(self, actor: str, room_id: str) -> list[Invite]:
        """Return the invitations that are still valid, the latest first.

        Raises UnknownRoom, NotAMember, NotAllowed.
        """

    # --- making, entering, leaving ---------------------------------------------------------

    async def create_room(self, room: NewRoom, notice_id: str) -> Changed:
        """Make a channel or a group with its owner and first members in it.

        Raises RoomNameTaken, UnknownPerson, CannotMessage (a member has blocked the owner),
        NotAllowed (a group that is read-only), RoomFull, TooManyRooms.
        """

    async def open_direct(self, room_id: str, account_id: str, other_id: str) -> Changed:
        """Return the one room of two people, made under `room_id` if there was none.

        Raises UnknownPerson; and, if there is none, CannotMessage (one has blocked the other) and
        TooManyRooms.
        """

    async def join_by_invite(self, account_id: str, code: str, notice_id: str) -> Changed:
        """Put an account into the room of an invitation, and count the use.

        Who is in already stays so, and no use is counted. Raises InvalidInvitation, Banned,
        RoomFull, TooManyRooms.
        """

    async def close_room(self, actor: str | None, room_id: str, notice_id: str) -> Changed:
        """Close a room for good. Raises CannotLeave for the lobby."""

    # --- changing --------------------------------------------------------------------------

    async def edit_room(
        self, actor: str, room_id: str, edit: RoomEdit, new_notice_id: Callable[[], str]
    ) -> Changed:
        """Change a room; each thing that is different then is a notice. Raises RoomNameTaken."""

    async def set_preferences(self, account_id: str, room_id: str, chosen: Preferences) -> Room:
        """Change how somebody has a room. Raises UnknownRoom, NotAMember."""

    async def add_members(
        self, actor: str, room_id: str, people: Sequence[str], notice_id: str
    ) -> Changed:
        """Put people into a room, all or none. Who is in already stays so.

        Raises UnknownPerson, Banned, CannotMessage (one has blocked the actor), RoomFull.
        """

    async def remove_member(
        self, actor: str | None, room_id: str, person: str, notice_id: str
    ) -> Changed:
        """Take somebody out of a room. Raises NotInRoom, and CannotLeave for the lobby."""

    async def ban(self, actor: str | None, room_id: str, person: str, notice_id: str) -> Changed:
        """Take somebody out of a room, if they are in it, and keep them out.

        Banning again changes nothing. Raises UnknownPerson, and CannotLeave for the lobby.
        """

    async def unban(self, actor: str | None, room_id: str, person: str, notice_id: str) -> Changed:
        """Let somebody come back. Who is not banned stays so, and no notice is given."""

    async def set_role(
        self, actor: str | None, room_id: str, person: str, role: Role, notice_id: str
    ) -> Changed:
        """Say what somebody is in a room. Raises NotInRoom, LastOwner."""

    async def transfer_ownership(
        self, actor: str, room_id: str, person: str, new_notice_id: Callable[[], str]
    ) -> Changed:
        """Make somebody an owner in the actor's place, who stays as an admin. Raises NotInRoom."""

    async def create_invite(self, actor: str, invite: NewInvite) -> Invite:
        """Make an invitation. Its code is kept as it is, to be shown again to those who may.

        Raises TooManyInvites.
        """

    async def revoke_invite(self, actor: str, room_id: str, code: str) -> None:
        """Make an invitation of that room void. One that is void already stays so."""
