"""Which rows of a long list are in view.

Owns: where each row begins, and finding rows by place.
Never: what the rows are.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from itertools import accumulate

from msgspec import Struct


class Heights(Struct, frozen=True):
    """Where each row begins, and at the end, how high all of them are together."""

    tops: tuple[float, ...] = (0.0,)

    @property
    def total(self) -> float:
        """How high the list is."""
        return self.tops[-1]

    def __len__(self) -> int:
        return len(self.tops) - 1

    def within(self, top: float, bottom: float) -> range:
        """Return the rows of which something lies between two places."""
        first = max(0, bisect_right(self.tops, top) - 1)
        last = min(len(self), bisect_left(self.tops, bottom))
        return range(min(first, last), last)


def stacked(heights: Iterable[float], above: float = 0.0) -> Heights:
    """Return the places of rows with these heights, one below the other."""
    return Heights(tuple(accumulate(heights, initial=above)))
