"""What a session asks of the shell around it.

Owns: the closed sets `Output` and `Change`.
Never: how they are carried out (`parley.client.connection`, `parley.client.vault`).
"""

from dataclasses import dataclass, field

from parley.client.errors import ParleyError
from parley.client.events import ChatEvent
from parley.client.showing import HistoryPage
from parley.protocol.commands import Person, Result
from parley.protocol.content import Sendable
from parley.protocol.entry import Position

# --- changes to what is kept ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SaveEntry:
    """Keep a message, after all that are kept already."""

    cmid: str
    room: str
    content: Sendable


@dataclass(frozen=True, slots=True)
class SaveRefusal:
    """Keep why a message was refused."""

    cmid: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class DropEntry:
    """Forget a message: it is stored, or its refusal has been seen."""

    cmid: str


@dataclass(frozen=True, slots=True)
class SaveIdentity:
    """Keep who we are, and the token that proves it; None: it is void."""

    person: Person
    token: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class SaveCursor:
    """Keep how far a room has been read; None: forget the room."""

    room: str
    cursor: Position | None


Change = SaveEntry | SaveRefusal | DropEntry | SaveIdentity | SaveCursor

# --- outputs -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Save:
    """Make a change durable before anything later is transmitted."""

    change: Change


@dataclass(frozen=True, slots=True)
class Transmit:
    """Send a frame on the present connection."""

    frame: bytes = field(repr=False)  # the first one holds a secret


@dataclass(frozen=True, slots=True)
class Emit:
    """Tell the application."""

    event: ChatEvent


@dataclass(frozen=True, slots=True)
class Resolve:
    """Answer the application's own command."""

    ticket: int
    answer: Result | HistoryPage | ParleyError


@dataclass(frozen=True, slots=True)
class Close:
    """Give up the present connection; `disconnected` is not called for it any more."""

    reason: str


@dataclass(frozen=True, slots=True)
class Reconnect:
    """Connect again after so many seconds."""

    after: float


@dataclass(frozen=True, slots=True)
class Stop:
    """Do not connect again."""

    error: ParleyError


Output = Save | Transmit | Emit | Resolve | Close | Reconnect | Stop
