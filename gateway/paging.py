"""Which page of a room's history somebody asks for.

Owns: the ways to name a place: before or after an entry, around one, at a date, where one has not
read on.
Never: how a page is read (`gateway.history`), and what has become of its messages.
"""

from gateway.history import HistoryPage, HistoryReader, Reading
from gateway.marking import Marking
from parley.protocol.commands import History
from parley.store.api import FullDirectory
from parley.stream.fence import Fence
from parley.stream.log import RoomPosition


class Pages:
    """Pages for people. Raises UnknownRoom, Fenced, LogUnavailable and StoreUnavailable."""

    def __init__(self, directory: FullDirectory, marking: Marking, history: HistoryReader) -> None:
        self._directory, self._marking, self._history = directory, marking, history

    async def page(
        self, me: str, fence: Fence, position: RoomPosition, command: History
    ) -> HistoryPage:
        """Return the page that a command asks for; `position`: where the room stands."""
        room, limit = command.room, command.limit
        place = Reading(me, room, fence, position)
        if command.around is not None:
            return await self._history.around(place, command.around, limit)
        if command.at is not None:
            stored = await self._directory.first_since(room, command.at)
            return await self._history.at(place, command.at, stored, limit)
        if command.first_unread:
            unread = await self._first_unread(me, room)
            if unread is not None:
                return await self._history.around(place, unread, limit)
        if command.after is not None:
            return await self._history.after(place, command.after, limit)
        return await self._history.before(place, command.before, limit)

    async def _first_unread(self, me: str, room: str) -> int | None:
        reads = await self._marking.reads(me, [room])
        standings = await self._directory.room_standings(me, reads)
        if not standings:
            return None
        read = standings[0].tally.read
        unread = await self._directory.unread_entries(me, room, after=read, limit=1)
        return unread[0].seq if unread else None
