"""From entries of a room's log to what is shown of them.

Owns: which entries can be shown, and reading pages of them leniently.
Never: which of them is new.
"""

from collections.abc import Container, Iterable
from typing import NamedTuple

from msgspec import DecodeError, Raw, Struct
from msgspec.json import decode
from msgspec.structs import replace

from parley.client.events import (
    Deleted,
    DeletedMessage,
    Edited,
    Message,
    MessageChange,
    NoticeShown,
    PinChanged,
    Reacted,
    RoomEntry,
    UnsupportedShown,
)
from parley.protocol.codec import UnknownContent, decode_server_message
from parley.protocol.content import (
    Content,
    Delete,
    Edit,
    Notice,
    Pin,
    React,
    Stone,
    Target,
    Text,
)
from parley.protocol.events import Event
from parley.protocol.states import State


class _RawPage(Struct):
    """A page whose events may be of kinds that this version does not know."""

    room: str
    generation: int
    events: list[Raw]
    more: bool
    first: int = 0
    last: int = 0
    around: int = 0
    more_after: bool = False
    as_of: int = 0
    states: list[State] = []
    quoted: list[State] = []


class Name(NamedTuple):
    """What an entry is known by, wherever it stands, and where it does."""

    generation: int
    seq: int
    author: str
    cmid: str


class HistoryPage(Struct, frozen=True):
    """Entries of a room that can be shown, oldest first.

    `first` and `last` are the bounds of the page (0, 0 if it is empty), entries that cannot be
    shown included: continue before the one, or after the other, while there is `more`.
    `names` tells what each entry is known by; of one that stands twice, the first is here.
    `states` are those messages that are no longer as their entries say, and `quoted` those that
    messages of the page answer and that are not in it: by seq, after everything up to `as_of`.
    Of a page around a place, `around` is the first entry there, `more` is about what lies before
    the page, and `more_after` about what follows it.
    """

    room: str
    generation: int
    entries: tuple[RoomEntry, ...]
    first: int
    last: int
    more: bool
    names: tuple[Name, ...] = ()
    as_of: int = 0
    states: dict[int, State] = {}
    quoted: dict[int, State] = {}
    around: int = 0
    more_after: bool = False

    def without(self, seqs: Container[int]) -> "HistoryPage":
        """Return the page without the entries at these places; its bounds stay."""
        return replace(
            self,
            entries=tuple(entry for entry in self.entries if entry.seq not in seqs),
            names=tuple(name for name in self.names if name.seq not in seqs),
        )


def shown(event: Event) -> RoomEntry | MessageChange | None:
    """Return what an event tells; None for a stone of what was never there."""
    content: Content | UnknownContent = event.content
    at = (event.room, event.generation, event.seq)
    author, cmid = event.author or "", event.cmid or ""
    match content:
        case Text(text=text, reply_to=reply_to, forwarded=forwarded, silent=silent):
            return Message(
                *at,
                event.n,
                event.time,
                author,
                cmid,
                text,
                event.derived,
                reply_to,
                forwarded,
                silent,
            )
        case Notice(what=what, who=who, more=more, text=text):
            return NoticeShown(*at, event.time, event.author, what, who, tuple(more), text)
        case UnknownContent(kind=kind):
            return UnsupportedShown(*at, event.time, event.author, kind)
        case Stone(reason="deleted") if event.cmid is not None:
            return DeletedMessage(*at, event.n, event.time, author, cmid)
        case Stone():
            return None
        case _:
            return _change(event, content)


def _change(event: Event, content: Edit | Delete | React | Pin) -> MessageChange:
    author, derived = event.author or "", event.derived
    at = (event.room, event.generation, event.seq, event.time, author)
    seq = derived.seq if derived is not None else 0
    match content:
        case Edit(cmid=cmid, text=text):
            return Edited(*at, Target(author, cmid), seq, text, derived)
        case Delete(of=target):
            return Deleted(*at, target, seq)
        case React(of=target, emoji=emoji, on=on):
            return Reacted(*at, target, seq, emoji, on)
        case Pin(of=target, on=on):
            return PinChanged(*at, target, seq, on)


def read_page(raw: Raw) -> HistoryPage:
    """Return the page in an answer to `history`. Raises msgspec.DecodeError if it is none."""
    page = decode(raw, type=_RawPage)
    events = [_event(event) for event in page.events]
    entries = tuple(entry for entry in map(shown, events) if isinstance(entry, RoomEntry))
    # An older gateway does not tell how far it has looked.
    first = page.first or (events[0].seq if events else 0)
    last = page.last or (events[-1].seq if events else 0)
    names = tuple(
        Name(event.generation, event.seq, event.author, event.cmid)
        for event in events
        if event.author is not None and event.cmid is not None
    )
    states = {state.seq: state for state in page.states}
    quoted = {state.seq: state for state in page.quoted}
    whole = HistoryPage(
        *(page.room, page.generation, entries, first, last, page.more, names),
        *(page.as_of, states, quoted),
        *(page.around, page.more_after),
    )
    return whole.without(_second_copies(names))


def _second_copies(names: Iterable[Name]) -> set[int]:
    """Return where an entry stands that stands further ahead as well."""
    seen, again = set[tuple[str, str]](), set[int]()
    for _, seq, author, cmid in names:
        if (author, cmid) in seen:
            again.add(seq)
        seen.add((author, cmid))
    return again


def _event(raw: Raw) -> Event:
    message = decode_server_message(bytes(raw))
    if not isinstance(message, Event):
        raise DecodeError("a page of history holds something that is no event")
    return message
