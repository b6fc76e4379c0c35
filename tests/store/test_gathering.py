"""Questions that are gathered: what is asked while one is under way goes out as one."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

import pytest

from parley.store import gathering
from parley.store.errors import StoreUnavailable
from parley.store.gathering import Gathering


class Database:
    """Answers each key with its square, once it is let; knows no key above 99."""

    def __init__(self) -> None:
        self.asked: list[Sequence[int]] = []
        self.may_answer = asyncio.Event()
        self.error: Exception | None = None
        self.squares = Gathering(self._squares)

    async def _squares(self, keys: Sequence[int]) -> Mapping[int, int]:
        self.asked.append(keys)
        await self.may_answer.wait()
        if self.error is not None:
            raise self.error
        return {key: key * key for key in keys if key < 100}

    async def ask(self, *keys: int) -> list[asyncio.Task[int | None]]:
        """Ask for keys, each in a task of its own; return once they have asked."""
        asking = [asyncio.create_task(self.squares.get(key)) for key in keys]
        for _ in range(3):
            await asyncio.sleep(0)
        return asking


async def test_what_is_asked_together_is_one_question() -> None:
    database = Database()
    asking = await database.ask(1, 2, 3)
    database.may_answer.set()

    assert await asyncio.gather(*asking) == [1, 4, 9]
    assert database.asked == [[1, 2, 3]]


async def test_what_nobody_knows_is_answered_so() -> None:
    database = Database()
    database.may_answer.set()

    assert await database.squares.get(100) is None


async def test_no_answer_was_read_before_it_was_asked_for() -> None:
    """What is asked while a question is under way may have changed since: it is asked again."""
    database = Database()
    first = await database.ask(7)
    second = await database.ask(7, 8)
    database.may_answer.set()
    await asyncio.gather(*first, *second)

    assert database.asked == [[7], [7, 8]]


async def test_the_same_thing_asked_twice_is_asked_once() -> None:
    database = Database()
    asking = await database.ask(5, 5)
    database.may_answer.set()

    assert await asyncio.gather(*asking) == [25, 25]
    assert database.asked == [[5]]


async def test_an_outage_is_told_to_everybody_who_asked_and_to_nobody_else() -> None:
    database = Database()
    database.error = StoreUnavailable("it is away")
    asking = await database.ask(1, 2)
    database.may_answer.set()
    outcomes = await asyncio.gather(*asking, return_exceptions=True)

    assert outcomes == [database.error, database.error]
    database.error = None
    assert await database.squares.get(3) == 9


async def test_who_gives_up_takes_nobody_along() -> None:
    database = Database()
    impatient, patient = await database.ask(1, 1)
    impatient.cancel()
    await asyncio.sleep(0)
    database.may_answer.set()

    assert await patient == 1
    assert impatient.cancelled()


async def test_the_first_to_ask_may_give_up_while_others_wait() -> None:
    database = Database()
    (first,) = await database.ask(1)
    (second,) = await database.ask(2)
    first.cancel()
    database.may_answer.set()

    assert await second == 4


async def test_many_are_asked_for_in_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathering, "MOST_KEYS", 2)
    database = Database()
    asking = await database.ask(1, 2, 3)
    database.may_answer.set()

    assert await asyncio.gather(*asking) == [1, 4, 9]
    assert database.asked == [[1, 2], [3]]
