"""One room: what was said there, and what is on its way there.

Owns: the order of a room's entries, what is unread, and how far a message of one's own has come.
Never: who somebody is, and what the server is asked.

Entries stand in the order of their `seq`. A message of one's own is `Outgoing` until its entry
comes, and stands below all others meanwhile. What has become of messages since they were said is in
`states` (`desktop_client.state.changes`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum, auto

from parley.client import DeletedMessage, Message, NoticeShown, Room, Target, UnsupportedShown
from parley.domain.receipts import tick
from parley.domain.timeline import MessageState
from parley.protocol.events import Receipts


class Progress(Enum):
    """How far a message of one's own has come."""

    WAITING = auto()
    """In the outbox, or with the server and not yet safe."""
    STORED = auto()
    DELIVERED = auto()
    """Every other's devices have it."""
    READ = auto()
    """Every other has read it."""
    REFUSED = auto()


_PROGRESS = {
    "pending": Progress.WAITING,
    "stored": Progress.STORED,
    "delivered": Progress.DELIVERED,
    "read": Progress.READ,
}


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message of one's own that has no place in the room yet."""

    cmid: str
    text: str
    time: int
    reason: str = ""
    """Why it was refused; empty: it was not."""
    reply_to: Target | None = None
    forwarded: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """How far one has read a room, on any device, and what is unread in it."""

    read: int = 0
    """The last `seq` that was read."""
    unread: int = 0
    mentions: int = 0
    marked: bool = False
    """Whether one has marked it as unread."""

    @property
    def is_unread(self) -> bool:
        """Whether there is something to be read."""
        return bool(self.unread or self.marked)


@dataclass(frozen=True, slots=True)
class Gone:
    """Where something stood that could not be kept, and why."""

    generation: int
    seq: int
    time: int
    reason: str


Entry = Message | DeletedMessage | NoticeShown | UnsupportedShown | Gone


@dataclass(frozen=True, slots=True)
class Talk:
    """A room as this client knows it."""

    room: Room
    entries: tuple[Entry, ...] = ()
    outgoing: tuple[Outgoing, ...] = ()
    first: int | None = None
    """The earliest `seq` that was fetched; None: nothing was."""
    more: bool = True
    """Whether there is something before it."""
    fetching: bool = False
    recalled: bool = False
    """Whether the entries are those of an earlier start: the server's latest page replaces them."""
    stored: tuple[int, int] = (0, 0)
    """Up to which generation and `seq` the room is stored."""
    standing: Standing = Standing()
    states: Mapping[Target, MessageState] = field(default_factory=dict)
    """Messages that are no longer as their entries say, and those that others answer."""
    asked: frozenset[Target] = frozenset()
    """Messages that were asked for, because others answer them."""
    receipts: Receipts | None = None
    """How far all in the room have come; None: it is not known, or not told."""

    def last(self) -> Entry | Outgoing | None:
        """Return what stands at the end."""
        tail = self.outgoing or self.entries
        return tail[-1] if tail else None

    def progress(self, entry: Message | DeletedMessage | Outgoing, me: str) -> Progress:
        """Return how far a message of one's own has come."""
        if isinstance(entry, Outgoing):
            return Progress.REFUSED if entry.reason else Progress.WAITING
        is_stored = (entry.generation, entry.seq) <= self.stored
        return _PROGRESS[tick(self.receipts, me, entry.seq, is_stored=is_stored)]


def with_entries(talk: Talk, entries: Iterable[Entry]) -> Talk:
    """Return the room with further entries, each in its place and each once."""
    new = [entry for entry in entries if not _has(talk, entry)]
    if not new:
        return talk
    if talk.entries and min(entry.seq for entry in new) <= talk.entries[-1].seq:
        together = tuple(sorted((*talk.entries, *new), key=lambda entry: entry.seq))
    else:
        together = (*talk.entries, *sorted(new, key=lambda entry: entry.seq))
    arrived = {entry.cmid for entry in new if isinstance(entry, Message)}
    outgoing = tuple(message for message in talk.outgoing if message.cmid not in arrived)
    return replace(talk, entries=together, outgoing=outgoing)


def with_latest(talk: Talk, entries: Iterable[Entry], last: int) -> Talk:
    """Return a recalled room with what the server has of it, up to `last`, in place of it."""
    newer = tuple(entry for entry in talk.entries if entry.seq > last)
    return with_entries(replace(talk, entries=newer, recalled=False), entries)


def _has(talk: Talk, entry: Entry) -> bool:
    # What is known is near the end, or the whole page is old: so the search is short.
    for known in reversed(talk.entries):
        if known.seq < entry.seq:
            return False
        if known.seq == entry.seq:
            return True
    return False


def with_outgoing(talk: Talk, message: Outgoing) -> Talk:
    """Return the room with a message of one's own, unless its entry was quicker."""
    if any(isinstance(e, Message) and e.cmid == message.cmid for e in reversed(talk.entries)):
        return talk
    known = {each.cmid: each for each in talk.outgoing}
    reason = known[message.cmid].reason if message.cmid in known else ""
    known[message.cmid] = replace(message, reason=message.reason or reason)
    return replace(talk, outgoing=tuple(known.values()))


def refused(talk: Talk, cmid: str, reason: str) -> Talk:
    """Return the room with a message of one's own marked as refused."""
    known = {each.cmid: each for each in talk.outgoing}
    message = known.get(cmid) or Outgoing(cmid, "", 0)
    known[cmid] = replace(message, reason=reason)
    return replace(talk, outgoing=tuple(known.values()))


def dismissed(talk: Talk, cmid: str) -> Talk:
    """Return the room without a refused message."""
    return replace(talk, outgoing=tuple(m for m in talk.outgoing if m.cmid != cmid))


def taken_back(talk: Talk, generation: int, after: int, now: int, me: str) -> Talk:
    """Return the room without what was lost before it was stored.

    One's own are on their way again; in place of the others stands a line that says so.
    """
    lost = [e for e in talk.entries if e.seq > after and e.generation < generation]
    if not lost:
        return talk
    kept = tuple(entry for entry in talk.entries if entry not in lost)
    own = [e for e in lost if isinstance(e, Message) and e.author == me]
    again = tuple(
        Outgoing(e.cmid, e.text, e.time, reply_to=e.reply_to, forwarded=e.forwarded) for e in own
    )
    count = sum(isinstance(e, Message) for e in lost) - len(own)
    if count:
        kept = (*kept, Gone(generation, after, now, _lost(count)))
    return replace(talk, entries=kept, outgoing=(*again, *talk.outgoing))


def _lost(count: int) -> str:
    if count == 1:
        return "A message was lost before it was stored; its sender sends it again"
    return f"{count} messages were lost before they were stored; their senders send them again"


def withdrawn(talk: Talk, seq: int, reason: str) -> Talk:
    """Return the room with a line that says why an entry could not be kept, in its place."""
    entries = tuple(
        Gone(e.generation, e.seq, e.time, f"This message could not be kept: {reason}")
        if e.seq == seq
        else e
        for e in talk.entries
    )
    return replace(talk, entries=entries)
