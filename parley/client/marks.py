"""How far this device has received rooms and its person has read them, on its way to the server.

Owns: the furthest position of each room, when it is told, and that it is told again after a resume:
the server keeps marks for good only once what they cover is stored.
Never: what is unread (`parley.client.counting`), sockets, the clock.
"""

from dataclasses import dataclass, field

from parley.client.outputs import Output
from parley.client.questions import Marking, Questions
from parley.protocol.commands import Mark, RoomMark
from parley.protocol.limits import RESUME_ROOMS

# Generations follow one another so fast only while Redis is in trouble.
_MOST_CLAIMS = 3
# Marks are told so many seconds apart: of those in between, the last is enough.
MARK_SECONDS = 1.0


@dataclass(slots=True)
class _Reach:
    """How far a room was received and read, in a generation.

    `claims`: how far in earlier ones, more than is known here to have survived.
    """

    generation: int
    delivered: int = 0
    read: int = 0
    claims: tuple[RoomMark, ...] = ()


@dataclass(slots=True)
class Marks:
    """Every room's marks."""

    questions: Questions
    _reached: dict[str, _Reach] = field(default_factory=dict)
    _untold: dict[str, None] = field(default_factory=dict)
    _claims_told: list[RoomMark] = field(default_factory=list)
    _is_asked: bool = False
    _not_before: float = 0.0

    def received(self, room: str, generation: int, seq: int) -> None:
        """Note that an entry has come."""
        reach = self._reach(room, generation)
        if seq > reach.delivered:
            reach.delivered = seq
            self._untold[room] = None

    def read(self, room: str, generation: int, seq: int) -> bool:
        """Note that the person has read up to an entry. Returns whether that is further."""
        reach = self._reach(room, generation)
        if seq <= reach.read:
            return False
        reach.read = seq
        self._untold[room] = None
        return True

    def read_up_to(self, room: str) -> int:
        """Return how far the person is known to have read a room."""
        reach = self._reached.get(room)
        return reach.read if reach is not None else 0

    def resumed(self, room: str, generation: int, since: int) -> None:
        """Tell a room's marks again, of what has survived up to `since`.

        Where others have less of a room, `since` is what they have: the server knows whether more
        has survived.
        """
        reach = self._reached.get(room)
        if reach is None:
            return
        if reach.generation != generation:
            if max(reach.delivered, reach.read) > since:
                claim = RoomMark(room, reach.generation, reach.read, reach.delivered)
                reach.claims = (*reach.claims, claim)[-_MOST_CLAIMS:]
            reach.delivered, reach.read = min(reach.delivered, since), min(reach.read, since)
            reach.generation = generation
        self._untold[room] = None

    def forget(self) -> None:
        """They were another account's."""
        self._reached.clear()
        self._untold.clear()

    def disconnected(self) -> None:
        """What is unanswered is told again once its room is resumed."""
        self._is_asked, self._not_before = False, 0.0

    def pump(self, now: float) -> list[Output]:
        """Tell what is to be told now."""
        if not self._untold or self._is_asked or now < self._not_before:
            return []
        rooms, marks = self._portion()
        for room in rooms:
            del self._untold[room]
        self._claims_told = [mark for mark in marks if mark in self._reached[mark.room].claims]
        self._is_asked, self._not_before = True, now + MARK_SECONDS
        return [self.questions.ask(Mark(ref=0, rooms=marks), Marking(tuple(rooms)), now)]

    def _portion(self) -> tuple[list[str], list[RoomMark]]:
        """Return rooms whose marks go into one command, and the marks."""
        rooms: list[str] = []
        marks: list[RoomMark] = []
        for room in self._untold:
            reach = self._reached[room]
            told = [*reach.claims, RoomMark(room, reach.generation, reach.read, reach.delivered)]
            if len(marks) + len(told) > RESUME_ROOMS:
                break
            rooms.append(room)
            marks += told
        return rooms, marks

    def answered(self) -> None:
        """The server has them."""
        self._is_asked = False
        for claim in self._claims_told:
            reach = self._reached.get(claim.room)
            if reach is not None:
                reach.claims = tuple(other for other in reach.claims if other != claim)
        self._claims_told = []

    def refused(self, asked: Marking, after: float, *, retry: bool) -> None:
        """Tell them again after so many seconds from the last time, if that may help."""
        self._is_asked = False
        if retry:
            self._untold |= dict.fromkeys(asked.rooms)
            self._not_before += after

    def deadline(self) -> float | None:
        """Return when `pump` has something to do, if nothing else happens."""
        return self._not_before if self._untold and not self._is_asked else None

    def _reach(self, room: str, generation: int) -> _Reach:
        reach = self._reached.get(room)
        if reach is None or reach.generation != generation:
            reach = self._reached[room] = _Reach(generation)
        return reach
