"""A room's rows with their heights, kept from one state of it to the next.

Owns: laying out what has changed, carrying over the rest, and where each row stands.
Never: drawing. Of a row only its height is kept: what it looks like is worked out again when it
comes into view, so that the lines of what is far away are not held.
"""

from msgspec import Struct

from desktop_client.layout.bubble import Shape, lines_in, measure
from desktop_client.layout.excerpt import Spoken
from desktop_client.layout.heights import Heights, stacked
from desktop_client.layout.metrics import Metrics
from desktop_client.layout.rows import (
    Above,
    BubbleRow,
    Row,
    Scene,
    UnreadRow,
    Walk,
    being_typed,
    earlier,
    later,
)
from desktop_client.state.talk import Entry, Outgoing, Talk
from parley.client import DeletedMessage, Message, Target

# Above the first row and below the last, in pixels.
MARGIN = 10.0
# Rows whose layout is kept for the next frames: two screens of them.
_SHAPES = 60


class Slot(Struct, frozen=True, eq=False):
    """A row and how high it is. It is the same one as long as the row is drawn in the same way."""

    row: Row
    height: float


class _Laid(Struct, frozen=True):
    """An entry's rows, and what the walk knew before them and after them."""

    entry: Entry | Outgoing
    before: Above
    after: Above
    slots: tuple[Slot, ...]


class Conversation:
    """The rows of one room, in a certain width."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._talk: Talk | None = None
        self._scene: Scene | None = None
        self.width = 0.0
        self._laid: dict[int | str, _Laid] = {}
        self._edges: list[Slot] = []
        self._shapes: dict[Slot, Shape] = {}
        self.slots: tuple[Slot, ...] = ()
        self.heights = Heights()

    def lay_out(self, talk: Talk, scene: Scene, width: float, height: float) -> None:
        """Bring the rows up to a state of the room; `height` is that of the view."""
        if self._talk is None or self._talk.room.id != talk.room.id or width != self.width:
            self._laid, self._edges, self._shapes = {}, [], {}
            self._talk = self._scene = None
        self.width = width
        touched = self._touched(talk, scene)
        self._talk, self._scene = talk, scene
        self._laid = self._walked(Walk(talk, scene), touched)
        slots = [slot for laid in self._laid.values() for slot in laid.slots]
        top = self._edge(earlier(talk))
        bottom = self._edge(later(talk)) + self._edge(being_typed(talk, scene))
        self._edges = [*top, *bottom]
        self.slots = (*top, *slots, *bottom)
        whole = sum(slot.height for slot in self.slots)
        # A short conversation stands at the bottom, above the composer.
        above = max(MARGIN, height - whole - MARGIN)
        self.heights = stacked((slot.height for slot in self.slots), above)

    def place_of(self, cmid: str) -> float | None:
        """Return where a message begins; None: it is not at hand."""
        index = self.row_of(cmid)
        return None if index is None else self.heights.tops[index]

    def row_of(self, cmid: str) -> int | None:
        """Return the number of a message's row; None: it is not at hand."""
        for index, slot in enumerate(self.slots):
            if isinstance(slot.row, BubbleRow) and slot.row.cmid == cmid:
                return index
        return None

    def spoken(self, first: int, last: int) -> dict[int, Spoken]:
        """Return what is said in rows from one number to another."""
        said: dict[int, Spoken] = {}
        for number in range(first, last + 1):
            slot = self.slots[number]
            if isinstance(slot.row, BubbleRow):
                lines = lines_in(self.shape_of(slot), self._metrics)
                if lines:
                    said[number] = Spoken(slot.row.name, slot.row.clock, lines)
        return said

    @property
    def first_unread(self) -> Target | None:
        """Return the message below the line that stands above what was not read."""
        rows = iter(slot.row for slot in self.slots)
        is_there = any(isinstance(row, UnreadRow) for row in rows)
        bubble = next((row for row in rows if isinstance(row, BubbleRow)), None)
        return bubble.target if is_there and bubble is not None else None

    def _walked(self, walk: Walk, touched: set[str] | None) -> dict[int | str, _Laid]:
        laid: dict[int | str, _Laid] = {}
        for entry in walk.entries:
            key = entry.cmid if isinstance(entry, Outgoing) else entry.seq
            known = self._laid.get(key)
            if known is not None and _stands(known, entry, walk.above, touched):
                walk.above = known.after
            else:
                known = self._new(walk, entry, known)
            laid[key] = known
        return laid

    def _new(self, walk: Walk, entry: Entry | Outgoing, known: _Laid | None) -> _Laid:
        before = walk.above
        old = {slot.row: slot for slot in known.slots} if known is not None else {}
        slots = tuple(old.get(row) or self._slot(row) for row in walk.past(entry))
        return _Laid(entry, before, walk.above, slots)

    def _edge(self, row: Row | None) -> list[Slot]:
        if row is None:
            return []
        known = (slot for slot in self._edges if slot.row == row)
        return [next(known, None) or self._slot(row)]

    def _slot(self, row: Row) -> Slot:
        shape = measure(row, self.width, self._metrics)
        slot = Slot(row, shape.height)
        self._remember(slot, shape)
        return slot

    def shape_of(self, slot: Slot) -> Shape:
        """Return how a row is laid out."""
        known = self._shapes.get(slot)
        return known or measure(slot.row, self.width, self._metrics)

    def _remember(self, slot: Slot, shape: Shape) -> None:
        """Keep what was measured just now: the next frame is likely to draw it."""
        self._shapes[slot] = shape
        if len(self._shapes) > _SHAPES:
            del self._shapes[next(iter(self._shapes))]

    def _touched(self, talk: Talk, scene: Scene) -> set[str] | None:
        """Return the `cmid` of each message that may look different now; None: any of them."""
        old, was = self._talk, self._scene
        if old is None or was is None or _surroundings(was) != _surroundings(scene):
            return None
        if was.people is not scene.people and was.people != scene.people:
            return None
        targets: set[Target | None] = {*(was.starred ^ scene.starred)}
        if (was.found, was.sought) != (scene.found, scene.sought):
            targets |= {was.found, scene.found}
        if old.states is not talk.states:
            targets |= _differing(old, talk)
        if old.refusals != talk.refusals:
            targets |= {refusal.target for refusal in (*old.refusals, *talk.refusals)}
        touched = {target.cmid for target in targets if target is not None}
        touched |= _further(old, talk, scene.me)
        return touched


def _surroundings(scene: Scene) -> tuple[object, ...]:
    return (scene.me, scene.today, scene.zone, scene.unread_after)


def _stands(known: _Laid, entry: Entry | Outgoing, above: Above, touched: set[str] | None) -> bool:
    """Return whether an entry's rows are as they were."""
    if touched is None or known.entry is not entry or known.before != above:
        return False
    if not touched or not isinstance(entry, Message | DeletedMessage | Outgoing):
        return True
    if entry.cmid in touched:
        return False
    answered = None if isinstance(entry, DeletedMessage) else entry.reply_to
    return answered is None or answered.cmid not in touched


def _differing(old: Talk, new: Talk) -> set[Target]:
    """Return the messages that are known to be otherwise now."""
    other = {target for target, state in new.states.items() if old.states.get(target) is not state}
    return other | (old.states.keys() - new.states.keys())


def _further(old: Talk, new: Talk, me: str) -> set[str]:
    """Return those of one's own messages that have come further, or less far."""
    if (old.receipts, old.stored) == (new.receipts, new.stored):
        return set()
    own = (e for e in new.entries if isinstance(e, Message) and e.author == me)
    return {e.cmid for e in own if old.progress(e, me) is not new.progress(e, me)}
