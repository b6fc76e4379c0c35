"""Who is let in now, and who waits: what is begun is ended before more is begun.

Owns: the count of those who are being let in, and the order of those who wait.
Never: a socket, and how long a client has for what it says.

Letting somebody in takes the processor some milliseconds, and the database a query. A thousand at
once would all take so long that each of them gives up when it is nearly done, and comes again.
"""

import asyncio

# A turn is somebody else's after so many seconds, though its client is not in yet: who says
# nothing, or thinks for long, holds up nobody.
PATIENCE_SECONDS = 2.0


class Turn:
    """One client's turn, from when it comes until `end`."""

    def __init__(self, free: asyncio.Semaphore, patience: float) -> None:
        self._free, self._is_over = free, False
        self._timer = asyncio.get_running_loop().call_later(patience, self.end)

    def end(self) -> None:
        """Let the next one have it. To end it again changes nothing."""
        self._timer.cancel()
        if not self._is_over:
            self._is_over = True
            self._free.release()


class Turns:
    """So many turns at a time; those who wait get theirs in the order in which they came."""

    def __init__(self, at_once: int, patience: float = PATIENCE_SECONDS) -> None:
        self._free, self._patience = asyncio.Semaphore(at_once), patience

    async def take(self) -> Turn:
        """Wait for a turn. It has to be ended, or ends by itself when patience is at its end."""
        await self._free.acquire()
        return Turn(self._free, self._patience)
