"""The open room: what is written, sent and read there."""

from msgspec import Struct

from desktop_client.state.history import Place, Stretch
from parley.client import HistoryPage, State, Target
from parley.domain.timeline import MessageState


class PressedSend(Struct, frozen=True):
    """The composer was sent off."""

    text: str


class Typed(Struct, frozen=True):
    """Something was typed in the composer, which now holds `text`."""

    text: str


class ChoseEmoji(Struct, frozen=True):
    """An emoji was put into the composer."""

    characters: str


class SawEnd(Struct, frozen=True):
    """The newest message of the open room is on the screen."""


class MovedToEnd(Struct, frozen=True):
    """The end of the open room came into view, or left it."""

    is_there: bool


class NearedTop(Struct, frozen=True):
    """The earliest message at hand is nearly on the screen."""


class NearedBottom(Struct, frozen=True):
    """The last message at hand is nearly on the screen."""


class PressedLatest(Struct, frozen=True):
    """The person wants to see the latest messages."""


class Dismissed(Struct, frozen=True):
    """The reason of a refused message was read."""

    cmid: str


class DismissedRefusals(Struct, frozen=True):
    """The reasons of what was refused to be done to a message were read."""

    target: Target


class Waiting(Struct, frozen=True):
    """A message of one's own that is in the outbox."""

    room: str
    cmid: str
    text: str
    time: int
    reason: str = ""
    reply_to: Target | None = None
    forwarded: bool = False


class Posted(Struct, frozen=True):
    """A message of one's own is in the outbox."""

    message: Waiting


class NotPosted(Struct, frozen=True):
    """A message could not even be put into the outbox."""

    room: str
    text: str
    reason: str


class GotHistory(Struct, frozen=True):
    """A page of a room's past from the server; `place` is what was asked for."""

    page: HistoryPage
    place: Place


class GotKept(Struct, frozen=True):
    """A part of a room's past from the cache, with what had become of its messages."""

    room: str
    place: Place
    stretch: Stretch
    states: tuple[MessageState, ...] = ()
    is_sure: bool = False
    """Whether it is as the server has it; if not, the server's page follows, if it can be had."""


class NoHistory(Struct, frozen=True):
    """A page could not be had now, from the cache either."""

    room: str


class GotMessages(Struct, frozen=True):
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
