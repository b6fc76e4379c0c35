"""One room: what was said there, and what is on its way there.

Owns: the order of a room's entries, what is unread, and how far a message of one's own has come.
Never: who somebody is, and what the server is asked.

Entries stand in the order of their `seq`. Which of them are at hand, `desktop_client.state.history`
decides. A message of one's own is `Outgoing` until its entry
comes, and stands below all others meanwhile. What has become of messages since they were said is in
`states` (`desktop_client.state.changes`).
"""

from collections.abc import Callable, Iterator, Mapping
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
class Refusal:
    """A change to a message that was refused: what it was, in words, and why."""

    cmid: str
    """The change's own."""
    target: Target
    what: str
    reason: str


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
    """Those at hand, without a hole: the latest, or some of the past."""
    outgoing: tuple[Outgoing, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    """Changes to messages that were refused, until somebody has seen why."""
    first: int | None = None
    """The earliest `seq` at hand; None: nothing was fetched."""
    more: bool = True
    """Whether there is something before it."""
    is_past: bool = False
    """Whether there is something after the entries."""
    end: int = 0
    """Up to which `seq` the past is at hand, if it is at hand."""
    tail: tuple[Entry, ...] = ()
    """The latest entries, while `entries` are of the past."""
    fetching: bool = False
    unreachable: bool = False
    """Whether the last part of the past that was asked for could not be had."""
    recalled: bool = False
    """Whether the entries are those of an earlier start: the server has yet to tell its latest."""
    stored: tuple[int, int] = (0, 0)
    """Up to which generation and `seq` the room is stored."""
    standing: Standing = Standing()
    states: Mapping[Target, MessageState] = field(default_factory=dict)
    """Messages that are no longer as their entries say, and those that others answer."""
    asked: frozenset[Target] = frozenset()
    """Messages that were asked for, because others answer them."""
    live_n: int | None = None
    """How many messages the room had when it was last heard live; None: it was not yet."""
    receipts: Receipts | None = None
    """How far all in the room have come; None: it is not known, or not told."""

    @property
    def latest(self) -> tuple[Entry, ...]:
        """The latest entries at hand."""
        return self.tail if self.is_past else self.entries

    def at_hand(self) -> Iterator[Entry]:
        """Yield every entry at hand, the latest one first."""
        yield from reversed(self.tail)
        yield from reversed(self.entries)

    def last(self) -> Entry | Outgoing | None:
        """Return what stands at the end."""
        latest = self.outgoing or self.latest
        return latest[-1] if latest else None

    def each(self, change: Callable[[Entry], Entry | None]) -> "Talk":
        """Return the room with each entry changed; where that gives None, without it."""
        return replace(
            self,
            entries=tuple(new for old in self.entries if (new := change(old)) is not None),
            tail=tuple(new for old in self.tail if (new := change(old)) is not None),
        )

    def progress(self, entry: Message | DeletedMessage | Outgoing, me: str) -> Progress:
        """Return how far a message of one's own has come."""
        if isinstance(entry, Outgoing):
            return Progress.REFUSED if entry.reason else Progress.WAITING
        is_stored = (entry.generation, entry.seq) <= self.stored
        return _PROGRESS[tick(self.receipts, me, entry.seq, is_stored=is_stored)]


def with_outgoing(talk: Talk, message: Outgoing) -> Talk:
    """Return the room with a message of one's own, unless its entry was quicker."""
    if any(isinstance(e, Message) and e.cmid == message.cmid for e in talk.at_hand()):
        return talk
    known = {each.cmid: each for each in talk.outgoing}
    reason = known[message.cmid].reason if message.cmid in known else ""
    known[message.cmid] = replace(message, reason=message.reason or reason)
    return replace(talk, outgoing=tuple(known.values()))


def refused(talk: Talk, message: Outgoing) -> Talk:
    """Return the room with a message of one's own marked as refused; `reason` says why."""
    known = {each.cmid: each for each in talk.outgoing}
    before = known.get(message.cmid, message)
    known[message.cmid] = replace(before, reason=message.reason)
    return replace(talk, outgoing=tuple(known.values()))


def dismissed(talk: Talk, cmid: str) -> Talk:
    """Return the room without a refused message, or a refused change of one."""
    return replace(
        talk,
        outgoing=tuple(m for m in talk.outgoing if m.cmid != cmid),
        refusals=tuple(each for each in talk.refusals if each.cmid != cmid),
    )


def with_refusal(talk: Talk, refusal: Refusal) -> Talk:
    """Return the room with a change of a message that was refused; each is shown once."""
    known = {each.cmid: each for each in (*talk.refusals, refusal)}
    return replace(talk, refusals=tuple(known.values()))


def taken_back(talk: Talk, generation: int, after: int, now: int, me: str) -> Talk:
    """Return the room without what was lost before it was stored.

    One's own are on their way again; in place of the others stands a line that says so.
    """

    def is_lost(entry: Entry) -> bool:
        return entry.seq > after and entry.generation < generation

    # The latest may stand among the entries as well.
    lost = {e.seq: e for e in talk.at_hand() if is_lost(e)}
    if not lost:
        return talk
    own = [e for e in reversed(lost.values()) if isinstance(e, Message) and e.author == me]
    again = tuple(
        Outgoing(e.cmid, e.text, e.time, reply_to=e.reply_to, forwarded=e.forwarded) for e in own
    )
    count = sum(isinstance(e, Message) for e in lost.values()) - len(own)
    kept = talk.each(lambda entry: None if is_lost(entry) else entry)
    kept = replace(kept, outgoing=(*again, *talk.outgoing))
    if not count:
        return kept
    gone = Gone(generation, after, now, _lost(count))
    if kept.is_past:
        return replace(kept, tail=(*kept.tail, gone))
    return replace(kept, entries=(*kept.entries, gone))


def _lost(count: int) -> str:
    if count == 1:
        return "A message was lost before it was stored; its sender sends it again"
    return f"{count} messages were lost before they were stored; their senders send them again"


def withdrawn(talk: Talk, seq: int, reason: str) -> Talk:
    """Return the room with a line that says why an entry could not be kept, in its place."""
    return talk.each(
        lambda e: (
            Gone(e.generation, e.seq, e.time, f"This message could not be kept: {reason}")
            if e.seq == seq
            else e
        )
    )
