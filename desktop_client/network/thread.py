"""The thread in which the network lives.

Owns: its event loop, its beginning and its end.
Never: what is done there (`desktop_client.network.worker`).
"""

import asyncio
import threading
from collections.abc import Callable

from desktop_client.network.system_keyring import SystemKeyring
from desktop_client.network.worker import Worker
from desktop_client.profile import Profile
from desktop_client.update.effects import NetworkEffect, Remember
from desktop_client.update.events import Event

# A thread that takes longer to end, in seconds, is left to the end of the process.
_STOP_SECONDS = 5.0


class Network:
    """Takes effects from the window's thread, and tells events; `tell` must take any thread."""

    def __init__(self, profile: Profile, tell: Callable[[Event], None]) -> None:
        self._worker = Worker(profile, tell, SystemKeyring())
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="parley-network", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def do(self, effect: NetworkEffect | Remember) -> None:
        """Have an effect carried out; those that follow on each other keep their order."""
        self._loop.call_soon_threadsafe(self._worker.begin, effect)

    def stop(self) -> None:
        """Close the connection, and end."""
        self._loop.call_soon_threadsafe(self._worker.stop)
        self._thread.join(_STOP_SECONDS)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._worker.run())
        finally:
            self._loop.close()
