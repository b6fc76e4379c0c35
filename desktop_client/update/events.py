"""What can happen: a person does something, the network says something.

Owns: the closed set of events that `update` takes. Times are Unix milliseconds.
Never: what follows from them.
"""

from dataclasses import dataclass, field

from parley.client import (
    ChatEvent,
    HistoryPage,
    Hit,
    Member,
    MessageReceipts,
    Person,
    Presence,
    Room,
    RoomEntry,
    RoomOverview,
    RoomReceipts,
    Settings,
    State,
    Target,
)
from parley.domain.timeline import MessageState
from parley.protocol.shapes import Notify, Role


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
class Typed:
    """Something was typed in the composer."""


@dataclass(frozen=True, slots=True)
class Ticked:
    """Time has gone by while somebody was typing."""

    now: int


@dataclass(frozen=True, slots=True)
class Focused:
    """The window has the keyboard now, or no longer."""

    is_focused: bool


@dataclass(frozen=True, slots=True)
class OpenedSearch:
    """Something that was said is looked for."""


@dataclass(frozen=True, slots=True)
class TypedSearch:
    """What is looked for."""

    text: str


@dataclass(frozen=True, slots=True)
class ChoseHit:
    """A message that was found is to be shown."""

    hit: Hit
    draft: str = ""


@dataclass(frozen=True, slots=True)
class OpenedKeys:
    """It is asked which keys do something."""


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
class MadeRoom:
    """A name was given to a new room."""

    name: str
    is_group: bool = False


@dataclass(frozen=True, slots=True)
class TypedPerson:
    """Somebody is looked for, to chat with."""

    text: str


@dataclass(frozen=True, slots=True)
class ChosePerson:
    """Somebody to chat with was chosen."""

    person: str


@dataclass(frozen=True, slots=True)
class OpenedRoomSettings:
    """It is asked who is in the open room, and how one has it."""


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
class PressedBlock:
    """One wants nothing to do with the other of the open direct room, or again."""

    is_blocked: bool


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


# --- what is done to a message -------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PressedReply:
    """A message of the open room is to be answered."""

    target: Target


@dataclass(frozen=True, slots=True)
class PressedEdit:
    """A message of one's own is to get other words."""

    target: Target


@dataclass(frozen=True, slots=True)
class PressedUp:
    """The last message of one's own is to get other words."""


@dataclass(frozen=True, slots=True)
class LeftMode:
    """What is written is neither an answer nor an edit any more."""


@dataclass(frozen=True, slots=True)
class ToggledReaction:
    """An emoji is to be put to a message; one's own that is there, to be taken back."""

    target: Target
    emoji: str


@dataclass(frozen=True, slots=True)
class PressedReact:
    """An emoji for a message is to be chosen in the picker."""

    target: Target


@dataclass(frozen=True, slots=True)
class PressedPin:
    """A message is to be pinned for everyone, or no longer."""

    target: Target


@dataclass(frozen=True, slots=True)
class PressedStar:
    """A message is to be starred for oneself, or no longer."""

    target: Target


@dataclass(frozen=True, slots=True)
class PressedDelete:
    """A message is to be deleted, if that is meant."""

    target: Target


@dataclass(frozen=True, slots=True)
class ConfirmedDelete:
    """It is meant: for everyone, or for oneself alone."""

    for_everyone: bool


@dataclass(frozen=True, slots=True)
class PressedForward:
    """A message is to be said again elsewhere."""

    target: Target


@dataclass(frozen=True, slots=True)
class ChoseForward:
    """Where it is to be said again."""

    room: str


@dataclass(frozen=True, slots=True)
class PressedInfo:
    """It is asked who has received and read a message."""

    target: Target


@dataclass(frozen=True, slots=True)
class ClickedQuote:
    """The message that another one answers is to be shown."""

    target: Target


# --- the network ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message of one's own that is in the outbox."""

    room: str
    cmid: str
    text: str
    time: int
    reason: str = ""
    reply_to: Target | None = None
    forwarded: bool = False


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
    states: tuple[tuple[str, MessageState], ...] = ()
    """By room, the messages that are no longer as their entries say."""


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
class GotOverview:
    """How one's rooms stand: a page of them."""

    rooms: tuple[RoomOverview, ...]


@dataclass(frozen=True, slots=True)
class GotReceipts:
    """How far all have come in a room."""

    receipts: RoomReceipts


@dataclass(frozen=True, slots=True)
class GotMessages:
    """Messages as they are now."""

    room: str
    states: tuple[State, ...]


@dataclass(frozen=True, slots=True)
class GotStarred:
    """What one has starred."""

    targets: frozenset[Target]


@dataclass(frozen=True, slots=True)
class GotPresences:
    """How people are who are on the screen."""

    people: tuple[Presence, ...]


@dataclass(frozen=True, slots=True)
class GotSettings:
    """How one wants to be told."""

    settings: Settings


@dataclass(frozen=True, slots=True)
class GotHits:
    """The messages that were found; `query` is what was asked for."""

    query: str
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class GotFound:
    """The people who were found; `query` is what was asked for."""

    query: str
    people: tuple[Person, ...]


@dataclass(frozen=True, slots=True)
class GotMembers:
    """Who is in a room."""

    room: str
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class GotBlocks:
    """Whom one has blocked."""

    people: frozenset[str]


@dataclass(frozen=True, slots=True)
class GotInfo:
    """Who has received and read a message."""

    target: Target
    receipts: MessageReceipts


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
    | Typed
    | Focused
    | OpenedSearch
    | TypedSearch
    | ChoseHit
    | OpenedKeys
    | Ticked
    | SawEnd
    | NearedTop
    | Dismissed
    | DismissedNotice
    | PressedTheme
    | OpenedNewRoom
    | OpenedEmoji
    | ClosedDialog
    | MadeRoom
    | TypedPerson
    | ChosePerson
    | OpenedRoomSettings
    | SetHowIHaveIt
    | RenamedRoom
    | AddedMember
    | RemovedMember
    | GaveRole
    | PressedBlock
    | ChoseChannel
    | PressedLeave
    | ChoseEmoji
    | ClickedLink
    | PressedReply
    | PressedEdit
    | PressedUp
    | LeftMode
    | ToggledReaction
    | PressedReact
    | PressedPin
    | PressedStar
    | PressedDelete
    | ConfirmedDelete
    | PressedForward
    | ChoseForward
    | PressedInfo
    | ClickedQuote
    | FoundServer
    | SignedIn
    | Recalled
    | NotSignedIn
    | Happened
    | GotRooms
    | GotPublicRooms
    | GotHistory
    | NoHistory
    | GotOverview
    | GotReceipts
    | GotMessages
    | GotStarred
    | GotPresences
    | GotSettings
    | GotHits
    | GotFound
    | GotMembers
    | GotBlocks
    | GotInfo
    | GotPeople
    | Posted
    | NotPosted
    | Entered
    | Left
    | Failed
)
