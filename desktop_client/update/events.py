"""What can happen: a person does something, the network says something.

Owns: the closed set of events that `update` takes. Times are Unix milliseconds.
Never: what follows from them.
"""

from dataclasses import dataclass, field

from parley.client import ChatEvent, HistoryPage, Person, Room, RoomEntry


@dataclass(frozen=True, slots=True)
class PressedEnter:
    """The first screen was sent off."""

    url: str
    user: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SwitchedForm:
    """Sign up in place of sign in, or the other way round."""

    url: str
    user: str


@dataclass(frozen=True, slots=True)
class PressedSignOut:
    """End this device's session."""


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
class PressedSend:
    """The composer was sent off."""

    text: str


@dataclass(frozen=True, slots=True)
class SawEnd:
    """The newest message of the open room is on the screen."""


@dataclass(frozen=True, slots=True)
class NearedTop:
    """The earliest message that was fetched is nearly on the screen."""


@dataclass(frozen=True, slots=True)
class Dismissed:
    """The reason of a refused message was read."""

    cmid: str


@dataclass(frozen=True, slots=True)
class DismissedNotice:
    """The sentence was read."""


@dataclass(frozen=True, slots=True)
class PressedTheme:
    """Light in place of dark, or the other way round."""


@dataclass(frozen=True, slots=True)
class OpenedNewRoom:
    """A channel is to be made or joined."""


@dataclass(frozen=True, slots=True)
class OpenedEmoji:
    """The picker is wanted."""


@dataclass(frozen=True, slots=True)
class ClosedDialog:
    """What lay over the main screen is gone."""


@dataclass(frozen=True, slots=True)
class MadeChannel:
    """A name was given to a new channel."""

    name: str


@dataclass(frozen=True, slots=True)
class ChoseChannel:
    """A channel that is open to all was chosen."""

    room: str


@dataclass(frozen=True, slots=True)
class PressedLeave:
    """The open room is to be left."""


@dataclass(frozen=True, slots=True)
class ChoseEmoji:
    """An emoji was put into the composer."""

    characters: str


@dataclass(frozen=True, slots=True)
class ClickedLink:
    """A link in a message."""

    url: str


# --- the network ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message of one's own that is in the outbox."""

    room: str
    cmid: str
    text: str
    time: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class FoundServer:
    """There is a server at this address."""

    url: str


@dataclass(frozen=True, slots=True)
class SignedIn:
    """We are known, if not connected: an earlier session begins without a connection."""

    person: Person
    outbox: tuple[Waiting, ...] = ()


@dataclass(frozen=True, slots=True)
class Recalled:
    """What was seen of the server at an earlier start: rooms with what was stored, and more."""

    rooms: tuple[tuple[Room, tuple[int, int]], ...]
    entries: tuple[RoomEntry, ...]
    people: tuple[Person, ...]


@dataclass(frozen=True, slots=True)
class NotSignedIn:
    """Nobody is signed in, or any more; an empty reason is no fault."""

    reason: str


@dataclass(frozen=True, slots=True)
class Happened:
    """The SDK tells something."""

    event: ChatEvent
    now: int


@dataclass(frozen=True, slots=True)
class GotRooms:
    """The person's own rooms."""

    rooms: tuple[Room, ...]


@dataclass(frozen=True, slots=True)
class GotPublicRooms:
    """The channels that are open to all."""

    rooms: tuple[Room, ...]


@dataclass(frozen=True, slots=True)
class GotHistory:
    """A page of a room's past; `before` is what was asked for."""

    page: HistoryPage
    before: int | None


@dataclass(frozen=True, slots=True)
class NoHistory:
    """A page could not be had now."""

    room: str


@dataclass(frozen=True, slots=True)
class GotPeople:
    """Who some people are."""

    people: dict[str, Person]


@dataclass(frozen=True, slots=True)
class Posted:
    """A message of one's own is in the outbox."""

    message: Waiting


@dataclass(frozen=True, slots=True)
class NotPosted:
    """A message could not even be put into the outbox."""

    room: str
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Entered:
    """A room was made or joined."""

    room: Room


@dataclass(frozen=True, slots=True)
class Left:
    """A room was left."""

    room: str


@dataclass(frozen=True, slots=True)
class Failed:
    """Something that was asked for had no effect."""

    reason: str


Event = (
    PressedEnter
    | SwitchedForm
    | PressedSignOut
    | OpenedRoom
    | ClosedRoom
    | TypedFilter
    | PressedSend
    | SawEnd
    | NearedTop
    | Dismissed
    | DismissedNotice
    | PressedTheme
    | OpenedNewRoom
    | OpenedEmoji
    | ClosedDialog
    | MadeChannel
    | ChoseChannel
    | PressedLeave
    | ChoseEmoji
    | ClickedLink
    | FoundServer
    | SignedIn
    | Recalled
    | NotSignedIn
    | Happened
    | GotRooms
    | GotPublicRooms
    | GotHistory
    | NoHistory
    | GotPeople
    | Posted
    | NotPosted
    | Entered
    | Left
    | Failed
)
