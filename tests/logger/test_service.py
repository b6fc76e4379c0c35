"""A logger at work: its leases, its batches, and its end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from logger import service
from parley.protocol.entry import IngestEntry
from parley.store.records import ShardRow
from parley.stream.fence import Fence
from parley.stream.keys import room_channel
from parley.stream.log import LogUnavailable
from parley.stream.published import StoredUpTo
from parley.stream.redis_log import RedisLog
from tests.conftest import RedisHome
from tests.databases import copy_of, prepare
from tests.logger.parts import LEASE_SECONDS, doomed_logger, logger_on, row, start
from tests.recovery.ground import LOBBY, Ground, process
from tests.store.samples import cmid
from tests.stream.homes import KEPT, PATIENCE, draft, listening, new_log_of, until


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits a second for what a logger does once a second."""
    monkeypatch.setattr(service, "_CHECK_SECONDS", 0.02)
    monkeypatch.setattr(service, "_RETRY_SECONDS", 0.02)


async def stored_up_to(ground: Ground, seq: int, generation: int = 1, *, room: str = LOBBY) -> None:
    """Return once the room is said to be stored so far."""
    shard = ground.shard(room)
    async with listening(ground.clients, room_channel(shard, room)) as listener:
        fence = await ground.fence(room)
        position = (await ground.room_log.positions(shard, fence, [room])).rooms[room]
        if position is not None and position.stored >= seq:
            return
        while await listener.published() != StoredUpTo(generation, seq):
            pass


async def row_becomes(ground: Ground, is_so: Callable[[ShardRow], bool]) -> None:
    """Return once the shard's row is as it should be."""
    async with asyncio.timeout(PATIENCE):
        while not is_so(await row(ground)):
            pass


async def owner_becomes(ground: Ground, owner: str) -> None:
    await row_becomes(ground, lambda row: row.owner == owner)


# --- storing -------------------------------------------------------------------------------


async def test_what_is_said_is_stored(ground: Ground) -> None:
    async with logger_on(ground):
        await ground.say(*map(draft, range(1, 11)))

        await stored_up_to(ground, 10)

    assert await ground.stored_texts() == [f"message {number}" for number in range(1, 11)]


async def test_what_was_said_before_a_logger_came_is_stored(ground: Ground) -> None:
    await ground.say(draft(1), draft(2))

    async with logger_on(ground):
        await stored_up_to(ground, 2)

    assert await ground.stored_texts() == ["message 1", "message 2"]


async def test_every_shard_is_worked_on(migrated_file: Path, tmp_path: Path) -> None:
    database_url = copy_of(migrated_file, tmp_path)
    await prepare(database_url, shards=3)
    async with process(RedisHome("fakeredis", url=None), database_url, shards=3) as ground:
        rooms = {ground.shard(room): room for room in ("garden", "attic", "kitchen", LOBBY)}
        (ann,) = await ground.sign_up("ann")
        for number, room in enumerate(set(rooms.values()) - {LOBBY}):
            await ground.directory.create_channel(room, room, ann.id, cmid(900 + number))
        async with logger_on(ground) as running:
            for room in rooms.values():
                await ground.say(draft(ground.shard(room)), room=room)
            await until(lambda: running.metrics.shards_held._value.get() == 3)

        assert sorted(rooms) == [0, 1, 2]
        assert [await ground.stored_texts(rooms[n]) for n in range(3)] == [
            [f"message {n}"] for n in range(3)
        ]


class OneFails(RedisLog):
    """Of two shards one cannot be told what is stored, and the other takes its time."""

    telling = 0
    was_read_meanwhile = False

    async def stored(
        self, shard: int, fence: Fence, through: int, rooms: Mapping[str, int]
    ) -> None:
        if shard == 0:
            raise LogUnavailable("gone")
        self.telling += 1
        await asyncio.sleep(0.1)
        self.telling -= 1
        await super().stored(shard, fence, through, rooms)

    async def read_ingest(
        self, after: Mapping[int, tuple[int, int]], count: int, block_ms: int
    ) -> dict[int, list[IngestEntry]]:
        self.was_read_meanwhile |= self.telling > 0
        return await super().read_ingest(after, count, block_ms)


async def test_the_next_batch_is_not_read_before_every_shard_s_last_one_has_ended(
    migrated_file: Path, tmp_path: Path
) -> None:
    database_url = copy_of(migrated_file, tmp_path)
    await prepare(database_url, shards=2)
    async with process(RedisHome("fakeredis", url=None), database_url, shards=2) as ground:
        (ann,) = await ground.sign_up("ann")
        for number, room in enumerate(("garden", "attic", "kitchen")):
            await ground.directory.create_channel(room, room, ann.id, cmid(900 + number))
        rooms = {ground.shard(room): room for room in ("garden", "attic", "kitchen")}
        for shard, room in rooms.items():
            await ground.say(draft(shard), room=room)
        log = OneFails(
            ground.clients.commands,
            ground.clients.reader,
            shards=2,
            mode=ground.clients.mode,
            recent_entries=KEPT,
        )
        async with logger_on(replace(ground, room_log=log)):
            await stored_up_to(ground, 1, room=rooms[1])

    assert sorted(rooms) == [0, 1]
    assert not log.was_read_meanwhile


async def test_a_loss_under_a_running_logger_is_survived(ground: Ground) -> None:
    async with logger_on(ground):
        await ground.say(draft(1))
        await stored_up_to(ground, 1)

        await ground.lose_redis()
        fence = await ground.fences.refresh(0)
        await ground.say(draft(2))
        await stored_up_to(ground, 2, fence.generation)

    assert await ground.stored_texts() == ["message 1", "message 2"]


async def test_what_survives_a_new_generation_is_stored_once(ground: Ground) -> None:
    async with logger_on(ground):
        for number in range(1, 6):
            await ground.say(draft(2 * number - 1), draft(2 * number))
            await ground.fences.renew(0)

    assert await ground.stored_texts() == [f"message {number}" for number in range(1, 11)]


# --- leases --------------------------------------------------------------------------------


async def test_a_shard_has_one_logger_at_a_time(embedded: Ground) -> None:
    async with logger_on(embedded, "one"):
        await owner_becomes(embedded, "one")
        async with logger_on(embedded, "two") as second:
            await embedded.say(draft(1))
            await stored_up_to(embedded, 1)

            assert second.metrics.shards_held._value.get() == 0
            assert (await row(embedded)).owner == "one"


async def test_a_dead_logger_s_shards_are_taken_over_when_its_lease_ends(
    embedded: Ground,
) -> None:
    async with doomed_logger(embedded, "one"):
        await owner_becomes(embedded, "one")
    await embedded.say(draft(1))

    async with logger_on(embedded, "two", lease=0.06) as second:
        embedded.clock.now += round(LEASE_SECONDS * 1000) + 1
        await owner_becomes(embedded, "two")
        await stored_up_to(embedded, 1)

        assert second.metrics.takeovers._value.get() == 1


async def test_a_lease_is_kept_as_long_as_its_logger_works(embedded: Ground) -> None:
    async with logger_on(embedded, "one", lease=0.06):
        await owner_becomes(embedded, "one")
        before = (await row(embedded)).lease_until
        embedded.clock.now += 50

        await row_becomes(embedded, lambda row: row.lease_until > before)


async def test_who_is_alone_takes_what_a_former_one_held(embedded: Ground) -> None:
    async with doomed_logger(embedded, "one"):
        await owner_becomes(embedded, "one")

    async with logger_on(embedded, "two", alone=True):
        await owner_becomes(embedded, "two")


async def test_a_logger_that_lost_its_lease_lets_go(embedded: Ground) -> None:
    async with logger_on(embedded, "one") as running:
        await owner_becomes(embedded, "one")
        await embedded.say(draft(1))
        await stored_up_to(embedded, 1)
        await embedded.logs.lease(0, "two", 30_000, force=True)

        await embedded.say(draft(2))
        await until(lambda: running.metrics.shards_held._value.get() == 0)

    assert (await row(embedded)).owner == "two"
    assert await embedded.stored_texts() == ["message 1"]


async def test_a_logger_that_cannot_renew_its_lease_lets_go(
    embedded: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def see_nothing(_: object) -> None:
        """The round that compares the rows: here the leases' own round has to notice."""

    monkeypatch.setattr(service.Logger, "_check", see_nothing)
    async with logger_on(embedded, "one", lease=0.06) as running:
        await owner_becomes(embedded, "one")
        await embedded.logs.lease(0, "two", 30_000, force=True)

        await until(lambda: running.metrics.shards_held._value.get() == 0)


# --- tidying -------------------------------------------------------------------------------


async def test_a_watermark_that_could_not_be_told_is_told_though_nothing_else_is_stored(
    embedded: Ground,
) -> None:
    class Unreached(RedisLog):
        tries = 0

        async def stored(
            self, shard: int, fence: Fence, through: int, rooms: Mapping[str, int]
        ) -> None:
            self.tries += 1
            if self.tries == 1:
                raise LogUnavailable("gone")
            await super().stored(shard, fence, through, rooms)

    log = await new_log_of(Unreached, embedded.clients)
    async with logger_on(replace(embedded, room_log=log)):
        await embedded.say(draft(1))
        await until(lambda: log.tries > 0)

        await stored_up_to(embedded, 1)


async def test_a_notice_that_a_crash_left_behind_is_told(embedded: Ground) -> None:
    (ann,) = await embedded.sign_up("ann")
    await embedded.directory.create_channel("garden", "Garden", ann.id, cmid(1))
    embedded.clock.now += 4000

    async with logger_on(embedded):
        async with asyncio.timeout(PATIENCE):
            while await embedded.directory.due_notices(0, 10):
                pass


async def test_an_idle_room_leaves_redis(embedded: Ground) -> None:
    async with logger_on(embedded, room_idle=0.04):
        await embedded.say(draft(1))
        generation = (await embedded.fence()).generation

        async with asyncio.timeout(PATIENCE):
            while await embedded.room_log.live_rooms(0, generation):
                pass

    assert await embedded.stored_texts() == ["message 1"]


async def test_old_records_of_the_audit_log_go(embedded: Ground) -> None:
    await embedded.directory.record("old")
    embedded.clock.now += 2000

    async with logger_on(embedded, audit_kept=1.0):
        async with asyncio.timeout(PATIENCE):
            while await embedded.directory.audit(limit=1):
                pass


# --- the end -------------------------------------------------------------------------------


async def test_a_logger_that_stops_gives_its_shards_back(ground: Ground) -> None:
    async with logger_on(ground):
        await owner_becomes(ground, "one")

    assert (await row(ground)).owner is None


async def test_a_logger_that_stops_stores_what_is_there(ground: Ground) -> None:
    running = start(ground, batch_entries=3)
    await owner_becomes(ground, "one")
    await ground.say(*map(draft, range(1, 11)))

    await running.stop()

    assert await ground.stored_texts() == [f"message {number}" for number in range(1, 11)]


async def test_a_logger_can_be_stopped_before_it_has_begun(ground: Ground) -> None:
    running = start(ground)

    await running.stop()

    assert (await row(ground)).owner is None


async def test_a_logger_killed_at_any_time_leaves_what_the_next_one_needs(
    embedded: Ground,
) -> None:
    for number in range(1, 9):
        async with doomed_logger(embedded, f"logger{number}"):
            await embedded.say(draft(2 * number - 1), draft(2 * number))
            for _ in range(7 * number):
                await asyncio.sleep(0)

    async with logger_on(embedded, "last", alone=True):
        await stored_up_to(embedded, 16)

    assert await embedded.stored_texts() == [f"message {number}" for number in range(1, 17)]
