"""A room's entries as rows: by author, by day, with a line where a day or the unread begins.

Owns: which rows there are, and which messages belong together.
Never: their size.
"""

from dataclasses import dataclass
from datetime import date, tzinfo
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

from desktop_client.layout.prose import Part, Run, Style, parts_of
from desktop_client.layout.words import clock, day_name, moment, name_of, notice
from desktop_client.state.changes import begun, state_of
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
_AWAY = "More was said here. It comes when there is a connection"
# Stands where a click says that a reason was seen.
_SEEN = "\N{MULTIPLICATION SIGN}"


class DayRow(Struct, frozen=True):
    """A day begins."""

    text: str


class UnreadRow(Struct, frozen=True):
    """What follows was not read when the room was opened."""

    text: str = "Unread messages"


class NoteRow(Struct, frozen=True):
    """Something happened that nobody said."""

    text: str


class Quoted(Struct, frozen=True):
    """The message that another one answers. `author` is empty if it is not known."""

    target: Target
    author: str
    name: str
    text: str


class Chip(Struct, frozen=True):
    """An emoji below a message, and how many have put it there."""

    emoji: str
    count: int
    is_mine: bool


class BubbleRow(Struct, frozen=True):
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
    """Why it was refused, or what was to be done to it."""
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
    marked: tuple[str, ...] = ()
    """Words that were looked for, which are marked in it."""

    @property
    def target(self) -> Target:
        """Return the message's name."""
        return Target(self.author, self.cmid)


class GapRow(Struct, frozen=True):
    """Something was said here that is not at hand."""

    text: str


class TypingRow(Struct, frozen=True):
    """Somebody is typing."""

    author: str
    name: str


Row = DayRow | UnreadRow | NoteRow | BubbleRow | GapRow | TypingRow


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
    sought: tuple[str, ...] = ()
    """The words for which the message that was jumped to was found."""
    typing: tuple[str, ...] = ()
    """Who is typing in the room."""


class Above(Struct, frozen=True):
    """What stands above a row, as far as the row depends on it."""

    day: date | None = None
    author: str = ""
    said: int = 0
    is_unread: bool = False
    """Whether the line above what is unread stands there."""


def rows_of(talk: Talk, scene: Scene) -> tuple[Row, ...]:
    """Return the rows of a room, oldest first."""
    walk = Walk(talk, scene)
    rows = [row for entry in walk.entries for row in walk.past(entry)]
    whole = (earlier(talk), *rows, later(talk), being_typed(talk, scene))
    return tuple(row for row in whole if row is not None)


def earlier(talk: Talk) -> GapRow | None:
    """Return what stands above all entries at hand; None: they are the first."""
    if not talk.more or talk.first is None:
        return None
    return GapRow(_AWAY if talk.unreachable else "Earlier messages are fetched …")


def later(talk: Talk) -> GapRow | None:
    """Return what stands below all entries at hand; None: they are the last."""
    if not talk.is_past:
        return None
    return GapRow(_AWAY if talk.unreachable else "Later messages are fetched …")


def being_typed(talk: Talk, scene: Scene) -> TypingRow | None:
    """Return what stands at the very end while somebody is typing; None: nobody is."""
    if not scene.typing or talk.is_past:
        return None
    return TypingRow(scene.typing[0], name_of(scene.typing[0], scene.people))


class Walk:
    """A walk along a room, which may skip what is known: `above` is all that it remembers."""

    def __init__(self, talk: Talk, scene: Scene) -> None:
        self._talk, self._scene = talk, scene
        self.above = Above()
        outgoing = () if talk.is_past else talk.outgoing
        self.entries: tuple[Entry | Outgoing, ...] = (*talk.entries, *outgoing)

    def past(self, entry: Entry | Outgoing) -> tuple[Row, ...]:
        """Go past the next entry, and return its rows."""
        rows: list[Row] = self._lines(entry)
        if isinstance(entry, Message | DeletedMessage | Outgoing):
            rows.append(self._bubble(entry))
        else:
            self.above = replace(self.above, author="")
            rows.append(NoteRow(_note(entry, self._scene)))
        return tuple(rows)

    def _lines(self, entry: Entry | Outgoing) -> list[Row]:
        rows: list[Row] = []
        today = moment(entry.time, self._scene.zone).date()
        if today != self.above.day and entry.time:
            self.above = replace(self.above, day=today, author="")
            rows.append(DayRow(day_name(today, self._scene.today)))
        begin = self._scene.unread_after
        if begin is None or self.above.is_unread or not isinstance(entry, Message):
            return rows
        if entry.seq > begin and entry.author != self._scene.me:
            self.above = replace(self.above, is_unread=True, author="")
            rows.append(UnreadRow())
        return rows

    def _bubble(self, entry: Message | DeletedMessage | Outgoing) -> BubbleRow:
        scene, above = self._scene, self.above
        writer = scene.me if isinstance(entry, Outgoing) else entry.author
        is_first = writer != above.author or entry.time - above.said > TOGETHER_MS
        self.above = Above(above.day, writer, entry.time, above.is_unread)
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
            marked=scene.sought if target == scene.found else (),
            reason=_refusals(self._talk, target),
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
            reason=f"Not sent: {entry.reason}" if entry.reason else "",
            time=entry.time,
            quoted=self._quoted(entry.reply_to),
            is_forwarded=entry.forwarded,
        )

    def _quoted(self, target: Target | None) -> Quoted | None:
        if target is None:
            return None
        return quoted(target, state_of(self._talk, target), self._scene)


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
    return parts_of(state.text, tree)


@lru_cache(maxsize=64)
def _unsent_parts(text: str) -> tuple[Part, ...]:
    """Return the parts that the server will most likely find; whom it names, it alone knows."""
    return parts_of(text, formatted(text, {}).tree)


def _refusals(talk: Talk, target: Target) -> str:
    """Return what was to be done to a message and was refused."""
    return "\n".join(f"{e.what}: {e.reason}  {_SEEN}" for e in talk.refusals if e.target == target)


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
