"""The list of rooms: choosing, making, joining and leaving one."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from msgspec import Struct

from desktop_client.state.model import Shown
from desktop_client.state.talk import Standing
from parley.client import Draft, Person, Room, RoomEntry, RoomOverview, RoomReceipts
from parley.domain.timeline import MessageState


class OpenedRoom(Struct, frozen=True):
    """A room was chosen. `draft` is what stood in the composer of the one before."""

    room: str
    draft: str = ""


class ClosedRoom(Struct, frozen=True):
    """Back to the list, in a narrow window."""

    draft: str = ""


class TypedFilter(Struct, frozen=True):
    """Something was typed above the list of rooms."""

    text: str


class ChoseFilter(Struct, frozen=True):
    """Rooms of another kind are to be listed, or all."""

    shown: Shown


class MarkedUnread(Struct, frozen=True):
    """A room is to stand as unread, or no longer. `draft` is what stands in the composer."""

    room: str
    on: bool
    draft: str = ""


class SetManner(Struct, frozen=True):
    """How one has a room oneself, from the list; what is None stays."""

    room: str
    muted: bool | None = None
    pinned: bool | None = None


class UsedInvite(Struct, frozen=True):
    """An invitation was typed."""

    code: str


class GotDrafts(Struct, frozen=True):
    """What one has begun to write on another device, or earlier."""

    drafts: tuple[Draft, ...]


class TypedDate(Struct, frozen=True):
    """A day of the open room's past is wanted, as it was typed: 2026-11-23."""

    day: str


class OpenedNewRoom(Struct, frozen=True):
    """A channel is to be made or joined."""


class MadeRoom(Struct, frozen=True):
    """A name was given to a new room."""

    name: str
    is_group: bool = False


class ChoseChannel(Struct, frozen=True):
    """A channel that is open to all was chosen."""

    room: str


class PressedLeave(Struct, frozen=True):
    """The open room is to be left."""


class GotRooms(Struct, frozen=True):
    """The person's own rooms."""

    rooms: tuple[Room, ...]


class GotPublicRooms(Struct, frozen=True):
    """The channels that are open to all."""

    rooms: tuple[Room, ...]


class GotOverview(Struct, frozen=True):
    """How one's rooms stand: a page of them."""

    rooms: tuple[RoomOverview, ...]


class GotReceipts(Struct, frozen=True):
    """How far all have come in a room."""

    receipts: RoomReceipts


@dataclass(frozen=True, slots=True)
class Recalled:
    """What was seen of the server at an earlier start: rooms with what was stored, and more."""

    rooms: tuple[tuple[Room, tuple[int, int]], ...]
    entries: tuple[RoomEntry, ...]
    people: tuple[Person, ...]
    states: tuple[tuple[str, MessageState], ...] = ()
    """By room, the messages that are no longer as their entries say, and those they answer."""
    standings: Mapping[str, Standing] = field(default_factory=dict)
    """By room, what was unread in it."""


class Entered(Struct, frozen=True):
    """A room was made or joined."""

    room: Room


class Left(Struct, frozen=True):
    """A room was left."""

    room: str


RoomsEvent = (
    OpenedRoom
    | ClosedRoom
    | TypedFilter
    | ChoseFilter
    | MarkedUnread
    | SetManner
    | UsedInvite
    | GotDrafts
    | TypedDate
    | OpenedNewRoom
    | MadeRoom
    | ChoseChannel
    | PressedLeave
    | GotRooms
    | GotPublicRooms
    | GotOverview
    | GotReceipts
    | Recalled
    | Entered
    | Left
)
