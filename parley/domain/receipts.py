"""How far all others have received and read: what ticks are drawn from.

Owns: the two numbers by which everybody in a room knows how far all but themselves have come.
Never: how far one person has come; that is greatest wins, in Redis and in the database.
"""

from collections.abc import Mapping
from typing import Literal, NamedTuple

from parley.protocol.events import Extent, Receipts

Tick = Literal["pending", "stored", "delivered", "read"]


class Reach(NamedTuple):
    """How far somebody has come in a room, as seqs: their devices received, and they read."""

    delivered: int
    read: int


def extent(reached: Mapping[str, int]) -> Extent | None:
    """Return how far all have come; None where one person has nobody to compare with."""
    if len(reached) < 2:
        return None
    (lowest, who), (following, _) = sorted((seq, person) for person, seq in reached.items())[:2]
    return Extent(lowest, who, following)


def all_others(reached: Extent | None, me: str) -> int:
    """Return up to where everybody but `me` has come; 0 if it is not known."""
    if reached is None:
        return 0
    return reached.next if reached.who == me else reached.lowest


def tick(receipts: Receipts | None, me: str, seq: int, *, is_stored: bool) -> Tick:
    """Return what became of an own message at `seq`."""
    if not is_stored:
        return "pending"
    if receipts is None or all_others(receipts.delivered, me) < seq:
        return "stored"
    return "read" if all_others(receipts.read, me) >= seq else "delivered"
