"""The fence of each shard as one process knows it, and the taking of a new generation.

Owns: the decision that Redis is not what the database says it should be, and the steps that
follow: drain what survives, raise the generation, open it.
Never: an append or a read of a room.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping

import structlog

from parley.store.api import HeldShard, Logs
from parley.store.records import ShardRow
from parley.stream.fence import Fence, ShardState
from parley.stream.log import LogUnavailable, RoomLog

log = structlog.get_logger()

# Closed generations that are purged with the last one: whoever purged them may have been killed.
_EARLIER = 3
# Entries drained into the database by one read of a surviving ingest stream.
_DRAIN_ENTRIES = 1000


class Fences:
    """Which generation is open in each shard, agreed between Redis and the database.

    `mint` makes the identity of an embedded server, which has none of its own.
    """

    def __init__(self, room_log: RoomLog, logs: Logs, mint: Callable[[], str]) -> None:
        self._room_log, self._logs, self._mint = room_log, logs, mint
        self._known: dict[int, Fence] = {}
        # One question at a time for each shard: a loss is noticed by many tasks at once.
        self._asking: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)

    def known(self, shard: int) -> Fence | None:
        """Return the fence as last agreed, without asking anyone."""
        return self._known.get(shard)

    async def current(self, shard: int) -> Fence:
        """Return the fence, from memory if it is known. Raises as `refresh` does."""
        return self._known.get(shard) or await self.refresh(shard)

    async def refresh(self, shard: int, rows: Mapping[int, ShardRow] | None = None) -> Fence:
        """Ask Redis and the database, and take a new generation if they do not agree.

        `rows` are the database's, where the caller has just read them.
        Raises LogUnavailable and StoreUnavailable.
        """
        async with self._asking[shard]:
            state = await self._room_log.state(shard)
            if rows is None:
                rows = {row.shard: row for row in await self._logs.shards()}
            fence = _agreed(rows[shard], state) or await self._take(shard)
            self._known[shard] = fence
            return fence

    async def renew(self, shard: int) -> Fence:
        """Take a new generation although the fence holds: the room's log itself is in doubt.

        Raises LogUnavailable and StoreUnavailable.
        """
        async with self._asking[shard]:
            fence = await self._take(shard, in_doubt=self._known.get(shard))
            self._known[shard] = fence
            return fence

    async def _take(self, shard: int, in_doubt: Fence | None = None) -> Fence:
        async with self._logs.hold(shard) as held:
            # Under the row's lock: somebody else may just have put it right.
            state = await self._room_log.state(shard)
            agreed = _agreed(held.row, state)
            if agreed is not None and agreed != in_doubt:
                return agreed
            closed = held.row.generation
            await self._drain(held, shard)
            fence = await self._open_next(held, shard, state)
        log.info("generation_begun", shard=shard, generation=fence.generation)
        for generation in range(max(1, closed - _EARLIER), closed + 1):
            await self._purge(shard, generation)
        return fence

    async def _drain(self, held: HeldShard, shard: int) -> None:
        """Store what survives of the closed generation: nothing is appended to it any more."""
        generation, checkpoint = held.row.generation, held.row.checkpoint
        while True:
            after = {shard: (generation, checkpoint)}
            read = await self._room_log.read_ingest(after, _DRAIN_ENTRIES, block_ms=0)
            entries = read.get(shard)
            if not entries:
                return
            written = await held.write(entries)
            checkpoint = entries[-1].ingest_id
            for alarm in written.alarms:
                log.error("entry_set_aside", room=alarm.room, seq=alarm.seq, reason=alarm.reason)

    async def _open_next(self, held: HeldShard, shard: int, state: ShardState) -> Fence:
        """Open the next generation in Redis, then let the transaction commit it.

        In this order nobody can use it before it is recorded: a process appends only under a
        fence that it has read in both places.
        """
        identity = state.identity or self._mint()
        ahead = state.fence.generation if state.fence is not None else 0
        generation = await held.begin_generation(identity, above=ahead)
        fence = Fence(generation, identity)
        if not await self._room_log.begin(shard, fence):
            raise LogUnavailable(f"shard {shard}: generation {generation} could not be opened")
        return fence

    async def _purge(self, shard: int, generation: int) -> None:
        try:
            await self._room_log.purge(shard, generation)
        except LogUnavailable as error:
            # Only memory is lost: nothing reads a closed generation.
            log.warning("purge_failed", shard=shard, generation=generation, error=str(error))


def _agreed(row: ShardRow, state: ShardState) -> Fence | None:
    recorded = Fence(row.generation, row.identity or "")
    return recorded if state.open_fence == recorded else None
