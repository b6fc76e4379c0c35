"""How much is unread in rooms, as events come.

Owns: a tally for each room that the application has asked about, kept by the rule that the server
counts by (`parley.domain.unread`), and when it must be asked for again.
Never: how far the person has read; that is said by `parley.client.marks` and the server.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from parley.client.cursors import Following
from parley.client.events import UnreadChanged
from parley.client.outputs import Emit, Output
from parley.client.questions import Counting, Questions
from parley.domain.unread import Tally, with_event
from parley.protocol.commands import CountUnread, RoomStanding
from parley.protocol.entry import Position
from parley.protocol.events import Event, Marked
from parley.protocol.limits import RESUME_ROOMS

# Latest entries of a room that are remembered, to go on from a tally as of an earlier one.
_LATEST = 500


@dataclass(slots=True)
class _Room:
    """A room's tally, and the latest entries, those after its `as_of` among them."""

    tally: Tally | None = None
    marked_unread: bool = False
    latest: deque[Event] = field(default_factory=lambda: deque(maxlen=_LATEST))
    covered_from: int = 0
    """Every entry after this one is, or was, in `latest`."""
    waits_for: int = 0
    """Once so much is stored, the server's tally reaches to where the latest entries go on."""

    @property
    def reached(self) -> int:
        """Up to where every entry after `covered_from` is known."""
        return self.latest[-1].seq if self.latest else self.covered_from

    @property
    def begins_after(self) -> int:
        """From which entry on a tally can be counted on here."""
        is_full = len(self.latest) == _LATEST
        return max(self.covered_from, self.latest[0].seq - 1) if is_full else self.covered_from


class Counts:
    """The tallies of one person."""

    def __init__(self, questions: Questions, following: Following) -> None:
        self._questions, self._following = questions, following
        self._me = ""
        self._rooms: dict[str, _Room] = {}
        self._unasked: dict[str, None] = {}
        self._not_before = 0.0

    def begin(self, me: str) -> None:
        """Count as this person."""
        if me != self._me:
            self._me = me
            self._rooms.clear()

    # --- what the server says --------------------------------------------------------------

    def stands(self, standing: RoomStanding, read: int) -> list[Output]:
        """Take the server's tally, and count on; `read` is how far has been read here."""
        tally = Tally(
            standing.read,
            standing.as_of,
            standing.unread,
            standing.mentions,
            frozenset(standing.hidden),
        )
        room = self._room(standing.room)
        self._unasked.pop(standing.room, None)
        before = _shown(room)
        self._take(standing.room, room, tally)
        room.marked_unread = standing.marked_unread
        if read > tally.read:
            self._read(room, read)
        return _changed(standing.room, room, before)

    def marked(self, told: Marked) -> list[Output]:
        """Take how far the person has read a room, here or elsewhere, with its tally.

        Not in another generation than the one that is followed: what was read there may be lost.
        Where the room stands anew, the tally is asked for again.
        """
        room, position = self._rooms.get(told.room), self._following.position(told.room)
        if room is None or position is None or told.generation != position.generation:
            return []
        if room.tally is None or told.read < room.tally.read:
            return []
        tally = Tally(told.read, told.as_of, told.unread, told.mentions, frozenset(told.hidden))
        before = _shown(room)
        self._take(told.room, room, tally)
        return _changed(told.room, room, before)

    def happened(self, event: Event) -> list[Output]:
        """Take the next entry of a room that is followed."""
        room = self._rooms.get(event.room)
        if room is None:
            return []
        room.latest.append(event)
        before = _shown(room)
        if room.tally is not None:
            room.tally = with_event(room.tally, event, self._me)
        return _changed(event.room, room, before)

    def stored_up_to(self, room_id: str, mark: Position) -> None:
        """Ask again if the server's tally now reaches far enough."""
        room, position = self._rooms.get(room_id), self._following.position(room_id)
        if room is None or position is None or mark.generation != position.generation:
            return
        if room.waits_for and mark.seq >= room.waits_for:
            room.waits_for = 0
            self._unasked[room_id] = None

    def resumed(self, room_id: str, since: int, *, recovered: bool) -> None:
        """Ask again: what other devices have read meanwhile was not told, and more may be lost.

        Of the latest entries those up to `since`, where the cursor is, still stand. If not
        `recovered`, or if the room was not followed for a while, some are missing before `since`.
        """
        room = self._rooms.get(room_id)
        if room is None:
            return
        recovered = recovered and since <= room.reached
        kept = [event for event in room.latest if recovered and event.seq <= since]
        room.latest = deque(kept, maxlen=_LATEST)
        room.covered_from = min(room.covered_from, since) if recovered else since
        self._unasked[room_id] = None

    def must_reach(self, room_id: str, read: int) -> None:
        """Ask again if the tally is still from before what has been read, and the server told."""
        room = self._rooms.get(room_id)
        if room is not None and room.tally is not None and room.tally.read < read:
            self._unasked[room_id] = None

    def ask_again(self, rooms: Iterable[str], at: float) -> None:
        """The question was refused for now: it is asked again at that time, or with a resume."""
        for room in rooms:
            self._room(room)
            self._unasked[room] = None
        self._not_before = at

    def disconnected(self) -> None:
        """Ask as soon as there is a connection again."""
        self._not_before = 0.0

    # --- what the person does --------------------------------------------------------------

    def read(self, room_id: str, seq: int) -> list[Output]:
        """The person has read up to an entry on this device."""
        room = self._rooms.get(room_id)
        if room is None or room.tally is None or seq <= room.tally.read:
            return []
        before = _shown(room)
        self._read(room, seq)
        return _changed(room_id, room, before)

    def _read(self, room: _Room, seq: int) -> None:
        """Count what is known to follow; the server corrects what is not."""
        assert room.tally is not None
        hidden = frozenset(each for each in room.tally.hidden if each > seq)
        if seq >= room.tally.as_of:
            room.tally = Tally(seq, seq, hidden=hidden)
        elif room.latest and room.latest[0].seq <= seq + 1:
            room.tally = self._counted_on(room, Tally(seq, seq, hidden=hidden))

    # --- asking ----------------------------------------------------------------------------

    def pump(self, now: float) -> list[Output]:
        """Ask for the tallies that are not known."""
        if now < self._not_before:
            return []
        rooms = list(self._unasked)
        self._unasked.clear()
        portions = (
            rooms[first : first + RESUME_ROOMS] for first in range(0, len(rooms), RESUME_ROOMS)
        )
        return [
            self._questions.ask(CountUnread(ref=0, rooms=some), Counting(tuple(some)), now)
            for some in portions
        ]

    def deadline(self) -> float | None:
        """Return when `pump` has something to do, if nothing else happens."""
        return self._not_before if self._unasked else None

    def answered(self, standings: Iterable[RoomStanding], reads: dict[str, int]) -> list[Output]:
        """Take the answer; `reads` is how far rooms have been read here."""
        return [
            output
            for standing in standings
            for output in self.stands(standing, reads.get(standing.room, 0))
        ]

    def _room(self, room_id: str) -> _Room:
        """Return a room that is counted from now on: what has come before was not kept."""
        room = self._rooms.get(room_id)
        if room is None:
            position = self._following.position(room_id)
            room = self._rooms[room_id] = _Room(covered_from=position.seq if position else 0)
        return room

    def _take(self, room_id: str, room: _Room, tally: Tally) -> None:
        """Take the server's tally; ask again later if entries lie between it and the latest."""
        begins_after = room.begins_after
        room.tally = self._counted_on(room, tally)
        if tally.as_of < begins_after:
            room.waits_for = begins_after
            self.stored_up_to(room_id, self._following.stored(room_id) or Position(0, 0))

    def _counted_on(self, room: _Room, tally: Tally) -> Tally:
        for event in room.latest:
            tally = with_event(tally, event, self._me)
        return tally


def _shown(room: _Room) -> tuple[object, ...]:
    tally = room.tally
    if tally is None:
        return ()
    return (tally.unread, tally.mentions, tally.read, room.marked_unread)


def _changed(room_id: str, room: _Room, before: tuple[object, ...]) -> list[Output]:
    tally = room.tally
    if tally is None or _shown(room) == before:
        return []
    shown = UnreadChanged(room_id, tally.unread, tally.mentions, tally.read, room.marked_unread)
    return [Emit(shown)]
