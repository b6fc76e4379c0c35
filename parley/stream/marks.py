"""How far devices have received and read rooms, as Redis holds it until it is stored.

Owns: the interface, its implementation over Redis, and the keys' contents. The greatest counts, so
that every call may be repeated.
Never: the database; the logger writes the marks there, a second later, and comes back to say so.

A room's marks stay for an hour after the last of them, for whoever counts how far all have come;
those that are not written yet stay, in the shard's list, until they are.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from parley.stream import keys
from parley.stream.fence import Fence
from parley.stream.functions import Functions, Mode, reaching_redis
from parley.stream.log import Fenced, Unseeded

# Long beyond the moments between two looks at a room's marks.
_KEPT_MS = 3_600_000
# Marks that are taken out of a shard's list in one look, and asked for in one round trip.
_UNWRITTEN, _SCANNED = 2000, 500


class DeviceMark(NamedTuple):
    """How far a person's device has received a room, and the person has read it."""

    account: str
    session: str
    delivered: int
    read: int


class UnwrittenMark(NamedTuple):
    """A mark that is to be written into the database, and its key in the shard's list."""

    room: str
    mark: DeviceMark


class MarkLog(Protocol):
    """The marks in Redis. Everything here raises LogUnavailable."""

    async def mark(
        self, room: str, fence: Fence, marks: Sequence[DeviceMark]
    ) -> list[DeviceMark] | Unseeded:
        """Raise marks, none of them beyond the room's top; return those that have risen.

        Raises Fenced.
        """
        ...

    async def marks(self, room: str, generation: int) -> list[DeviceMark]:
        """Return the marks that were made lately: all of them, so only of a small room."""
        ...

    async def read_up_to(self, room: str, generation: int, account: str) -> int:
        """Return how far somebody has read a room, by the marks that were made lately."""
        ...

    async def unwritten(self, shard: int, generation: int) -> list[UnwrittenMark]:
        """Return marks that the database may not have, some at a time."""
        ...

    async def written(self, shard: int, generation: int, marks: Sequence[UnwrittenMark]) -> None:
        """Forget to write marks that have not risen since."""
        ...


class RedisMarks:
    """The marks in the Redis to which a client leads; implements `MarkLog`."""

    def __init__(self, client: Any, mode: Mode, shards: int) -> None:
        self._client, self._shards = client, shards
        self._call = Functions(client, mode).call

    async def mark(
        self, room: str, fence: Fence, marks: Sequence[DeviceMark]
    ) -> list[DeviceMark] | Unseeded:
        shard, generation = keys.shard_of(room, self._shards), fence.generation
        touched = [
            keys.fence(shard),
            keys.identity(shard),
            keys.room(shard, generation, room),
            keys.marks(shard, generation, room),
            keys.unwritten_marks(shard, generation),
        ]
        args: list[Any] = [str(fence), room, _KEPT_MS]
        for mark in marks:
            args += [f"{mark.account} {mark.session}", mark.delivered, mark.read]
        answer = await self._call("mark", touched, *args)
        if answer[0] == b"fence":
            raise Fenced(shard, fence)
        if answer[0] == b"unseeded":
            return Unseeded()
        return [_mark(who, reach) for who, reach in zip(answer[1::2], answer[2::2], strict=True)]

    async def marks(self, room: str, generation: int) -> list[DeviceMark]:
        key = keys.marks(keys.shard_of(room, self._shards), generation, room)
        async with reaching_redis():
            held: Mapping[bytes, bytes] = await self._client.hgetall(key)
        return [_mark(who, reach) for who, reach in held.items() if b" " in who]

    async def read_up_to(self, room: str, generation: int, account: str) -> int:
        key = keys.marks(keys.shard_of(room, self._shards), generation, room)
        async with reaching_redis():
            return int(await self._client.hget(key, account) or 0)

    async def unwritten(self, shard: int, generation: int) -> list[UnwrittenMark]:
        key = keys.unwritten_marks(shard, generation)
        found: list[UnwrittenMark] = []
        async with reaching_redis():
            async for field, reach in self._client.hscan_iter(key, count=_SCANNED):
                room, who = field.split(b" ", 1)
                found.append(UnwrittenMark(room.decode(), _mark(who, reach)))
                if len(found) == _UNWRITTEN:
                    break
        return found

    async def written(self, shard: int, generation: int, marks: Sequence[UnwrittenMark]) -> None:
        args: list[str] = []
        for room, mark in marks:
            args += [
                f"{room} {mark.account} {mark.session}",
                f"{mark.delivered} {mark.read}",
            ]
        if args:
            await self._call("marks_written", [keys.unwritten_marks(shard, generation)], *args)


def _mark(who: bytes, reach: bytes) -> DeviceMark:
    account, session = who.decode().split(" ")
    delivered, read = reach.split(b" ")
    return DeviceMark(account, session, int(delivered), int(read))
