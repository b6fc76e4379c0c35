"""How far the followed rooms have been read, and what to do with what comes next.

Owns: a cursor per followed room, holes, generations, and that an entry is shown once.
Never: one's own messages (`parley.client.delivery`), sockets, the clock.

A followed room is UNASKED (it has to be resumed), ASKED (it is being resumed; what comes
meanwhile comes again after the answer) or LIVE.
"""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum, auto

from msgspec.structs import replace

from parley.client.backoff import RETRY
from parley.client.events import (
    Known,
    Retracted,
    RoomLive,
    RoomLost,
    RoomRestarted,
    StoredUpTo,
    Withdrawn,
)
from parley.client.outputs import Emit, Output, Save, SaveCursor
from parley.client.showing import HistoryPage, shown
from parley.protocol.commands import Cursor, NotResumed, Resumed
from parley.protocol.entry import Position
from parley.protocol.events import Event, Reset
from parley.protocol.limits import RESUME_ROOMS

# Entries of a room that are remembered, so that each is shown once; a second copy of one comes
# within the last few, since a resend is made within moments.
RECENT_ENTRIES = 2000


class Standing(Enum):
    """What is known of a followed room on the present connection."""

    UNASKED = auto()
    ASKED = auto()
    LIVE = auto()


class Recent:
    """The latest entries of a room, by the names that stay theirs under any number."""

    def __init__(self) -> None:
        self._places: OrderedDict[tuple[str | None, str], Position] = OrderedDict()

    def add(self, author: str | None, cmid: str, place: Position) -> bool:
        """Remember an entry. Returns whether it is new."""
        if (author, cmid) in self._places:
            return False
        self.put(author, cmid, place)
        return True

    def put(self, author: str | None, cmid: str, place: Position) -> None:
        """Remember that an entry stands there, whatever was known of it."""
        self._places[author, cmid] = place
        if len(self._places) > RECENT_ENTRIES:
            self._places.popitem(last=False)

    def place(self, author: str | None, cmid: str) -> Position | None:
        """Return where an entry is known to stand; None if it is not remembered."""
        return self._places.get((author, cmid))

    def take_back(self, generation: int, after: int) -> tuple[Known, ...]:
        """Forget, and return, what stood beyond `after` in generations below this one."""
        gone = [
            Known(place.generation, place.seq, author, cmid)
            for (author, cmid), place in self._places.items()
            if place.generation < generation and place.seq > after
        ]
        for known in gone:
            if known.cmid is not None:
                del self._places[known.author, known.cmid]
        return tuple(gone)

    def clear(self) -> None:
        """Forget everything."""
        self._places.clear()


@dataclass(slots=True)
class FollowedRoom:
    """A room that is followed: its cursor (None: from now on) and its standing."""

    id: str
    cursor: Position | None = None
    standing: Standing = Standing.UNASKED
    stored: Position | None = None
    tries: int = 0
    """How often in a row it had to be resumed without an event in between."""
    not_before: float = 0.0
    """The time before which it is not resumed."""
    recent: Recent = field(default_factory=Recent)

    def resume_again(self, now: float, chance: float) -> None:
        """Let the room be resumed from its cursor: at once, or later if that has just been done."""
        self.standing = Standing.UNASKED
        self.not_before = now + (RETRY.delay(self.tries, chance) if self.tries else 0.0)
        self.tries += 1


class Following:
    """Every followed room."""

    def __init__(self, cursors: dict[str, Position]) -> None:
        self._kept = dict(cursors)
        self._rooms: dict[str, FollowedRoom] = {}

    def follow(self, rooms: Iterable[str]) -> None:
        """Begin to follow rooms, each from where it was left."""
        for room in rooms:
            self._rooms.setdefault(room, FollowedRoom(room, self._kept.pop(room, None)))

    def unfollow(self, room: str) -> list[Output]:
        """Stop following a room and forget where it was left."""
        self._rooms.pop(room, None)
        self._kept.pop(room, None)
        return [Save(SaveCursor(room, None))]

    def forget_cursors(self) -> list[Output]:
        """Begin every room anew: the cursors were another account's."""
        rooms = {*self._kept, *(room.id for room in self._rooms.values() if room.cursor)}
        self._rooms = {room: FollowedRoom(room) for room in self._rooms}
        self._kept.clear()
        return [Save(SaveCursor(room, None)) for room in sorted(rooms)]

    def __contains__(self, room: str) -> bool:
        return room in self._rooms

    def live(self, room: str) -> bool:
        """Return whether a followed room's standing is known."""
        return self._rooms[room].standing is Standing.LIVE

    def generation(self, room: str) -> int | None:
        """Return the generation that the room is known in, if it is followed."""
        followed = self._rooms.get(room)
        return followed.cursor.generation if followed and followed.cursor else None

    def position(self, room: str) -> Position | None:
        """Return up to where a room has come, if it is followed and has begun."""
        followed = self._rooms.get(room)
        return followed.cursor if followed else None

    def stored(self, room: str) -> Position | None:
        """Return up to where the room is known to be stored."""
        followed = self._rooms.get(room)
        return followed.stored if followed else None

    def disconnected(self) -> None:
        """Let every room be resumed on the next connection."""
        for room in self._rooms.values():
            room.standing, room.tries, room.not_before = Standing.UNASKED, 0, 0.0

    # --- resuming --------------------------------------------------------------------------

    def due(self, now: float) -> list[list[Cursor]]:
        """Return the cursors of the rooms to resume now, in the portions of a command each."""
        due = [r for r in self._rooms.values() if _is_unasked(r) and r.not_before <= now]
        for room in due:
            room.standing = Standing.ASKED
        cursors = [_cursor(room) for room in due]
        return [cursors[i : i + RESUME_ROOMS] for i in range(0, len(cursors), RESUME_ROOMS)]

    def deadline(self) -> float | None:
        """Return when the next room has to be resumed."""
        return min((r.not_before for r in self._rooms.values() if _is_unasked(r)), default=None)

    def must_resume(self, room: str, now: float, chance: float) -> None:
        """Resume a followed room: the server says that it has moved on."""
        followed = self._rooms.get(room)
        if followed is not None and followed.standing is Standing.LIVE:
            followed.resume_again(now, chance)

    def surviving(self, answer: Resumed | Reset) -> Resumed | Reset:
        """Return an answer without the loss of what is known to be stored.

        A `reset` tells where the gateway's own view stood, which may be behind this client.
        """
        room = self._rooms.get(answer.room)
        if room is None or room.cursor is None or room.stored is None or not answer.recovered:
            return answer
        cursor, stored = room.cursor, room.stored
        if answer.generation == cursor.generation or stored.generation != cursor.generation:
            return answer
        return replace(answer, since=max(answer.since, min(stored.seq, cursor.seq)))

    def resumed(self, answer: Resumed | Reset, now: float, chance: float) -> list[Output]:
        """Take up a room where the server says that it stands."""
        room = self._rooms.get(answer.room)
        if room is None:
            return []
        old = room.cursor
        if old and answer.generation < old.generation:  # a gateway that has not noticed yet
            room.resume_again(now, chance)
            return []
        room.standing = Standing.LIVE
        begins_anew = old is not None and old.generation != answer.generation
        if old is None or (not answer.recovered and (begins_anew or answer.since > old.seq)):
            return [*self._start_afresh(room, answer, begins_anew), *self._live(room, answer)]
        room.cursor = (
            Position(answer.generation, min(answer.since, old.seq)) if begins_anew else old
        )
        if answer.since > room.cursor.seq:  # a reset tells where others stand: we have a hole
            room.resume_again(now, chance)
        taken_back = self._take_back(room, answer) if begins_anew else []
        return [*taken_back, *self._live(room, answer)]

    def _start_afresh(
        self, room: FollowedRoom, answer: Resumed | Reset, begins_anew: bool
    ) -> list[Output]:
        is_first = room.cursor is None
        room.cursor = Position(answer.generation, answer.since)
        if begins_anew:
            room.recent.clear()
        return [] if is_first else [Emit(RoomRestarted(room.id, *room.cursor))]

    def _take_back(self, room: FollowedRoom, answer: Resumed | Reset) -> list[Output]:
        gone = room.recent.take_back(answer.generation, answer.since)
        return [Emit(Retracted(room.id, answer.generation, answer.since, gone))]

    def _live(self, room: FollowedRoom, answer: Resumed | Reset) -> list[Output]:
        stored = self.stored_up_to(room.id, Position(answer.generation, answer.stored))
        if room.standing is not Standing.LIVE or room.cursor is None:
            return stored
        return [Emit(RoomLive(room.id, *room.cursor, answer.n)), *stored]

    def not_resumed(self, answer: NotResumed, now: float, chance: float) -> list[Output]:
        """Try a room again later, or give it up, as the refusal says."""
        room = self._rooms.get(answer.room)
        if room is None:
            return []
        if answer.retry:
            room.resume_again(now, chance)
            return []
        return self.lost(answer.room, answer.code, answer.message)

    def lost(self, room: str, code: str, message: str) -> list[Output]:
        """Give up a room that the person is no longer in."""
        if room not in self._rooms:
            return []
        return [*self.unfollow(room), Emit(RoomLost(room, code, message))]

    # --- what comes ------------------------------------------------------------------------

    def apply(self, event: Event, now: float, chance: float) -> list[Output]:
        """Show an event if it is the next one; resume the room if there is a hole before it."""
        room = self._rooms.get(event.room)
        if room is None or room.standing is not Standing.LIVE or room.cursor is None:
            return []
        place = Position(event.generation, event.seq)
        if place <= room.cursor:
            return []
        if place != Position(room.cursor.generation, room.cursor.seq + 1):
            room.resume_again(now, chance)
            return []
        room.cursor, room.tries = place, 0
        entry = shown(event)
        is_new = event.cmid is None or room.recent.add(event.author, event.cmid, place)
        return [Emit(entry)] if entry and is_new else []

    def read(self, page: HistoryPage) -> tuple[HistoryPage, list[Output]]:
        """Remember what was read back; return the page without what is known further ahead.

        What was shown, and turns out to stand further ahead, is taken off the screen.
        """
        room = self._rooms.get(page.room)
        if room is None or room.cursor is None or page.generation != room.cursor.generation:
            return page, []
        second, outputs = set[int](), list[Output]()
        for generation, seq, author, cmid in page.names:
            # What lies beyond the cursor comes as an event; what lies far behind it never again.
            if not room.cursor.seq - RECENT_ENTRIES < seq <= room.cursor.seq:
                continue
            place = room.recent.place(author, cmid)
            if place is not None and place.seq < seq:
                second.add(seq)
                continue
            if place is not None and place.seq > seq:
                again = "it stands further ahead already"
                outputs.append(Emit(Withdrawn(room.id, *place, author, cmid, again)))
            room.recent.put(author, cmid, Position(generation, seq))
        return page.without(second), outputs

    def stands_at(self, room_id: str, top: Position, now: float, chance: float) -> None:
        """Resume a room if its log reaches beyond what has come."""
        room = self._rooms.get(room_id)
        if room and room.standing is Standing.LIVE and room.cursor and top > room.cursor:
            room.resume_again(now, chance)

    def stored_up_to(self, room_id: str, mark: Position) -> list[Output]:
        """Note up to where a room is stored."""
        room = self._rooms.get(room_id)
        if room is None or (room.stored is not None and mark <= room.stored):
            return []
        room.stored = mark
        return [Emit(StoredUpTo(room_id, mark.generation, mark.seq))]


def _is_unasked(room: FollowedRoom) -> bool:
    return room.standing is Standing.UNASKED


def _cursor(room: FollowedRoom) -> Cursor:
    if room.cursor is None:
        return Cursor(room.id)
    return Cursor(room.id, room.cursor.generation, room.cursor.seq)
