"""Shards: their number, their leases, and the lock under which their rooms are written."""

import asyncio

import pytest

from parley.store.api import Logs
from parley.store.database import Database
from parley.store.errors import ShardCountMismatch, UnknownShard
from parley.store.records import ShardRow
from tests.store.samples import change, said, seqs_of, write

MINUTE_MS = 60_000


async def expire(database: Database) -> None:
    await change(database, "UPDATE shards SET lease_until = 1")


async def test_every_shard_begins_before_its_first_generation(logs: Logs) -> None:
    assert await logs.shards() == [
        ShardRow(shard, 0, None, checkpoint=0, owner=None, lease_until=0) for shard in (0, 1)
    ]


async def test_the_number_of_shards_is_fixed_when_it_is_first_given(logs: Logs) -> None:
    await logs.fix_shards(2)

    with pytest.raises(ShardCountMismatch) as refused:
        await logs.fix_shards(3)

    assert (refused.value.recorded, refused.value.asked) == (2, 3)
    assert len(await logs.shards()) == 2


# --- leases --------------------------------------------------------------------------------


async def test_a_free_shard_is_leased_to_one_of_those_who_ask(logs: Logs) -> None:
    asked = await asyncio.gather(*(logs.lease(0, f"logger{n}", MINUTE_MS) for n in range(5)))

    taken = [row for row in asked if row is not None]
    assert len(taken) == 1
    assert (await logs.shards())[0] == taken[0]


async def test_the_owner_renews_its_lease_and_others_are_kept_out(
    logs: Logs, database: Database
) -> None:
    first = await logs.lease(0, "a", MINUTE_MS)
    renewed = await logs.lease(0, "a", 2 * MINUTE_MS)

    assert first is not None
    assert renewed is not None
    assert renewed.lease_until >= first.lease_until + MINUTE_MS
    assert await logs.lease(0, "b", MINUTE_MS) is None


async def test_a_lease_that_has_run_out_can_be_taken_over(logs: Logs, database: Database) -> None:
    await logs.lease(0, "a", MINUTE_MS)
    await expire(database)

    taken = await logs.lease(0, "b", MINUTE_MS)

    assert taken is not None
    assert taken.owner == "b"
    assert await logs.lease(0, "a", MINUTE_MS) is None


async def test_a_lease_by_a_clock_that_was_ahead_can_be_taken_over(
    logs: Logs, database: Database
) -> None:
    await logs.lease(0, "a", MINUTE_MS)
    await change(
        database, "UPDATE shards SET lease_until = lease_until + :step", step=60 * MINUTE_MS
    )

    taken = await logs.lease(0, "b", MINUTE_MS)

    assert taken is not None
    assert taken.owner == "b"


async def test_a_lease_can_be_taken_by_force(logs: Logs) -> None:
    await logs.lease(0, "a", MINUTE_MS)

    taken = await logs.lease(0, "b", MINUTE_MS, force=True)

    assert taken is not None
    assert taken.owner == "b"


async def test_only_its_owner_can_release_a_lease(logs: Logs) -> None:
    await logs.lease(0, "a", MINUTE_MS)

    await logs.release(0, "b")
    assert await logs.lease(0, "b", MINUTE_MS) is None

    await logs.release(0, "a")
    assert await logs.lease(0, "b", MINUTE_MS) is not None


# --- who shares them -----------------------------------------------------------------------


async def test_all_loggers_at_work_are_known_to_each(logs: Logs) -> None:
    assert await logs.attend("a", MINUTE_MS) == ["a"]
    assert sorted(await logs.attend("b", MINUTE_MS)) == ["a", "b"]
    assert sorted(await logs.attend("a", MINUTE_MS)) == ["a", "b"]


async def test_a_logger_that_leaves_counts_no_more(logs: Logs) -> None:
    await logs.attend("a", MINUTE_MS)
    await logs.depart("a")

    assert await logs.attend("b", MINUTE_MS) == ["b"]


@pytest.mark.parametrize("until", [1, 1 << 50], ids=["ended", "set by a clock that was ahead"])
async def test_a_logger_whose_time_is_wrong_counts_no_more(
    logs: Logs, database: Database, until: int
) -> None:
    await logs.attend("a", MINUTE_MS)
    await change(database, "UPDATE loggers SET until = :until", until=until)

    assert await logs.attend("b", MINUTE_MS) == ["b"]


async def test_loggers_that_come_back_at_once_do_not_wait_for_one_another(
    logs: Logs, database: Database
) -> None:
    names = [f"logger{n}" for n in range(5)]
    for name in names:
        await logs.attend(name, MINUTE_MS)
    await change(database, "UPDATE loggers SET until = 1")

    await asyncio.gather(*(logs.attend(name, MINUTE_MS) for name in names))

    assert sorted(await logs.attend(names[0], MINUTE_MS)) == names


# --- the lock ------------------------------------------------------------------------------


async def test_what_is_done_under_the_lock_is_committed_together(
    logs: Logs, database: Database
) -> None:
    async with logs.hold(0) as held:
        await held.write([said(1), said(2)])
        await held.advance(2)
        assert held.row.checkpoint == 2

    assert await seqs_of(database) == [1, 2]
    assert (await logs.shards())[0].checkpoint == 2


async def test_what_is_done_under_the_lock_is_undone_together(
    logs: Logs, database: Database
) -> None:
    async def write_and_fail() -> None:
        async with logs.hold(0) as held:
            await held.write([said(1)])
            await held.advance(1)
            await held.begin_generation("redis-a")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await write_and_fail()

    assert await seqs_of(database) == []
    assert (await logs.shards())[0] == ShardRow(0, 0, None, 0, None, 0)


async def test_a_second_holder_waits_for_the_first_and_sees_what_it_did(logs: Logs) -> None:
    async def checkpoint_seen() -> int:
        async with logs.hold(0) as held:
            return held.row.checkpoint

    async with logs.hold(0) as held:
        second = asyncio.create_task(checkpoint_seen())
        # Only a second that was not kept out could end before the first does.
        ended, _ = await asyncio.wait({second}, timeout=0.3)
        await held.advance(5)

    assert ended == set()
    assert await second == 5


async def test_a_late_logger_sees_that_its_shard_has_moved_on(logs: Logs) -> None:
    mine = await logs.lease(0, "late", MINUTE_MS)
    await logs.lease(0, "next", MINUTE_MS, force=True)
    async with logs.hold(0) as held:
        await held.begin_generation("redis-b")
        await held.advance(7)

    async with logs.hold(0) as held:
        assert mine is not None
        assert (mine.owner, mine.generation, mine.checkpoint) == ("late", 0, 0)
        assert (held.row.owner, held.row.generation, held.row.checkpoint) == ("next", 1, 7)


async def test_a_shard_that_was_never_made_cannot_be_held(logs: Logs) -> None:
    with pytest.raises(UnknownShard):
        await write(logs, said(1), shard=9)


# --- generations ---------------------------------------------------------------------------


async def test_a_generation_begins_on_its_server_with_nothing_read(logs: Logs) -> None:
    async with logs.hold(0) as held:
        await held.advance(7)
        assert await held.begin_generation("redis-a") == 1
        assert await held.begin_generation("redis-b") == 2

    assert (await logs.shards())[0] == ShardRow(0, 2, "redis-b", 0, None, 0)


async def test_a_generation_is_above_what_redis_has_seen(logs: Logs) -> None:
    async with logs.hold(0) as held:
        assert await held.begin_generation("redis-a", above=41) == 42
        assert await held.begin_generation("redis-a", above=7) == 43
