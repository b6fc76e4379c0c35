"""What one device was shown, replayed step by step against the database at the end.

Owns: the questions about the order, the holes, the doubles and the taking back of what was shown.
Never: questions about the server alone (`checker.py`).
"""

from __future__ import annotations

from collections.abc import Iterator

from parley.client.events import (
    Deleted,
    DeletedMessage,
    Edited,
    Message,
    MessageChange,
    NoticeShown,
    Reacted,
    Retracted,
    RoomEntry,
    RoomLive,
    RoomLost,
    RoomRestarted,
    StoredUpTo,
    Withdrawn,
)
from parley.store.batch import MessageRow
from tests.simulation.reading import Broken, Rows
from tests.simulation.witness import Seen, Witness
from tests.simulation.words import in_words

Name = tuple[str | None, str | None]
Place = tuple[int, int]
"""Generation and seq."""

_NOWHERE: Place = (0, 0)


def watch(witness: Witness, rows: Rows) -> Iterator[Broken]:
    """Yield what was wrong with what a device was shown, run by run and room by room."""
    views: dict[tuple[int, str], RoomWatch] = {}
    for seen in witness.seen:
        room = getattr(seen.event, "room", None)
        if room is not None:
            view = views.get((seen.run, room))
            if view is None:
                view = views[seen.run, room] = RoomWatch(witness.device, room, rows)
            yield from view.take(seen)


class RoomWatch:
    """One room on one device, in one run of its application."""

    def __init__(self, device: str, room: str, rows: Rows) -> None:
        self._device, self._room, self._rows = device, room, rows
        self._at = _NOWHERE
        self._stored = _NOWHERE
        self._shown: dict[int, Message] = {}
        self._names: dict[Name, Place] = {}

    def take(self, seen: Seen) -> Iterator[Broken]:
        """Take the next event; yield what it breaks."""
        match seen.event:
            case Message() as event:
                yield from self._comes_next(event)
                yield from self._comes_once(event)
                self._shown[event.seq] = event
                yield from self._is_there(self._stored)
            case NoticeShown() | DeletedMessage() | Edited() | Deleted() | Reacted() as event:
                yield from self._comes_next(event)
            case StoredUpTo(generation=generation, seq=seq):
                self._stored = (generation, seq)
                yield from self._is_there(self._stored)
            case RoomLive(generation=generation, seq=seq) if self._at == _NOWHERE:
                self._at = (generation, seq)
            case Retracted(generation=generation, after=after):
                yield from self._takes_back(generation, after)
            case Withdrawn(author=author, cmid=cmid, seq=seq):
                self._names.pop((author, cmid), None)
                self._shown.pop(seq, None)
            case RoomRestarted(generation=generation, seq=seq):
                self._forget((generation, seq))
            case RoomLost():
                self._forget(_NOWHERE)

    def _forget(self, at: Place) -> None:
        self._at = at
        self._shown.clear()
        self._names.clear()

    # --- order and holes -------------------------------------------------------------------

    def _comes_next(self, event: RoomEntry | MessageChange) -> Iterator[Broken]:
        place = (event.generation, event.seq)
        if place <= self._at:
            yield Broken("4 one order", f"{self._device} saw {in_words(event)} behind {self._at}")
        elif self._at != _NOWHERE:
            for seq in range(self._at[1] + 1, event.seq):
                row = self._rows.at(self._room, seq)
                if row is not None and not self._may_be_left_out(row):
                    saw = f"{self._device} saw {in_words(event)}"
                    how = f"{saw} after {self._at}, without {in_words(row)}"
                    yield Broken("4 no holes", how)
        self._at = place

    def _may_be_left_out(self, row: MessageRow) -> bool:
        """A stone is not shown, nor is what stands on the screen already."""
        return row.kind == "stone" or (row.author_id, row.cmid) in self._names

    def _comes_once(self, event: Message) -> Iterator[Broken]:
        name = (event.author, event.cmid)
        if name in self._names:
            how = f"{self._device} saw {in_words(event)}, and before at {self._names[name]}"
            yield Broken("3 once", how)
        self._names[name] = (event.generation, event.seq)

    # --- stored ----------------------------------------------------------------------------

    def _is_there(self, mark: Place) -> Iterator[Broken]:
        """What a watermark covers is in the database, at the end as well."""
        generation, top = mark
        for seq, event in self._shown.items():
            if event.generation != generation or seq > top:
                continue
            row = self._rows.at(self._room, seq)
            name = (event.author, event.cmid)
            if name not in self._rows.names:
                saw = f"{self._device} saw {in_words(event)}"
                how = f"{saw}, stored up to {mark}; there is {in_words(row)}"
                yield Broken("1 stored stays", how)

    def _takes_back(self, generation: int, after: int) -> Iterator[Broken]:
        for seq in [seq for seq in self._shown if seq > after]:
            event = self._shown[seq]
            if event.generation >= generation:
                continue
            del self._shown[seq]
            self._names.pop((event.author, event.cmid), None)
            if event.generation == self._stored[0] and seq <= self._stored[1]:
                how = f"{self._device} lost {in_words(event)}, stored up to {self._stored}"
                yield Broken("7 only what was lost is taken back", how)
        self._at = (generation, after)
