"""Reading a room's log: the stored part from the database, the rest from Redis.

Owns: how the two are joined without a hole, and what a client missed since it last looked.
Never: who may read; and it writes nothing.
"""

from typing import NamedTuple

from parley.protocol.entry import Entry, Position
from parley.protocol.refusals import UnknownRoom
from parley.store.api import Logs
from parley.stream.fence import Fence
from parley.stream.keys import shard_of
from parley.stream.log import Fenced, LogUnavailable, RoomLog, RoomPosition, Unseeded

# Redis may forget what was stored while the database is being read: then the database has it.
_ATTEMPTS = 5
# The database's own bound is for callers that want less than they ask for; these want it all.
_UNBOUNDED = 1 << 40


class Missed(NamedTuple):
    """What a reader who stood at some position has missed.

    Of what it has, nothing beyond `since` holds; `entries` follow it without a hole, up to
    `position`. With `recovered` false they are too many to follow, and `since` is the top.
    """

    generation: int
    since: int
    entries: list[Entry]
    position: RoomPosition
    recovered: bool


class RoomReader:
    """Reads rooms' logs.

    Its methods raise UnknownRoom, Fenced, LogUnavailable and StoreUnavailable.
    """

    def __init__(self, room_log: RoomLog, logs: Logs) -> None:
        self._room_log, self._logs = room_log, logs
        self.shards = room_log.shards

    async def position(self, room: str, fence: Fence) -> RoomPosition:
        """Return where the room stands."""
        recent = await self._room_log.recent(room, fence, 0, 1)
        if isinstance(recent, Unseeded):
            return await self._stored_position(room, fence)
        return recent.position

    async def missed(
        self, room: str, fence: Fence, cursor: Position, *, limit: int, max_bytes: int
    ) -> Missed:
        """Return what follows a cursor, of this generation or of an earlier one."""
        since = await self._survived(room, fence, cursor)
        position = await self.position(room, fence)
        restart = Missed(fence.generation, position.seq, [], position, recovered=False)
        if not 0 <= position.seq - since <= limit:
            return restart
        entries = await self.between(room, fence, since + 1, position.seq)
        if sum(len(entry.body) for entry in entries) > max_bytes:
            return restart
        return Missed(fence.generation, since, entries, position, recovered=True)

    async def between(self, room: str, fence: Fence, first: int, last: int) -> list[Entry]:
        """Return the entries `first` to `last`, all of them; `last` is at most the room's top.

        They carry the present generation, whichever they were appended in: that is where they
        stand now.
        """
        if first > last:
            return []
        for _ in range(_ATTEMPTS):
            tail = await self._tail(room, fence, first, last)
            reached = tail[0].seq if tail else last + 1
            entries = await self._stored(room, fence, first, reached - 1) + tail
            if len(entries) == last - first + 1:
                return entries
        raise LogUnavailable(f"the room {room!r} changes too fast to be read")

    async def _tail(self, room: str, fence: Fence, first: int, last: int) -> list[Entry]:
        recent = await self._room_log.recent(room, fence, first - 1, last - first + 1)
        if isinstance(recent, Unseeded):
            return []
        return [entry for entry in recent.entries if entry.seq <= last]

    async def _stored(self, room: str, fence: Fence, first: int, last: int) -> list[Entry]:
        if first > last:
            return []
        entries = await self._logs.page(
            room, after=first - 1, before=last + 1, limit=last - first + 1, max_bytes=_UNBOUNDED
        )
        for entry in entries:
            self._check(room, fence, entry.generation)
        return [entry._replace(generation=fence.generation) for entry in entries]

    async def _survived(self, room: str, fence: Fence, cursor: Position) -> int:
        if cursor.generation >= fence.generation:
            return cursor.seq
        return min(cursor.seq, await self._logs.survived(room, cursor.generation))

    async def _stored_position(self, room: str, fence: Fence) -> RoomPosition:
        seed = await self._logs.seed(room)
        if seed is None:
            raise UnknownRoom(room)
        self._check(room, fence, seed.generation)
        return RoomPosition(seed.seq, seed.n, seed.seq)

    def _check(self, room: str, fence: Fence, generation: int) -> None:
        """Refuse to pass off what was stored in a later generation as part of this one."""
        if generation > fence.generation:
            raise Fenced(shard_of(room, self.shards), fence)
