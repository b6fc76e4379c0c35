"""Asking a database once for many: a thousand clients that come together ask the same of it.

Owns: which questions go together. Those that are asked while one is under way are gathered, and
asked as the next one; so each answer is read after it was asked for, and nobody waits for others
who have yet to ask.
Never: the question itself.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from itertools import islice
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")

# Keys in one question, so that no statement grows without a bound.
MOST_KEYS = 200


class Gathering(Generic[Key, Value]):
    """Looks keys up together. `ask` returns what is known of some keys, and may leave some out."""

    def __init__(self, ask: Callable[[Sequence[Key]], Awaitable[Mapping[Key, Value]]]) -> None:
        self._ask = ask
        self._waiting: dict[Key, asyncio.Future[Value | None]] = {}
        self._asking: asyncio.Task[None] | None = None

    async def get(self, key: Key) -> Value | None:
        """Return what is known of a key; None if nothing is. Raises what `ask` raises."""
        answer = self._waiting.get(key)
        if answer is None:
            answer = self._waiting[key] = asyncio.get_running_loop().create_future()
        if self._asking is None:
            self._asking = asyncio.create_task(self._ask_all(), name="ask the database")
        # Others may wait for the same answer.
        return await asyncio.shield(answer)

    async def _ask_all(self) -> None:
        try:
            while self._waiting:
                await self._ask_some()
        finally:
            self._asking = None
            for left in self._waiting.values():
                left.cancel()
            self._waiting.clear()

    async def _ask_some(self) -> None:
        taken = {key: self._waiting.pop(key) for key in list(islice(self._waiting, MOST_KEYS))}
        try:
            found = await self._ask(list(taken))
        except Exception as error:
            for answer in taken.values():
                answer.set_exception(error)
                answer.exception()  # whoever asked may have gone: then nobody is to be told
        except BaseException:
            for answer in taken.values():
                answer.cancel()
            raise
        else:
            for key, answer in taken.items():
                answer.set_result(found.get(key))
