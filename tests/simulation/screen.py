"""What a person's application shows, as an application built on the SDK would keep it.

Owns: the lines of each followed room: what came by events, what was read from `history`, what was
taken back.
Never: the network, and whether it is right (`checker.py`).

The rules that an application has to follow are in here: an entry is known by author and cmid; a
page of history of another generation than the room's is read again.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from parley.client.events import Message, NoticeShown, RoomEntry, UnsupportedShown
from parley.client.showing import HistoryPage


@dataclass(frozen=True, slots=True)
class Line:
    """One line on a screen. A notice has no cmid that an application hears of."""

    generation: int
    seq: int
    author: str | None
    cmid: str | None
    text: str


def line_of(entry: RoomEntry) -> Line:
    """Return how an entry is shown."""
    at = (entry.generation, entry.seq, entry.author)
    match entry:
        case Message():
            return Line(*at, entry.cmid, entry.text)
        case NoticeShown():
            return Line(*at, None, f"{entry.what} {entry.who}")
        case UnsupportedShown():
            return Line(*at, None, f"? {entry.kind}")


@dataclass(slots=True)
class RoomScreen:
    """One room's lines by seq. `base`: up to here they are read from history."""

    generation: int = 0
    base: int | None = None
    is_loaded: bool = False
    version: int = 0
    """Raised whenever a page of history that is being read is out of date."""
    lines: dict[int, Line] = field(default_factory=dict)

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
        self._add(line)

    def _add(self, line: Line) -> None:
        if line.cmid is not None:
            for other in self.lines.values():
                if (other.author, other.cmid) == (line.author, line.cmid):
                    return
        self.lines[line.seq] = line

    def add_page(self, page: HistoryPage) -> bool:
        """Add a page of history; return False if it is of another generation than the room."""
        if page.generation != self.generation:
            return False
        for entry in page.entries:
            self._add_older(line_of(entry))
        return True

    def _add_older(self, line: Line) -> None:
        # The same entry may have come again, under a later number: the first one stands.
        again = [
            seq
            for seq, other in self.lines.items()
            if line.cmid is not None and (other.author, other.cmid) == (line.author, line.cmid)
        ]
        if all(seq >= line.seq for seq in again):
            for seq in again:
                del self.lines[seq]
            self.lines[line.seq] = line

    def take_back(self, generation: int, after: int) -> None:
        """Remove what was lost with an earlier generation."""
        self.generation = generation
        gone = [s for s, line in self.lines.items() if s > after and line.generation < generation]
        for seq in gone:
            del self.lines[seq]
        if self.base is not None and self.base > after:
            self.base = after
        self.version += 1

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
