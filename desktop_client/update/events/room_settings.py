"""How a room is, who is in it, and how one has it."""

from dataclasses import dataclass

from parley.client import BannedPerson, Invite, Member, RoomDetail
from parley.protocol.shapes import Notify, Role


@dataclass(frozen=True, slots=True)
class SetHowIHaveIt:
    """How one has the open room oneself; what is None stays."""

    muted: bool | None = None
    pinned: bool | None = None
    notify: Notify | None = None


@dataclass(frozen=True, slots=True)
class RenamedRoom:
    """The open room is to have another name and topic."""

    name: str
    topic: str


@dataclass(frozen=True, slots=True)
class AddedMember:
    """Somebody is to come into the open room, by user name."""

    user_name: str


@dataclass(frozen=True, slots=True)
class RemovedMember:
    """Somebody is to go out of the open room."""

    person: str


@dataclass(frozen=True, slots=True)
class GaveRole:
    """Somebody is to be something else in the open room."""

    person: str
    role: Role


@dataclass(frozen=True, slots=True)
class GotMembers:
    """Who is in a room."""

    room: str
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class SetReadOnly:
    """In the open room only owners and admins are to say something, or everyone again."""

    is_read_only: bool


@dataclass(frozen=True, slots=True)
class HandedOver:
    """Somebody is to own the open room in one's own place."""

    person: str


@dataclass(frozen=True, slots=True)
class Banned:
    """Somebody is to go out of the open room, and to stay out."""

    person: str


@dataclass(frozen=True, slots=True)
class LiftedBan:
    """Somebody may come back."""

    person: str


@dataclass(frozen=True, slots=True)
class GotBans:
    """Who may not come into a room."""

    room: str
    bans: tuple[BannedPerson, ...]


@dataclass(frozen=True, slots=True)
class MadeInvite:
    """An invitation to the open room is wanted."""

    expires_in_ms: int
    """0: it never expires."""


@dataclass(frozen=True, slots=True)
class RevokedInvite:
    """An invitation is to be void."""

    code: str


@dataclass(frozen=True, slots=True)
class GotInvites:
    """The invitations to a room."""

    room: str
    invites: tuple[Invite, ...]


@dataclass(frozen=True, slots=True)
class ClosedForAll:
    """The open room is to be closed for everybody, for good."""


@dataclass(frozen=True, slots=True)
class GotDetail:
    """All that there is to see of a room."""

    detail: RoomDetail


RoomSettingsEvent = (
    SetHowIHaveIt
    | RenamedRoom
    | SetReadOnly
    | AddedMember
    | RemovedMember
    | GaveRole
    | HandedOver
    | GotMembers
    | Banned
    | LiftedBan
    | GotBans
    | MadeInvite
    | RevokedInvite
    | GotInvites
    | ClosedForAll
    | GotDetail
)
