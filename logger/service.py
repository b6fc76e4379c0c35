"""A logger: it keeps its leases, stores what comes, and tidies up.

Owns: which shards this process works on, and the order of its work.
Never: how batches are stored (`logger.storing`).
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass

import structlog

from logger.marks import MarkWriter
from logger.pacing import Round, rest_after
from logger.reading import IngestReader
from logger.shard import HeldShard, LeaseLost
from logger.sharing import fair_share
from logger.side_by_side import each
from logger.storing import Batch, Storage
from logger.sweeping import IdleRooms, NoticeSweeper, OldRecords
from parley.observe.metrics import LoggerMetrics
from parley.recovery.fences import Fences
from parley.store.api import Directory, Logs
from parley.store.errors import StoreUnavailable
from parley.store.records import ShardRow
from parley.stream.log import Fenced, LogUnavailable, RoomLog
from parley.stream.marks import MarkLog

log = structlog.get_logger()

# How often Redis and the rows are compared: how long a new generation goes unnoticed.
_CHECK_SECONDS = 1.0
# A read of the ingest streams waits so long for the first entry: what has changed meanwhile, a
# lease, a generation, the wish to stop, is seen after it.
_BLOCK_MS = 200
# Batches that a stopping logger still stores, of what gateways have let in before it.
_LAST_BATCHES = 20
# How often marks of what was received and read are written.
_MARKS_SECONDS = 1.0
# How often the oldest records of the audit log are looked at.
_RECORDS_SECONDS = 60.0
# After Redis or the database could not be reached, in seconds.
_RETRY_SECONDS = 0.5


@dataclass(frozen=True)
class LoggerLimits:
    """How a logger works. Times are in seconds."""

    lease: float
    batch_entries: int
    room_idle: float
    audit_kept: float
    """How long the audit log keeps a record; 0: for ever."""
    alone: bool
    """Whether no other logger can exist (`parley serve`): what a former one held is free."""


class Logger:
    """One logger. `owner` is its name in the shards' rows; `clock` gives Unix milliseconds."""

    def __init__(
        self,
        owner: str,
        room_log: RoomLog,
        directory: Directory,
        logs: Logs,
        fences: Fences,
        metrics: LoggerMetrics,
        limits: LoggerLimits,
        clock: Callable[[], int],
        mark_log: MarkLog,
    ) -> None:
        self._owner = owner
        self._room_log, self._logs, self._fences = room_log, logs, fences
        self._metrics, self._limits = metrics, limits
        self._held: dict[int, HeldShard] = {}
        # Two rounds may find the same shard without work on it. The later one to begin would read
        # again what the earlier has stored meanwhile.
        self._beginning: set[int] = set()
        # Held, but more than a fair part: they are given up between two batches.
        self._surplus: set[int] = set()
        self._stopping = asyncio.Event()
        self._reader = IngestReader(room_log, limits.batch_entries)
        self._storage = Storage(logs, metrics, limits.batch_entries, self._let_go)
        self._notices = NoticeSweeper(room_log, directory, logs, clock)
        monotonic = asyncio.get_running_loop().time
        self._idle = IdleRooms(room_log, limits.room_idle, monotonic)
        self._marks = MarkWriter(mark_log, directory, metrics)
        self._records = OldRecords(directory, limits.audit_kept)

    async def run(self) -> None:
        """Work until `stop`, then give the shards back."""
        await self._reached(self._keep_leases)
        async with asyncio.TaskGroup() as group:
            group.create_task(self._every(self._limits.lease / 3, self._keep_leases))
            group.create_task(self._every(_CHECK_SECONDS, self._check))
            group.create_task(self._every(_CHECK_SECONDS, self._sweep_notices))
            group.create_task(self._every(_MARKS_SECONDS, self._write_marks))
            group.create_task(self._every(self._limits.room_idle / 2, self._sweep_rooms))
            group.create_task(self._every(_RECORDS_SECONDS, self._records.sweep))
            while not self._stopping.is_set():
                await self._reached(self._store_some)
        await self._reached(self._store_rest)
        await self._reached(self._give_back)

    def stop(self) -> None:
        """Finish the batch under way, and end."""
        self._stopping.set()

    # --- storing -----------------------------------------------------------------------

    async def _store_some(self) -> None:
        await self._hand_over()
        if not self._held:
            await self._pause(_RETRY_SECONDS)
        else:
            done = await self._store_read(_BLOCK_MS)
            await self._pause(rest_after(done))

    async def _store_rest(self) -> None:
        """Store what is there before the end, but not for ever what still comes."""
        for _ in range(_LAST_BATCHES):
            if not (self._held and (await self._store_read(block_ms=0)).entries):
                return

    async def _store_read(self, block_ms: int) -> Round:
        """Read the next batch of every shard and store them."""
        held = dict(self._held)
        read = await self._reader.next(held, block_ms)
        clock = asyncio.get_running_loop().time
        began = clock()
        batches = [Batch(held[shard], entries) for shard, entries in read.entries.items()]
        # None may still be storing when the next batch of its shard is.
        await each([self._storage.store(batches), self._reader.read_ahead(held, read)])
        return Round(read.longest, read.is_all, clock() - began)

    def _let_go(self, shard: HeldShard, why: LeaseLost | Fenced) -> None:
        """Work on it no more; the next round of leases finds out whose it is."""
        if isinstance(why, LeaseLost):
            log.warning("lease_lost", shard=shard.shard, found=str(why))
        if self._held.get(shard.shard) is shard:
            del self._held[shard.shard]
        self._metrics.shards_held.set(len(self._held))

    # --- leases ------------------------------------------------------------------------

    async def _keep_leases(self) -> None:
        """Renew what this logger has, and take what is free, up to its fair part."""
        at_work = await self._at_work()
        rows = await self._logs.shards()
        mine = self._mine(rows)
        share = fair_share(self._owner, at_work, len(rows))
        self._surplus = {row.shard for row in mine[share:]}
        # Not the rest: one that is given up meanwhile would be taken again.
        leased = [row for row in mine[:share] if await self._lease(row)]
        for row in rows:
            if len(leased) >= share:
                break
            if row.owner != self._owner and await self._lease(row):
                leased.append(row)
        await each(self._begin(row.shard) for row in leased if row.shard not in self._held)
        self._metrics.shards_held.set(len(self._held))

    async def _at_work(self) -> list[str]:
        """Return the loggers that share the work, this one among them."""
        if self._limits.alone:
            return [self._owner]
        return await self._logs.attend(self._owner, self._lease_ms)

    def _mine(self, rows: Iterable[ShardRow]) -> list[ShardRow]:
        """Return the rows that name this logger, and work on no other shard any more."""
        mine = [row for row in rows if row.owner == self._owner]
        for number in self._held.keys() - {row.shard for row in mine}:
            del self._held[number]
        return mine

    async def _lease(self, row: ShardRow) -> bool:
        """Take or renew a lease; return whether this logger has it."""
        leased = await self._logs.lease(
            row.shard, self._owner, self._lease_ms, force=self._limits.alone
        )
        if leased is None:
            self._held.pop(row.shard, None)
        elif row.owner not in (None, self._owner):
            self._metrics.takeovers.inc()
            log.warning("shard_taken_over", shard=row.shard, former=row.owner)
        return leased is not None

    @property
    def _lease_ms(self) -> int:
        return round(self._limits.lease * 1000)

    async def _begin(self, number: int) -> None:
        if number in self._beginning:
            return
        self._beginning.add(number)
        shard = HeldShard(
            number, self._owner, self._room_log, self._logs, self._fences, self._metrics
        )
        try:
            await shard.begin()
        finally:
            self._beginning.discard(number)
        self._held[number] = shard

    async def _check(self) -> None:
        """Notice a new generation, take up again what was let go, and tell what was not heard."""
        rows = {row.shard: row for row in await self._logs.shards()}
        staying = [row.shard for row in self._mine(rows.values()) if row.shard not in self._surplus]
        await each(self._look_after(number, rows) for number in staying)
        self._metrics.shards_held.set(len(self._held))

    async def _look_after(self, number: int, rows: Mapping[int, ShardRow]) -> None:
        shard = self._held.get(number)
        if shard is None or not await shard.agrees(rows):
            await self._begin(number)
        else:
            await shard.publish()

    async def _hand_over(self) -> None:
        """Give up what is more than a fair part; whoever has less takes it with its next round."""
        for number in sorted(self._surplus):
            self._held.pop(number, None)
            await self._logs.release(number, self._owner)
            self._surplus.discard(number)
            log.info("shard_handed_over", shard=number)
            self._metrics.shards_held.set(len(self._held))

    async def _give_back(self) -> None:
        """Leave everything to the others, who need not wait for a lease to end."""
        # By the rows: what was let go, or could not be begun, is leased all the same.
        for row in self._mine(await self._logs.shards()):
            await self._logs.release(row.shard, self._owner)
        if not self._limits.alone:
            await self._logs.depart(self._owner)

    # --- tidying -----------------------------------------------------------------------

    async def _sweep_notices(self) -> None:
        await self._notices.sweep(list(self._held.values()))

    async def _write_marks(self) -> None:
        await self._marks.sweep(list(self._held.values()))

    async def _sweep_rooms(self) -> None:
        await self._idle.sweep(list(self._held.values()))

    # --- running -----------------------------------------------------------------------

    async def _every(self, seconds: float, work: Callable[[], Awaitable[None]]) -> None:
        while not self._stopping.is_set():
            await self._reached(work)
            await self._pause(seconds)

    async def _pause(self, seconds: float) -> None:
        """Wait, but no longer than until the stop."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stopping.wait()

    async def _reached(self, work: Callable[[], Awaitable[None]]) -> None:
        """Do the work, or wait a little if Redis or the database is not to be reached."""
        try:
            await work()
        except (LogUnavailable, StoreUnavailable, Fenced) as error:
            log.warning("not_reached", work=work.__name__, error=str(error))
            await self._pause(_RETRY_SECONDS)
