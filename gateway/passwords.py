"""Hashing and checking passwords, without holding up anybody else.

Owns: argon2id and its cost, the threads that do the work, the bounded line before them.
Never: who somebody is, what a good password is, or how often they may try.
"""

import asyncio
import secrets
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError
from precis_i18n import get_profile

from parley.protocol.refusals import InvalidPassword, TooManyRequests, Unavailable

P = ParamSpec("P")
T = TypeVar("T")

# OWASP's Password Storage Cheat Sheet, argon2id: 19 MiB, two passes, one lane. Some 20 to 40 ms.
_ARGON2ID = PasswordHasher(
    memory_cost=19 * 1024, time_cost=2, parallelism=1, hash_len=32, salt_len=16, type=Type.ID
)
# Places in line for each thread: the last one waits for about two seconds, as long as a person may.
WAITING_PER_THREAD = 64
# RFC 8265, 4.2: the same password from any keyboard, whichever way it composes its characters.
_OPAQUE_STRING = get_profile("OpaqueString")


class Passwords:
    """A few threads that hash, and the line before them.

    Both `hash` and `verify` raise TooManyRequests if the line is full, Unavailable once closed.
    """

    def __init__(self, threads: int) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="passwords")
        self._places = threading.BoundedSemaphore(threads * (1 + WAITING_PER_THREAD))
        # What a password is checked against when there is no such user, so that it takes as long.
        self._nobody = _ARGON2ID.hash(secrets.token_hex())

    async def hash(self, password: str) -> str:
        """Return what to store of a password. Raises InvalidPassword if it has no single form."""
        return await self._run(_ARGON2ID.hash, _opaque(password))

    async def verify(self, stored: str | None, password: str) -> bool:
        """Tell whether `stored` is a hash of the password; None stands for an unknown user."""
        try:
            opaque = _opaque(password)
        except InvalidPassword:  # nobody can have it
            return False
        matches = await self._run(_matches, stored or self._nobody, opaque)
        return matches and bool(stored)

    async def close(self) -> None:
        """Take no more passwords; return when those in line are done."""
        await asyncio.to_thread(self._threads.shutdown)

    async def _run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what `work` does in one of the threads. Cancelling it leaves the line."""
        if not self._places.acquire(blocking=False):
            raise TooManyRequests("sign-ins")
        try:
            future = self._threads.submit(work, *args, **kwargs)
        except RuntimeError:  # closed
            self._places.release()
            raise Unavailable("this gateway") from None
        future.add_done_callback(lambda _: self._places.release())
        return await asyncio.wrap_future(future)


def _opaque(password: str) -> str:
    try:
        return _OPAQUE_STRING.enforce(password)
    except UnicodeEncodeError as error:
        raise InvalidPassword(_reason(error)) from None


def _reason(error: UnicodeEncodeError) -> str:
    """Return what is wrong with a password without showing it, beyond one character's number."""
    if not error.object:
        return "it is empty"
    return f"the character U+{ord(error.object[error.start]):04X} is not allowed in it"


def _matches(stored: str, password: str) -> bool:
    try:
        return _ARGON2ID.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False
