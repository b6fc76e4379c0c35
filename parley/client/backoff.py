"""How long to wait before the next try.

Owns: exponential backoff with full jitter, so that those who were cut off together come back apart.
Never: the clock and the random source: the caller passes `chance`, drawn evenly from [0, 1).
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Backoff:
    """Waits between 0 and `base * 2**tries`, at most `cap`. Both are seconds."""

    base: float
    cap: float

    def delay(self, tries: int, chance: float) -> float:
        """Return the seconds to wait after `tries` earlier failures in a row."""
        # Past 2**32 the cap has long been reached; a larger power would not fit a float.
        return chance * min(self.cap, self.base * 2.0 ** min(tries, 32))


RECONNECT = Backoff(base=0.25, cap=20.0)
# A command that was answered "try again": the server is there, so it is asked less often.
RETRY = Backoff(base=0.5, cap=10.0)
