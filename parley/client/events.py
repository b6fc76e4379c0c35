"""What an application is told while it is connected.

Owns: the closed set of events that `Chat.events()` yields. Times are Unix milliseconds.
Never: the wire's form of them (`parley.protocol.events`).

An entry of a room is known by `(author, cmid)`; its place is `(generation, seq)`, and a `seq`
means nothing without its generation.
"""

from dataclasses import dataclass
from pathlib import Path

from parley.protocol.commands import Person
from parley.protocol.content import NoticeOf


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


RoomEntry = Message | NoticeShown | UnsupportedShown
"""What stands in a room's log and can be shown."""


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
    """An own message was refused. It stays in the outbox until `Chat.dismiss`."""

    room: str
    cmid: str
    code: str
    message: str


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
    | Overrun
    | FolderRenewed
)
