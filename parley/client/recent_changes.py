"""The latest edits, deletions, reactions and pins of each followed room.

Owns: remembering them, so that a page of history that was read before one of them and arrives
after it is right all the same.
Never: what they do to a message (`parley.domain.timeline`).
"""

from collections import defaultdict, deque

from msgspec.structs import replace

from parley.client.events import DeletedMessage, Message
from parley.client.showing import HistoryPage
from parley.domain.timeline import MessageState, fold, seen, view
from parley.protocol.content import target_of
from parley.protocol.events import Event

# A page is older than its arrival by moments: no room changes more often in that time.
_REMEMBERED = 500


class RecentChanges:
    """What has changed messages of late, by room."""

    def __init__(self) -> None:
        self._events: defaultdict[str, deque[Event]] = defaultdict(
            lambda: deque(maxlen=_REMEMBERED)
        )

    def add(self, event: Event) -> None:
        """Take an event of a followed room, in order."""
        if target_of(event.author or "", event.content) is not None:
            self._events[event.room].append(event)

    def forget(self, room: str) -> None:
        """The room is not followed any more."""
        self._events.pop(room, None)

    def take_back(self, room: str, generation: int, after: int) -> None:
        """Forget what was lost: everything beyond `after` of an earlier generation."""
        kept = [
            event
            for event in self._events.pop(room, ())
            if event.generation >= generation or event.seq <= after
        ]
        if kept:
            self._events[room].extend(kept)

    def brought_up(self, page: HistoryPage, me: str) -> HistoryPage:
        """Return a page with what has happened since it was read."""
        events = self._events.get(page.room)
        if not events or events[-1].seq <= page.as_of:
            return page
        states = dict(page.states)
        for entry in page.entries:
            if isinstance(entry, Message | DeletedMessage):
                told = states.get(entry.seq)
                begun = _begun(entry, page.as_of) if told is None else seen(told, me, page.as_of)
                now = fold(begun, events)
                if now.is_changed:
                    states[entry.seq] = view(now, me)
                else:  # its only reaction, or its pin, was taken back
                    states.pop(entry.seq, None)
        quoted = {
            seq: view(fold(seen(state, me, page.as_of), events), me)
            for seq, state in page.quoted.items()
        }
        return replace(page, states=states, quoted=quoted)


def _begun(entry: Message | DeletedMessage, as_of: int) -> MessageState:
    place = (entry.seq, entry.n, entry.time, entry.author, entry.cmid, as_of)
    if isinstance(entry, DeletedMessage):
        return MessageState(*place, deleted=True)
    said = (entry.text, entry.derived, entry.reply_to, entry.forwarded, entry.silent)
    return MessageState(*place, *said)
