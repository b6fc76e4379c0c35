"""How often somebody may do something, counted in this process.

Owns: rates, the buckets they fill, and the generic cell rate algorithm (GCRA; ITU-T I.371, annex A)
over a clock that is given. `parley.stream.rate_limits` counts the same for all gateways together.
Never: which limits there are, and what becomes of who exceeds them.

A bucket is one time: when it will owe nothing any more. A cell moves it on by one interval, and it
may not be further ahead of now than its rate's period. So `cells` may be had at once, and from then
on one each interval.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

# Buckets that are remembered; beyond it those that were used first are forgotten: some 20 MB.
MOST_BUCKETS = 100_000
# No debt is greater than so many periods: nobody is shut out for long, whatever a clock did.
MOST_PERIODS = 2


@dataclass(frozen=True, slots=True)
class Rate:
    """So many cells in so many seconds."""

    cells: int
    seconds: float

    @property
    def period_ms(self) -> float:
        return self.seconds * 1000


@dataclass(frozen=True, slots=True, eq=False)
class Bucket:
    """What one subject (`user:<id>`, `address:<network>`) has done of one kind.

    All buckets of a subject are in one slot of a Redis Cluster. Two of the same `key` are the same.
    """

    subject: str
    what: str
    rate: Rate
    key: str = field(init=False)
    """The bucket's name in Redis."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", f"parley:{{{self.subject}}}:limit:{self.what}")


class Buckets:
    """Buckets in memory. `clock` gives milliseconds that never go back."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._free_at: dict[str, float] = {}

    def __len__(self) -> int:
        return len(self._free_at)

    def take(self, wanted: Mapping[Bucket, int]) -> int:
        """Take cells from every bucket, or none from any.

        Return 0 if they were taken, else the milliseconds to wait.
        """
        now = self._clock()
        wait = 0.0
        taken: dict[str, float] = {}
        for bucket, cells in wanted.items():
            rate = bucket.rate
            period = rate.period_ms
            ahead = self._free_at.get(bucket.key, now) - now
            debt = 0.0 if ahead < 0 else min(ahead, MOST_PERIODS * period)
            # More than the bucket ever has is all of it, so that it can be had at some time.
            debt += min(cells / rate.cells, 1) * period
            wait = max(wait, debt - period)
            taken[bucket.key] = now + debt
        if wait > 0:
            return math.ceil(wait)
        self._free_at.update(taken)
        return 0

    def owe(self, bucket: Bucket, debt_ms: float) -> None:
        """Raise a bucket's debt to what it is elsewhere; a lower one changes nothing."""
        free_at = self._clock() + debt_ms
        if free_at > self._free_at.get(bucket.key, 0.0):
            self._free_at[bucket.key] = free_at

    def tidy(self) -> None:
        """Forget the buckets that owe nothing, and the first used if there are too many."""
        now = self._clock()
        owing = [item for item in self._free_at.items() if item[1] > now]
        self._free_at = dict(owing[-MOST_BUCKETS:])
