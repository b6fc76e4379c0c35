"""What a gateway tells a client unasked.

Owns: the server's messages, tagged by `type`: the answers `ok` and `error`, and the events.
Never: the form of a particular answer (`parley.protocol.commands`).
"""

from typing import Annotated

from msgspec import Meta, Raw, Struct

from parley.protocol.content import Content
from parley.protocol.derived import Derived
from parley.protocol.shapes import Draft, Person
from parley.protocol.signal_commands import Presence


class Ok(Struct, frozen=True, tag="ok"):
    """The command with this `ref` was carried out. `result` has the form that it asked for."""

    ref: int
    result: Raw


class Error(Struct, frozen=True, tag="error"):
    """The command with this `ref` had no effect. `ref` is null where none could be read.

    `retry_after_ms`: before so many milliseconds the same command would be refused again.
    `rights`: with `rights_changed`, the number that a `send` to the room names from now on.
    """

    ref: int | None
    code: str
    message: str
    retry: bool
    retry_after_ms: int = 0
    rights: int = 0


class Event(Struct, frozen=True, tag="event", omit_defaults=True):
    """One entry of a room's log.

    `author` and `cmid` are null on a stone, unless it stands for what was deleted.
    """

    room: str
    generation: int
    seq: int
    n: int
    time: Annotated[int, Meta(description="Unix milliseconds")]
    author: str | None
    cmid: str | None
    content: Content
    derived: Derived | None = None
    """What the gateway that accepted the entry found out about it."""


class Stored(Struct, frozen=True, tag="stored"):
    """Every entry of the room up to `seq` is in the database."""

    room: str
    generation: int
    seq: int


class Position(Struct, frozen=True, tag="position"):
    """Part of the heartbeat: where a room that has moved since the last one stands.

    A client that is behind `top` has lost an event and resumes the room.
    """

    room: str
    generation: int
    top: int
    stored: int


class Heartbeat(Struct, frozen=True, tag="heartbeat"):
    """The gateway is there. `time` is its clock, Unix milliseconds."""

    time: int


class Reset(Struct, frozen=True, tag="reset"):
    """The room has begun a new generation, after a loss in Redis.

    As with an answer to `resume`: what the client has beyond `since` is taken back, and the events
    after it follow; with `recovered` false the client starts the room afresh from `since`.
    """

    room: str
    generation: int
    since: int
    top: int
    stored: int
    n: int
    recovered: bool


class Refused(Struct, frozen=True, tag="refused"):
    """A message that had been accepted could not be stored and was set aside."""

    room: str
    generation: int
    seq: int
    author: str
    cmid: str
    reason: str


class DirectoryChanged(Struct, frozen=True, tag="directory"):
    """Something in the person's own rooms or account has changed: read it again."""


class PeopleChanged(Struct, frozen=True, tag="people_changed"):
    """What others see of these people has changed: their names, what they say of themselves."""

    people: list[Person]


class Extent(Struct, frozen=True):
    """How far all in a room have come: to `lowest`, which is as far as `who` has; the others, to
    `next`. So everybody knows how far all but themselves have come.
    """

    lowest: int
    who: str
    next: int


class Receipts(Struct, frozen=True, tag="receipts"):
    """How far all in a room have received and read it.

    A member who turned read receipts off is not in `read`, and is not told it: null. Null too where
    fewer than two people would be in it.
    """

    room: str
    generation: int
    delivered: Extent | None
    read: Extent | None


class Marked(Struct, frozen=True, tag="marked"):
    """One has read a room up to `read`, on this or another device.

    What is unread of the entries up to `as_of`, and of `hidden`: as in `count_unread`.
    """

    room: str
    generation: int
    read: int
    as_of: int
    unread: int
    mentions: int
    hidden: list[int]


class Hidden(Struct, frozen=True, tag="hidden"):
    """One has deleted a message for oneself: take it off the screen."""

    room: str
    seq: int
    author: str
    cmid: str


class StarChanged(Struct, frozen=True, tag="star_changed"):
    """One has starred a message, or taken that back."""

    room: str
    seq: int
    author: str
    cmid: str
    on: bool


class DraftChanged(Struct, frozen=True, tag="draft_changed"):
    """One has begun to write something else in a room; an empty text: nothing any more."""

    draft: Draft


class RoomLost(Struct, frozen=True, tag="room_lost"):
    """The person is no longer in the room; nothing more of it follows."""

    room: str


class TypingShown(Struct, frozen=True, tag="is_typing"):
    """Somebody is typing in a room, for so long unless they say something, or it is told again.

    0 milliseconds: no longer.
    """

    room: str
    person: str
    for_ms: int


class PresenceChanged(Struct, frozen=True, tag="presence"):
    """How people are now whom this connection watches."""

    people: list[Presence]


class Reconnect(Struct, frozen=True, tag="reconnect"):
    """The gateway is about to stop: come back, to any gateway, after `after_ms`."""

    after_ms: int
    reason: str


ServerMessage = (
    Ok
    | Error
    | Event
    | Stored
    | Position
    | Heartbeat
    | Reset
    | Refused
    | DirectoryChanged
    | PeopleChanged
    | Receipts
    | Marked
    | Hidden
    | StarChanged
    | DraftChanged
    | RoomLost
    | TypingShown
    | PresenceChanged
    | Reconnect
)
