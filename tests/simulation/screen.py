"""What a person's application shows, as an application built on the SDK would keep it.

Owns: the lines of each followed room: what came by events, what was read from `history`, what was
taken back.
Never: the network, and whether it is right (`checker.py`).

The rule that an application has to follow is in here: a page of history of another generation than
the room's is read again. That each entry is told once is the SDK's part.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Protocol

from parley.client.events import (
    Deleted,
    DeletedMessage,
    Edited,
    Message,
    NoticeShown,
    Reacted,
    RoomEntry,
    UnsupportedShown,
)
from parley.client.showing import HistoryPage
from parley.protocol.states import State


@dataclass(frozen=True, slots=True)
class Line:
    """One line on a screen. A notice has no cmid that an application hears of.

    `reactions`: who has put which emoji.
    """

    generation: int
    seq: int
    author: str | None
    cmid: str | None
    text: str
    reactions: frozenset[tuple[str, str]] = frozenset()

    def deleted(self) -> Line:
        """Return what is left of it once its message is deleted."""
        return replace(self, text="", reactions=frozenset())

    def edited(self, text: str) -> Line:
        """Return it with other words; a deleted one, which has none, stays as it is."""
        return replace(self, text=text) if self.text else self

    def reacted(self, person: str, emoji: str, *, on: bool) -> Line:
        """Return it with somebody's reaction, or without; a deleted one stays as it is."""
        if not self.text:
            return self
        reaction = {(person, emoji)}
        now = self.reactions | reaction if on else self.reactions - reaction
        return replace(self, reactions=now)


def line_of(entry: RoomEntry) -> Line:
    """Return how an entry is shown."""
    at = (entry.generation, entry.seq, entry.author)
    match entry:
        case Message():
            return Line(*at, entry.cmid, entry.text)
        case DeletedMessage():
            return Line(*at, entry.cmid, "")
        case NoticeShown():
            return Line(*at, None, f"{entry.what} {entry.who}")
        case UnsupportedShown():
            return Line(*at, None, f"? {entry.kind}")


class ReadsHistory(Protocol):
    """Reads a page of a room's history."""

    async def __call__(self, *, before: int) -> HistoryPage:
        """Return the page that ends before this seq."""
        ...


@dataclass(slots=True)
class RoomScreen:
    """One room's lines by seq. `base`: up to here they are read from history."""

    generation: int = 0
    base: int | None = None
    is_loaded: bool = False
    version: int = 0
    """Raised whenever a page of history that is being read is out of date."""
    lines: dict[int, Line] = field(default_factory=dict)
    is_altered: bool = False
    """Whether a line may be otherwise than its own event said."""

    def in_order(self) -> list[Line]:
        """Return the lines, oldest first."""
        return [self.lines[seq] for seq in sorted(self.lines)]

    def go_live(self, generation: int, seq: int) -> bool:
        """Follow the room from `seq` on; return whether what came before is to be read."""
        self.generation = generation
        if self.base is not None:
            return False
        self.base = seq
        return True

    def show(self, line: Line) -> None:
        """Add a line that came by an event."""
        self.generation = max(self.generation, line.generation)
        self.lines[line.seq] = line

    def alter(self, change: Edited | Deleted | Reacted) -> None:
        """Take what changes a line, by its name: a place may be that of a copy nobody shows."""
        self.generation = max(self.generation, change.generation)
        self.is_altered = True
        name = (change.target.author, change.target.cmid)
        for line in [each for each in self.lines.values() if (each.author, each.cmid) == name]:
            self.lines[line.seq] = _altered(line, change)

    async def load(self, history: ReadsHistory) -> None:
        """Read what came before the room was followed, unless that changes meanwhile."""
        version, before = self.version, (self.base or 0) + 1
        while True:
            page = await history(before=before)
            if self.version != version or not self.add_page(page):
                return
            before = page.first
            if not page.more:
                self.is_loaded = True
                return

    def add_page(self, page: HistoryPage) -> bool:
        """Add a page of history; return False if it is of another generation than the room."""
        if page.generation != self.generation:
            return False
        for entry in page.entries:
            state = page.states.get(entry.seq)
            line = line_of(entry)
            self.lines[entry.seq] = line if state is None else _with_state(line, state)
            self.is_altered |= state is not None
        return True

    def take_back(self, generation: int, after: int) -> bool:
        """Remove what was lost with an earlier generation; return whether to read all again."""
        self.generation = generation
        gone = [s for s, line in self.lines.items() if s > after and line.generation < generation]
        for seq in gone:
            del self.lines[seq]
        if self.base is not None and self.base > after:
            self.base = after
        self.version += 1
        if not self.is_altered:
            return False
        self.lines.clear()
        self.base, self.is_loaded, self.is_altered = after, False, False
        return True

    def withdraw(self, generation: int, seq: int) -> None:
        """Remove a line that could not be stored."""
        line = self.lines.get(seq)
        if line is not None and line.generation == generation:
            del self.lines[seq]

    def begin_afresh(self, generation: int) -> None:
        """Forget everything: too much was missed."""
        self.lines.clear()
        self.generation, self.base, self.is_loaded = generation, None, False
        self.version += 1


def _altered(line: Line, change: Edited | Deleted | Reacted) -> Line:
    match change:
        case Edited(text=text):
            return line.edited(text)
        case Deleted():
            return line.deleted()
        case Reacted(author=author, emoji=emoji, on=on):
            return line.reacted(author, emoji, on=on)


def _with_state(line: Line, state: State) -> Line:
    if state.deleted:
        return line.deleted()
    put = ((person, each.emoji) for each in state.reactions for person in each.people)
    return replace(line, text=state.text, reactions=frozenset(put))
