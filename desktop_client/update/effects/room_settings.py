"""How a room is, who is in it, and how one has it."""

from msgspec import Struct

from parley.protocol.shapes import Notify, Role


class LoadMembers(Struct, frozen=True):
    """Read who is in a room."""

    room: str


class SetPreferences(Struct, frozen=True):
    """Change how one has a room oneself; what is None stays. `muted_until`: Unix milliseconds."""

    room: str
    muted_until: int | None = None
    pinned: bool | None = None
    notify: Notify | None = None


class EditRoom(Struct, frozen=True):
    """Change a room's name and topic."""

    room: str
    name: str
    topic: str


class AddMember(Struct, frozen=True):
    """Put somebody into a room, by user name."""

    room: str
    user_name: str


class RemoveMember(Struct, frozen=True):
    """Take somebody out of a room."""

    room: str
    person: str


class SetRole(Struct, frozen=True):
    """Say what somebody is in a room."""

    room: str
    person: str
    role: Role


class LoadDetail(Struct, frozen=True):
    """Read all that there is to see of a room."""

    room: str


class SetReadOnly(Struct, frozen=True):
    """Let only owners and admins say something in a room, or everyone again."""

    room: str
    is_read_only: bool


class TransferOwnership(Struct, frozen=True):
    """Make somebody the owner of a room in one's own place."""

    room: str
    person: str


class LoadBans(Struct, frozen=True):
    """Read who is banned from a room."""

    room: str


class Ban(Struct, frozen=True):
    """Take somebody out of a room, and keep them out."""

    room: str
    person: str


class Unban(Struct, frozen=True):
    """Let somebody come back."""

    room: str
    person: str


class LoadInvites(Struct, frozen=True):
    """Read the invitations to a room."""

    room: str


class MakeInvite(Struct, frozen=True):
    """Make an invitation to a room; 0: it never expires."""

    room: str
    expires_in_ms: int = 0


class RevokeInvite(Struct, frozen=True):
    """Make an invitation void."""

    room: str
    code: str


class CloseRoom(Struct, frozen=True):
    """Close a room for everybody, for good."""

    room: str


RoomSettingsEffect = (
    LoadDetail
    | LoadMembers
    | SetPreferences
    | EditRoom
    | SetReadOnly
    | AddMember
    | RemoveMember
    | SetRole
    | TransferOwnership
    | LoadBans
    | Ban
    | Unban
    | LoadInvites
    | MakeInvite
    | RevokeInvite
    | CloseRoom
)
