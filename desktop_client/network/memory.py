"""The cache, in a thread of its own: the network waits for no disk.

Owns: the order of writes, and that a cache which fails is done without.
Never: what is kept (`desktop_client.network.cache`).
"""

import asyncio
import logging
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TypeVar

import msgspec

from desktop_client.network.cache import Cache, is_damage
from desktop_client.state.history import Place
from desktop_client.update import events

T = TypeVar("T")

_log = logging.getLogger(__name__)


class Memory:
    """One cache, or none if it cannot be opened."""

    def __init__(self, folder: Path, person: str) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="parley-cache")
        self._cache: Cache | None = None
        self._thread.submit(self._open, folder, person)

    async def recall(self) -> events.Recalled | None:
        """Return what an earlier start has seen."""
        return await asyncio.wrap_future(self._do(Cache.recall))

    async def page(self, room: str, place: Place, limit: int) -> events.GotKept | None:
        """Return what is kept of a room at a place."""

        def read(cache: Cache) -> events.GotKept | None:
            return cache.page(room, place, limit)

        return await asyncio.wrap_future(self._do(read))

    def note(self, event: events.Event) -> None:
        """Keep what an event tells, soon."""
        self._do(lambda cache: cache.note(event))

    def erase(self) -> None:
        """Forget everything: nobody is signed in here any more."""
        self._do(Cache.erase)

    async def close(self) -> None:
        """Return when everything is kept."""
        await asyncio.wrap_future(self._do(Cache.close))
        self._thread.shutdown()

    def _open(self, folder: Path, person: str) -> None:
        with self._excused():
            self._cache = Cache.open(folder, person)

    def _do(self, work: "Callable[[Cache], T | None]") -> "Future[T | None]":
        def guarded() -> T | None:
            with self._excused():
                return work(self._cache) if self._cache is not None else None
            return None

        return self._thread.submit(guarded)

    @contextmanager
    def _excused(self) -> Iterator[None]:
        try:
            yield
        except (OSError, sqlite3.Error, msgspec.DecodeError) as error:
            if self._cache is not None and is_damage(error):
                self._cache = self._cache.renewed()
            else:
                _log.warning("the cache cannot be used; this start goes on without it")
                self._cache = None


@asynccontextmanager
async def remembered(folder: Path, person: str) -> AsyncIterator[Memory]:
    """Have a person's cache until the block ends."""
    memory = Memory(folder, person)
    try:
        yield memory
    finally:
        await memory.close()
