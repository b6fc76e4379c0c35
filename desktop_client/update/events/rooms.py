"""The list of rooms: choosing, making, joining and leaving one."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from desktop_client.state.model import Shown
from desktop_client.state.talk import Standing
from parley.client import Draft, Person, Room, RoomEntry, RoomOverview, RoomReceipts
from parley.domain.timeline import MessageState


@dataclass(frozen=True, slots=True)
class OpenedRoom:
    """A room was chosen. `draft` is what stood in the composer of the one before."""

    room: str
    draft: str = ""


@dataclass(frozen=True, slots=True)
class ClosedRoom:
    """Back to the list, in a narrow window."""

    draft: str = ""


@dataclass(frozen=True, slots=True)
class TypedFilter:
    """Something was typed above the list of rooms."""

    text: str


@dataclass(frozen=True, slots=True)
class ChoseFilter:
    """Rooms of another kind are to be listed, or all."""

    shown: Shown


@dataclass(frozen=True, slots=True)
class MarkedUnread:
    """A room is to stand as unread, or no longer. `draft` is what stands in the composer."""

    room: str
    on: bool
    draft: str = ""


@dataclass(frozen=True, slots=True)
class SetManner:
    """How one has a room oneself, from the list; what is None stays."""

    room: str
    muted: bool | None = None
    pinned: bool | None = None


@dataclass(frozen=True, slots=True)
class UsedInvite:
    """An invitation was typed."""

    code: str


@dataclass(frozen=True, slots=True)
class GotDrafts:
    """What one has begun to write on another device, or earlier."""

    drafts: tuple[Draft, ...]


@dataclass(frozen=True, slots=True)
class TypedDate:
    """A day of the open room's past is wanted, as it was typed: 2026-11-23."""

    day: str


@dataclass(frozen=True, slots=True)
class OpenedNewRoom:
    """A channel is to be made or joined."""


@dataclass(frozen=True, slots=True)
class MadeRoom:
    """A name was given to a new room."""

    name: str
    is_group: bool = False


@dataclass(frozen=True, slots=True)
class ChoseChannel:
    """A channel that is open to all was chosen."""

    room: str


@dataclass(frozen=True, slots=True)
class PressedLeave:
    """The open room is to be left."""


@dataclass(frozen=True, slots=True)
class GotRooms:
    """The person's own rooms."""

    rooms: tuple[Room, ...]


@dataclass(frozen=True, slots=True)
class GotPublicRooms:
    """The channels that are open to all."""

    rooms: tuple[Room, ...]


@dataclass(frozen=True, slots=True)
class GotOverview:
    """How one's rooms stand: a page of them."""

    rooms: tuple[RoomOverview, ...]


@dataclass(frozen=True, slots=True)
class GotReceipts:
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


@dataclass(frozen=True, slots=True)
class Entered:
    """A room was made or joined."""

    room: Room


@dataclass(frozen=True, slots=True)
class Left:
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
