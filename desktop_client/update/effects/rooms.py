"""The list of rooms: making, joining and leaving one."""

from msgspec import Struct


class LoadRooms(Struct, frozen=True):
    """Read the person's own rooms."""


class LoadPublicRooms(Struct, frozen=True):
    """Read the channels that are open to all."""


class LoadOverview(Struct, frozen=True):
    """Read how one's rooms stand: what is last and what is unread in them."""


class LoadReceipts(Struct, frozen=True):
    """Read how far all have come in a room."""

    room: str


class Follow(Struct, frozen=True):
    """Receive what is said in a room."""

    room: str


class MakeRoom(Struct, frozen=True):
    """Make a channel, or a group, and join it."""

    name: str
    is_group: bool = False


class OpenDirect(Struct, frozen=True):
    """Have the one room that two people have."""

    person: str


class Join(Struct, frozen=True):
    """Join a channel."""

    room: str


class Leave(Struct, frozen=True):
    """Leave a room."""

    room: str


class UseInvite(Struct, frozen=True):
    """Enter the room that an invitation leads to."""

    code: str


class MarkUnread(Struct, frozen=True):
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
