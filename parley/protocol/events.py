"""What a gateway tells a client unasked.

Owns: the server's messages, tagged by `type`: the answers `ok` and `error`, and the events.
Never: the form of a particular answer (`parley.protocol.commands`).
"""

from typing import Annotated

from msgspec import Meta, Raw, Struct

from parley.protocol.content import Content


class Ok(Struct, frozen=True, tag="ok"):
    """The command with this `ref` was carried out. `result` has the form that it asked for."""

    ref: int
    result: Raw


class Error(Struct, frozen=True, tag="error"):
    """The command with this `ref` had no effect. `ref` is null where none could be read.

    `retry_after_ms`: before so many milliseconds the same command would be refused again.
    """

    ref: int | None
    code: str
    message: str
    retry: bool
    retry_after_ms: int = 0


class Event(Struct, frozen=True, tag="event"):
    """One entry of a room's log. `author` and `cmid` are null on a stone."""

    room: str
    generation: int
    seq: int
    n: int
    time: Annotated[int, Meta(description="Unix milliseconds")]
    author: str | None
    cmid: str | None
    content: Content


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


class RoomLost(Struct, frozen=True, tag="room_lost"):
    """The person is no longer in the room; nothing more of it follows."""

    room: str


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
    | RoomLost
    | Reconnect
)
