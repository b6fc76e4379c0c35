"""What the services stand on, for one test: a room log, a database, and the fences between them.

Owns: opening the parts in any home, with a clock that the test sets, and what is said there.
Never: doubles. Where a test needs a fault, it wraps or breaks a part by itself.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from hashlib import sha256
from uuid import uuid4

import fakeredis

from parley.protocol.commands import Person
from parley.protocol.content import Text
from parley.protocol.entry import Entry, decode_body, decode_content
from parley.recovery.fences import Fences
from parley.recovery.seeding import seed_room
from parley.store.database import Database, open_database
from parley.store.directory import SqlDirectory
from parley.store.logs import SqlLogs
from parley.store.records import NewSession
from parley.stream.clients import RedisClients
from parley.stream.fence import Fence
from parley.stream.keys import shard_of
from parley.stream.log import Appended, Batch, Draft
from parley.stream.marks import RedisMarks
from parley.stream.redis_log import RedisLog
from tests.conftest import RedisHome
from tests.store.samples import new_account, new_session
from tests.stream.homes import NOW, clients_of, new_log_of

LOBBY = "lobby"


@dataclass
class Clock:
    """Unix milliseconds, as a test sets them."""

    now: int = NOW

    def __call__(self) -> int:
        return self.now


@dataclass
class Ground:
    """One process's parts: connections of its own, and what it knows of the fences."""

    redis_home: RedisHome
    database_url: str
    clients: RedisClients
    room_log: RedisLog
    database: Database
    clock: Clock
    fake: fakeredis.FakeServer
    directory: SqlDirectory = field(init=False)
    logs: SqlLogs = field(init=False)
    fences: Fences = field(init=False)
    mark_log: RedisMarks = field(init=False)

    def __post_init__(self) -> None:
        self.directory, self.logs = SqlDirectory(self.database), SqlLogs(self.database)
        self.mark_log = RedisMarks(self.clients.commands, self.clients.mode, self.room_log.shards)
        self.fences = Fences(self.room_log, self.logs, lambda: uuid4().hex)

    def shard(self, room: str = LOBBY) -> int:
        return shard_of(room, self.room_log.shards)

    async def fence(self, room: str = LOBBY) -> Fence:
        return await self.fences.current(self.shard(room))

    async def sign_up(self, *names: str) -> list[Person]:
        """Make accounts; each is in the lobby, and has a session that `token_of` opens."""
        return [await self.directory.sign_up(new_account(name), session_of(name)) for name in names]

    async def say(self, *drafts: Draft, room: str = LOBBY) -> list[int]:
        """Append drafts to a room, seeding it if need be, and return their seqs."""
        fence = await self.fence(room)
        await seed_room(self.room_log, self.logs, room, fence)
        batch = Batch(room, drafts)
        (outcomes,) = await self.room_log.append(self.shard(room), fence, [batch], self.clock())
        assert isinstance(outcomes, list), outcomes
        return [outcome.seq for outcome in outcomes if isinstance(outcome, Appended)]

    async def store(self, room: str = LOBBY) -> None:
        """Store what is in the ingest stream and say so, as a logger does."""
        fence, shard = await self.fence(room), self.shard(room)
        async with self.logs.hold(shard) as held:
            after = {shard: (fence.generation, held.row.checkpoint)}
            entries = (await self.room_log.read_ingest(after, 1000, block_ms=0)).get(shard, [])
            if not entries:
                return
            written = await held.write(entries)
            await held.advance(entries[-1].ingest_id)
        await self.room_log.stored(shard, fence, entries[-1].ingest_id, written.stored)

    async def say_stored(self, *drafts: Draft, room: str = LOBBY) -> list[int]:
        """Append drafts, and store them."""
        seqs = await self.say(*drafts, room=room)
        await self.store(room)
        return seqs

    async def stored_texts(self, room: str = LOBBY) -> list[str]:
        """Return what the database has of a room, in order."""
        return texts(await self.logs.page(room, after=0, limit=1000, max_bytes=1 << 30))

    async def lose_redis(self) -> None:
        """FLUSHALL, as an accident would."""
        await self.clients.commands.flushall()


def token_of(name: str) -> str:
    """Return the token of somebody's device."""
    return f"the secret of {name}".ljust(43, "-")


def session_of(name: str) -> NewSession:
    """Return the session that the token opens."""
    return replace(new_session(name), token_hash=sha256(token_of(name).encode()).digest())


def texts(entries: Iterable[Entry]) -> list[str]:
    """Return what entries say; anything but text by its kind."""
    contents = [decode_content(decode_body(entry.body).content) for entry in entries]
    return [c.text if isinstance(c, Text) else type(c).__name__.lower() for c in contents]


@asynccontextmanager
async def process(
    redis_home: RedisHome,
    database_url: str,
    *,
    shards: int = 1,
    fake: fakeredis.FakeServer | None = None,
    clock: Clock | None = None,
    log: type[RedisLog] = RedisLog,
) -> AsyncIterator[Ground]:
    """Yield the parts of one process on a database that is ready. `log`: a kind of room log."""
    fake, clock = fake or fakeredis.FakeServer(), clock or Clock()
    database = open_database(database_url, clock=clock)
    try:
        async with clients_of(redis_home, fake) as clients:
            room_log = await new_log_of(log, clients, shards)
            yield Ground(redis_home, database_url, clients, room_log, database, clock, fake)
    finally:
        await database.close()


@asynccontextmanager
async def another_process(ground: Ground) -> AsyncIterator[Ground]:
    """Yield the parts of one more process, on the same Redis and database."""
    async with process(ground.redis_home, ground.database_url, fake=ground.fake) as another:
        yield another


@asynccontextmanager
async def next_generation(ground: Ground) -> AsyncIterator[Ground]:
    """Yield one more process, which has begun the next generation of the lobby."""
    async with another_process(ground) as another:
        fence = await another.fence()
        began = await another.fences.renew(another.shard())
        assert began.generation == fence.generation + 1
        yield another
