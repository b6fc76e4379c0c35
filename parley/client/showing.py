"""From entries of a room's log to what is shown of them.

Owns: which entries can be shown, and reading pages of them leniently.
Never: which of them is new.
"""

from msgspec import DecodeError, Raw, Struct
from msgspec.json import decode

from parley.client.events import Message, NoticeShown, RoomEntry, UnsupportedShown
from parley.protocol.codec import UnknownContent, decode_server_message
from parley.protocol.content import Notice, Stone, Text
from parley.protocol.events import Event


class _RawPage(Struct):
    """A page whose events may be of kinds that this version does not know."""

    room: str
    generation: int
    events: list[Raw]
    more: bool


class HistoryPage(Struct, frozen=True):
    """Entries of a room that can be shown, oldest first.

    `first` and `last` are the bounds of the page (0, 0 if it is empty), entries that cannot be
    shown included: continue before the one, or after the other, while there is `more`.
    """

    room: str
    generation: int
    entries: tuple[RoomEntry, ...]
    first: int
    last: int
    more: bool


def shown(event: Event) -> RoomEntry | None:
    """Return what is shown of an event; None for a stone."""
    content: Text | Notice | Stone | UnknownContent = event.content
    at = (event.room, event.generation, event.seq)
    match content:
        case Text(text=text):
            return Message(*at, event.n, event.time, event.author or "", event.cmid or "", text)
        case Notice(what=what, who=who, more=more, text=text):
            return NoticeShown(*at, event.time, event.author, what, who, tuple(more), text)
        case UnknownContent(kind=kind):
            return UnsupportedShown(*at, event.time, event.author, kind)
        case Stone():
            return None


def read_page(raw: Raw) -> HistoryPage:
    """Return the page in an answer to `history`. Raises msgspec.DecodeError if it is none."""
    page = decode(raw, type=_RawPage)
    events = [_event(event) for event in page.events]
    entries = tuple(entry for entry in map(shown, events) if entry is not None)
    first, last = (events[0].seq, events[-1].seq) if events else (0, 0)
    return HistoryPage(page.room, page.generation, entries, first, last, page.more)


def _event(raw: Raw) -> Event:
    message = decode_server_message(bytes(raw))
    if not isinstance(message, Event):
        raise DecodeError("a page of history holds something that is no event")
    return message
