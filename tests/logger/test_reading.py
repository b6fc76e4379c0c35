"""Reading ahead: what follows a batch is there when that is stored, and counts only then."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from logger.reading import IngestReader, Read
from logger.shard import HeldShard
from tests.conftest import RedisHome
from tests.databases import copy_of, prepare
from tests.logger.parts import held_shard, new_metrics, store
from tests.recovery.ground import LOBBY, Ground, process
from tests.store.samples import cmid
from tests.stream.homes import draft


def ids(read: Read) -> dict[int, list[int]]:
    return {
        shard: [entry.ingest_id for entry in entries] for shard, entries in read.entries.items()
    }


@pytest.fixture
async def shard(embedded: Ground) -> HeldShard:
    """A shard with three entries waiting."""
    await embedded.say(*map(draft, range(3)))
    return await held_shard(embedded)


@pytest.fixture
async def reader(embedded: Ground, shard: HeldShard) -> IngestReader:
    """A reader that has read the first two, and the third ahead."""
    reader = IngestReader(embedded.room_log, batch_entries=2)
    read = await reader.next({0: shard}, block_ms=0)
    await reader.read_ahead({0: shard}, read)
    return reader


async def test_what_was_read_ahead_comes_next_and_is_not_read_again(
    embedded: Ground, shard: HeldShard, reader: IngestReader
) -> None:
    await store(embedded, shard, count=2)
    await embedded.lose_redis()

    assert ids(await reader.next({0: shard}, block_ms=0)) == {0: [3]}


async def test_what_was_not_stored_is_read_again_before_what_follows(
    shard: HeldShard, reader: IngestReader
) -> None:
    assert ids(await reader.next({0: shard}, block_ms=0)) == {0: [1, 2]}


async def test_what_was_read_ahead_comes_once(
    embedded: Ground, shard: HeldShard, reader: IngestReader
) -> None:
    await store(embedded, shard, count=2)
    await reader.next({0: shard}, block_ms=0)
    await store(embedded, shard)

    assert ids(await reader.next({0: shard}, block_ms=0)) == {}


# --- several shards ------------------------------------------------------------------------


@dataclass(frozen=True)
class Several:
    """Eight shards that one logger holds; something is said in the lobby's, in others nothing."""

    ground: Ground
    held: dict[int, HeldShard]
    lobby: int
    garden: int

    async def begin(self, shard: int) -> None:
        """Begin the shard's next generation, and hold it on."""
        await self.ground.fences.renew(shard)
        await self.held[shard].begin()


@pytest.fixture
async def several(migrated_file: Path, tmp_path: Path) -> AsyncIterator[Several]:
    url = copy_of(migrated_file, tmp_path)
    await prepare(url, shards=8)
    async with process(RedisHome("fakeredis", url=None), url, shards=8) as ground:
        (ann,) = await ground.sign_up("ann")
        await ground.directory.create_channel("garden", "garden", ann.id, cmid(900))
        await ground.say(*map(draft, range(3)))
        held = {}
        for number in range(8):
            await ground.logs.lease(number, "one", 1000)
            held[number] = HeldShard(
                number, "one", ground.room_log, ground.logs, ground.fences, new_metrics()
            )
            await held[number].begin()
        yield Several(ground, held, ground.shard(LOBBY), ground.shard("garden"))


async def test_of_what_was_read_ahead_nothing_of_an_earlier_generation_comes(
    several: Several,
) -> None:
    reader = IngestReader(several.ground.room_log, batch_entries=2)
    read = await reader.next(several.held, block_ms=0)
    await several.ground.say(draft(3), room="garden")
    await reader.read_ahead(several.held, read)
    # Its place is as before: the first of a generation.
    await several.begin(several.garden)
    await several.begin(several.lobby)

    assert ids(await reader.next(several.held, block_ms=0)) == {}


async def test_of_a_shard_that_was_let_go_nothing_comes(several: Several) -> None:
    reader = IngestReader(several.ground.room_log, batch_entries=2)
    read = await reader.next(several.held, block_ms=0)
    await several.ground.say(draft(3), room="garden")
    await reader.read_ahead(several.held, read)
    del several.held[several.lobby]

    assert ids(await reader.next(several.held, block_ms=0)) == {several.garden: [1]}


async def test_a_read_has_four_transactions_of_entries_however_many_shards_there_are(
    several: Several,
) -> None:
    reader = IngestReader(several.ground.room_log, batch_entries=100)

    of_all = await reader.next(several.held, block_ms=0)
    of_two = await reader.next({0: several.held[0], 1: several.held[1]}, block_ms=0)

    assert (of_all.most, of_two.most) == (50, 100)


async def test_what_is_read_ahead_is_divided_among_the_shards_that_had_something(
    several: Several,
) -> None:
    reader = IngestReader(several.ground.room_log, batch_entries=2)
    read = await reader.next(several.held, block_ms=0)
    await reader.read_ahead(several.held, read)
    several.held[several.lobby].checkpoint = 1

    assert (ids(read), ids(await reader.next(several.held, block_ms=0))) == (
        {several.lobby: [1]},
        {several.lobby: [2, 3]},
    )
