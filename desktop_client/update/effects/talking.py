"""The open room: what is sent and read there."""

from dataclasses import dataclass

from desktop_client.state.history import LATEST, Place
from parley.client import Target


@dataclass(frozen=True, slots=True)
class LoadHistory:
    """Read a page of a room's past: what is kept here of it, and what the server has."""

    room: str
    place: Place = LATEST


@dataclass(frozen=True, slots=True)
class LoadMessages:
    """Read messages as they are now."""

    room: str
    targets: tuple[Target, ...]


@dataclass(frozen=True, slots=True)
class Post:
    """Say something."""

    room: str
    text: str
    reply_to: Target | None = None
    forwarded: bool = False


@dataclass(frozen=True, slots=True)
class Dismiss:
    """Forget a refused message."""

    cmid: str


@dataclass(frozen=True, slots=True)
class TellTyping:
    """Tell a room that one is typing."""

    room: str


@dataclass(frozen=True, slots=True)
class MarkRead:
    """Tell that a room was read, all that has come of it."""

    room: str
    was_marked: bool = False
    """Whether it was marked as unread, which ends as well."""


@dataclass(frozen=True, slots=True)
class SaveDraft:
    """Keep what one has begun to write, for one's other devices; an empty text: nothing."""

    room: str
    text: str
    reply_to: Target | None = None


TalkingEffect = SaveDraft | LoadHistory | LoadMessages | Post | Dismiss | TellTyping | MarkRead
