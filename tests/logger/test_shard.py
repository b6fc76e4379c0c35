"""One shard: what is stored is committed first, forgotten next, and told last."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from uuid import UUID

import pytest

from logger.shard import LeaseLost
from parley.protocol.entry import Entry
from parley.stream.fence import Fence
from parley.stream.keys import room_channel
from parley.stream.log import LogUnavailable, RoomPosition
from parley.stream.published import EntryRefused, StoredUpTo
from parley.stream.redis_log import RedisLog
from tests.logger.parts import held_shard, new_metrics, row, store
from tests.recovery.ground import LOBBY, Ground, texts
from tests.store.samples import change, cmid, rows, said
from tests.stream.homes import AUTHOR, draft, listening, new_log_of

CHANNEL = room_channel(0, LOBBY)


async def position(ground: Ground) -> RoomPosition | None:
    fence = await ground.fence()
    return (await ground.room_log.positions(0, fence, [LOBBY])).rooms[LOBBY]


async def waiting(ground: Ground) -> list[int]:
    """Return the ids of what Redis has yet to have stored."""
    fence = await ground.fence()
    read = await ground.room_log.read_ingest({0: (fence.generation, 0)}, 1000, block_ms=0)
    return [entry.ingest_id for entry in read.get(0, [])]


# --- storing -------------------------------------------------------------------------------


async def test_what_is_said_is_stored_forgotten_and_told(ground: Ground) -> None:
    shard = await held_shard(ground)
    await ground.say(draft(1), draft(2))
    async with listening(ground.clients, CHANNEL) as listener:
        await store(ground, shard)

        assert await listener.published() == StoredUpTo(1, 2)
    assert await ground.stored_texts() == ["message 1", "message 2"]
    assert (await row(ground)).checkpoint == shard.checkpoint == 2
    assert await waiting(ground) == []
    assert await position(ground) == RoomPosition(2, 2, 2)


async def test_batches_follow_one_another(ground: Ground) -> None:
    shard = await held_shard(ground)
    await ground.say(*map(draft, range(1, 8)))

    for _ in range(3):
        await store(ground, shard, count=3)

    assert await ground.stored_texts() == [f"message {number}" for number in range(1, 8)]
    assert shard.checkpoint == 7


class Watched(RedisLog):
    """A room log; something happens before it is told what is stored."""

    before_stored: Callable[[], Awaitable[None]]

    async def stored(
        self, shard: int, fence: Fence, through: int, rooms: Mapping[str, int]
    ) -> None:
        told = dict(rooms)
        await self.before_stored()
        await super().stored(shard, fence, through, told)


async def test_nothing_is_forgotten_before_it_is_committed(ground: Ground) -> None:
    log = await new_log_of(Watched, ground.clients)
    seen = []

    async def look() -> None:
        seen.append((len(await ground.stored_texts()), (await row(ground)).checkpoint))

    log.before_stored = look
    shard = await held_shard(ground, room_log=log)
    await ground.say(draft(1), draft(2))

    await store(ground, shard)

    assert seen == [(2, 2)]


async def fail() -> None:
    raise LogUnavailable("gone")


async def nothing() -> None:
    """Redis is there."""


async def test_a_watermark_that_could_not_be_told_is_told_later(ground: Ground) -> None:
    log = await new_log_of(Watched, ground.clients)
    shard = await held_shard(ground, room_log=log)
    await ground.say(draft(1))
    log.before_stored = fail
    with pytest.raises(LogUnavailable):
        await store(ground, shard)
    assert await ground.stored_texts() == ["message 1"]

    log.before_stored = nothing
    await shard.publish()

    assert await position(ground) == RoomPosition(1, 1, 1)
    assert await waiting(ground) == []


async def test_a_watermark_that_comes_while_another_is_told_is_not_forgotten(
    embedded: Ground,
) -> None:
    log = await new_log_of(Watched, embedded.clients)
    shard = await held_shard(embedded, room_log=log)
    await embedded.say(draft(1))
    log.before_stored = fail
    with pytest.raises(LogUnavailable):
        await store(embedded, shard)

    reached, gate = asyncio.Event(), asyncio.Event()

    async def wait() -> None:
        reached.set()
        await gate.wait()

    log.before_stored = wait
    telling = asyncio.create_task(shard.publish())
    await reached.wait()
    await embedded.say(draft(2))
    log.before_stored = fail
    with pytest.raises(LogUnavailable):
        await store(embedded, shard)
    gate.set()
    await telling

    log.before_stored = nothing
    await shard.publish()

    assert await position(embedded) == RoomPosition(2, 2, 2)


async def test_a_watermark_that_could_not_be_told_is_not_lost_to_another_room_s(
    embedded: Ground,
) -> None:
    (ann,) = await embedded.sign_up("ann")
    await embedded.directory.create_channel("garden", "Garden", ann.id, cmid(1))
    log = await new_log_of(Watched, embedded.clients)
    shard = await held_shard(embedded, room_log=log)
    await embedded.say(draft(1))
    log.before_stored = fail
    with pytest.raises(LogUnavailable):
        await store(embedded, shard)

    log.before_stored = nothing
    await embedded.say(draft(2), room="garden")
    await store(embedded, shard)

    assert await position(embedded) == RoomPosition(1, 1, 1)


async def test_what_a_crash_left_untold_is_told_by_the_next_logger(ground: Ground) -> None:
    """The first was ended after its commit, before Redis could forget."""
    log = await new_log_of(Watched, ground.clients)
    log.before_stored = fail
    first = await held_shard(ground, "first", room_log=log)
    await ground.say(draft(1), draft(2))
    with pytest.raises(LogUnavailable):
        await store(ground, first)
    async with listening(ground.clients, CHANNEL) as listener:
        second = await held_shard(ground, "second")

        assert await listener.published() == StoredUpTo(1, 2)
    assert second.checkpoint == 2
    assert await waiting(ground) == []
    assert await ground.stored_texts() == ["message 1", "message 2"]


async def test_a_watermark_told_twice_does_no_harm(ground: Ground) -> None:
    shard = await held_shard(ground)
    await ground.say(draft(1))
    await store(ground, shard)
    async with listening(ground.clients, CHANNEL) as listener:
        await shard.publish()
        await held_shard(ground)
        await ground.say(draft(2))

        heard = await listener.published()
        assert isinstance(heard, Entry)
        assert heard.seq == 2


# --- when somebody else has the shard ------------------------------------------------------


async def another_owner(ground: Ground) -> None:
    await ground.logs.lease(0, "another", 30_000, force=True)


async def another_checkpoint(ground: Ground) -> None:
    await change(ground.database, "UPDATE shards SET checkpoint = checkpoint + 1")


async def another_generation(ground: Ground) -> None:
    await change(ground.database, "UPDATE shards SET generation = generation + 1")


@pytest.mark.parametrize(
    "moved", [another_owner, another_checkpoint, another_generation], ids=lambda f: f.__name__
)
async def test_a_late_logger_stores_nothing(
    ground: Ground, moved: Callable[[Ground], Awaitable[None]]
) -> None:
    shard = await held_shard(ground)
    await ground.say(draft(1))
    await moved(ground)
    before = await row(ground)

    with pytest.raises(LeaseLost) as lost:
        await store(ground, shard)

    assert lost.value.row == before
    assert await ground.stored_texts() == []
    assert await row(ground) == before
    assert await waiting(ground) == [1]


async def test_a_shard_that_has_moved_on_is_said_to_disagree(ground: Ground) -> None:
    shard = await held_shard(ground)
    rows = {0: await row(ground)}
    assert await shard.agrees(rows)

    await ground.fences.renew(0)

    assert not await shard.agrees({0: await row(ground)})


# --- what cannot be stored -----------------------------------------------------------------


async def poison(ground: Ground) -> None:
    """Say something that can be stored, something that cannot, and something that can."""
    await ground.say(draft(1), draft(2)._replace(body=b"{damaged"), draft(3))


async def test_what_cannot_be_stored_leaves_a_stone_and_holds_nobody_up(ground: Ground) -> None:
    shard = await held_shard(ground)
    await poison(ground)

    await store(ground, shard)

    assert await ground.stored_texts() == ["message 1", "stone", "message 3"]
    assert await waiting(ground) == []


async def test_what_cannot_be_stored_is_told_to_its_sender(ground: Ground) -> None:
    shard = await held_shard(ground)
    await poison(ground)
    async with listening(ground.clients, CHANNEL) as listener:
        await store(ground, shard)
        heard = [await listener.published(), await listener.published()]

    (refused,) = [each for each in heard if isinstance(each, EntryRefused)]
    assert (refused.seq, refused.author, refused.cmid) == (2, AUTHOR, cmid(2))
    assert refused.reason == await ground.logs.set_aside_reason(AUTHOR, cmid(2))


async def test_a_refusal_is_told_before_the_watermark_that_covers_it(ground: Ground) -> None:
    """Whoever hears the watermark first takes the message for stored, and forgets it."""
    shard = await held_shard(ground)
    await poison(ground)
    async with listening(ground.clients, CHANNEL) as listener:
        await store(ground, shard)

        heard = [type(await listener.published()) for _ in range(2)]

    assert heard == [EntryRefused, StoredUpTo]


async def test_what_was_refused_is_counted(embedded: Ground) -> None:
    metrics = new_metrics()
    shard = await held_shard(embedded, metrics=metrics)
    await poison(embedded)

    await store(embedded, shard)

    assert metrics.set_aside.labels("refused")._value.get() == 1
    assert metrics.entries_stored._value.get() == 3


# --- what contradicts ----------------------------------------------------------------------


async def contradict(ground: Ground) -> None:
    """Let the database have another message where Redis has the first."""
    await ground.say(draft(1), draft(2))
    async with ground.logs.hold(0) as held:
        await held.write([said(1, "another", room=LOBBY)])


async def test_a_contradiction_is_an_alarm_and_overwrites_nothing(ground: Ground) -> None:
    metrics = new_metrics()
    shard = await held_shard(ground, metrics=metrics)
    await contradict(ground)

    await store(ground, shard)

    assert await ground.stored_texts() == ["another"]
    assert metrics.alarms._value.get() >= 1


async def test_a_contradiction_begins_another_generation_in_which_all_goes_on(
    ground: Ground,
) -> None:
    shard = await held_shard(ground)
    await contradict(ground)

    await store(ground, shard)

    assert shard.fence.generation == 2
    assert (await row(ground)).generation == 2
    assert await ground.say(draft(3)) == [2]
    await store(ground, shard)
    assert await ground.stored_texts() == ["another", "message 3"]


async def test_what_contradicts_is_kept_for_the_operator(ground: Ground) -> None:
    shard = await held_shard(ground)
    await contradict(ground)

    await store(ground, shard)

    kept = await rows(ground.database, "SELECT cmid, refused FROM set_aside")
    assert {str(UUID(str(name))) for name, _ in kept} == {cmid(1), cmid(2)}
    assert not any(refused for _, refused in kept)


async def test_rooms_beside_a_contradiction_are_stored(ground: Ground) -> None:
    (ann,) = await ground.sign_up("ann")
    await ground.directory.create_channel("garden", "Garden", ann.id, cmid(999))
    shard = await held_shard(ground)
    await contradict(ground)
    await ground.say(draft(3), room="garden")

    await store(ground, shard)

    stored = await ground.logs.page("garden", after=0, limit=10, max_bytes=1 << 20)
    assert texts(stored) == ["message 3"]
