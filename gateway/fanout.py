"""Writing a room's frames to its readers, in batches.

Owns: when frames are written: the first at once, then the room rests, and what comes meanwhile is
joined and written to each reader in one call; how long a room rests. Measured on 2 cores with
1,000 readers: one write an event tops out near 120,000 deliveries a second, 10 ms batches carry
2,000,000.
Never: what the frames say, and who the readers are.
"""

import asyncio
from collections.abc import Callable, Sized

# A batch that grows to this is written without waiting for its time, so that one write never
# brings a healthy reader near the limit of a slow one.
_BATCH_BYTES = 128 * 1024
# A write to one socket takes the processor 8 to 15 microseconds, however much it carries. A room
# rests until that is over; and for longer where several frames were joined, so that one room leaves
# most of the processor's time to what else there is. 50 frames a second go out one by one.
_SECONDS_A_READER, _MOST_SECONDS_A_READER = 15e-6, 40e-6
# Where all rooms together would take more than a sixth of it, they rest for longer.
_SECONDS_A_RESTING_READER = 30e-6
# How long a watermark waits for a frame to go out with. A tick that is so late looks no later, and
# where people talk it costs no write of its own.
PATIENCE_SECONDS = 0.05


class Pace:
    """How long rooms rest after they have been written to.

    As long as little is written, that is next to nothing in a room of ten. The more readers are in
    rooms that rest, the longer, up to `window` seconds; longer in a room of many hundred readers.
    """

    def __init__(self, window: float) -> None:
        self._window = window
        self._resting = 0

    def rest(self, readers: int, frames: int) -> float:
        """So many frames are written to so many readers: return for how many seconds they rest.

        `rested` has to be called at the end, with the same number of readers.
        """
        self._resting += readers
        shared = min(self._window, self._resting * _SECONDS_A_RESTING_READER)
        own = readers * min(frames * _SECONDS_A_READER, _MOST_SECONDS_A_READER)
        return max(shared, own)

    def rested(self, readers: int) -> None:
        """A room of so many readers has rested, or is closed."""
        self._resting -= readers


class Batcher:
    """Joins frames for `readers`. `write` gets whole frames, joined, and their number.

    A quiet room pays nothing: its next frame goes out at once. `pace` is all rooms'.
    """

    __slots__ = (
        "_latest", "_pace", "_patience", "_pending", "_readers", "_resting", "_size", "_timer",
        "_write",
    )  # fmt: skip

    def __init__(self, pace: Pace, readers: Sized, write: Callable[[bytes, int], None]) -> None:
        self._pace, self._readers, self._write = pace, readers, write
        self._pending: list[bytes] = []
        self._size = 0
        self._latest: Callable[[], bytes] | None = None
        # Until the next frame may go out, and how many readers rest until then.
        self._timer: asyncio.TimerHandle | None = None
        self._resting = 0
        # Until the latest thing goes out by itself.
        self._patience: asyncio.TimerHandle | None = None

    def add(self, frame: bytes) -> None:
        """Write the frame, now or with the next batch; frames keep their order."""
        self._pending.append(frame)
        self._size += len(frame)
        if self._timer is None or self._size > _BATCH_BYTES:
            self.flush()

    def add_latest(self, make: Callable[[], bytes]) -> None:
        """Write what `make` returns with the next frame, or by itself if none comes soon.

        Of many such things the last is enough.
        """
        self._latest = make
        if self._patience is None:
            self._patience = asyncio.get_running_loop().call_later(PATIENCE_SECONDS, self.flush)

    def flush(self) -> None:
        """Write what is pending, if anything is, and rest."""
        joined = max(1, len(self._pending))
        if self._latest is not None:
            self._pending.append(self._latest())
            self._forget_latest()
        if not self._pending:
            return
        self._stop_resting()
        self._resting = len(self._readers)
        rest = self._pace.rest(self._resting, joined)
        self._timer = asyncio.get_running_loop().call_later(rest, self._rested)
        frames, self._pending, self._size = self._pending, [], 0
        self._write(b"".join(frames), len(frames))

    def close(self) -> None:
        """Forget what is pending; the readers have gone."""
        self._forget_latest()
        self._stop_resting()

    def _rested(self) -> None:
        self._stop_resting()
        if self._pending:
            self.flush()

    def _stop_resting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
            self._pace.rested(self._resting)

    def _forget_latest(self) -> None:
        self._latest = None
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None
