"""How long a logger rests before it stores again.

Owns: the rule. A transaction costs as much for one entry as for fifty: a logger that never rested
would be busy all the time, however little is said.
Never: waiting.
"""

from typing import NamedTuple

# So many times as long as the last round took: where much is said, a logger works a fifth of the
# time, for five times as many entries.
_TIMES = 4.0
# At the least: where a little is said all the time, that makes some ten transactions a second, and
# not as many as there is time for.
_SHORTEST_SECONDS = 0.1
# Nobody who looks at the ticks notices a rest of so many seconds.
LONGEST_SECONDS = 0.25


class Round(NamedTuple):
    """A round of storing: the entries of the greatest batch, and the seconds that it took.

    `is_all`: whether nothing was left to store.
    """

    entries: int
    is_all: bool
    seconds: float


def rest_after(last: Round) -> float:
    """Return the seconds to rest; none after a quiet time, and none while there is a backlog."""
    if not (last.entries and last.is_all):
        return 0.0
    return min(max(_TIMES * last.seconds, _SHORTEST_SECONDS), LONGEST_SECONDS)
