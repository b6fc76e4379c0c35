"""Finding the message that a command is about.

Owns: from its names to its place, and from an entry to the event that a client knows.
Never: whether somebody may see it.
"""

from collections.abc import Sequence

from parley.protocol import codec, limits
from parley.protocol.content import Target
from parley.protocol.entry import Entry, event_json
from parley.protocol.events import Event
from parley.protocol.refusals import UnknownMessage
from parley.store.api import Logs

# Entries of a page, in bytes of bodies: as events they stay below SERVER_FRAME_BYTES.
_PAGE_BYTES = limits.SERVER_FRAME_BYTES // 4


class Finder:
    """Finds messages that are stored."""

    def __init__(self, logs: Logs) -> None:
        self._logs = logs

    async def seq(self, room: str, target: Target) -> int:
        """Return where a message of a room is stored. Raises UnknownMessage."""
        found = await self._logs.find(target.author, target.cmid)
        if found is None or found.room_id != room:
            raise UnknownMessage(target.cmid)
        return found.seq


def fitting(entries: Sequence[Entry | None]) -> int:
    """Return how many of the entries one page may hold: one, if there is any."""
    size = 0
    for number, entry in enumerate(entries):
        size += len(entry.body) if entry is not None else 0
        if number and size > _PAGE_BYTES:
            return number
    return len(entries)


def event_of(room: str, entry: Entry, generation: int) -> Event:
    """Return a stored entry as a client knows it, in the generation in which it stands now."""
    event = codec.decode_server_message(event_json(room, entry._replace(generation=generation)))
    assert isinstance(event, Event)
    return event
