"""The list of rooms: making, joining and leaving one."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LoadRooms:
    """Read the person's own rooms."""


@dataclass(frozen=True, slots=True)
class LoadPublicRooms:
    """Read the channels that are open to all."""


@dataclass(frozen=True, slots=True)
class LoadOverview:
    """Read how one's rooms stand: what is last and what is unread in them."""


@dataclass(frozen=True, slots=True)
class LoadReceipts:
    """Read how far all have come in a room."""

    room: str


@dataclass(frozen=True, slots=True)
class Follow:
    """Receive what is said in a room."""

    room: str


@dataclass(frozen=True, slots=True)
class MakeRoom:
    """Make a channel, or a group, and join it."""

    name: str
    is_group: bool = False


@dataclass(frozen=True, slots=True)
class OpenDirect:
    """Have the one room that two people have."""

    person: str


@dataclass(frozen=True, slots=True)
class Join:
    """Join a channel."""

    room: str


@dataclass(frozen=True, slots=True)
class Leave:
    """Leave a room."""

    room: str


@dataclass(frozen=True, slots=True)
class UseInvite:
    """Enter the room that an invitation leads to."""

    code: str


@dataclass(frozen=True, slots=True)
class MarkUnread:
    """Have a room stand as unread, or no longer."""

    room: str
    on: bool


RoomsEffect = (
    UseInvite
    | MarkUnread
    | LoadRooms
    | LoadPublicRooms
    | LoadOverview
    | LoadReceipts
    | Follow
    | MakeRoom
    | OpenDirect
    | Join
    | Leave
)
