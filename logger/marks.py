"""Writing marks of what was received and read into the database.

Owns: the way of a mark from Redis to its row: read, written, and only then forgotten, so that one
that was written twice is as one that was written once.
Never: an entry of a log; a mark waits for nobody, and nobody for it.
"""

from collections.abc import Iterable

from logger.shard import HeldShard
from parley.domain.receipts import Reach
from parley.observe.metrics import LoggerMetrics
from parley.store.api import Directory
from parley.store.mark_records import NewMark
from parley.stream.marks import MarkLog, UnwrittenMark

# Marks in one transaction: no message waits for long behind them.
_AT_ONCE = 500


class MarkWriter:
    """Writes the marks of the shards that a logger holds."""

    def __init__(self, mark_log: MarkLog, directory: Directory, metrics: LoggerMetrics) -> None:
        self._mark_log, self._directory, self._metrics = mark_log, directory, metrics

    async def sweep(self, held: Iterable[HeldShard]) -> None:
        """Write what has been marked. Raises LogUnavailable and StoreUnavailable."""
        unwritten: dict[NewMark, UnwrittenMark] = {}
        for each in held:
            shard, generation = each.shard, each.fence.generation
            for waiting in await self._mark_log.unwritten(shard, generation):
                unwritten[_new_mark(shard, generation, waiting)] = waiting
        marks = list(unwritten)
        for first in range(0, len(marks), _AT_ONCE):
            some = marks[first : first + _AT_ONCE]
            await self._write({mark: unwritten[mark] for mark in some})

    async def _write(self, unwritten: dict[NewMark, UnwrittenMark]) -> None:
        done = await self._directory.write_marks(list(unwritten))
        self._metrics.marks_written.inc(len(done))
        for shard, generation in {(mark.shard, mark.generation) for mark in done}:
            theirs = [
                unwritten[mark]
                for mark in done
                if (mark.shard, mark.generation) == (shard, generation)
            ]
            await self._mark_log.written(shard, generation, theirs)


def _new_mark(shard: int, generation: int, unwritten: UnwrittenMark) -> NewMark:
    room, mark = unwritten
    reach = Reach(mark.delivered, mark.read)
    return NewMark(shard, generation, room, mark.account, mark.session, reach)
