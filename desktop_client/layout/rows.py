"""A room's entries as rows: by author, by day, with a line where a day or the unread begins.

Owns: which rows there are, and which messages belong together.
Never: their size.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, tzinfo
from functools import lru_cache

from desktop_client.layout.prose import Part, Run, Style, parts_of
from desktop_client.layout.words import clock, day_name, moment, name_of, notice
from desktop_client.state.changes import begun
from desktop_client.state.talk import Entry, Gone, Outgoing, Progress, Talk
from parley.client import (
    DeletedMessage,
    Message,
    NoticeShown,
    Person,
    Target,
    UnsupportedShown,
)
from parley.domain.formatting import formatted
from parley.domain.plain import plain_text
from parley.domain.timeline import MessageState

# Messages of one author that follow within so many milliseconds stand together.
TOGETHER_MS = 5 * 60 * 1000
DELETED = "This message was deleted"
_STONE = (Part((Run(DELETED, Style(italic=True)),)),)
# Of a message that is answered, so many characters are looked at for the line that shows it.
_QUOTED = 300


@dataclass(frozen=True, slots=True)
class DayRow:
    """A day begins."""

    text: str


@dataclass(frozen=True, slots=True)
class UnreadRow:
    """What follows was not read when the room was opened."""

    text: str = "Unread messages"


@dataclass(frozen=True, slots=True)
class NoteRow:
    """Something happened that nobody said."""

    text: str


@dataclass(frozen=True, slots=True)
class Quoted:
    """The message that another one answers. `author` is empty if it is not known."""

    target: Target
    author: str
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Chip:
    """An emoji below a message, and how many have put it there."""

    emoji: str
    count: int
    is_mine: bool


@dataclass(frozen=True, slots=True)
class BubbleRow:
    """A message. `progress` is of one's own alone; `seq` is 0 while it has no place yet."""

    cmid: str
    author: str
    name: str
    text: str
    """What it says, as it was typed; empty if it was deleted."""
    parts: tuple[Part, ...]
    clock: str
    is_own: bool
    is_first: bool
    """Whether it begins a group of its author."""
    progress: Progress | None = None
    reason: str = ""
    seq: int = 0
    time: int = 0
    quoted: Quoted | None = None
    chips: tuple[Chip, ...] = ()
    is_forwarded: bool = False
    is_edited: bool = False
    is_deleted: bool = False
    is_pinned: bool = False
    is_starred: bool = False
    is_found: bool = False
    """Whether it is the one that was jumped to."""

    @property
    def target(self) -> Target:
        """Return the message's name."""
        return Target(self.author, self.cmid)


Row = DayRow | UnreadRow | NoteRow | BubbleRow


@dataclass(frozen=True, slots=True)
class Scene:
    """What the rows depend on besides the room."""

    me: str
    people: dict[str, Person]
    today: date
    zone: tzinfo | None = None
    starred: frozenset[Target] = frozenset()
    unread_after: int | None = None
    """What of others stands beyond this `seq` had not been read; None: everything had."""
    found: Target | None = None


def rows_of(talk: Talk, scene: Scene) -> tuple[Row, ...]:
    """Return the rows of a room, oldest first."""
    return tuple(_Rows(talk, scene).all())


class _Rows:
    """One walk along a room."""

    def __init__(self, talk: Talk, scene: Scene) -> None:
        self._talk, self._scene = talk, scene
        self._day: date | None = None
        self._author, self._said = "", 0
        self._unread_after = scene.unread_after
        self._here: Mapping[Target, Message] = {
            entry.target: entry for entry in talk.entries if isinstance(entry, Message)
        }

    def all(self) -> Iterator[Row]:
        """Yield the rows."""
        for entry in (*self._talk.entries, *self._talk.outgoing):
            yield from self._lines(entry)
            if isinstance(entry, Message | DeletedMessage | Outgoing):
                yield self._bubble(entry)
            else:
                self._author = ""
                yield NoteRow(_note(entry, self._scene))

    def _lines(self, entry: Entry | Outgoing) -> Iterator[Row]:
        today = moment(entry.time, self._scene.zone).date()
        if today != self._day and entry.time:
            self._day, self._author = today, ""
            yield DayRow(day_name(today, self._scene.today))
        if self._unread_after is None or not isinstance(entry, Message):
            return
        if entry.seq > self._unread_after and entry.author != self._scene.me:
            self._unread_after, self._author = None, ""
            yield UnreadRow()

    def _bubble(self, entry: Message | DeletedMessage | Outgoing) -> BubbleRow:
        scene = self._scene
        writer = scene.me if isinstance(entry, Outgoing) else entry.author
        is_first = writer != self._author or entry.time - self._said > TOGETHER_MS
        self._author, self._said = writer, entry.time
        if isinstance(entry, Outgoing):
            return self._outgoing(entry, is_first=is_first)
        target = Target(entry.author, entry.cmid)
        now = self._talk.states.get(target) or begun(entry)
        is_own = writer == scene.me
        return BubbleRow(
            entry.cmid,
            writer,
            name_of(writer, scene.people),
            now.text,
            _STONE if now.deleted else _parts(now),
            clock(entry.time, scene.zone),
            is_own,
            is_first,
            self._talk.progress(entry, scene.me) if is_own and not now.deleted else None,
            seq=entry.seq,
            time=entry.time,
            quoted=self._quoted(now.reply_to),
            chips=_chips(now, scene.me),
            is_forwarded=now.forwarded,
            is_edited=bool(now.edited_at),
            is_deleted=now.deleted,
            is_pinned=now.pinned,
            is_starred=target in scene.starred,
            is_found=target == scene.found,
        )

    def _outgoing(self, entry: Outgoing, *, is_first: bool) -> BubbleRow:
        scene = self._scene
        return BubbleRow(
            entry.cmid,
            scene.me,
            name_of(scene.me, scene.people),
            entry.text,
            _unsent_parts(entry.text),
            clock(entry.time, scene.zone),
            is_own=True,
            is_first=is_first,
            progress=self._talk.progress(entry, scene.me),
            reason=entry.reason,
            time=entry.time,
            quoted=self._quoted(entry.reply_to),
            is_forwarded=entry.forwarded,
        )

    def _quoted(self, target: Target | None) -> Quoted | None:
        if target is None:
            return None
        state, entry = self._talk.states.get(target), self._here.get(target)
        if state is None and entry is not None:
            state = begun(entry)
        return quoted(target, state, self._scene)


def quoted(target: Target, state: MessageState | None, scene: Scene) -> Quoted:
    """Return a message as an answer to it shows it; None: it is not known."""
    name = "You" if target.author == scene.me else name_of(target.author, scene.people)
    if state is None:
        return Quoted(target, target.author, name, "A message that is not here")
    if state.deleted:
        return Quoted(target, target.author, name, DELETED)
    return Quoted(target, target.author, name, words_of(state)[:_QUOTED])


def words_of(state: MessageState) -> str:
    """Return what a message says, without its marks."""
    tree = state.derived.tree if state.derived is not None else ()
    return plain_text(tree) if tree else state.text


def _parts(state: MessageState) -> tuple[Part, ...]:
    tree = state.derived.tree if state.derived is not None else ()
    return parts_of(state.text, tree) if tree else _plain_parts(state.text)


@lru_cache(maxsize=4096)
def _plain_parts(text: str) -> tuple[Part, ...]:
    return parts_of(text)


@lru_cache(maxsize=64)
def _unsent_parts(text: str) -> tuple[Part, ...]:
    """Return the parts that the server will most likely find; whom it names, it alone knows."""
    return parts_of(text, formatted(text, {}).tree)


def _chips(state: MessageState, me: str) -> tuple[Chip, ...]:
    ordered = sorted(state.reactions.items(), key=lambda item: (-item[1].count, item[0]))
    return tuple(Chip(emoji, reactors.count, me in reactors) for emoji, reactors in ordered)


def _note(entry: Entry, scene: Scene) -> str:
    match entry:
        case NoticeShown():
            return notice(entry, scene.people)
        case Gone(reason=reason):
            return reason
        case UnsupportedShown(author=author):
            who = name_of(author, scene.people)
            return f"{who} sent something that this version cannot show"
    return ""
