"""The names of everything that Parley keeps in Redis.

Owns: which shard a room belongs to, and every key and channel. All keys of a shard carry its hash
tag, so that one function call may touch them on Redis Cluster as well; all but the fence carry
the generation, so that nothing of an older one can be read by mistake.
Never: a command to Redis.
"""

from zlib import crc32


def shard_of(room: str, shards: int) -> int:
    """Return the shard, 0 to `shards` - 1, that holds the room's log."""
    return crc32(room.encode()) % shards


def fence(shard: int) -> str:
    """String `generation identity`: which generation is open, and the server it was begun on."""
    return f"parley:{{{shard}}}:fence"


def identity(shard: int) -> str:
    """String: the identity of an embedded server, minted anew with each generation it begins."""
    return f"parley:{{{shard}}}:identity"


def counters(shard: int, generation: int) -> str:
    """Hash `ingest`, `drops`: entries ever appended, rooms ever dropped."""
    return f"parley:{{{shard}}}:{generation}:counters"


def ingest(shard: int, generation: int) -> str:
    """Stream of every entry that the logger has yet to store, with ids from `counters.ingest`."""
    return f"parley:{{{shard}}}:{generation}:ingest"


def live(shard: int, generation: int) -> str:
    """Set of the rooms that are seeded."""
    return f"parley:{{{shard}}}:{generation}:live"


def room(shard: int, generation: int, room: str) -> str:
    """Hash `seq`, `n`, `authority`, `stored` of a seeded room."""
    return f"parley:{{{shard}}}:{generation}:room:{room}"


def recent(shard: int, generation: int, room: str) -> str:
    """Stream of a room's unstored and latest entries, with ids `seq-0`."""
    return f"parley:{{{shard}}}:{generation}:recent:{room}"


def sent(shard: int, generation: int, room: str) -> str:
    """Hash from `author:cmid` to `seq n time digest`, for the entries in `recent`."""
    return f"parley:{{{shard}}}:{generation}:sent:{room}"


def redacted(shard: int, generation: int, room: str) -> str:
    """Hash from the seq of a deleted entry to where its deletion stands, and its stone."""
    return f"parley:{{{shard}}}:{generation}:redacted:{room}"


def room_keys(shard: int, generation: int, name: str) -> tuple[str, str, str, str]:
    """Return the four keys of one seeded room."""
    return (
        room(shard, generation, name),
        recent(shard, generation, name),
        sent(shard, generation, name),
        redacted(shard, generation, name),
    )


def marks(shard: int, generation: int, room: str) -> str:
    """Hash of marks that were made lately: from `account session` to `delivered read`, and from
    `account` to the furthest that the person has read.
    """
    return f"parley:{{{shard}}}:{generation}:marks:{room}"


def unwritten_marks(shard: int, generation: int) -> str:
    """Hash from `room account session` to `delivered read`: marks that the logger has to write."""
    return f"parley:{{{shard}}}:{generation}:unwritten_marks"


def room_channel(shard: int, room: str) -> str:
    """Channel of a room's events and watermarks."""
    return f"parley:{{{shard}}}:events:{room}"
