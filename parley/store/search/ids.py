"""The number of a message in the index: it sorts by time, whatever room it is in.

Owns: how it is made up: 43 bits of Unix milliseconds (to the year 2248), 10 of the shard, so that
no two writers of logs make the same, and 10 that tell those of one shard and millisecond apart.
Never: a database.
"""

SHARD_BITS = 10
_TIE_BITS = 10
_TIME_SHIFT = SHARD_BITS + _TIE_BITS
_LATEST = (1 << 43) - 1
# Above every id.
END = (1 << 63) - 1


def search_id(time: int, shard: int, seq: int) -> int:
    """Return the id that an entry would like to have: in its room's order, within a millisecond."""
    at = min(time, _LATEST) << _TIME_SHIFT
    return at | shard << _TIE_BITS | seq % (1 << _TIE_BITS)


def next_id(taken: int) -> int:
    """Return the id to try next, of the same shard: past a millisecond's last is the next one's."""
    tie = (1 << _TIE_BITS) - 1
    return taken + 1 if taken & tie < tie else (taken & ~tie) + (1 << _TIME_SHIFT)


def neighbours(search_id: int) -> range:
    """Return all ids of the same millisecond and shard."""
    first = search_id >> _TIE_BITS << _TIE_BITS
    return range(first, first + (1 << _TIE_BITS))


def time_of(search_id: int) -> int:
    """Return the time of an id, Unix milliseconds."""
    return search_id >> _TIME_SHIFT


def first_id(time: int) -> int:
    """Return the lowest id of a time."""
    return min(time, _LATEST) << _TIME_SHIFT
