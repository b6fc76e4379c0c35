"""How far back one search looks.

Owns: the slices of time that it looks at, the latest first, and when it has looked long enough.
Never: a query.

What is looked for may be in every second message, or in none of ten million. So a search begins
with the latest hours. A slice that took little time is followed by a longer one, one that took much
by a shorter one. After a second it stops: whoever asked gets what was found, and where to go on.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from parley.store.search.ids import first_id, time_of
from parley.store.search.tokens import STRETCHES, AnyOf, time_token

# From five hours to two years, each four times the one before: so many stretches of one length.
_LENGTHS = [(bits, count) for bits in STRETCHES for count in (1, 4)][:-1]
# After a slice that took less: one of sixteen times its length, and of four times. What is in no
# cache takes several times as long, which is still no more than seconds.
_VERY_QUICK_SECONDS, _QUICK_SECONDS = 0.02, 0.15
_SLOW_SECONDS = 0.5
_ENOUGH_SECONDS = 1.0


class Slice(NamedTuple):
    """The ids from `first` to, exclusive, `end`. What has them has one of the tokens."""

    stretches: AnyOf
    first: int
    end: int


class Walk:
    """A walk from the id `end`, exclusive, back to `first`. `clock` gives seconds."""

    def __init__(self, first: int, end: int, clock: Callable[[], float]) -> None:
        self._first, self._end, self._clock = first, end, clock
        self._length = 0

    @property
    def rest(self) -> int | None:
        """Return the id below which nothing was looked at, None if all was."""
        return self._end if self._first < self._end else None

    def slices(self) -> Iterator[Slice]:
        """Yield one slice, and more as long as there is time. Who asks for the next has done it."""
        began = before = self._clock()
        while self._first < self._end and before - began < _ENOUGH_SECONDS:
            part = self._next()
            yield part
            self._end, now = part.first, self._clock()
            self._learn(now - before)
            before = now

    def _next(self) -> Slice:
        bits, count = _LENGTHS[self._length]
        latest = time_of(self._end - 1) >> bits
        stretches = range(latest, latest - count, -1)
        first = max(self._first, first_id(max(stretches[-1], 0) << bits))
        return Slice(tuple(time_token(each << bits, bits) for each in stretches), first, self._end)

    def _learn(self, seconds: float) -> None:
        if seconds < _QUICK_SECONDS:
            longer = self._length + (2 if seconds < _VERY_QUICK_SECONDS else 1)
            self._length = min(longer, len(_LENGTHS) - 1)
        elif seconds > _SLOW_SECONDS:
            self._length = max(self._length - 1, 0)
