"""Old messages are made findable beside the storing."""

from __future__ import annotations

import asyncio

import pytest

from logger import indexing
from logger.indexing import OldMessages
from parley.store.errors import StoreUnavailable


class Backlog:
    """A backlog of steps that end as a test says: so many messages, nothing left, or an outage."""

    def __init__(self, *steps: int | Exception | None) -> None:
        self.steps = list(steps)
        self.asked = asyncio.Event()

    async def index_some(self, entries: int) -> int | None:
        self.asked.set()
        step = self.steps.pop(0)
        if isinstance(step, Exception):
            raise step
        return step


async def test_it_goes_on_until_nothing_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexing, "_REST_SECONDS", 0)
    monkeypatch.setattr(indexing, "_RETRY_SECONDS", 0)
    backlog = Backlog(2, 0, StoreUnavailable("the database is away"), 2, None)

    await OldMessages(backlog).run()

    assert backlog.steps == []


async def test_it_ends_when_it_is_asked_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexing, "_REST_SECONDS", 3600)
    backlog = Backlog(2, 2)
    old_messages = OldMessages(backlog)
    running = asyncio.create_task(old_messages.run())
    await backlog.asked.wait()

    old_messages.stop()
    await running

    assert backlog.steps == [2]
