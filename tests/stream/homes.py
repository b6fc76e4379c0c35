"""Room logs to test with, in any home, and drafts to put into them.

Owns: opening a home's room log under a fence, and the entries that the tests say.
Never: a double of the room log: both homes run the real function library.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar

import fakeredis

from parley.protocol.content import Notice, Text, counts_as_message
from parley.protocol.entry import Entry, content_digest, encode_body, encode_content
from parley.stream import keys
from parley.stream.clients import RedisClients, embedded_clients, redis_clients
from parley.stream.fence import Fence
from parley.stream.log import (
    Appended,
    Batch,
    BatchOutcome,
    Draft,
    Outcome,
    Recent,
    Seed,
)
from parley.stream.published import Published, parse_published
from parley.stream.redis_log import RedisLog
from tests.conftest import RedisHome

ROOM = "garden"
AUTHOR = "0000000000ann"
NOW = 1_700_000_000_000
# Of what Redis keeps of a room that is stored.
KEPT = 3
# No test waits as long as this, unless it has failed.
PATIENCE = 10.0


def cmid(number: int) -> str:
    return f"00000000-0000-7000-8000-{number:012x}"


def draft(
    number: int,
    text: str = "",
    *,
    author: str = AUTHOR,
    authority: int = 1,
    fact: bool = False,
    content: Text | Notice | None = None,
) -> Draft:
    """Return a draft; `number` is its cmid's."""
    content = content or Text(text or f"message {number}")
    encoded = encode_content(content)
    return Draft(
        author,
        cmid(number),
        authority,
        counts_as_message(content),
        fact,
        content_digest(encoded),
        encode_body(author, cmid(number), encoded),
    )


def notice(number: int, *, authority: int = 1) -> Draft:
    """Return the draft of a change that the database has made."""
    content = Notice("left", AUTHOR)
    return draft(number, authority=authority, fact=True, content=content)


@dataclass
class Home:
    """A room log, with one generation open in its only shard and one room seeded."""

    clients: RedisClients
    log: RedisLog
    fence: Fence

    async def seed(self, room: str = ROOM, seq: int = 0, n: int = 0, authority: int = 1) -> None:
        drops = (await self.log.positions(0, self.fence, ())).drops
        assert await self.log.seed(room, self.fence, Seed(drops, seq, n, authority))

    async def outcome(
        self, *drafts: Draft, room: str = ROOM, fence: Fence | None = None, now: int = NOW
    ) -> BatchOutcome:
        """Append drafts as one batch."""
        batch = Batch(room, drafts)
        (outcome,) = await self.log.append(0, fence or self.fence, [batch], now)
        return outcome

    async def append(self, *drafts: Draft, room: str = ROOM, now: int = NOW) -> list[Outcome]:
        """Append drafts as one batch, which must be taken."""
        outcome = await self.outcome(*drafts, room=room, now=now)
        assert isinstance(outcome, list), outcome
        return outcome

    async def place(self, *drafts: Draft, room: str = ROOM) -> list[int]:
        """Append drafts that must all be new, and return their seqs."""
        placed = []
        for each in await self.append(*drafts, room=room):
            assert isinstance(each, Appended)
            assert each.new
            placed.append(each.seq)
        return placed

    async def recent(self, room: str = ROOM, after: int = 0, limit: int = 1000) -> Recent:
        recent = await self.log.recent(room, self.fence, after, limit)
        assert isinstance(recent, Recent)
        return recent

    async def entries(self, room: str = ROOM) -> Sequence[Entry]:
        return (await self.recent(room)).entries

    async def seqs(self, room: str = ROOM) -> list[int]:
        return [entry.seq for entry in await self.entries(room)]

    async def ingest_ids(self) -> list[int]:
        read = await self.log.read_ingest({0: (self.fence.generation, 0)}, 1000, block_ms=0)
        return [entry.ingest_id for entry in read.get(0, [])]

    async def stored(self, through: int, **rooms: int) -> None:
        await self.log.stored(0, self.fence, through, rooms)


AnyLog = TypeVar("AnyLog", bound=RedisLog)


async def new_log(clients: RedisClients, shards: int = 1) -> RedisLog:
    """Return the room log over these clients, ready for use."""
    return await new_log_of(RedisLog, clients, shards)


async def new_log_of(kind: type[AnyLog], clients: RedisClients, shards: int = 1) -> AnyLog:
    """Return a room log of a kind that the test has made of `RedisLog`, ready for use."""
    log = kind(
        clients.commands, clients.reader, shards=shards, mode=clients.mode, recent_entries=KEPT
    )
    await log.load_library()
    return log


async def open_generation(log: RedisLog, generation: int = 1, shard: int = 0) -> Fence:
    """Begin a generation on the server that is there."""
    identity = (await log.state(shard)).identity or f"minted{generation}"
    fence = Fence(generation, identity)
    assert await log.begin(shard, fence)
    return fence


@asynccontextmanager
async def clients_of(
    home: RedisHome, fake: fakeredis.FakeServer | None = None
) -> AsyncIterator[RedisClients]:
    """Yield clients of a home; of `fake`, where it is an embedded one."""
    opened = embedded_clients(fake) if home.url is None else redis_clients(home.url)
    async with opened as clients:
        yield clients


async def names_in(clients: RedisClients, pattern: str = "*") -> list[bytes]:
    """Return the names of all keys that match, whichever server has them."""
    return [name async for name in clients.commands.scan_iter(pattern)]


@asynccontextmanager
async def opened(home: RedisHome) -> AsyncIterator[Home]:
    """Yield a room log in which one room may be used."""
    async with clients_of(home) as clients:
        log = await new_log(clients)
        opened = Home(clients, log, await open_generation(log))
        await opened.seed()
        yield opened


class Listener:
    """A feed, and what was heard on it. `gaps` has the channels of lost connections."""

    def __init__(self, clients: RedisClients) -> None:
        self.gaps: asyncio.Queue[str] = asyncio.Queue()
        self._heard: asyncio.Queue[bytes] = asyncio.Queue()
        self.feed = clients.feed(lambda _, message: self._heard.put_nowait(message), self._gap)

    def _gap(self, channel: str) -> None:
        self.gaps.put_nowait(channel)

    async def heard(self) -> bytes:
        """Return the next message."""
        async with asyncio.timeout(PATIENCE):
            return await self._heard.get()

    async def published(self) -> Published:
        """Return what the next message says."""
        return parse_published(await self.heard())

    def is_silent(self) -> bool:
        """Whether nothing was heard that has not been asked for."""
        return self._heard.empty()


@asynccontextmanager
async def listening(clients: RedisClients, *channels: str) -> AsyncIterator[Listener]:
    """Yield a listener that is subscribed to the channels."""
    listener = Listener(clients)
    task = asyncio.create_task(listener.feed.run())
    try:
        for channel in channels:
            await listener.feed.subscribe(channel)
        yield listener
    finally:
        task.cancel()
        await asyncio.wait([task])


ROOM_CHANNEL = keys.room_channel(0, ROOM)


async def until(is_so: Callable[[], bool]) -> None:
    """Return once other tasks have made it so."""
    async with asyncio.timeout(PATIENCE):
        while not is_so():  # noqa: ASYNC110 - there is no event for what any test may want
            await asyncio.sleep(0)
