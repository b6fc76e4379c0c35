"""Several shards in one transaction: none of them holds up the others."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logger.shard import HeldShard, LeaseLost
from logger.storing import Batch, Storage, shares
from parley.observe.metrics import LoggerMetrics
from parley.protocol.entry import IngestEntry
from parley.store.batch import Readings
from parley.store.errors import StoreUnavailable
from parley.store.logs import SqlLogs
from parley.store.preparing import prepare as read_entries
from parley.store.shards import SqlHeldShards
from parley.stream.log import Fenced
from tests.conftest import RedisHome
from tests.databases import copy_of, prepare
from tests.logger.parts import LEASE_SECONDS, becomes, new_metrics
from tests.recovery.ground import Ground, process
from tests.store.samples import cmid, said
from tests.stream.homes import draft

SHARDS = 3
# One in each shard.
ROOMS = ("attic", "garden", "kitchen")


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Each kind of database in turn."""
    if request.param == "sqlite":
        return copy_of(request.getfixturevalue("migrated_file"), tmp_path)
    return str(request.getfixturevalue("empty_postgres"))


@pytest.fixture
async def ground(url: str) -> AsyncIterator[Ground]:
    async with with_rooms(url) as ground:
        yield ground


@asynccontextmanager
async def with_rooms(url: str) -> AsyncIterator[Ground]:
    """Yield a ground with a room in each shard."""
    await prepare(url, shards=SHARDS)
    async with process(RedisHome("fakeredis", url=None), url, shards=SHARDS) as ground:
        (ann,) = await ground.sign_up("ann")
        for number, room in enumerate(ROOMS):
            await ground.directory.create_channel(room, room, ann.id, cmid(900 + number))
        yield ground


class Scene:
    """Three shards of a logger, with something said in each."""

    def __init__(self, ground: Ground, logs: SqlLogs | None = None) -> None:
        self.ground, self.logs = ground, logs or ground.logs
        self.metrics: LoggerMetrics = new_metrics()
        self.shards: dict[str, HeldShard] = {}
        self.lost: list[tuple[int, type[Exception]]] = []

    async def begin(self) -> None:
        for number, room in enumerate(ROOMS):
            shard = self.ground.shard(room)
            await self.ground.logs.lease(shard, "one", round(LEASE_SECONDS * 1000))
            held = HeldShard(
                shard,
                "one",
                self.ground.room_log,
                self.logs,
                self.ground.fences,
                self.metrics,
            )
            await held.begin()
            self.shards[room] = held
            await self.ground.say(draft(number), room=room)

    async def store(self, most_entries: int = 100) -> None:
        """Store what was said in every shard."""
        after = {each.shard: (each.fence.generation, each.checkpoint) for each in self.held}
        read = await self.ground.room_log.read_ingest(after, 100, block_ms=0)
        storage = Storage(self.logs, self.metrics, most_entries, self._let_go)
        await storage.store(Batch(each, read[each.shard]) for each in self.held)

    @property
    def held(self) -> list[HeldShard]:
        return list(self.shards.values())

    def _let_go(self, shard: HeldShard, why: LeaseLost | Fenced) -> None:
        self.lost.append((shard.shard, type(why)))

    @property
    def transactions(self) -> float:
        return sum(
            sample.value
            for metric in self.metrics.commit_seconds.collect()
            for sample in metric.samples
            if sample.name.endswith("_count")
        )

    async def stored(self) -> list[list[str]]:
        """Return what is stored of each room."""
        return [await self.ground.stored_texts(room) for room in ROOMS]

    async def watermarks(self) -> list[int]:
        """Return how far Redis says that each room is stored."""
        found = []
        for room in ROOMS:
            fence = await self.ground.fence(room)
            positions = await self.ground.room_log.positions(self.ground.shard(room), fence, [room])
            position = positions.rooms[room]
            found.append(0 if position is None else position.stored)
        return found


@pytest.fixture
async def scene(ground: Ground) -> Scene:
    scene = Scene(ground)
    await scene.begin()
    return scene


ALL = [["message 0"], ["message 1"], ["message 2"]]


# --- together ------------------------------------------------------------------------------


async def test_what_all_shards_have_is_stored_in_one_transaction(scene: Scene) -> None:
    await scene.store()

    assert await scene.stored() == ALL
    assert await scene.watermarks() == [1, 1, 1]
    assert scene.transactions == 1


async def test_more_entries_than_one_transaction_may_have_are_stored_in_several(
    scene: Scene,
) -> None:
    await scene.store(most_entries=2)

    assert await scene.stored() == ALL
    assert scene.transactions == 2


async def test_one_transaction_is_prepared_after_the_other_so_that_the_first_can_begin(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []

    async def noted(entries: Sequence[IngestEntry]) -> Readings:
        steps.append("begins")
        await asyncio.sleep(0)
        steps.append("ends")
        return await read_entries(entries)

    monkeypatch.setattr("logger.storing.prepare", noted)

    await scene.store(most_entries=1)

    assert steps == ["begins", "ends"] * SHARDS
    assert await scene.stored() == ALL


@given(st.lists(st.integers(1, 5), max_size=20), st.integers(1, 8))
def test_batches_are_divided_in_order_and_none_is_left_out(sizes: list[int], most: int) -> None:
    batches = [Batch(cast(HeldShard, None), [said(1)] * size) for size in sizes]

    divided = list(shares(batches, most))

    assert [each for share in divided for each in share] == batches
    assert all(divided)
    for share in divided:
        assert len(share) == 1 or sum(len(each.entries) for each in share) <= most


# --- the trouble of one --------------------------------------------------------------------


async def test_a_shard_that_somebody_else_has_is_let_go_and_the_others_are_stored(
    scene: Scene,
) -> None:
    taken = scene.ground.shard("garden")
    await scene.ground.logs.lease(taken, "another", 30_000, force=True)

    await scene.store()

    assert await scene.stored() == [["message 0"], [], ["message 2"]]
    assert await scene.watermarks() == [1, 0, 1]
    assert scene.lost == [(taken, LeaseLost)]


async def test_shards_that_somebody_else_has_are_all_let_go(scene: Scene) -> None:
    for shard in range(SHARDS):
        await scene.ground.logs.lease(shard, "another", 30_000, force=True)

    await scene.store()

    assert await scene.stored() == [[], [], []]
    assert sorted(scene.lost) == [(shard, LeaseLost) for shard in range(SHARDS)]


async def test_a_contradiction_in_one_shard_leaves_the_others_as_they_are(scene: Scene) -> None:
    async with scene.ground.logs.hold(scene.ground.shard("garden")) as held:
        await held.write([said(1, "another", room="garden")])

    await scene.store()

    assert await scene.stored() == [["message 0"], ["another"], ["message 2"]]
    generations = [scene.shards[room].fence.generation for room in ROOMS]
    assert generations == [1, 2, 1]
    assert await scene.watermarks() == [1, 0, 1]


class Undone(SqlLogs):
    """A transaction of several shards is undone at its end, and so is one of `poison`'s."""

    poison: int | None = None

    @asynccontextmanager
    async def hold_some(
        self, shards: Collection[int], *, wait: bool
    ) -> AsyncIterator[SqlHeldShards]:
        async with super().hold_some(shards, wait=wait) as held:
            yield held
            if len(held.rows) > 1 or self.poison in held.rows:
                raise StoreUnavailable("deadlock")


async def test_if_the_transaction_fails_each_shard_has_one_of_its_own(ground: Ground) -> None:
    scene = Scene(ground, Undone(ground.database))
    await scene.begin()

    await scene.store()

    assert await scene.stored() == ALL
    assert await scene.watermarks() == [1, 1, 1]
    assert scene.transactions == 1 + SHARDS


async def test_a_shard_that_cannot_be_stored_at_all_is_the_only_one(ground: Ground) -> None:
    logs = Undone(ground.database)
    logs.poison = ground.shard("garden")
    scene = Scene(ground, logs)
    await scene.begin()

    with pytest.raises(StoreUnavailable, match="deadlock"):
        await scene.store()

    assert await scene.stored() == [["message 0"], [], ["message 2"]]
    assert await scene.watermarks() == [1, 0, 1]
    assert scene.lost == []


async def test_a_shard_alone_that_fails_is_not_tried_twice(ground: Ground) -> None:
    logs = Undone(ground.database)
    logs.poison = ground.shard("garden")
    scene = Scene(ground, logs)
    await scene.begin()
    scene.shards = {"garden": scene.shards["garden"]}

    with pytest.raises(StoreUnavailable):
        await scene.store()

    assert scene.transactions == 1


async def test_a_shard_whose_row_is_locked_is_stored_after_the_others(
    empty_postgres: str,
) -> None:
    """In PostgreSQL: SQLite locks no rows."""
    async with with_rooms(empty_postgres) as ground:
        scene = Scene(ground)
        await scene.begin()

        async def others_are_stored() -> bool:
            return await scene.stored() == [["message 0"], [], ["message 2"]]

        async with ground.logs.hold(ground.shard("garden")):
            storing = asyncio.create_task(scene.store())
            await becomes(others_are_stored)
        await storing

        assert await scene.stored() == ALL
        assert scene.lost == []
