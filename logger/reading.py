"""Reading the ingest streams of the shards that are held.

Owns: how much is read at once, and what is read ahead while a backlog is stored: it counts only if
it follows what was stored in the end.
Never: a shard's place in its stream; that moves with each commit (`logger.shard`).
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from logger.shard import HeldShard
from parley.protocol.entry import IngestEntry
from parley.stream.log import RoomLog

# What is read at once makes so many transactions. More would not be stored faster, and is all in
# memory; with fewer the database would wait more often for the next.
_TRANSACTIONS = 4

Place = tuple[int, int]
"""A generation, and the last entry of its ingest stream that is stored."""


class Read(NamedTuple):
    """The next entries of each shard that has any, `most` at most."""

    entries: Mapping[int, Sequence[IngestEntry]]
    most: int

    @property
    def longest(self) -> int:
        """How many entries the shard with the most of them has."""
        return max(map(len, self.entries.values()), default=0)

    @property
    def is_all(self) -> bool:
        """Whether nothing was left in any stream."""
        return self.longest < self.most


class IngestReader:
    """Reads for transactions of `batch_entries`."""

    def __init__(self, room_log: RoomLog, batch_entries: int) -> None:
        self._room_log, self._batch_entries = room_log, batch_entries
        self._ahead = Read({}, batch_entries)
        self._ahead_of: dict[int, Place] = {}

    async def next(self, held: Mapping[int, HeldShard], block_ms: int) -> Read:
        """Return what comes next in these shards, after waiting for it if there is nothing.

        Raises LogUnavailable.
        """
        ahead, self._ahead = self._ahead, Read({}, self._batch_entries)
        after = {shard: each.place for shard, each in held.items()}
        following = {
            shard: entries
            for shard, entries in ahead.entries.items()
            # Not if a commit failed, or somebody else has the shard, or a generation has begun.
            if self._ahead_of[shard] == after.get(shard)
        }
        if following:
            return Read(following, ahead.most)
        return await self._read(after, len(after), block_ms)

    async def read_ahead(self, held: Mapping[int, HeldShard], read: Read) -> None:
        """Read what follows `read` while that is being stored, if there is more.

        Raises LogUnavailable.
        """
        if read.is_all:
            return
        after = {shard: each.place for shard, each in held.items()}
        for shard, entries in read.entries.items():
            after[shard] = (held[shard].fence.generation, entries[-1].ingest_id)
        self._ahead = await self._read(after, len(read.entries), block_ms=0)
        self._ahead_of = after

    async def _read(self, after: Mapping[int, Place], busy: int, block_ms: int) -> Read:
        """Read what comes in these shards, of which so many are thought to have something."""
        share = _TRANSACTIONS * self._batch_entries // busy
        most = max(1, min(share, self._batch_entries))
        return Read(await self._room_log.read_ingest(after, most, block_ms), most)
