"""Reading what was said: pages of history and searches, among very many messages.

Owns: the questions, asked through a gateway over a WebSocket one after the other, and their times.
Never: the made-up messages (`bench.messages`).
"""

from __future__ import annotations

import asyncio
import random
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from msgspec import json
from sqlalchemy.ext.asyncio import AsyncConnection
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from bench import messages as made
from bench.contenders.parley import Parley
from bench.contenders.people import token
from parley.store.database import open_database
from parley.store.directory import SqlDirectory
from parley.store.search.api import SearchQuery

_PAGES = 300
_PAGE = 50
_SEARCHES = 20
_MOST_FRAME = 1 << 24
_PROTOCOL = Subprotocol("parley.v1")

Question = dict[str, Any]


@dataclass(frozen=True)
class Asked:
    """One question, asked often. Times are in milliseconds, from its write to its answer's read."""

    contender: str
    messages: int
    question: str
    found: float
    """What an answer holds, on average."""
    times_ms: list[float]

    @property
    def p99_ms(self) -> float:
        return statistics.quantiles(self.times_ms, n=100, method="inclusive")[98]


@dataclass(frozen=True)
class Filled:
    """What it took to make the messages. `bytes`: the database with its indexes."""

    contender: str
    messages: int
    seconds: float
    bytes: int


class Refused(Exception):
    """The gateway refused a question; holds its answer."""


def reading(contender: Parley, messages: int) -> list[Filled | Asked]:
    """(h) Pages and searches among so many messages in 100 rooms. Raises Refused."""
    (gateway,), (logger,) = contender.servers("gateway"), contender.servers("logger")
    gateway.stop()
    logger.stop()
    filled, tops = asyncio.run(_fill(contender, messages))
    logger.start()
    gateway.start()
    subjects = [(f"a page of {_PAGE}", "events", made.BOB, _pages(tops[0]))]
    for name, query in made.QUERIES:
        subjects.append((name, "hits", query.account_id, [_search(query)] * _SEARCHES))
    asked: list[Filled | Asked] = [filled]
    for name, part, person, questions in subjects:
        times, found = _ask(gateway.port, person, questions, part)
        asked.append(Asked(contender.name, messages, name, statistics.mean(found), times))
    return asked


async def _fill(contender: Parley, messages: int) -> tuple[Filled, list[int]]:
    database = open_database(contender.url, clock=lambda: made.BEGIN_MS)
    try:
        await made.people(SqlDirectory(database))
        began = time.monotonic()
        tops = await made.fill(database, messages)
        seconds = time.monotonic() - began
        async with database.read() as connection:
            size = await _size(contender.url, connection)
        return Filled(contender.name, messages, seconds, size), tops
    finally:
        await database.close()


async def _size(url: str, connection: AsyncConnection) -> int:
    if url.startswith("sqlite"):
        path = sa.make_url(url).database
        return sum(each.stat().st_size for each in Path(f"{path}").parent.iterdir())
    size = await connection.scalar(sa.text("SELECT pg_database_size(current_database())"))
    return int(size or 0)


def _pages(top: int) -> list[Question]:
    """Return questions for pages that begin anywhere in the longest room."""
    random_ = random.Random(3)
    page = {"type": "history", "room": made.room_id(0), "limit": _PAGE}
    return [page | {"before": random_.randint(_PAGE + 1, top)} for _ in range(_PAGES)]


def _search(query: SearchQuery) -> Question:
    given = {"room": query.room_id, "author": query.author_id, "until": query.until}
    said = {key: value for key, value in given.items() if value is not None}
    return {"type": "search", "query": query.text, "limit": query.limit} | said


def _ask(
    port: int, person: str, questions: Sequence[Question], part: str
) -> tuple[list[float], list[int]]:
    """Ask one after the other; return milliseconds, and how many of the part each answer holds."""
    times, found = [], []
    with connect(
        f"ws://127.0.0.1:{port}/ws", subprotocols=[_PROTOCOL], max_size=_MOST_FRAME
    ) as socket:
        _answer(socket, {"type": "hello", "token": token(person)}, 0)
        for ref, question in enumerate(questions, 1):
            began = time.perf_counter()
            answer = _answer(socket, question, ref)
            times.append(1000 * (time.perf_counter() - began))
            found.append(len(answer[part]))
    return times, found


def _answer(socket: ClientConnection, question: Question, ref: int) -> dict[str, Any]:
    """Return the answer's result; what comes without being asked for is passed over."""
    socket.send(json.encode(question | {"ref": ref}).decode())
    while True:
        frame = json.decode(socket.recv())
        if frame.get("ref") == ref:
            if frame["type"] != "ok":
                raise Refused(frame)
            result: dict[str, Any] = frame["result"]
            return result
