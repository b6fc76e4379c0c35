"""Taking a new generation: when Redis is not what the database says, and only then."""

import asyncio

import pytest

from parley.recovery.fences import Fences
from parley.store.records import ShardRow
from parley.stream import keys
from parley.stream.fence import Fence
from parley.stream.log import Batch, Fenced, LogUnavailable
from parley.stream.redis_log import RedisLog
from tests.conftest import RedisHome
from tests.recovery.ground import LOBBY, Ground, another_process, process
from tests.servers import RedisServer
from tests.store.samples import change
from tests.stream.homes import NOW, draft, new_log_of


class NeverOpens(RedisLog):
    """A room log that opens no generation."""

    async def begin(self, shard: int, fence: Fence) -> bool:
        return False


class NeverPurges(RedisLog):
    """A room log that is lost just when a closed generation is to be removed."""

    async def purge(self, shard: int, generation: int) -> None:
        raise LogUnavailable("gone")


async def row(ground: Ground) -> ShardRow:
    (row,) = await ground.logs.shards()
    return row


async def become_another_server(ground: Ground) -> None:
    """Let the data survive and the server be another: a restart, or a fail-over."""
    held = await ground.fence()
    if ground.redis_home.url is None:
        await ground.clients.commands.set(keys.identity(0), "another")
    else:
        await ground.clients.commands.set(keys.fence(0), str(held._replace(identity="a:b")))


# --- the first generation ------------------------------------------------------------------


async def test_nothing_is_known_before_it_is_asked(ground: Ground) -> None:
    assert ground.fences.known(0) is None


async def test_the_first_to_ask_begins_the_first_generation(ground: Ground) -> None:
    fence = await ground.fences.refresh(0)

    assert fence.generation == 1
    assert (await ground.room_log.state(0)).open_fence == fence
    recorded = await row(ground)
    assert (recorded.generation, recorded.identity) == fence
    assert ground.fences.known(0) == fence


async def test_what_is_agreed_stays(ground: Ground) -> None:
    first = await ground.fences.refresh(0)

    assert await ground.fences.refresh(0) == first
    assert await ground.fences.current(0) == first


async def test_the_fence_is_remembered(embedded: Ground) -> None:
    fence = await embedded.fences.current(0)
    await embedded.lose_redis()

    assert await embedded.fences.current(0) == fence


async def test_another_process_finds_the_generation_that_is_open(ground: Ground) -> None:
    fence = await ground.fences.refresh(0)

    async with another_process(ground) as another:
        assert await another.fences.refresh(0) == fence


async def test_rows_that_were_just_read_are_not_read_again(ground: Ground) -> None:
    fence = await ground.fences.refresh(0)
    rows = {0: await row(ground)}

    assert await ground.fences.refresh(0, rows) == fence


async def test_rows_from_before_a_generation_begin_no_other(ground: Ground) -> None:
    before = {0: await row(ground)}
    fence = await ground.fences.refresh(0)

    assert await ground.fences.refresh(0, before) == fence


# --- after a loss --------------------------------------------------------------------------


async def test_an_emptied_redis_begins_another_generation(ground: Ground) -> None:
    first = await ground.fence()
    await ground.say_stored(draft(1))
    await ground.lose_redis()

    second = await ground.fences.refresh(0)

    assert second.generation == first.generation + 1
    assert (await ground.room_log.state(0)).open_fence == second
    assert await ground.stored_texts() == ["message 1"]


async def test_what_was_lost_is_not_stored(ground: Ground) -> None:
    await ground.say_stored(draft(1))
    await ground.say(draft(2))
    await ground.lose_redis()

    await ground.fences.refresh(0)

    assert await ground.stored_texts() == ["message 1"]
    assert await ground.logs.survived(LOBBY, 1) == 1


async def test_what_survives_is_stored_before_the_next_generation_begins(ground: Ground) -> None:
    await ground.say_stored(draft(1))
    await ground.say(draft(2), draft(3))
    await become_another_server(ground)

    fence = await ground.fences.refresh(0)

    assert fence.generation == 2
    assert await ground.stored_texts() == ["message 1", "message 2", "message 3"]
    assert (await row(ground)).checkpoint == 0


async def test_more_survives_than_one_read_takes(embedded: Ground) -> None:
    for first in range(0, 2500, 500):
        await embedded.say(*(draft(number) for number in range(first, first + 500)))
    await become_another_server(embedded)

    await embedded.fences.refresh(0)

    assert len(await embedded.logs.page(LOBBY, limit=9999, max_bytes=1 << 30)) == 2500


async def test_what_survives_is_numbered_on(ground: Ground) -> None:
    await ground.say(draft(1), draft(2))
    await become_another_server(ground)
    await ground.fences.refresh(0)

    assert await ground.say(draft(3)) == [3]


async def test_what_was_stored_already_is_not_stored_twice(ground: Ground) -> None:
    """The logger had committed, and was ended before Redis could forget."""
    await ground.say(draft(1), draft(2))
    async with ground.logs.hold(0) as held:
        entries = await ground.room_log.read_ingest({0: (1, 0)}, 1, block_ms=0)
        await held.write(entries[0])
        await held.advance(1)
    await become_another_server(ground)

    await ground.fences.refresh(0)

    assert await ground.stored_texts() == ["message 1", "message 2"]


async def test_a_closed_generation_leaves_nothing_in_redis(ground: Ground) -> None:
    await ground.say(draft(1))
    await become_another_server(ground)

    await ground.fences.refresh(0)

    assert await ground.clients.commands.keys("parley:{0}:1:*") == []


async def test_whoever_holds_the_old_fence_can_append_nothing(ground: Ground) -> None:
    async with another_process(ground) as late:
        old = await late.fence()
        await late.say(draft(1))
        await ground.lose_redis()
        await ground.fences.refresh(0)

        (outcome,) = await late.room_log.append(0, old, [Batch(LOBBY, [draft(2)])], NOW)

    assert isinstance(outcome, Fenced)


async def test_a_database_from_a_backup_begins_above_what_redis_has_seen(ground: Ground) -> None:
    await ground.fences.refresh(0)
    await ground.lose_redis()
    assert (await ground.fences.refresh(0)).generation == 2
    await change(ground.database, "UPDATE shards SET generation = 1, identity = 'old'")

    assert (await ground.fences.refresh(0)).generation == 3


@pytest.mark.parametrize(
    ("keep_data", "survived"), [(True, ["message 1", "message 2"]), (False, ["message 1"])]
)
async def test_a_new_redis_server_begins_another_generation(
    own_redis_server: RedisServer, ready_database: str, keep_data: bool, survived: list[str]
) -> None:
    """With its file or without; what was in the file and not yet stored is stored first."""
    home = RedisHome("redis", own_redis_server.url)
    async with process(home, ready_database) as ground:
        await ground.say_stored(draft(1))
        await ground.say(draft(2))

    own_redis_server.restart(keep_data=keep_data)

    async with process(home, ready_database) as ground:
        assert (await ground.fences.refresh(0)).generation == 2
        assert await ground.stored_texts() == survived
        assert await ground.say(draft(3)) == [len(survived) + 1]


async def test_an_embedded_redis_is_another_one_in_every_process(embedded: Ground) -> None:
    await embedded.say_stored(draft(1))

    async with process(embedded.redis_home, embedded.database_url) as restarted:
        assert (await restarted.fences.refresh(0)).generation == 2
        assert await restarted.say(draft(2)) == [2]


# --- at the same time ----------------------------------------------------------------------


async def test_processes_that_notice_a_loss_at_once_begin_one_generation(ground: Ground) -> None:
    await ground.fence()
    async with another_process(ground) as one, another_process(ground) as two:
        await ground.lose_redis()

        fences = await asyncio.gather(*(each.fences.refresh(0) for each in (ground, one, two)))

    assert set(fences) == {(2, fences[0].identity)}
    assert (await row(ground)).generation == 2


async def test_tasks_that_notice_a_loss_at_once_begin_one_generation(ground: Ground) -> None:
    await ground.fence()
    await ground.lose_redis()

    fences = await asyncio.gather(*(ground.fences.refresh(0) for _ in range(10)))

    assert {fence.generation for fence in fences} == {2}


# --- when the log itself is in doubt -------------------------------------------------------


async def test_a_generation_in_doubt_is_left_for_another(ground: Ground) -> None:
    first = await ground.fence()
    await ground.say(draft(1))

    renewed = await ground.fences.renew(0)

    assert renewed.generation == first.generation + 1
    assert await ground.stored_texts() == ["message 1"]
    assert await ground.fences.current(0) == renewed


async def test_a_generation_that_somebody_has_left_already_is_not_left_again(
    ground: Ground,
) -> None:
    await ground.fence()
    async with another_process(ground) as another:
        await another.fence()
        renewed = await another.fences.renew(0)

        assert await ground.fences.renew(0) == renewed


# --- when something cannot be reached ------------------------------------------------------


async def test_without_redis_nothing_is_begun(
    own_redis_server: RedisServer, ready_database: str
) -> None:
    async with process(RedisHome("redis", own_redis_server.url), ready_database) as ground:
        await ground.say(draft(1))
        before = await row(ground)
        own_redis_server.stop()

        with pytest.raises(LogUnavailable):
            await ground.fences.refresh(0)
        with pytest.raises(LogUnavailable):
            await ground.fences.renew(0)

        assert await row(ground) == before


async def test_a_generation_that_redis_does_not_open_is_not_recorded(embedded: Ground) -> None:
    first = await embedded.fence()
    before = await row(embedded)
    room_log = await new_log_of(NeverOpens, embedded.clients)
    stubborn = Fences(room_log, embedded.logs, lambda: "minted")
    await embedded.lose_redis()

    with pytest.raises(LogUnavailable):
        await stubborn.refresh(0)

    assert await row(embedded) == before
    assert (await embedded.fences.refresh(0)).generation == first.generation + 1


async def test_what_an_earlier_purge_left_is_removed_with_the_next(embedded: Ground) -> None:
    log = await new_log_of(NeverPurges, embedded.clients)
    await embedded.say(draft(1))
    await become_another_server(embedded)
    await Fences(log, embedded.logs, lambda: "minted").refresh(0)
    left = await embedded.room_log.live_rooms(0, 1)

    await embedded.clients.commands.set(keys.identity(0), "a third")
    await embedded.fences.refresh(0)

    assert left == {LOBBY}
    assert await embedded.room_log.live_rooms(0, 1) == set()


async def test_a_closed_generation_that_cannot_be_removed_does_no_harm(embedded: Ground) -> None:
    room_log = await new_log_of(NeverPurges, embedded.clients)
    fences = Fences(room_log, embedded.logs, lambda: "minted")

    assert (await fences.refresh(0)).generation == 1
    assert (await embedded.fences.refresh(0)).generation == 1


async def test_a_generation_that_the_database_did_not_commit_is_passed_over(
    embedded: Ground,
) -> None:
    """It is open in Redis alone, so nobody has used it."""
    await embedded.say_stored(draft(1))
    state = await embedded.room_log.state(0)
    assert await embedded.room_log.begin(0, Fence(2, state.identity))

    assert (await embedded.fences.refresh(0)).generation == 3
