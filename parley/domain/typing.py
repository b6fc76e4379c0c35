"""Who is typing where, as a client knows it.

Owns: how what was told becomes who is shown: it ends by itself, and when they have said it.
Never: the clock; the time arrives as an argument, in milliseconds of any clock.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

_NOBODY: Mapping[tuple[str, str], int] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Typists:
    """People by room, each with the time until which they are taken to be typing."""

    _until: Mapping[tuple[str, str], int] = field(default_factory=lambda: _NOBODY)

    def told(self, room: str, person: str, for_ms: int, now: int) -> "Typists":
        """Return who is typing after it was told of one; `for_ms` 0: no longer."""
        still = {who: until for who, until in self._until.items() if until > now}
        still.pop((room, person), None)
        if for_ms > 0:
            still[room, person] = now + for_ms
        return Typists(still)

    def said(self, room: str, person: str) -> "Typists":
        """Return who is typing after somebody has said something."""
        if (room, person) not in self._until:
            return self
        return Typists({who: at for who, at in self._until.items() if who != (room, person)})

    def in_room(self, room: str, now: int) -> list[str]:
        """Return who is typing in a room, in the order in which they began."""
        return [who for (where, who), until in self._until.items() if where == room and until > now]
