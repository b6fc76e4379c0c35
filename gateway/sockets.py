"""How many sockets are open at this gateway, and how many may be.

Owns: the counts, in all and by place.
Never: the sockets themselves, where a client is (`gateway.addresses`), and how often one may come
(`gateway.limits`).

Each gateway counts its own: what it counted elsewhere would be wrong once it is killed. The limits
are therefore of one gateway, whoever else there is.
"""

from collections import Counter

# Sockets beyond those of the clients: handshakes under way, and questions over HTTP.
SPARE = 64
_SPARE_PER_PLACE = 16


class Sockets:
    """Counts sockets twice: once they are open, and as clients once it is known whose they are."""

    def __init__(self, in_all: int, per_place: int) -> None:
        self._in_all, self._per_place = in_all, per_place
        self._open: Counter[str] = Counter()
        self._clients: Counter[str] = Counter()
        self._all_open = self._all_clients = 0

    def opened(self, place: str | None) -> bool:
        """Count an open socket and return True, or return False if there are too many.

        `place` is None for a proxy, which speaks for many.
        """
        too_many = place is not None and self._open[place] >= self._per_place + _SPARE_PER_PLACE
        if too_many or self._all_open >= self._in_all + SPARE:
            return False
        self._all_open += 1
        if place is not None:
            self._open[place] += 1
        return True

    def closed(self, place: str | None) -> None:
        """An open socket that was counted has gone."""
        self._all_open -= 1
        if place is not None:
            _discount(self._open, place)

    def enter(self, place: str) -> str | None:
        """Count a client and return None, or return why it cannot be taken."""
        if self._all_clients >= self._in_all:
            return "this gateway has as many connections as it may"
        if self._clients[place] >= self._per_place:
            return "too many connections from this address"
        self._all_clients += 1
        self._clients[place] += 1
        return None

    def leave(self, place: str) -> None:
        """A client that was counted has gone."""
        self._all_clients -= 1
        _discount(self._clients, place)


def _discount(counts: Counter[str], place: str) -> None:
    counts[place] -= 1
    if not counts[place]:
        del counts[place]
