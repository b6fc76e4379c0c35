"""How loggers share the shards."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logger import service
from logger.sharing import fair_share
from parley.store.logs import SqlLogs
from parley.store.records import ShardRow
from parley.stream.fence import ShardState
from parley.stream.log import LogUnavailable
from parley.stream.redis_log import RedisLog
from tests.conftest import RedisHome
from tests.databases import copy_of, prepare
from tests.logger.parts import LEASE_SECONDS, becomes, logger_on
from tests.recovery.ground import LOBBY, Ground, process
from tests.servers import RedisServer
from tests.stream.homes import KEPT, draft, until

SHARDS = 5
# Rounds of the leases follow one another soon.
LEASE = 0.3
# However busy the machine is, no lease of this length ends before it is renewed.
LONG_LEASE = 3.0


@given(st.sets(st.text(min_size=1), min_size=1), st.integers(1, 64))
def test_the_shares_are_all_shards_and_differ_by_one_at_most(names: set[str], shards: int) -> None:
    shares = [fair_share(name, names, shards) for name in names]

    assert sum(shares) == shards
    assert max(shares) - min(shares) <= 1


def test_who_is_not_known_yet_counts_itself() -> None:
    assert fair_share("b", ["a"], 4) == 2


# --- at work -------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "_CHECK_SECONDS", 0.02)
    monkeypatch.setattr(service, "_RETRY_SECONDS", 0.02)


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[RedisHome, str]:
    """Each kind of database, with several shards; with PostgreSQL a real Redis as well."""
    if request.param == "sqlite":
        home = RedisHome("fakeredis", url=None)
        url = copy_of(request.getfixturevalue("migrated_file"), tmp_path)
    else:
        server: RedisServer = request.getfixturevalue("redis_server")
        server.reset()
        home, url = RedisHome("redis", server.url), request.getfixturevalue("empty_postgres")
    asyncio.run(prepare(url, shards=SHARDS))
    return home, url


@pytest.fixture
async def ground(place: tuple[RedisHome, str]) -> AsyncIterator[Ground]:
    async with process(*place, shards=SHARDS) as ground:
        yield ground


async def owners_become(ground: Ground, is_so: Callable[[Counter[str | None]], bool]) -> None:
    """Return once each logger has as many shards as it should."""

    async def as_it_should_be() -> bool:
        return is_so(Counter(row.owner for row in await ground.logs.shards()))

    await becomes(as_it_should_be)


def shared(**shares: int) -> Callable[[Counter[str | None]], bool]:
    return lambda owners: owners == Counter(shares)


async def test_the_first_logger_takes_every_shard(ground: Ground) -> None:
    async with logger_on(ground, "one", lease=LEASE):
        await owners_become(ground, shared(one=5))


async def test_one_that_comes_gets_its_part_of_those_that_are_held(ground: Ground) -> None:
    async with logger_on(ground, "one", lease=LEASE):
        await owners_become(ground, shared(one=5))
        async with logger_on(ground, "two", lease=LEASE):
            await owners_become(ground, shared(one=3, two=2))


async def test_one_that_stops_leaves_its_part_to_the_others(ground: Ground) -> None:
    async with logger_on(ground, "one", lease=LEASE):
        async with logger_on(ground, "two", lease=LEASE):
            await owners_become(ground, shared(one=3, two=2))

        await owners_become(ground, shared(one=5))


async def test_three_loggers_have_a_fair_part_each(ground: Ground) -> None:
    async with (
        logger_on(ground, "one", lease=LEASE),
        logger_on(ground, "two", lease=LEASE),
        logger_on(ground, "three", lease=LEASE),
    ):
        # In the order of their names: one, three, two.
        await owners_become(ground, shared(one=2, three=2, two=1))


async def test_who_keeps_its_part_keeps_the_same_shards(ground: Ground) -> None:
    async with logger_on(ground, "one", lease=LONG_LEASE):
        await owners_become(ground, shared(one=5))
        async with logger_on(ground, "two", lease=LONG_LEASE):
            await owners_become(ground, shared(one=3, two=2))
            kept = {row.shard for row in await ground.logs.shards() if row.owner == "one"}

    assert kept == {0, 1, 2}


async def test_a_dead_one_s_part_is_shared_when_its_lease_ends(
    migrated_file: Path, tmp_path: Path
) -> None:
    url = copy_of(migrated_file, tmp_path)
    await prepare(url, shards=SHARDS)
    async with process(RedisHome("fakeredis", url=None), url, shards=SHARDS) as ground:
        await ground.logs.attend("two", round(LEASE_SECONDS * 1000))
        for shard in (3, 4):
            await ground.logs.lease(shard, "two", round(LEASE_SECONDS * 1000))
        async with logger_on(ground, "one", lease=LEASE):
            await owners_become(ground, shared(one=3, two=2))
            # The living one says again and again that it is there; the dead one does not.
            ground.clock.now += round(LEASE_SECONDS * 1000) + 1
            await owners_become(ground, shared(one=5))


class OneUnreached(RedisLog):
    """The server that has the first shard is down; that of the others is not."""

    async def state(self, shard: int) -> ShardState:
        if shard == 0:
            raise LogUnavailable("down")
        return await super().state(shard)


def with_log(ground: Ground, kind: type[RedisLog]) -> Ground:
    """Return the same ground, with a room log of this kind."""
    log = kind(
        ground.clients.commands,
        ground.clients.reader,
        shards=SHARDS,
        mode=ground.clients.mode,
        recent_entries=KEPT,
    )
    return replace(ground, room_log=log)


async def test_a_shard_that_cannot_be_reached_holds_up_no_other(ground: Ground) -> None:
    assert ground.shard(LOBBY) > 0
    await ground.say(draft(1))
    async with logger_on(with_log(ground, OneUnreached), lease=LEASE):

        async def is_stored() -> bool:
            return await ground.stored_texts(LOBBY) == ["message 1"]

        await becomes(is_stored)


async def test_one_that_stops_leaves_what_it_could_not_begin_to_the_others(ground: Ground) -> None:
    async with logger_on(with_log(ground, OneUnreached), "one", lease=LEASE):
        await owners_become(ground, shared(one=5))

    assert {row.owner for row in await ground.logs.shards()} == {None}


class HeldUp(RedisLog):
    """The first beginning of the first shard fails, and later ones wait until the end."""

    begun = 0
    end: asyncio.Event

    async def live_rooms(self, shard: int, generation: int) -> set[str]:
        if shard == 0:
            self.begun += 1
            if self.begun == 1:
                raise LogUnavailable("down")
            await self.end.wait()
        return await super().live_rooms(shard, generation)


class Watched(SqlLogs):
    """Counts how often the rows were looked at."""

    looked = 0

    async def shards(self) -> list[ShardRow]:
        self.looked += 1
        return await super().shards()


async def test_a_shard_that_is_being_begun_is_not_begun_a_second_time(ground: Ground) -> None:
    held_up = with_log(ground, HeldUp)
    log, logs = held_up.room_log, Watched(ground.database)
    assert isinstance(log, HeldUp)
    log.end, held_up.logs = asyncio.Event(), logs
    async with logger_on(held_up, "one", lease=LEASE):
        await until(lambda: log.begun == 2)
        # Two tasks look at the rows, leases and generations. One waits for the end of what it has
        # begun; the other goes on looking, or begins as well.
        seen = logs.looked
        await until(lambda: log.begun > 2 or logs.looked > seen + 4)
        begun = log.begun
        log.end.set()

    assert begun == 2


async def test_what_is_said_while_shards_change_hands_is_stored_once_and_in_order(
    ground: Ground,
) -> None:
    said = 0
    async with logger_on(ground, "one", lease=LEASE):
        for _ in range(3):
            async with logger_on(ground, "two", lease=LEASE):
                await owners_become(ground, shared(one=3, two=2))
                await ground.say(draft(said := said + 1))
            await ground.say(draft(said := said + 1))
            await owners_become(ground, shared(one=5))

    assert await ground.stored_texts(LOBBY) == [f"message {n}" for n in range(1, said + 1)]
