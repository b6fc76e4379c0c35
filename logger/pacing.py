"""How long a logger rests before it stores again.

Owns: the rule. A transaction costs as much for one entry as for fifty, and each shard has its own:
a logger that never rested would be busy all the time, however little is said.
Never: waiting.
"""

from typing import NamedTuple

# So many times as long as the last round took: where much is said, a logger works a third of the
# time, for three times as many entries.
_TIMES = 2.0
# Nobody who looks at the ticks notices a rest of so many seconds.
LONGEST_SECONDS = 0.25


class Round(NamedTuple):
    """A round of storing: the entries of the greatest batch, and the seconds that it took."""

    entries: int
    seconds: float


def rest_after(last: Round, batch_entries: int) -> float:
    """Return the seconds to rest; none after a quiet time, and none while there is a backlog.

    `batch_entries` is the most that a batch may have.
    """
    if not 0 < last.entries < batch_entries:
        return 0.0
    return min(_TIMES * last.seconds, LONGEST_SECONDS)
