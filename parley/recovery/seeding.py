"""Bringing a room into Redis on first use.

Owns: the order that keeps a sequence number from being given twice: drops, database, seed.
Never: an append.
"""

from parley.protocol.refusals import UnknownRoom
from parley.store.api import Logs
from parley.stream.fence import Fence
from parley.stream.keys import shard_of
from parley.stream.log import LogUnavailable, RoomLog, Seed

# Drops are rare (a room idle for minutes): losing this many races in a row is no coincidence.
_ATTEMPTS = 10


async def seed_room(room_log: RoomLog, logs: Logs, room: str, fence: Fence) -> None:
    """Seed a room from the database, unless somebody has; in any case, raise its authority.

    On return nothing is appended any more under an authority that was out of date before the call.
    Raises UnknownRoom, Fenced, LogUnavailable and StoreUnavailable.
    """
    shard = shard_of(room, room_log.shards)
    for _ in range(_ATTEMPTS):
        # Before the database: a room dropped between the two would be seeded with old numbers.
        drops = (await room_log.positions(shard, fence, ())).drops
        seed = await logs.seed(room)
        if seed is None:
            raise UnknownRoom(room)
        if await room_log.seed(room, fence, Seed(drops, seed.seq, seed.n, seed.authority)):
            return
    raise LogUnavailable(f"the room {room!r} could not be seeded in {_ATTEMPTS} attempts")
