"""The open room: what is sent and read there."""

from msgspec import Struct

from desktop_client.state.history import LATEST, Place
from parley.client import Target


class LoadHistory(Struct, frozen=True):
    """Read a page of a room's past: what is kept here of it, and what the server has."""

    room: str
    place: Place = LATEST


class LoadMessages(Struct, frozen=True):
    """Read messages as they are now."""

    room: str
    targets: tuple[Target, ...]


class Post(Struct, frozen=True):
    """Say something."""

    room: str
    text: str
    reply_to: Target | None = None
    forwarded: bool = False


class Dismiss(Struct, frozen=True):
    """Forget a refused message."""

    cmid: str


class TellTyping(Struct, frozen=True):
    """Tell a room that one is typing."""

    room: str


class MarkRead(Struct, frozen=True):
    """Tell that a room was read, all that has come of it."""

    room: str
    was_marked: bool = False
    """Whether it was marked as unread, which ends as well."""


class SaveDraft(Struct, frozen=True):
    """Keep what one has begun to write, for one's other devices; an empty text: nothing."""

    room: str
    text: str
    reply_to: Target | None = None


TalkingEffect = SaveDraft | LoadHistory | LoadMessages | Post | Dismiss | TellTyping | MarkRead
