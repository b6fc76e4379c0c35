"""What a Redis Cluster costs beside one server: `python -m bench.cluster`.

Owns: three local masters and one server side by side, and the way of an entry from the append to
whoever listens, on both: entries a second, processor time of Parley's side and of Redis, latency.
Never: a gateway or a database; what they cost is the same on both.

What it cannot show: masters on machines of their own. Here three share the processors that one has
alone, so the Cluster can but lose; what it is for, more memory and processors, is not measured.
"""

import argparse
import asyncio
import statistics
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import count

from bench.ending import end_on_sigterm
from bench.machine import machine
from bench.measure import cpu_seconds
from parley.protocol.content import Text
from parley.protocol.entry import content_digest, encode_body, encode_content
from parley.stream import keys
from parley.stream.clients import redis_clients
from parley.stream.fence import Fence
from parley.stream.log import Batch, Draft, Seed
from parley.stream.redis_log import RedisLog
from tests.servers import RedisClusterServer, RedisServer

SHARDS = 16
AUTHOR = "0000000000ann"
TEXT = "a message of some fifty characters, as people say it"
# Entries of one append: what a busy gateway gathers while the last one is under way.
BATCH = 10
# One at a time, to see how long the way is when nothing else is on it.
PINGS = 300


@dataclass(frozen=True)
class Home:
    """A Redis of one server or several."""

    name: str
    redis: RedisServer | RedisClusterServer
    servers: Sequence[RedisServer]

    def cpu_seconds(self) -> float:
        """Return the processor time that its servers have used so far."""
        pids = [each.process.pid for each in self.servers if each.process is not None]
        return cpu_seconds({"redis": pids})["redis"]


@dataclass(frozen=True)
class Round:
    """One measurement."""

    entries_per_second: float
    client_us: float
    servers_us: float
    latency_ms: float


class Rooms:
    """A room in each shard; what is appended to them is heard by a feed of its own."""

    def __init__(self, log: RedisLog, fences: Sequence[Fence]) -> None:
        self._log, self._fences = log, fences
        self._heard, self._awaited, self._all_heard = 0, 0, asyncio.Event()
        self._numbers = count(1)

    def hear(self, _: str, __: bytes) -> None:
        """Count a message of the feed."""
        self._heard += 1
        if self._heard == self._awaited:
            self._all_heard.set()

    async def say(self, batches: int, size: int, shards: Sequence[int]) -> None:
        """Append to the rooms of the shards, side by side, and return once all was heard."""
        self._awaited, self._all_heard = self._heard + batches * size * len(shards), asyncio.Event()
        await asyncio.gather(*(self._say(shard, batches, size) for shard in shards))
        await self._all_heard.wait()

    async def _say(self, shard: int, batches: int, size: int) -> None:
        for _ in range(batches):
            batch = Batch(room(shard), [self._draft() for _ in range(size)])
            (outcome,) = await self._log.append(shard, self._fences[shard], [batch], 0)
            if not isinstance(outcome, list):
                raise RuntimeError(f"{batch.room}: {outcome!r}")

    def _draft(self) -> Draft:
        cmid = f"00000000-0000-7000-8000-{next(self._numbers):012x}"
        content = encode_content(Text(TEXT))
        body = encode_body(AUTHOR, cmid, content)
        return Draft(AUTHOR, cmid, 1, True, False, content_digest(content), body)


@cache
def room(shard: int) -> str:
    """Return the name of the shard's room."""
    names = (f"room{number}" for number in count())
    return next(name for name in names if keys.shard_of(name, SHARDS) == shard)


@asynccontextmanager
async def rooms_at(url: str) -> AsyncIterator[Rooms]:
    """Yield a room in each shard of an empty Redis, with a feed that follows them all."""
    async with redis_clients(url) as sender, redis_clients(url) as listener:
        log = RedisLog(
            sender.commands, sender.reader, shards=SHARDS, mode=sender.mode, recent_entries=256
        )
        await log.load_library()
        rooms = Rooms(log, [await _begun(log, shard) for shard in range(SHARDS)])
        feed = listener.feed(rooms.hear, lambda _: None)
        listening = asyncio.create_task(feed.run())
        try:
            for shard in range(SHARDS):
                await feed.subscribe(keys.room_channel(shard, room(shard)))
            yield rooms
        finally:
            listening.cancel()
            await asyncio.wait([listening])


async def _begun(log: RedisLog, shard: int) -> Fence:
    fence = Fence(1, (await log.state(shard)).identity)
    await log.begin(shard, fence)
    await log.seed(room(shard), fence, Seed(0, 0, 0, 1))
    return fence


async def measured(home: Home, batches: int) -> Round:
    """Measure one round at a Redis that is empty."""
    async with rooms_at(home.redis.url) as rooms:
        await rooms.say(5, BATCH, range(SHARDS))  # everything is connected and loaded
        before, own, began = home.cpu_seconds(), time.process_time(), time.perf_counter()
        await rooms.say(batches, BATCH, range(SHARDS))
        took, own = time.perf_counter() - began, time.process_time() - own
        servers, entries = home.cpu_seconds() - before, batches * BATCH * SHARDS
        waits = []
        for ping in range(PINGS):
            sent = time.perf_counter()
            await rooms.say(1, 1, [ping % SHARDS])
            waits.append(1000 * (time.perf_counter() - sent))
    return Round(
        entries / took, 1e6 * own / entries, 1e6 * servers / entries, statistics.median(waits)
    )


@contextmanager
def homes() -> Iterator[list[Home]]:
    """Yield one server, and a Cluster of three."""
    with RedisServer() as one, RedisClusterServer() as cluster:
        yield [Home("one server", one, [one]), Home("Cluster of 3", cluster, cluster.masters)]


def main() -> None:
    """Measure both in turn, and print a table."""
    options = argparse.ArgumentParser(description="a Redis Cluster beside one server")
    options.add_argument("--rounds", type=int, default=3, help="rounds, one after the other")
    options.add_argument("--batches", type=int, default=60, help="appends of ten to each room")
    chosen = options.parse_args()
    end_on_sigterm()
    rounds: dict[str, list[Round]] = {}
    with homes() as both:
        for _ in range(chosen.rounds):
            for home in both:
                home.redis.reset()
                found = asyncio.run(measured(home, chosen.batches))
                rounds.setdefault(home.name, []).append(found)
    print(machine())
    print("\n| Redis | entries/s | Parley, µs of processor | Redis, µs | append to ear, ms |")
    print("| --- | --- | --- | --- | --- |")
    for name, each in rounds.items():
        columns = ("entries_per_second", "client_us", "servers_us", "latency_ms")
        medians = [statistics.median(getattr(one, column) for one in each) for column in columns]
        print(
            f"| {name} | {medians[0]:,.0f} | " + " | ".join(f"{m:.2f}" for m in medians[1:]) + " |"
        )


if __name__ == "__main__":
    main()
