"""What an application is told while it is connected.

Owns: the closed set of events that `Chat.events()` yields. Times are Unix milliseconds.
Never: the wire's form of them (`parley.protocol.events`).

An entry of a room is known by `(author, cmid)`; its place is `(generation, seq)`, and a `seq`
means nothing without its generation.
"""

from dataclasses import dataclass
from pathlib import Path

from parley.protocol.commands import Draft, Person
from parley.protocol.content import NoticeOf, Sendable, Target
from parley.protocol.derived import Derived
from parley.protocol.events import Receipts
from parley.protocol.signal_commands import Presence


@dataclass(frozen=True, slots=True)
class Message:
    """Somebody said something; `n` counts the room's messages up to and with it."""

    room: str
    generation: int
    seq: int
    n: int
    time: int
    author: str
    cmid: str
    text: str
    derived: Derived | None = None
    """Its formatting as a tree, and whom it names."""
    reply_to: Target | None = None
    forwarded: bool = False
    silent: bool = False
    """Whether nobody is to be notified."""

    @property
    def target(self) -> Target:
        """The message's name, by which others answer it, react to it, and so on."""
        return Target(self.author, self.cmid)


@dataclass(frozen=True, slots=True)
class DeletedMessage:
    """There was a message here, and it was deleted for everyone before it came."""

    room: str
    generation: int
    seq: int
    n: int
    time: int
    author: str
    cmid: str


@dataclass(frozen=True, slots=True)
class Edited:
    """The author of a message gave it other words."""

    room: str
    generation: int
    seq: int
    time: int
    author: str
    target: Target
    target_seq: int
    """Where that message stands; 0 if it is gone."""
    text: str
    derived: Derived | None = None


@dataclass(frozen=True, slots=True)
class Deleted:
    """`author` deleted a message for everyone: nothing of it is left but its place."""

    room: str
    generation: int
    seq: int
    time: int
    author: str
    target: Target
    target_seq: int


@dataclass(frozen=True, slots=True)
class Reacted:
    """`author` put an emoji to a message; with `on` false, took it back."""

    room: str
    generation: int
    seq: int
    time: int
    author: str
    target: Target
    target_seq: int
    emoji: str
    on: bool


@dataclass(frozen=True, slots=True)
class PinChanged:
    """`author` pinned a message for everyone; with `on` false, no longer."""

    room: str
    generation: int
    seq: int
    time: int
    author: str
    target: Target
    target_seq: int
    on: bool


@dataclass(frozen=True, slots=True)
class NoticeShown:
    """The room has changed: `author` did `what` to `who`, and to those in `more` as well."""

    room: str
    generation: int
    seq: int
    time: int
    author: str | None
    what: NoticeOf
    who: str
    more: tuple[str, ...] = ()
    text: str = ""
    """The new name or topic, where `what` is about one."""


@dataclass(frozen=True, slots=True)
class UnsupportedShown:
    """An entry of a kind that this version cannot show; a newer one can."""

    room: str
    generation: int
    seq: int
    time: int
    author: str | None
    kind: str


RoomEntry = Message | DeletedMessage | NoticeShown | UnsupportedShown
"""What stands in a room's log and can be shown."""

MessageChange = Edited | Deleted | Reacted | PinChanged
"""What stands in a room's log and changes a message in it."""


@dataclass(frozen=True, slots=True)
class Known:
    """An entry that was shown: where it stood, and its name."""

    generation: int
    seq: int
    author: str | None
    cmid: str | None


@dataclass(frozen=True, slots=True)
class Retracted:
    """A part of the room was lost before it was stored: take it off the screen.

    Everything after `after` of a generation below `generation` is gone, with what it did to
    earlier entries. `entries` names what was shown by an event and is remembered; what came from
    `history` has to be looked for. Their senders send them again.
    """

    room: str
    generation: int
    after: int
    entries: tuple[Known, ...]


@dataclass(frozen=True, slots=True)
class RoomRestarted:
    """Events up to `seq` were missed and will not come: read what is wanted from `history`."""

    room: str
    generation: int
    seq: int


@dataclass(frozen=True, slots=True)
class RoomLive:
    """The room is followed from `seq` on; `n` counts its messages up to its present end."""

    room: str
    generation: int
    seq: int
    n: int


@dataclass(frozen=True, slots=True)
class RoomLost:
    """The room is no longer followed: the person is not in it."""

    room: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class StoredUpTo:
    """Every entry of the room's `generation` up to `seq` is in the database."""

    room: str
    generation: int
    seq: int


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """An entry that was shown could not be stored: take it off the screen."""

    room: str
    generation: int
    seq: int
    author: str
    cmid: str
    reason: str


@dataclass(frozen=True, slots=True)
class Accepted:
    """An own message is in the room's log, and not yet safe."""

    room: str
    cmid: str
    generation: int
    seq: int


@dataclass(frozen=True, slots=True)
class Stored:
    """An own message is in the database: it is safe, and has left the outbox."""

    room: str
    cmid: str
    generation: int
    seq: int


@dataclass(frozen=True, slots=True)
class SendRefused:
    """An own message, or a change of one, was refused. It stays in the outbox until `Chat.dismiss`.

    `content` says what it was: `parley.protocol.content.Text`, `Edit`, and so on.
    """

    room: str
    cmid: str
    content: Sendable
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class TypingShown:
    """Somebody is typing in a room, for `for_ms` milliseconds unless it is told again, or they
    have said it; 0: no longer. `parley.domain.typing` keeps count.
    """

    room: str
    person: str
    for_ms: int


@dataclass(frozen=True, slots=True)
class PresenceChanged:
    """How people are now whom one watches."""

    people: tuple[Presence, ...]


@dataclass(frozen=True, slots=True)
class Online:
    """The server knows who we are; rooms are being resumed, waiting messages sent."""

    person: Person


@dataclass(frozen=True, slots=True)
class Offline:
    """The connection is gone, and is tried again in `retry_in` seconds."""

    reason: str
    retry_in: float


@dataclass(frozen=True, slots=True)
class DirectoryChanged:
    """The person's own rooms or account have changed: read them again."""


@dataclass(frozen=True, slots=True)
class PeopleChanged:
    """These people look different to others now; `Chat.people` knows it."""

    people: tuple[Person, ...]


@dataclass(frozen=True, slots=True)
class UnreadChanged:
    """What is unread in a room has changed, or how far one has read it, on any device."""

    room: str
    unread: int
    mentions: int
    read: int
    marked_unread: bool


@dataclass(frozen=True, slots=True)
class ReceiptsChanged:
    """Others have received or read more of a room; see `Chat.receipts`."""

    receipts: Receipts


@dataclass(frozen=True, slots=True)
class MessageHidden:
    """One has deleted a message for oneself, on any device: take it off the screen."""

    room: str
    seq: int
    author: str
    cmid: str


@dataclass(frozen=True, slots=True)
class MessageStarred:
    """One has starred a message, or with `on` false taken that back, on any device."""

    room: str
    seq: int
    author: str
    cmid: str
    on: bool


@dataclass(frozen=True, slots=True)
class DraftSaved:
    """One has begun to write something else, on any device; an empty text: nothing any more."""

    draft: Draft


@dataclass(frozen=True, slots=True)
class Overrun:
    """The application took events too slowly and `dropped` of them are gone.

    Begin afresh: rooms from `history`, own messages from `Chat.outbox`.
    """

    dropped: int


@dataclass(frozen=True, slots=True)
class FolderRenewed:
    """The folder's file was damaged. It was set aside as `path`, and a new one begun."""

    path: Path


ChatEvent = (
    Message
    | DeletedMessage
    | Edited
    | Deleted
    | Reacted
    | PinChanged
    | NoticeShown
    | UnsupportedShown
    | Retracted
    | RoomRestarted
    | RoomLive
    | RoomLost
    | StoredUpTo
    | Withdrawn
    | Accepted
    | Stored
    | SendRefused
    | Online
    | Offline
    | DirectoryChanged
    | PeopleChanged
    | UnreadChanged
    | ReceiptsChanged
    | MessageHidden
    | MessageStarred
    | DraftSaved
    | TypingShown
    | PresenceChanged
    | Overrun
    | FolderRenewed
)
