"""How a room is, who is in it, and how one has it."""

from msgspec import Struct

from parley.client import BannedPerson, Invite, Member, RoomDetail
from parley.protocol.shapes import Notify, Role


class SetHowIHaveIt(Struct, frozen=True):
    """How one has the open room oneself; what is None stays."""

    muted: bool | None = None
    pinned: bool | None = None
    notify: Notify | None = None


class RenamedRoom(Struct, frozen=True):
    """The open room is to have another name and topic."""

    name: str
    topic: str


class AddedMember(Struct, frozen=True):
    """Somebody is to come into the open room, by user name."""

    user_name: str


class RemovedMember(Struct, frozen=True):
    """Somebody is to go out of the open room."""

    person: str


class GaveRole(Struct, frozen=True):
    """Somebody is to be something else in the open room."""

    person: str
    role: Role


class GotMembers(Struct, frozen=True):
    """Who is in a room."""

    room: str
    members: tuple[Member, ...]


class SetReadOnly(Struct, frozen=True):
    """In the open room only owners and admins are to say something, or everyone again."""

    is_read_only: bool


class HandedOver(Struct, frozen=True):
    """Somebody is to own the open room in one's own place."""

    person: str


class Banned(Struct, frozen=True):
    """Somebody is to go out of the open room, and to stay out."""

    person: str


class LiftedBan(Struct, frozen=True):
    """Somebody may come back."""

    person: str


class GotBans(Struct, frozen=True):
    """Who may not come into a room."""

    room: str
    bans: tuple[BannedPerson, ...]


class MadeInvite(Struct, frozen=True):
    """An invitation to the open room is wanted."""

    expires_in_ms: int
    """0: it never expires."""


class RevokedInvite(Struct, frozen=True):
    """An invitation is to be void."""

    code: str


class GotInvites(Struct, frozen=True):
    """The invitations to a room."""

    room: str
    invites: tuple[Invite, ...]


class ClosedForAll(Struct, frozen=True):
    """The open room is to be closed for everybody, for good."""


class GotDetail(Struct, frozen=True):
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
