"""A worker's end of the socket to its parent."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from parley.services.workers.link import Link, WorkersMissing
from parley.services.workers.wire import (
    Assignment,
    Crew,
    FromWorker,
    Ready,
    Stop,
    ToWorker,
    decode_from_worker,
    line,
)

WHOLE = Crew({"parent": 7, "1": 8, "2": 9}, is_complete=True)
A_PART = Crew({"parent": 7, "1": 8}, is_complete=False)


@dataclass
class Ends:
    """Both ends of the socket: the worker's, and what the parent does."""

    link: Link
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    def told(self, *messages: ToWorker) -> None:
        self.writer.writelines(line(message) for message in messages)

    async def heard(self) -> FromWorker:
        message: FromWorker = decode_from_worker(await self.reader.readline())
        return message


@pytest.fixture
async def ends() -> AsyncIterator[Ends]:
    ours, theirs = socket.socketpair()
    reader, writer = await asyncio.open_unix_connection(sock=theirs)
    link = Link(reader, writer, Assignment(1, 8080, "nowhere"))
    parent = Ends(link, *await asyncio.open_unix_connection(sock=ours))
    yield parent
    for each in (writer, parent.writer):
        each.close()


async def test_a_worker_is_not_ready_before_all_are(ends: Ends) -> None:
    with pytest.raises(WorkersMissing):
        await ends.link.all_are_ready()


async def test_a_worker_is_ready_when_all_are(ends: Ends) -> None:
    ends.told(A_PART, WHOLE, Stop())

    await ends.link.follow()

    await ends.link.all_are_ready()
    assert ends.link.crew == WHOLE


async def test_a_worker_is_not_ready_any_more_when_one_has_ended(ends: Ends) -> None:
    ends.told(WHOLE, A_PART, Stop())

    await ends.link.follow()

    with pytest.raises(WorkersMissing):
        await ends.link.all_are_ready()


async def test_a_stop_is_asked_by_the_parent(ends: Ends) -> None:
    ends.told(Stop())

    await ends.link.follow()

    assert ends.link.asked.is_set()
    assert not ends.link.is_orphan


@pytest.mark.parametrize("last", [b"", line(Stop())[:5]])
async def test_a_worker_whose_parent_has_gone_is_to_stop(ends: Ends, last: bytes) -> None:
    ends.told(WHOLE)
    ends.writer.write(last)
    ends.writer.close()

    await ends.link.follow()

    assert ends.link.asked.is_set()
    assert ends.link.is_orphan
    with pytest.raises(WorkersMissing):
        await ends.link.all_are_ready()


async def test_a_parent_that_has_gone_without_hearing_all_has_gone(ends: Ends) -> None:
    await ends.link.say(Ready())
    ends.writer.transport.abort()

    await ends.link.follow()

    assert ends.link.is_orphan


async def test_the_parent_hears_what_a_worker_says(ends: Ends) -> None:
    await ends.link.say(Ready())

    assert await ends.heard() == Ready()


async def test_what_nobody_hears_any_more_is_said_without_harm(ends: Ends) -> None:
    ends.writer.close()
    await ends.writer.wait_closed()

    for _ in range(3):
        await ends.link.say(Ready())
