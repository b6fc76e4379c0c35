"""The twin of Redis does what the function library does, on an embedded Redis and on a real one.

Hypothesis writes a sequence of calls of a `RoomLog` and a `MarkLog`; both carry it out, through the
same `RedisLog` and `RedisMarks`; each call has the same answer or error on both, and the same is
published.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import fakeredis
import pytest
import redis.asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parley.stream.fence import Fence
from parley.stream.keys import room_channel, shard_of
from parley.stream.log import Batch, Draft, RoomLog, Seed
from parley.stream.marks import DeviceMark, RedisMarks, UnwrittenMark
from parley.stream.redis_log import Mode, RedisLog
from tests.conftest import RedisHome
from tests.simulation.redis_server import RedisClient, RedisData
from tests.simulation.redis_twin import RedisTwin

SHARDS = 2
KEEP = 2
ROOMS = ["lobby", "room1"]
CMIDS = ["c0", "c1", "c2", "c3"]
CHANNELS = [room_channel(shard_of(room, SHARDS), room) for room in ROOMS]


class Log(RedisLog):
    """A room log, and the marks beside it."""

    def __init__(self, client: Any, mode: Mode) -> None:
        super().__init__(client, client, shards=SHARDS, mode=mode, recent_entries=KEEP)
        self.marks = RedisMarks(client, mode, SHARDS)


Step = Callable[[Log, str], Awaitable[Any]]
"""One call; it is told the server's identity."""

rooms = st.sampled_from(ROOMS)
shards = st.integers(0, SHARDS - 1)
# Generations 1 and 2, most often 1, and at times another server's identity.
fences = st.tuples(st.sampled_from([1] * 9 + [2]), st.sampled_from([""] * 9 + ["x"]))
# What an entry does, and to which seq.
does = st.sampled_from(
    [("entry", 0)] * 6 + [(kind, seq) for kind in ("edit", "delete", "change") for seq in (1, 2, 3)]
)


def draft(does: tuple[Any, int], **rest: Any) -> Draft:
    return Draft(kind=does[0], target=does[1], **rest)


drafts = st.builds(
    draft,
    does=does,
    author=st.sampled_from(["ann", "ann", "bob"]),
    cmid=st.sampled_from(CMIDS),
    authority=st.sampled_from([1, 1, 1, 2]),
    counts=st.booleans(),
    fact=st.booleans(),
    digest=st.sampled_from(["one", "one", "one", "two"]),
    body=st.just(b'{"body":1}'),
)
seqs = st.integers(0, 4)
marks = st.builds(
    DeviceMark,
    account=st.sampled_from(["ann", "ann", "bob"]),
    session=st.sampled_from(["phone", "laptop"]),
    delivered=seqs,
    read=seqs,
)
seeds = st.builds(
    Seed,
    drops=st.sampled_from([0, 0, 1]),
    seq=st.integers(0, 3),
    n=st.integers(0, 3),
    authority=st.integers(1, 2),
)


def fence_on(identity: str, chosen: tuple[int, str]) -> Fence:
    return Fence(chosen[0], identity + chosen[1])


def shard(room: str) -> int:
    return shard_of(room, SHARDS)


def step(call: Callable[..., Awaitable[Any]], **arguments: st.SearchStrategy[Any]) -> Any:
    """A strategy for one kind of call, with its arguments drawn."""

    def bound(drawn: dict[str, Any]) -> Step:
        async def run(log: RoomLog, identity: str) -> Any:
            values = dict(drawn)
            if "fence" in values:
                values["fence"] = fence_on(identity, values["fence"])
            return await call(log, **values)

        return run

    return st.fixed_dictionaries(arguments).map(bound)


async def append(log: RoomLog, fence: Fence, room: str, drafts: list[Draft], now: int) -> Any:
    outcomes = await log.append(shard(room), fence, [Batch(room, drafts)], now)
    return [str(each) if isinstance(each, Exception) else each for each in outcomes]


async def positions(log: RoomLog, fence: Fence, room: str) -> Any:
    return await log.positions(
        shard(room), fence, [each for each in ROOMS if shard(each) == shard(room)]
    )


async def stored(log: RoomLog, fence: Fence, room: str, through: int, seq: int) -> Any:
    return await log.stored(shard(room), fence, through, {room: seq})


async def mark(log: Log, fence: Fence, room: str, marks: list[DeviceMark]) -> Any:
    return await log.marks.mark(room, fence, marks)


async def written(log: Log, room: str, marks: list[DeviceMark]) -> Any:
    return await log.marks.written(shard(room), 1, [UnwrittenMark(room, each) for each in marks])


async def marked(log: Log, room: str) -> Any:
    """Return all that is known of a room's marks; a hash has no order."""
    return [
        sorted(await log.marks.marks(room, 1)),
        sorted(await log.marks.unwritten(shard(room), 1)),
        *[await log.marks.read_up_to(room, 1, account) for account in ("ann", "bob")],
    ]


appends = step(
    append,
    fence=fences,
    room=rooms,
    drafts=st.lists(drafts, min_size=1, max_size=3),
    now=st.integers(0, 10**13),
)
steps = st.one_of(
    appends,
    appends,
    step(lambda log, shard: log.state(shard), shard=shards),
    step(lambda log, shard, fence: log.begin(shard, fence), shard=shards, fence=fences),
    step(lambda log, **seed: log.seed(**seed), room=rooms, fence=fences, seed=seeds),
    step(stored, fence=fences, room=rooms, through=st.integers(0, 6), seq=st.integers(1, 8)),
    step(positions, fence=fences, room=rooms),
    step(
        lambda log, **args: log.recent(**args),
        room=rooms,
        fence=fences,
        after=st.integers(0, 5),
        limit=st.integers(1, 4),
    ),
    step(
        lambda log, **args: log.find(**args),
        room=rooms,
        fence=fences,
        author=st.just("ann"),
        cmid=st.sampled_from(CMIDS),
    ),
    step(
        lambda log, shard, after, count: log.read_ingest({shard: (1, after)}, count, 0),
        shard=shards,
        after=st.integers(0, 4),
        count=st.integers(1, 5),
    ),
    step(lambda log, shard: log.live_rooms(shard, 1), shard=shards),
    step(lambda log, room, fence: log.drop(room, fence), room=rooms, fence=fences),
    step(lambda log, shard: log.purge(shard, 1), shard=shards),
    step(mark, fence=fences, room=rooms, marks=st.lists(marks, min_size=1, max_size=3)),
    step(written, room=rooms, marks=st.lists(marks, min_size=1, max_size=3)),
    step(marked, room=rooms),
    step(lambda log, channel: log.publish(channel, b"S 1 1"), channel=st.sampled_from(CHANNELS)),
)
# A sequence that begins where most calls have an effect.
BEGUN: list[Step] = [
    *((lambda log, identity, s=s: log.begin(s, Fence(1, identity))) for s in range(SHARDS)),
    *(
        (lambda log, identity, room=room: log.seed(room, Fence(1, identity), Seed(0, 0, 0, 1)))
        for room in ROOMS
    ),
]

# Everything that can be seen at the end.
LOOKS: list[Step] = [
    *((lambda log, _, room=room: marked(log, room)) for room in ROOMS),
    *((lambda log, identity, s=s: log.read_ingest({s: (1, 0)}, 100, 0)) for s in range(SHARDS)),
    *((lambda log, identity, s=s: log.live_rooms(s, 1)) for s in range(SHARDS)),
    *(
        (lambda log, identity, room=room: log.recent(room, Fence(1, identity), 0, 100))
        for room in ROOMS
    ),
    *(
        (lambda log, identity, room=room: positions(log, Fence(1, identity), room))
        for room in ROOMS
    ),
    *(
        (lambda log, identity, r=r, c=c: log.find(r, Fence(1, identity), "ann", c))
        for r in ROOMS
        for c in CMIDS
    ),
]


@asynccontextmanager
async def server(home: RedisHome) -> AsyncIterator[tuple[Log, Any, str]]:
    """A room log on an empty server, a subscription to all its channels, its identity."""
    client: Any
    mode: Mode
    if home.url is None:
        client, mode, identity = fakeredis.FakeAsyncRedis(), "embedded", "minted"
    else:
        client, mode = redis.asyncio.Redis.from_url(home.url), "server"
        await client.flushall()
        info = await client.info()
        identity = f"{info['run_id']}:{info['master_replid']}"
    log = Log(client, mode)
    await log.load_library()
    pubsub = client.pubsub()
    await pubsub.ssubscribe(*CHANNELS)
    for _ in CHANNELS:
        await pubsub.get_message(timeout=5)
    try:
        yield log, pubsub, identity
    finally:
        await pubsub.aclose()
        await client.aclose()


def twin(home: RedisHome, identity: str) -> tuple[Log, list[tuple[str, bytes]]]:
    """A room log on the twin, and the list that its published messages go to."""
    published: list[tuple[str, bytes]] = []
    embedded = home.url is None
    data = RedisTwin(None if embedded else identity, lambda *message: published.append(message))
    data.load_library()

    async def ask(work: Callable[[RedisData], Any]) -> Any:
        return work(data)

    client = RedisClient(ask)
    mode: Mode = "embedded" if embedded else "server"
    return Log(client, mode), published


async def outcome(call: Step, log: Log, identity: str) -> Any:
    """The answer, or the error as text."""
    try:
        return await call(log, identity)
    except Exception as error:
        return repr(error)


async def heard(pubsub: Any, count: int) -> list[tuple[str, bytes]]:
    """The next messages that a server published, and none after them."""
    messages: list[tuple[str, bytes]] = []
    while len(messages) <= count:
        wait = 5 if len(messages) < count else 0
        message = await pubsub.get_message(timeout=wait)
        if message is None:
            break
        messages.append((message["channel"].decode(), message["data"]))
    return messages


async def carried_out_alike(home: RedisHome, calls: list[Step]) -> None:
    async with server(home) as (real, pubsub, identity):
        twin_log, published = twin(home, identity)
        for call in calls:
            expected = await outcome(call, real, identity)
            assert await outcome(call, twin_log, identity) == expected
        assert published == await heard(pubsub, len(published))


@pytest.mark.parametrize("begun", [True, False])
@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(calls=st.lists(steps, min_size=1, max_size=40))
def test_the_twin_answers_and_publishes_what_the_library_does(
    redis_home: RedisHome, begun: bool, calls: list[Step]
) -> None:
    asyncio.run(carried_out_alike(redis_home, [*(BEGUN if begun else []), *calls, *LOOKS]))
