"""When a worker that has ended is started again.

Owns: the pauses, and what counts as ending again and again.
Never: a process, and the clock. How long a worker lived arrives as an argument.
"""

from dataclasses import dataclass

# Who lived as long as this, in seconds, did not end because of how it was started.
_LONG_LIFE = 60.0
# After the first short life, and at most, in seconds.
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 30.0
# So many short lives in a row are no accident.
_HOPELESS = 5


@dataclass(frozen=True)
class Record:
    """How often in a row a worker has ended soon after its start."""

    short_lives: int = 0

    def after(self, lived: float) -> "Record":
        """Return the record after one more life of so many seconds."""
        return Record(0 if lived >= _LONG_LIFE else self.short_lives + 1)

    @property
    def pause(self) -> float:
        """Seconds to wait before the next life: none after a long one, else doubling."""
        if not self.short_lives:
            return 0.0
        # The exponent is bounded too: nobody counts how often a worker may end in a year.
        return min(_FIRST_PAUSE * 2.0 ** min(self.short_lives - 1, 10), _LONGEST_PAUSE)

    @property
    def is_hopeless(self) -> bool:
        """Whether one more try at the start would help nobody."""
        return self.short_lives >= _HOPELESS
