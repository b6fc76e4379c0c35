"""One shard that this logger holds.

Owns: its place in the ingest stream, and what is done when a batch was committed: trim, publish. A
batch whose commit is not sure is read again; a row that has moved on shows that somebody else has
the shard.
Never: the lease, which `logger.service` keeps; the commit (`logger.storing`).
"""

from collections.abc import Mapping, Sequence

import structlog

from parley.observe.metrics import LoggerMetrics
from parley.protocol.entry import IngestEntry
from parley.recovery.fences import Fences
from parley.store.api import Logs
from parley.store.records import RefusedEntry, ShardRow, Written
from parley.stream.fence import Fence
from parley.stream.keys import room_channel
from parley.stream.log import LogUnavailable, RoomLog
from parley.stream.published import EntryRefused, format_refused

log = structlog.get_logger()

# Rooms whose positions are asked for in one call.
_POSITIONS = 200


class LeaseLost(Exception):
    """A shard's row is not what it was when the batch was read: somebody else has moved it."""

    def __init__(self, row: ShardRow) -> None:
        super().__init__(row)
        self.row = row

    def __str__(self) -> str:
        row = self.row
        return f"shard {row.shard} is at {row.generation}/{row.checkpoint}, held by {row.owner}"


class HeldShard:
    """A shard under this logger's lease. `owner` is the logger's name in the shard's row."""

    def __init__(
        self,
        shard: int,
        owner: str,
        room_log: RoomLog,
        logs: Logs,
        fences: Fences,
        metrics: LoggerMetrics,
    ) -> None:
        self.shard = shard
        self.fence: Fence
        self.checkpoint = 0
        self._owner = owner
        self._room_log, self._logs, self._fences = room_log, logs, fences
        self._metrics = metrics
        # Watermarks of committed rooms that Redis has yet to hear of.
        self._unpublished: dict[str, int] = {}

    async def begin(self) -> None:
        """Agree on the generation and find the checkpoint; tell Redis what is stored already.

        Raises LogUnavailable, StoreUnavailable and Fenced; so do the others here.
        """
        self.fence = await self._fences.refresh(self.shard)
        rows = {row.shard: row for row in await self._logs.shards()}
        self.checkpoint = rows[self.shard].checkpoint
        self._metrics.shards.generation(self.shard, self.fence.generation)
        await self._find_unpublished()
        await self.publish()

    async def agrees(self, rows: Mapping[int, ShardRow]) -> bool:
        """Return whether the shard is still in the generation in which this logger has it."""
        if await self._fences.refresh(self.shard, rows) != self.fence:
            return False
        positions = await self._room_log.positions(self.shard, self.fence, ())
        self._metrics.shards.backlog(self.shard, positions.backlog)
        return True

    @property
    def place(self) -> tuple[int, int]:
        """Its generation, and the last entry of the ingest stream that is stored."""
        return self.fence.generation, self.checkpoint

    def is_at(self, row: ShardRow) -> bool:
        """Return whether the shard's row is what it was after the last batch."""
        mine = (self._owner, self.fence.generation, self.checkpoint)
        return mine == (row.owner, row.generation, row.checkpoint)

    def has_stored(self, entries: Sequence[IngestEntry], written: Written) -> None:
        """Go on behind a batch that was committed."""
        self.checkpoint = entries[-1].ingest_id
        self._unpublished |= written.stored
        self._metrics.entries_stored.inc(len(entries))

    async def tell(self, written: Written) -> None:
        """Let Redis forget what was committed, and tell who waits."""
        for refused in written.refused:  # before the watermark that covers it
            await self._report(refused)
        await self.publish()
        if written.alarms:
            await self._raise_alarms(written)

    async def publish(self) -> None:
        """Tell Redis how far each room is stored, as far as it has not heard."""
        told = dict(self._unpublished)
        if told:
            await self._room_log.stored(self.shard, self.fence, self.checkpoint, told)
            # What was stored while Redis was being told has yet to be told.
            self._unpublished = dict(self._unpublished.items() - told.items())

    async def _find_unpublished(self) -> None:
        """Find rooms that an earlier logger stored, and was ended before it could say so."""
        rooms = sorted(await self._room_log.live_rooms(self.shard, self.fence.generation))
        for first in range(0, len(rooms), _POSITIONS):
            names = rooms[first : first + _POSITIONS]
            positions = await self._room_log.positions(self.shard, self.fence, names)
            for room, position in positions.rooms.items():
                if position is None or position.stored == position.seq:
                    continue
                seed = await self._logs.seed(room)
                if seed is not None and seed.seq > position.stored:
                    self._unpublished[room] = seed.seq

    async def _report(self, refused: RefusedEntry) -> None:
        """Tell the room that an entry was set aside. Who misses it asks for the entry's status."""
        self._metrics.set_aside.labels("refused").inc()
        log.warning(
            "entry_refused",
            room=refused.room,
            seq=refused.seq,
            author=refused.author,
            cmid=refused.cmid,
            reason=refused.reason,
        )
        message = format_refused(
            EntryRefused(
                refused.generation,
                refused.seq,
                refused.author or "",
                refused.cmid or "",
                refused.reason,
            )
        )
        try:
            await self._room_log.publish(room_channel(self.shard, refused.room), message)
        except LogUnavailable as error:
            log.info("refusal_not_told", room=refused.room, error=str(error))

    async def _raise_alarms(self, written: Written) -> None:
        """Make a new generation: what Redis has of these rooms contradicts what is stored."""
        for alarm in written.alarms:
            self._metrics.alarms.inc()
            self._metrics.set_aside.labels("alarm").inc()
            log.error("alarm", room=alarm.room, seq=alarm.seq, reason=alarm.reason)
        await self._fences.renew(self.shard)
        await self.begin()
