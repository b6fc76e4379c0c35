"""Commands about rooms and who is in them, and their results.

Owns: the form of each. Who may give which is in `parley.domain.permissions`.
Never: what is said in a room (`log_commands.py`).
"""

from typing import Annotated, ClassVar, Literal

from msgspec import Meta, Struct, field

from parley.protocol import limits
from parley.protocol.ids import Id
from parley.protocol.shapes import (
    After,
    Code,
    Command,
    Counter,
    Description,
    Nothing,
    Notify,
    PageSize,
    Person,
    Query,
    Role,
    Room,
    RoomName,
    Topic,
)

# --- results -------------------------------------------------------------------------------


class Rooms(Struct, frozen=True):
    """A page of rooms, by name. `next` continues the listing; null at its end."""

    rooms: list[Room]
    next: str | None = None


class RoomDetail(Struct, frozen=True):
    """All that there is to see of a room. `members` counts those who are in it."""

    room: Room
    description: str
    created_by: str | None
    created_at: int
    members: int


class Member(Struct, frozen=True):
    """Somebody who is in a room. `joined_at` is in Unix milliseconds."""

    person: Person
    role: Role
    joined_at: int


class Members(Struct, frozen=True):
    """A page of members: owners, admins, then the others, each by name."""

    members: list[Member]
    next: str | None = None


class BannedPerson(Struct, frozen=True):
    """Somebody who may not come back, by whom and when (Unix milliseconds)."""

    person: Person
    by: str
    time: int


class Bans(Struct, frozen=True):
    """A page of those who are banned from a room, the latest first."""

    bans: list[BannedPerson]
    next: str | None = None


class Invite(Struct, frozen=True):
    """A way into a room for whoever has the code, which is a secret of those invited."""

    code: str
    room: str
    made_by: str
    made_at: int
    expires_at: int
    """Unix milliseconds; 0: never."""
    uses_left: int | None
    """Null: as many as the room has places."""


class Invites(Struct, frozen=True):
    """The invitations of a room that are still valid, the latest first."""

    invites: list[Invite]


# --- making, entering, leaving -------------------------------------------------------------


class CreateRoom(Command, frozen=True, tag="create_room"):
    """Make a channel or a group and join it as its owner, with its first members."""

    Result: ClassVar = Room
    name: RoomName
    kind: Literal["channel", "group"] = "channel"
    topic: Topic = ""
    description: Description = ""
    read_only: bool = False
    members: Annotated[list[Id], Meta(max_length=limits.ADD_PEOPLE)] = field(default_factory=list)


class OpenDirect(Command, frozen=True, tag="open_direct"):
    """Open the one room that two people have; with one's own id, that for notes to oneself."""

    Result: ClassVar = Room
    person: Id


class JoinRoom(Command, frozen=True, tag="join_room"):
    """Join a channel, by its id."""

    Result: ClassVar = Room
    room: Id


class JoinByInvite(Command, frozen=True, tag="join_by_invite"):
    """Join the room that an invitation leads to."""

    Result: ClassVar = Room
    code: Code


class LeaveRoom(Command, frozen=True, tag="leave_room"):
    """Leave a room: its messages no longer come, and nothing more can be said in it."""

    Result: ClassVar = Nothing
    room: Id


class CloseRoom(Command, frozen=True, tag="close_room"):
    """Close a room for everybody, for good."""

    Result: ClassVar = Nothing
    room: Id


# --- the room itself -----------------------------------------------------------------------


class ListRooms(Command, frozen=True, tag="list_rooms"):
    """List one's own rooms, or the channels that are open to all; by name, or those found."""

    Result: ClassVar = Rooms
    scope: Literal["mine", "public"] = "mine"
    after: After = ""
    limit: PageSize = 100
    query: Query = ""
    """Part of a name or topic; letter case and accents make no difference."""


class RoomInfo(Command, frozen=True, tag="room_info"):
    """Ask for all that there is to see of a room."""

    Result: ClassVar = RoomDetail
    room: Id


class EditRoom(Command, frozen=True, tag="edit_room"):
    """Change a room. What is null stays as it is."""

    Result: ClassVar = Room
    room: Id
    name: RoomName | None = None
    topic: Topic | None = None
    description: Description | None = None
    read_only: bool | None = None


class SetRoomPreferences(Command, frozen=True, tag="set_room_preferences"):
    """Change how one has a room oneself, on all one's devices. What is null stays as it is."""

    Result: ClassVar = Room
    room: Id
    muted_until: Counter | None = None
    """Unix milliseconds; 0 ends it. The greatest number that is allowed means for good."""
    pinned: bool | None = None
    archived: bool | None = None
    notify: Notify | None = None


# --- members -------------------------------------------------------------------------------


class ListMembers(Command, frozen=True, tag="list_members"):
    """List who is in a room."""

    Result: ClassVar = Members
    room: Id
    after: After = ""
    limit: PageSize = 100
    query: Query = ""


class AddMembers(Command, frozen=True, tag="add_members"):
    """Put people into a room: all of them, or none. Who is in already stays so."""

    Result: ClassVar = Room
    room: Id
    people: Annotated[list[Id], Meta(min_length=1, max_length=limits.ADD_PEOPLE)]


class RemoveMember(Command, frozen=True, tag="remove_member"):
    """Take somebody out of a room. They may come back as anybody may come."""

    Result: ClassVar = Room
    room: Id
    person: Id


class SetRole(Command, frozen=True, tag="set_role"):
    """Say what somebody is in a room; an owner may give up their own role, unless the last."""

    Result: ClassVar = Room
    room: Id
    person: Id
    role: Role


class TransferOwnership(Command, frozen=True, tag="transfer_ownership"):
    """Make somebody an owner in one's own place; one stays as an admin."""

    Result: ClassVar = Room
    room: Id
    person: Id


class Ban(Command, frozen=True, tag="ban"):
    """Take somebody out of a room, and keep them out."""

    Result: ClassVar = Room
    room: Id
    person: Id


class Unban(Command, frozen=True, tag="unban"):
    """Let somebody come back who was banned. It does not put them in."""

    Result: ClassVar = Room
    room: Id
    person: Id


class ListBans(Command, frozen=True, tag="list_bans"):
    """List who is banned from a room."""

    Result: ClassVar = Bans
    room: Id
    after: After = ""
    limit: PageSize = 100


# --- invitations ---------------------------------------------------------------------------


class CreateInvite(Command, frozen=True, tag="create_invite"):
    """Make an invitation to a room."""

    Result: ClassVar = Invite
    room: Id
    expires_in_ms: Counter = 0
    """0: it never expires."""
    uses: Annotated[int, Meta(ge=0, le=1_000_000)] = 0
    """How many may come in by it; 0: as many as the room has places."""


class ListInvites(Command, frozen=True, tag="list_invites"):
    """List the invitations to a room that are still valid."""

    Result: ClassVar = Invites
    room: Id


class RevokeInvite(Command, frozen=True, tag="revoke_invite"):
    """Make an invitation void. One that is void already stays so."""

    Result: ClassVar = Nothing
    room: Id
    code: Code
