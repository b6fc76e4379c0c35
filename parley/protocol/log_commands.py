"""Commands about a room's log: following it, adding to it, reading it; and their results.

Owns: the form of each.
Never: what has become of single messages (`conversation_commands.py`).
"""

from typing import Annotated, ClassVar, Literal

from msgspec import Meta, Struct

from parley.protocol import limits
from parley.protocol.content import Sendable
from parley.protocol.events import Event
from parley.protocol.ids import Cmid, Id
from parley.protocol.shapes import Command, Counter, PageSize
from parley.protocol.states import State

# --- results -------------------------------------------------------------------------------


class Resumed(Struct, frozen=True):
    """Where a room stands. The events after `since` follow at once, then the room is live.

    What the client has of the room beyond `since` was lost with an earlier generation: it is
    taken back. With `recovered` false the missed events are too many to follow: the client
    starts the room afresh from `since` and reads what it wants from `history`.
    """

    room: str
    generation: int
    since: int
    top: int
    stored: int
    n: int
    """How many messages the room has had, up to `top`."""
    recovered: bool
    rights: int = 0
    """What a `send` to the room has to name: it rises when one gains, or regains, a right."""


class NotResumed(Struct, frozen=True):
    """A room that was asked for and cannot be resumed, with the refusal's words."""

    room: str
    code: str
    message: str
    retry: bool


class ResumedRooms(Struct, frozen=True):
    """One answer for each room that was asked for."""

    rooms: list[Resumed]
    refused: list[NotResumed]


class Sent(Struct, frozen=True):
    """The message is in the room's log at this position. It is safe once `stored`."""

    room: str
    cmid: str
    generation: int
    seq: int
    n: int
    time: int
    stored: bool


class MessageStatus(Struct, frozen=True):
    """What became of a message. `unknown`: the server has no trace of it; send it again."""

    room: str
    cmid: str
    state: Literal["stored", "accepted", "refused", "unknown"]
    generation: int = 0
    seq: int = 0
    reason: str = ""


class Page(Struct, frozen=True):
    """Entries of a room that can be read, oldest first.

    From `first` to `last` everything has been looked at, what only changes messages included: go
    on before the one, or after the other, while there is `more` on that side.
    """

    room: str
    generation: int
    events: list[Event]
    more: bool
    first: int = 0
    last: int = 0
    around: int = 0
    """Of a page around a place: the first entry that is there. `more` is then about what lies
    before the page, and `more_after` about what follows it."""
    more_after: bool = False
    as_of: int = 0
    """The states are those after everything up to this seq."""
    states: list[State] = []
    """Those messages of the page that are no longer as their events say."""
    quoted: list[State] = []
    """Those messages outside the page that messages in it answer."""


# --- commands ------------------------------------------------------------------------------


class Cursor(Struct, frozen=True):
    """How far a client has read a room's log. Without a position: from now on."""

    room: Id
    generation: Counter | None = None
    seq: Counter = 0


class Resume(Command, frozen=True, tag="resume"):
    """Follow rooms, each from where the client left it."""

    Result: ClassVar = ResumedRooms
    rooms: Annotated[list[Cursor], Meta(min_length=1, max_length=limits.RESUME_ROOMS)]


class Send(Command, frozen=True, tag="send"):
    """Say something. The same `cmid` is one message however often it is sent."""

    Result: ClassVar = Sent
    room: Id
    cmid: Cmid
    content: Sendable
    generation: Counter | None = None
    """The generation that the client has the room in. If the room has begun another, the command
    is refused, so that what the client must send again cannot be overtaken by what is new."""
    rights: Counter | None = None
    """The room's number of that name, as the client knows it; 0 if it does not. If one has gained
    a right since, the command is refused: what was sent before that, and was refused elsewhere,
    then comes to nothing however late it arrives."""
    resend: bool = False
    """Set from the second try on: the server then looks for the first in the database as well."""


class Status(Command, frozen=True, tag="status"):
    """Ask what became of a message of one's own."""

    Result: ClassVar = MessageStatus
    room: Id
    cmid: Cmid


class History(Command, frozen=True, tag="history"):
    """Read entries before or after a sequence number, or around a place; by default, the latest.

    Of several places the first of these counts: `around`, `at`, `first_unread`, `after`, `before`.
    """

    Result: ClassVar = Page
    room: Id
    before: Counter | None = None
    after: Counter | None = None
    around: Counter | None = None
    """As many entries before this sequence number as from it on."""
    at: Counter | None = None
    """Around the first entry at or after this time, Unix milliseconds."""
    first_unread: bool = False
    """Around the first message that one has not read; the latest, if there is none."""
    limit: PageSize = 50
