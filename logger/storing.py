"""Storing the batches of several shards, in as few transactions as may be.

Owns: which batches go into one transaction, and that none of them holds up the others: a shard that
somebody else has taken is left out, one whose row is locked just then comes after them, and if a
transaction fails, each shard has one of its own.
Never: a shard's lease and place, and what is told of it (`logger.shard`).
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

import structlog

from logger.shard import HeldShard, LeaseLost
from logger.side_by_side import each
from parley.observe.metrics import LoggerMetrics
from parley.protocol.entry import IngestEntry
from parley.store.api import Logs
from parley.store.batch import Readings
from parley.store.preparing import prepare
from parley.store.records import ShardRow, Written
from parley.stream.log import Fenced

log = structlog.get_logger()

# While the database works on some transactions, the batches of the next are prepared.
_AT_ONCE = 4


class Batch(NamedTuple):
    """What was read of a shard's ingest stream: at least one entry."""

    shard: HeldShard
    entries: Sequence[IngestEntry]


class _Prepared(NamedTuple):
    """A batch and what it says."""

    shard: HeldShard
    entries: Sequence[IngestEntry]
    readings: Readings

    @property
    def number(self) -> int:
        return self.shard.shard

    @property
    def end(self) -> int:
        return self.entries[-1].ingest_id

    def is_at(self, row: ShardRow | None) -> bool:
        """Return whether the row, if it could be locked, is what it was when this was read."""
        return row is not None and self.shard.is_at(row)


_Outcome = Written | LeaseLost


class Storage:
    """Stores what was read, at most `most_entries` in one transaction.

    `let_go` is called with each shard that somebody else has, and with what shows it.
    """

    def __init__(
        self,
        logs: Logs,
        metrics: LoggerMetrics,
        most_entries: int,
        let_go: Callable[[HeldShard, LeaseLost | Fenced], None],
    ) -> None:
        self._logs, self._metrics = logs, metrics
        self._most_entries, self._let_go = most_entries, let_go
        self._turns = asyncio.Semaphore(_AT_ONCE)
        # One after the other: the database need not wait for the first until all are prepared.
        self._preparing = asyncio.Lock()

    async def store(self, batches: Iterable[Batch]) -> None:
        """Commit the batches, then let Redis forget them and tell who waits.

        Raises LogUnavailable and StoreUnavailable, once all that can be stored is.
        """
        await each(self._store(some) for some in shares(batches, self._most_entries))

    async def _store(self, batches: Sequence[Batch]) -> None:
        async with self._turns:
            async with self._preparing:
                prepared = [_Prepared(*batch, await prepare(batch.entries)) for batch in batches]
            outcomes = await self._commit_together(prepared)
        left = [batch for batch in prepared if batch.number not in outcomes]
        done = [batch for batch in prepared if batch.number in outcomes]
        await each(
            [
                *(self._tell(batch.shard, outcomes[batch.number]) for batch in done),
                *(self._store_alone(batch) for batch in left),
            ]
        )

    async def _commit_together(self, batches: Sequence[_Prepared]) -> dict[int, _Outcome]:
        """Return what became of each shard's batch; nothing of those that are left."""
        try:
            return await self._commit(batches, wait=False)
        except Exception as error:
            if len(batches) == 1:
                raise
            # Each by itself: it turns out whose fault it is, and the others are stored.
            log.warning("stored_one_by_one", shards=len(batches), error=str(error))
            return {}

    async def _store_alone(self, batch: _Prepared) -> None:
        async with self._turns:
            outcomes = await self._commit([batch], wait=True)
        await self._tell(batch.shard, outcomes[batch.number])

    async def _commit(self, batches: Sequence[_Prepared], *, wait: bool) -> dict[int, _Outcome]:
        with self._metrics.commit_seconds.time():
            async with self._logs.hold_some([batch.number for batch in batches], wait=wait) as held:
                rows = held.rows
                mine = [batch for batch in batches if batch.is_at(rows.get(batch.number))]
                written: dict[int, Written] = {}
                if mine:
                    written = await held.write({batch.number: batch.readings for batch in mine})
                    await held.advance({batch.number: batch.end for batch in mine})
        for batch in mine:
            batch.shard.has_stored(batch.entries, written[batch.number])
        lost = {number: LeaseLost(row) for number, row in rows.items() if number not in written}
        return written | lost

    async def _tell(self, shard: HeldShard, outcome: _Outcome) -> None:
        if isinstance(outcome, LeaseLost):
            self._let_go(shard, outcome)
            return
        try:
            await shard.tell(outcome)
        except Fenced as fenced:
            self._let_go(shard, fenced)


def shares(batches: Iterable[Batch], most_entries: int) -> Iterator[list[Batch]]:
    """Divide batches among transactions: each has at most so many entries, or one batch."""
    share: list[Batch] = []
    entries = 0
    for batch in batches:
        entries += len(batch.entries)
        if share and entries > most_entries:
            yield share
            share, entries = [], len(batch.entries)
        share.append(batch)
    if share:
        yield share
