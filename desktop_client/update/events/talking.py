"""The open room: what is written, sent and read there."""

from dataclasses import dataclass

from desktop_client.state.history import Place, Stretch
from parley.client import HistoryPage, State, Target
from parley.domain.timeline import MessageState


@dataclass(frozen=True, slots=True)
class PressedSend:
    """The composer was sent off."""

    text: str


@dataclass(frozen=True, slots=True)
class Typed:
    """Something was typed in the composer, which now holds `text`."""

    text: str


@dataclass(frozen=True, slots=True)
class ChoseEmoji:
    """An emoji was put into the composer."""

    characters: str


@dataclass(frozen=True, slots=True)
class SawEnd:
    """The newest message of the open room is on the screen."""


@dataclass(frozen=True, slots=True)
class MovedToEnd:
    """The end of the open room came into view, or left it."""

    is_there: bool


@dataclass(frozen=True, slots=True)
class NearedTop:
    """The earliest message at hand is nearly on the screen."""


@dataclass(frozen=True, slots=True)
class NearedBottom:
    """The last message at hand is nearly on the screen."""


@dataclass(frozen=True, slots=True)
class PressedLatest:
    """The person wants to see the latest messages."""


@dataclass(frozen=True, slots=True)
class Dismissed:
    """The reason of a refused message was read."""

    cmid: str


@dataclass(frozen=True, slots=True)
class DismissedRefusals:
    """The reasons of what was refused to be done to a message were read."""

    target: Target


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
class GotHistory:
    """A page of a room's past from the server; `place` is what was asked for."""

    page: HistoryPage
    place: Place


@dataclass(frozen=True, slots=True)
class GotKept:
    """A part of a room's past from the cache, with what had become of its messages."""

    room: str
    place: Place
    stretch: Stretch
    states: tuple[MessageState, ...] = ()
    is_sure: bool = False
    """Whether it is as the server has it; if not, the server's page follows, if it can be had."""


@dataclass(frozen=True, slots=True)
class NoHistory:
    """A page could not be had now, from the cache either."""

    room: str


@dataclass(frozen=True, slots=True)
class GotMessages:
    """Messages as they are now."""

    room: str
    states: tuple[State, ...]


TalkingEvent = (
    PressedSend
    | Typed
    | ChoseEmoji
    | SawEnd
    | MovedToEnd
    | NearedTop
    | NearedBottom
    | PressedLatest
    | Dismissed
    | DismissedRefusals
    | Posted
    | NotPosted
    | GotHistory
    | GotKept
    | NoHistory
    | GotMessages
)
