"""A room's log as one gateway follows it: which entry may be delivered next.

Owns: the order. Every reader here has exactly what the view has let through.
Never: sockets, Redis, the clock: what arrives is an argument, what to do is the answer.
"""

from collections.abc import Iterator, Sequence
from enum import Enum

from parley.protocol.entry import Entry, Position
from parley.stream.log import RoomPosition
from parley.stream.published import StoredUpTo

# Entries that are kept while something is read. More are let go: the next one to come shows that
# they are missing, and they are read as well.
_WAITING_ENTRIES = 1000


class Phase(Enum):
    """Whether what is published may be delivered as it comes.

    OPENING: the position is not known yet. LIVE: it may. FILLING: something was missed, and is
    to be read before anything later goes out.
    """

    OPENING = "opening"
    LIVE = "live"
    FILLING = "filling"


class RoomView:
    """One room's position, and the published entries that wait while it is not live."""

    __slots__ = ("_waiting", "generation", "moved", "n", "phase", "seq", "stored")

    def __init__(self) -> None:
        self.phase = Phase.OPENING
        self.generation = self.seq = self.n = self.stored = 0
        self.moved = False
        """Whether anything was delivered or stored since the last heartbeat."""
        self._waiting: list[Entry] = []

    @property
    def position(self) -> Position:
        return Position(self.generation, self.seq)

    @property
    def standing(self) -> RoomPosition:
        return RoomPosition(self.seq, self.n, self.stored)

    def receive(self, entry: Entry) -> bool:
        """Take a published entry; return whether it is the next one, to be delivered now."""
        if self.phase is not Phase.LIVE:
            self._wait(entry)
            return False
        if entry.position == (self.generation, self.seq + 1):
            self._advance(entry)
            return True
        if entry.position > self.position:
            self.doubt()
            self._wait(entry)
        return False

    def receive_stored(self, mark: StoredUpTo) -> bool:
        """Take a watermark; return whether it is news. One beyond the top proves a lost entry."""
        if mark > (self.generation, self.seq):
            self.doubt()
        if mark.generation != self.generation or mark.seq <= self.stored:
            return False
        self.stored, self.moved = mark.seq, True
        return True

    def compare(self, generation: int, position: RoomPosition) -> bool:
        """Take where the room really stands; return whether its watermark is news."""
        if (generation, position.seq) > self.position:
            self.doubt()
        return self.receive_stored(StoredUpTo(generation, position.stored))

    def doubt(self) -> None:
        """Entries may have been lost: nothing is delivered until they have been read."""
        if self.phase is Phase.LIVE:
            self.phase = Phase.FILLING

    def stand(self, generation: int, seq: int, position: RoomPosition) -> None:
        """Take a new position: the first one, or after a loss."""
        self.generation, self.seq = generation, seq
        self.n, self.stored = position.n, position.stored
        self.moved = True

    def fill(self, missed: Sequence[Entry]) -> Iterator[Entry]:
        """Go live with what was missed, and yield all that may be delivered now, in order.

        What waited is taken as if it came now, so the view may be FILLING again afterwards.
        """
        self.phase = Phase.LIVE
        for entry in missed:  # read as one piece, perhaps from before this generation
            self._advance(entry)
            yield entry
        waiting, self._waiting = self._waiting, []
        for entry in waiting:
            if self.receive(entry):
                yield entry

    def _wait(self, entry: Entry) -> None:
        if len(self._waiting) < _WAITING_ENTRIES:
            self._waiting.append(entry)

    def _advance(self, entry: Entry) -> None:
        self.seq, self.n, self.moved = entry.seq, entry.n, True
