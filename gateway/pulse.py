"""Whose heartbeat is when: a gateway's connections, spread over the time between two of each.

Owns: the connections, each in one of so many equal parts of that time.
Never: what a heartbeat is, a clock, and the waiting between two parts.

A thousand heartbeats at once are answered by a thousand pongs at once, which kept a gateway from
everything else for some 50 milliseconds, however small the portions in which they were sent.
"""

from collections import deque
from collections.abc import Iterator
from itertools import islice
from typing import Generic, TypeVar

Member = TypeVar("Member")

# Of a time of five seconds, one each tenth of a second; of 10,000 connections 200 in each.
PARTS = 50


class Pulse(Generic[Member]):
    """The members, each of whom has a turn in `seconds`. It is `now`, as for `due`."""

    def __init__(self, seconds: float, now: float) -> None:
        self._part_seconds, self._reached = seconds / PARTS, now
        # The one that is next comes first.
        self._parts: deque[set[Member]] = deque(set[Member]() for _ in range(PARTS))

    def __len__(self) -> int:
        return sum(map(len, self._parts))

    def __iter__(self) -> Iterator[Member]:
        return (member for part in self._parts for member in part)

    def add(self, member: Member) -> None:
        """Give a member its turn, where the fewest others have theirs."""
        min(self._parts, key=len).add(member)

    def discard(self, member: Member) -> None:
        """The member has no turn any more."""
        for part in self._parts:
            part.discard(member)

    def due(self, now: float) -> list[Member]:
        """Return those whose turn has come since this was last asked, each of them once."""
        turns = int((now - self._reached) / self._part_seconds)
        self._reached += turns * self._part_seconds
        due = [member for part in islice(self._parts, turns) for member in part]
        self._parts.rotate(-turns)
        return due
