"""How far everybody has come in the followed rooms: what is marked, counted and told of it.

Owns: that marks and counts see every entry, resume and answer that concerns them.
Never: entries themselves (`parley.client.cursors`), sockets, the clock.
"""

from collections.abc import Iterable

from parley.client.counting import Counts
from parley.client.cursors import Following
from parley.client.events import (
    DraftSaved,
    MessageHidden,
    MessageStarred,
    ReceiptsChanged,
)
from parley.client.marks import Marks
from parley.client.outputs import Emit, Output
from parley.client.questions import Counting, Marking, Questions
from parley.protocol import events
from parley.protocol.commands import RoomStanding
from parley.protocol.content import Text
from parley.protocol.entry import Position

# After a refusal marks are told, and counts are asked for, again so many seconds later.
_AGAIN_SECONDS = 5.0

Told = events.Marked | events.Receipts | events.Hidden | events.StarChanged | events.DraftChanged
"""What the server tells of it unasked."""


class Progress:
    """One person's. `delivers`: what comes is marked as received by this device."""

    def __init__(self, questions: Questions, following: Following, *, delivers: bool) -> None:
        self._following, self._delivers = following, delivers
        self._marks, self._counts = Marks(questions), Counts(questions, following)
        self._me = ""

    def begin(self, me: str) -> None:
        """Go on as this person."""
        self._me = me
        self._counts.begin(me)

    def forget(self) -> None:
        """It was another account's."""
        self._marks.forget()

    def disconnected(self) -> None:
        """What is unanswered is told again after the next resume."""
        self._marks.disconnected()
        self._counts.disconnected()

    def mark_read(self, room: str, seq: int | None) -> list[Output]:
        """The person has read a followed room up to an entry, or all that has come of it."""
        position = self._following.position(room)
        if position is None:
            return []
        read = position.seq if seq is None else min(seq, position.seq)
        if not self._marks.read(room, position.generation, read):
            return []
        return self._counts.read(room, read)

    def read_up_to(self, room: str) -> int:
        """Return how far a room is known to have been read here."""
        return self._marks.read_up_to(room)

    # --- what comes ------------------------------------------------------------------------

    def happened(self, event: events.Event, *, is_shown: bool) -> list[Output]:
        """Take an entry, after the cursor has moved; a second copy of a message is not counted."""
        place = (event.generation, event.seq)
        if self._following.position(event.room) != place:
            return []
        if self._delivers and event.author != self._me:
            self._marks.received(event.room, *place)
        if isinstance(event.content, Text) and not is_shown:
            return []
        return self._counts.happened(event)

    def resumed(self, room: str, generation: int, since: int, *, recovered: bool) -> None:
        """A room stands anew, as `following` has already heard."""
        position = self._following.position(room)
        if position is None or position.generation != generation:
            return  # from a gateway that has not noticed a loss yet: the room is resumed again
        self._marks.resumed(room, generation, since)
        # In the same generation more may be known by now than when the answer was made.
        self._counts.resumed(room, position.seq, recovered=recovered)

    def stored_up_to(self, room: str, mark: Position) -> None:
        """So much of a room is in the database."""
        self._counts.stored_up_to(room, mark)

    def take(self, message: Told) -> list[Output]:
        """Take what the server tells."""
        match message:
            case events.Marked():
                return self._counts.marked(message)
            case events.Receipts():
                return [Emit(ReceiptsChanged(message))]
            case events.Hidden(room=room, seq=seq, author=author, cmid=cmid):
                return [Emit(MessageHidden(room, seq, author, cmid))]
            case events.StarChanged(room=room, seq=seq, author=author, cmid=cmid, on=on):
                return [Emit(MessageStarred(room, seq, author, cmid, on))]
            case events.DraftChanged(draft=draft):
                return [Emit(DraftSaved(draft))]

    def stand(self, standings: Iterable[RoomStanding]) -> list[Output]:
        """Take how one stands in rooms, and count on from there."""
        standings = list(standings)
        reads = {each.room: self._marks.read_up_to(each.room) for each in standings}
        return self._counts.answered(standings, reads)

    def marked(self, asked: Marking) -> None:
        """The server has the marks, and counts from there, if this device could not."""
        self._marks.answered()
        for room in asked.rooms:
            self._counts.must_reach(room, self._marks.read_up_to(room))

    def refused(self, asked: Marking | Counting, now: float, *, retry: bool) -> None:
        """Tell, or ask, again later if that may help."""
        match asked:
            case Marking():
                self._marks.refused(asked, _AGAIN_SECONDS, retry=retry)
            case Counting(rooms=rooms) if retry:
                self._counts.ask_again(rooms, now + _AGAIN_SECONDS)
            case _:
                pass

    # --- what is asked ---------------------------------------------------------------------

    def pump(self, now: float) -> list[Output]:
        """Tell and ask what is due."""
        return [*self._marks.pump(now), *self._counts.pump(now)]

    def deadline(self) -> float | None:
        """Return when `pump` has something to do, if nothing else happens."""
        deadlines = (self._marks.deadline(), self._counts.deadline())
        return min((each for each in deadlines if each is not None), default=None)
