"""How a room is, who is in it, and how one has it."""

from dataclasses import dataclass

from parley.protocol.shapes import Notify, Role


@dataclass(frozen=True, slots=True)
class LoadMembers:
    """Read who is in a room."""

    room: str


@dataclass(frozen=True, slots=True)
class SetPreferences:
    """Change how one has a room oneself; what is None stays. `muted_until`: Unix milliseconds."""

    room: str
    muted_until: int | None = None
    pinned: bool | None = None
    notify: Notify | None = None


@dataclass(frozen=True, slots=True)
class EditRoom:
    """Change a room's name and topic."""

    room: str
    name: str
    topic: str


@dataclass(frozen=True, slots=True)
class AddMember:
    """Put somebody into a room, by user name."""

    room: str
    user_name: str


@dataclass(frozen=True, slots=True)
class RemoveMember:
    """Take somebody out of a room."""

    room: str
    person: str


@dataclass(frozen=True, slots=True)
class SetRole:
    """Say what somebody is in a room."""

    room: str
    person: str
    role: Role


@dataclass(frozen=True, slots=True)
class LoadDetail:
    """Read all that there is to see of a room."""

    room: str


@dataclass(frozen=True, slots=True)
class SetReadOnly:
    """Let only owners and admins say something in a room, or everyone again."""

    room: str
    is_read_only: bool


@dataclass(frozen=True, slots=True)
class TransferOwnership:
    """Make somebody the owner of a room in one's own place."""

    room: str
    person: str


@dataclass(frozen=True, slots=True)
class LoadBans:
    """Read who is banned from a room."""

    room: str


@dataclass(frozen=True, slots=True)
class Ban:
    """Take somebody out of a room, and keep them out."""

    room: str
    person: str


@dataclass(frozen=True, slots=True)
class Unban:
    """Let somebody come back."""

    room: str
    person: str


@dataclass(frozen=True, slots=True)
class LoadInvites:
    """Read the invitations to a room."""

    room: str


@dataclass(frozen=True, slots=True)
class MakeInvite:
    """Make an invitation to a room; 0: it never expires."""

    room: str
    expires_in_ms: int = 0


@dataclass(frozen=True, slots=True)
class RevokeInvite:
    """Make an invitation void."""

    room: str
    code: str


@dataclass(frozen=True, slots=True)
class CloseRoom:
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
