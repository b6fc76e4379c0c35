"""The system's keyring, asked with patience for a second or two.

Owns: which keyring counts as one, and that a silent one holds nobody up.
Never: what is kept there (`desktop_client.network.session_vault`).

A keyring that is locked may wait for a person who types its password, and a broken one for nobody:
each question has a thread of its own, which the end of the process does not wait for.
"""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol, TypeVar

T = TypeVar("T")

# So many seconds are waited for each answer.
PATIENCE = 1.5
_SERVICE = "Parley"
# What keyring itself does not recommend, such as a plain file, has less.
_LEAST_PRIORITY = 1


class KeyringSilent(Exception):
    """There is no keyring, or it does not answer; `str()` tells which, in words."""


class Keyring(Protocol):
    """Keeps secrets by name. Each call may raise KeyringSilent."""

    async def get(self, name: str) -> str | None:
        """Return a secret; None: there is none of that name."""

    async def set(self, name: str, secret: str) -> None:
        """Keep a secret, in place of the one before."""

    async def delete(self, name: str) -> None:
        """Forget a secret, if there is one."""


class Backend(Protocol):
    """What is used of a keyring of the package `keyring`."""

    def get_password(self, service: str, username: str) -> str | None: ...

    def set_password(self, service: str, username: str, password: str) -> None: ...

    def delete_password(self, service: str, username: str) -> None: ...


class SystemKeyring:
    """The keyring of the desktop session, found when it is first asked."""

    def __init__(
        self, find: Callable[[], Backend] | None = None, patience: float = PATIENCE
    ) -> None:
        """`find` runs in a thread that may block; `patience` is in seconds."""
        self._find, self._patience = find or _of_this_session, patience

    async def get(self, name: str) -> str | None:
        return await self._ask(lambda backend: backend.get_password(_SERVICE, name))

    async def set(self, name: str, secret: str) -> None:
        await self._ask(lambda backend: backend.set_password(_SERVICE, name, secret))

    async def delete(self, name: str) -> None:
        await self._ask(lambda backend: backend.delete_password(_SERVICE, name))

    async def _ask(self, question: Callable[[Backend], T]) -> T:
        try:
            return await asyncio.wait_for(
                _in_thread(lambda: question(self._find())), self._patience
            )
        except TimeoutError:
            raise KeyringSilent("the system's keyring is locked, or does not answer") from None
        except KeyringSilent:
            raise
        except Exception as error:  # each system's keyring fails in ways of its own
            reason = str(error).rstrip(".!") or type(error).__name__
            raise KeyringSilent(f"the system's keyring refuses: {reason}") from error


def _of_this_session() -> Backend:
    # Here, not above: to import it takes as long as a few frames, and only who asks needs it.
    import keyring

    found = keyring.get_keyring()
    if found.priority < _LEAST_PRIORITY:
        raise KeyringSilent("there is no system keyring here")
    return found


async def _in_thread(work: Callable[[], T]) -> T:
    """Have work done in a daemon thread; who gives up waiting leaves it alone."""
    loop, done = asyncio.get_running_loop(), asyncio.get_running_loop().create_future()

    def finish(take: Callable[[], None]) -> None:
        if not done.done():
            take()

    def run() -> None:
        try:
            result = work()
        except Exception as error:
            failed = error
            _tell(loop, lambda: finish(lambda: done.set_exception(failed)))
        else:
            _tell(loop, lambda: finish(lambda: done.set_result(result)))

    threading.Thread(target=run, name="parley-keyring", daemon=True).start()
    answer: T = await done
    return answer


def _tell(loop: asyncio.AbstractEventLoop, call: Callable[[], None]) -> None:
    with suppress(RuntimeError):  # the loop has ended meanwhile: nobody waits any more
        loop.call_soon_threadsafe(call)
