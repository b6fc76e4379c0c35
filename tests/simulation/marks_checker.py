"""Whether marks were kept, counts right and ticks true: from what people read, and what they saw.

Owns: the questions about reading; the answer is a list of sentences, empty if all is well.
Never: messages (`checker.py`), and what happened inside of Parley.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from parley.client.events import ReceiptsChanged, UnreadChanged
from parley.domain.unread import tally_of
from parley.protocol.content import Stone, Text
from parley.protocol.entry import decode_derived
from parley.protocol.events import Event
from parley.store.batch import MessageRow
from tests.simulation.reading import Broken, Rows, content_of
from tests.simulation.store_data import StoreData
from tests.simulation.witness import Read, Record, Witness

# A gateway may take so long to learn who is in a room, in seconds: it remembers for five, and may
# be frozen, or wait for an answer, before it says what it knew.
_SURELY_KNOWN_SECONDS = 20.0


class MarksChecker:
    """One run's questions about reading."""

    def __init__(self, record: Record, data: StoreData) -> None:
        self._record, self._data, self._rows = record, data, Rows(data)
        self._witnesses = record.witnesses

    def broken(self) -> list[Broken]:
        """Return what is not right, of that which has to be so at any time."""
        return [*self._marks_beyond(), *self._ticks()]

    def unsettled(self) -> Iterator[Broken]:
        """Yield what is not yet as it has to be once everything is well again."""
        yield from self._marks_kept()
        yield from self._counts()

    # --- marks -----------------------------------------------------------------------------

    def _marks_kept(self) -> Iterator[Broken]:
        """What was read and has survived is in the database, if the application still runs.

        Who is not in a room marks nothing in it.
        """
        for read in self._record.reads:
            witness = self._witnesses[read.device]
            is_inside = self._data.membership(witness.person, read.room) is not None
            if read.run != witness.run or not is_inside:
                continue
            survived = self._survived(read)
            held = self._data.read_marks.get((read.room, witness.person), 0)
            if held < survived:
                how = f"{read} of which {survived} survived; the database has {held}"
                yield Broken("the furthest mark is kept", how)

    def _marks_beyond(self) -> Iterator[Broken]:
        """Nobody has read more than they have marked, or than is stored."""
        for (room, person), held in self._data.read_marks.items():
            furthest = max((read.seq for read in self._reads(person, room)), default=0)
            if held > min(furthest, self._data.head(room)):
                how = f"{person} has read {room} up to {held}, having marked {furthest}"
                yield Broken("nobody has read more than they marked", how)

    def _reads(self, person: str, room: str) -> Iterator[Read]:
        for read in self._record.reads:
            if read.room == room and self._witnesses[read.device].person == person:
                yield read

    # --- counts ----------------------------------------------------------------------------

    def _counts(self) -> Iterator[Broken]:
        """Each device counts by the rule, behind a mark that it knows: its own, or a further one.

        That another device has read more is told once, and again with the next resume.
        """
        for witness in self._witnesses.values():
            for room, shown in witness.counts.items():
                if self._data.membership(witness.person, room) is None:
                    continue
                own, furthest = self._own_mark(witness, room), self._furthest(witness.person, room)
                expected = self._count(witness, room, shown.read)
                if not own <= shown.read <= furthest or shown.unread != expected:
                    how = f"{witness.device} shows {_shown(shown)}; {expected} are"
                    yield Broken("what is unread is counted", f"{how}, marks {own} to {furthest}")

    def _own_mark(self, witness: Witness, room: str) -> int:
        reads = (each for each in self._record.reads if each.device == witness.device)
        return max(
            (self._survived(r) for r in reads if (r.run, r.room) == (witness.run, room)), default=0
        )

    def _survived(self, read: Read) -> int:
        """Return up to where there still is what was read."""
        return min(read.seq, self._data.survived(read.room, read.generation))

    def _furthest(self, person: str, room: str) -> int:
        """Return how far somebody has read by what is stored, or was not there before."""
        joined = self._data.members[room, person].joined_seq
        return max(joined, self._data.read_marks.get((room, person), 0))

    def _count(self, witness: Witness, room: str, read: int) -> int:
        events = map(_as_sent, self._rows.logs.get(room, []))
        return tally_of(filter(None, events), witness.person, read).unread

    # --- ticks -----------------------------------------------------------------------------

    def _ticks(self) -> Iterator[Broken]:
        """Nobody is told that others have read what they have not marked."""
        for witness in self._witnesses.values():
            for seen in witness.seen:
                if not isinstance(seen.event, ReceiptsChanged):
                    continue
                told = seen.event.receipts
                if told.read is None:
                    continue
                reach = partial(self._reach, told.room, at=seen.at)
                others = [p for p in self._people_of(told.room) if p != told.read.who]
                known = [p for p in others if self._is_surely_known(p, told.room, seen.at)]
                is_ahead = (
                    told.read.lowest > reach(told.read.who)
                    or told.read.next > max(map(reach, others), default=0)
                    or any(told.read.next > reach(person) for person in known)
                )
                if is_ahead:
                    yield Broken("ticks are true", f"{witness.device} was told {told}")

    def _reach(self, room: str, person: str, *, at: float) -> int:
        """Return how far somebody can have read a room by then."""
        marked = [read.seq for read in self._reads(person, room) if read.at <= at]
        return max([self._data.members[room, person].joined_seq, *marked])

    def _people_of(self, room: str) -> list[str]:
        return [person for there, person in self._data.members if there == room]

    def _is_surely_known(self, person: str, room: str, at: float) -> bool:
        """Whether every gateway knows that somebody is in a room, and has been all the time."""
        changes = [
            change
            for change in self._record.changes
            if (change.person, change.room) == (person, room)
        ]
        return at >= _SURELY_KNOWN_SECONDS and all(
            change.what == "join"
            and change.answered_at is not None
            and change.answered_at + _SURELY_KNOWN_SECONDS <= at
            for change in changes
        )


def _shown(event: UnreadChanged) -> str:
    return f"{event.unread} unread behind {event.read} in {event.room}"


def _as_sent(row: MessageRow) -> Event | None:
    """Return the event of a row; what was deleted counts until its deletion, and has no words."""
    content = content_of(row)
    if content is None:
        return None
    if isinstance(content, Stone) and content.reason == "deleted":
        content = Text("deleted")
    derived = decode_derived((row.derived or "").encode())
    place = (row.room_id, row.generation, row.seq, row.n, row.time)
    return Event(*place, row.author_id, row.cmid, content, derived)
