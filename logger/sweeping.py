"""What is tidied up beside the storing.

Owns: notices that a crash left untold, rooms that are idle in Redis, and the end of old records.
Never: an entry that somebody waits for.
"""

from collections.abc import Callable, Iterable

import structlog

from logger.shard import HeldShard
from parley.protocol.refusals import UnknownRoom
from parley.recovery.notices import notice_draft
from parley.recovery.seeding import seed_room
from parley.store.api import Directory, Logs
from parley.store.records import NoticeRow
from parley.stream.keys import shard_of
from parley.stream.log import Batch, RoomLog, Unseeded

log = structlog.get_logger()

# A notice is appended at once by the gateway that made it; one as old as this was left behind.
_LEFT_BEHIND_MS = 3_000
_NOTICES = 100
# Old rows of a table that are removed at once: no message waits for long behind them.
_OLD_ROWS = 1000


class NoticeSweeper:
    """Tells the notices that were left behind. `clock` gives Unix milliseconds."""

    def __init__(
        self, room_log: RoomLog, directory: Directory, logs: Logs, clock: Callable[[], int]
    ) -> None:
        self._room_log, self._directory, self._logs = room_log, directory, logs
        self._clock = clock

    async def sweep(self, held: Iterable[HeldShard]) -> None:
        """Append what is left behind in these shards' rooms.

        Raises LogUnavailable, StoreUnavailable and Fenced.
        """
        shards = {each.shard: each for each in held}
        for notice in await self._directory.due_notices(_LEFT_BEHIND_MS, _NOTICES):
            shard = shards.get(shard_of(notice.room_id, self._room_log.shards))
            if shard is not None:
                await self._tell(shard, notice)

    async def _tell(self, shard: HeldShard, notice: NoticeRow) -> None:
        batch = Batch(notice.room_id, [notice_draft(notice)])
        try:
            await seed_room(self._room_log, self._logs, notice.room_id, shard.fence)
        except UnknownRoom:
            return  # it was closed, and nobody is left to tell
        outcomes = await self._room_log.append(shard.shard, shard.fence, [batch], self._clock())
        log.info(
            "notice_told_late", room=notice.room_id, told=not isinstance(outcomes[0], Unseeded)
        )


class IdleRooms:
    """Takes rooms out of Redis that are stored and have been idle for `idle_seconds`."""

    def __init__(
        self, room_log: RoomLog, idle_seconds: float, monotonic: Callable[[], float]
    ) -> None:
        self._room_log, self._idle_seconds = room_log, idle_seconds
        self._monotonic = monotonic
        # For each room: the generation and seq last seen, and since when.
        self._seen: dict[str, tuple[int, int, float]] = {}

    async def sweep(self, held: Iterable[HeldShard]) -> None:
        """Drop what has been idle for long enough. Raises LogUnavailable and Fenced."""
        seen: dict[str, tuple[int, int, float]] = {}
        for shard in held:
            seen |= await self._sweep_shard(shard)
        self._seen = seen

    async def _sweep_shard(self, shard: HeldShard) -> dict[str, tuple[int, int, float]]:
        now, generation = self._monotonic(), shard.fence.generation
        seen = {}
        rooms = sorted(await self._room_log.live_rooms(shard.shard, generation))
        positions = await self._room_log.positions(shard.shard, shard.fence, rooms)
        for room, position in positions.rooms.items():
            if position is None:
                continue
            before = self._seen.get(room)
            moved = before is None or before[:2] != (generation, position.seq)
            since = now if before is None or moved else before[2]
            idle = now - since >= self._idle_seconds
            if not (idle and await self._room_log.drop(room, shard.fence)):
                seen[room] = (generation, position.seq, since)
        return seen


class OldRecords:
    """Removes what the audit log, and ended sessions, have been kept for `kept_seconds`.

    0: nothing is ever removed.
    """

    def __init__(self, directory: Directory, kept_seconds: float) -> None:
        self._directory, self._kept_seconds = directory, kept_seconds

    async def sweep(self) -> None:
        """Remove the oldest, some at a time. Raises StoreUnavailable."""
        if not self._kept_seconds:
            return
        kept_ms = round(self._kept_seconds * 1000)
        records = await self._directory.purge_audit(kept_ms, _OLD_ROWS)
        sessions = await self._directory.purge_sessions(kept_ms, _OLD_ROWS)
        if records or sessions:
            log.info("old_records_removed", audit=records, sessions=sessions)
