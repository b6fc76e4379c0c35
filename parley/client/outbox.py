"""The messages that wait until they are safe, in the order in which they were written.

Owns: the state of every entry and each room's order. An entry's states and what moves it:

    WAITING ────────▶ IN_FLIGHT   it is transmitted; one at a time in a room, in order
    IN_FLIGHT ──────▶ ACCEPTED    the server names its position
    IN_FLIGHT ──────▶ WAITING     "try again", or the connection was lost: it is sent again
    WAITING ────────▶ ACCEPTED    its own event shows that an earlier try arrived
    ACCEPTED ───────▶ WAITING     its generation was lost: it is sent again, before what is newer
    any of these ───▶ gone        it is stored
    any of these ───▶ REFUSED     the server names a reason; kept until somebody has seen it

Never: commands, events, the disk, the clock.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum, auto

from parley.protocol.content import Sendable
from parley.protocol.entry import Position


class State(Enum):
    """Where an entry is on its way; the table is at the top of the module."""

    WAITING = auto()
    IN_FLIGHT = auto()
    ACCEPTED = auto()
    REFUSED = auto()


@dataclass(slots=True)
class Entry:
    """A message of one's own that is not known to be stored."""

    cmid: str
    room: str
    content: Sendable
    state: State = State.WAITING
    tried: bool = False
    """Whether it may have been transmitted, by this process or an earlier one."""
    position: Position | None = None
    """Where it was accepted; None in any other state."""
    accepted_at: float = 0.0
    """The time at which that became known."""
    code: str = ""
    message: str = ""
    """Why it was refused."""


@dataclass(slots=True)
class Lane:
    """A room's entries in order, and what the room is waiting for."""

    room: str
    entries: dict[str, Entry] = field(default_factory=dict)
    asked: str | None = None
    """The entry whose `send` is unanswered."""
    tries: int = 0
    """How often in a row the server has said "try again"."""
    not_before: float = 0.0
    """The time before which nothing is sent."""
    check_at: float | None = None
    """When to ask what became of the accepted entries; None while there are none."""
    checking: bool = False
    """Whether that question is unanswered."""
    checks: int = 0
    """How often in a row it was asked."""

    def next(self) -> Entry | None:
        """Return the entry to send next: the oldest that waits."""
        return next((e for e in self.entries.values() if e.state is State.WAITING), None)

    def accepted(self) -> list[Entry]:
        """Return the accepted entries, oldest first."""
        return [e for e in self.entries.values() if e.state is State.ACCEPTED]

    def generation(self) -> int | None:
        """Return the newest generation in which an entry was accepted."""
        return max((e.position.generation for e in self.accepted() if e.position), default=None)


class Outbox:
    """Every room's lane, and the refused entries."""

    def __init__(self, kept: Iterable[Entry] = ()) -> None:
        self.lanes: dict[str, Lane] = {}
        self.refused: dict[str, Entry] = {}
        self._rooms: dict[str, str] = {}
        for entry in kept:
            self._restore(entry)

    def _restore(self, entry: Entry) -> None:
        if entry.state is State.REFUSED:
            self.refused[entry.cmid] = entry
        else:
            self.add(entry)

    def __len__(self) -> int:
        return len(self._rooms) + len(self.refused)

    def entries(self) -> list[Entry]:
        """Return every entry: the refused ones, then room by room in order."""
        unsettled = (entry for lane in self.lanes.values() for entry in lane.entries.values())
        return [*self.refused.values(), *unsettled]

    def add(self, entry: Entry) -> None:
        """Put a waiting entry at the end of its room's lane."""
        self.lanes.setdefault(entry.room, Lane(entry.room)).entries[entry.cmid] = entry
        self._rooms[entry.cmid] = entry.room

    def find(self, cmid: str) -> tuple[Lane, Entry] | None:
        """Return an unsettled entry with its lane; None if there is no such entry."""
        room = self._rooms.get(cmid)
        if room is None:
            return None
        lane = self.lanes[room]
        return lane, lane.entries[cmid]

    def settle(self, cmid: str) -> Entry | None:
        """Take out an entry that is stored; None if it is not there (any more)."""
        return self._remove(cmid)

    def refuse(self, cmid: str, code: str, message: str) -> Entry | None:
        """Move an entry to the refused ones; None if it is not there (any more)."""
        entry = self._remove(cmid)
        if entry is not None:
            entry.state, entry.position = State.REFUSED, None
            entry.code, entry.message = code, message
            self.refused[cmid] = entry
        return entry

    def dismiss(self, cmid: str) -> bool:
        """Forget a refused entry. Returns whether there was one."""
        return self.refused.pop(cmid, None) is not None

    def transmitted(self, entry: Entry) -> None:
        """Note that an entry is on its way."""
        entry.state, entry.tried = State.IN_FLIGHT, True
        self.lanes[entry.room].asked = entry.cmid

    def answered(self, lane: Lane) -> None:
        """Note that the lane's `send` was answered."""
        lane.asked = None
        self._tidy(lane)

    def accept(self, entry: Entry, position: Position, now: float) -> None:
        """Note where an entry stands in its room's log."""
        entry.state, entry.position, entry.accepted_at = State.ACCEPTED, position, now

    def put_back(self, entry: Entry) -> None:
        """Let an entry be sent again, at its old place in the order."""
        entry.state, entry.position = State.WAITING, None

    def put_back_older(self, room: str, generation: int) -> None:
        """Let what was accepted before `generation` be sent again.

        What survived of it is stored by now, and the server knows it by its `cmid`: sending it
        again is harmless, and is the one way to be sure.
        """
        lane = self.lanes.get(room)
        for entry in lane.accepted() if lane else ():
            if entry.position is not None and entry.position.generation < generation:
                self.put_back(entry)

    def settle_up_to(self, room: str, mark: Position) -> list[Entry]:
        """Take out what was accepted in the mark's own generation, up to its seq.

        A mark says nothing of other generations: what stood at that seq may have been lost.
        """
        lane = self.lanes.get(room)
        covered = [entry for entry in (lane.accepted() if lane else ()) if _covers(mark, entry)]
        for entry in covered:
            self._remove(entry.cmid)
        return covered

    def disconnected(self) -> None:
        """Let everything that was under way be sent again."""
        for lane in list(self.lanes.values()):
            lane.checking = False
            self.answered(lane)
            for entry in lane.entries.values():
                if entry.state is State.IN_FLIGHT:
                    self.put_back(entry)

    def _remove(self, cmid: str) -> Entry | None:
        found = self.find(cmid)
        if found is None:
            return None
        lane, entry = found
        del lane.entries[cmid], self._rooms[cmid]
        self._tidy(lane)
        return entry

    def _tidy(self, lane: Lane) -> None:
        # A lane whose last `send` is unanswered stays, to keep the next one behind it.
        if not lane.entries and lane.asked is None:
            del self.lanes[lane.room]


def _covers(mark: Position, entry: Entry) -> bool:
    return (
        entry.position is not None
        and entry.position.generation == mark.generation
        and entry.position.seq <= mark.seq
    )
