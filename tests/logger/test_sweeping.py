"""Tidying up: notices that were left behind, and rooms that are idle."""

from __future__ import annotations

import pytest

from logger.sweeping import IdleRooms, NoticeSweeper, OldRecords
from parley.protocol.content import Notice
from parley.protocol.entry import decode_body, decode_content
from parley.stream.log import Batch, Recent, Stale
from tests.conftest import RedisHome
from tests.logger.parts import held_shard, store
from tests.recovery.ground import LOBBY, Ground, process
from tests.store.samples import change, cmid, rows
from tests.stream.homes import NOW, draft

SECONDS = 1000


@pytest.fixture
def sweeper(embedded: Ground) -> NoticeSweeper:
    return NoticeSweeper(embedded.room_log, embedded.directory, embedded.logs, embedded.clock)


async def make_garden(ground: Ground) -> str:
    """Make a room whose notice nobody tells; return who made it."""
    (ann,) = await ground.sign_up("ann")
    await ground.directory.create_channel("garden", "Garden", ann.id, cmid(1))
    return ann.id


async def told(ground: Ground, room: str = "garden") -> list[object]:
    """Return what is in a room's log, as Redis has it."""
    recent = await ground.room_log.recent(room, await ground.fence(room), 0, 100)
    if not isinstance(recent, Recent):
        return []
    return [decode_content(decode_body(entry.body).content) for entry in recent.entries]


# --- notices -------------------------------------------------------------------------------


async def test_a_notice_that_was_left_behind_is_told(
    embedded: Ground, sweeper: NoticeSweeper
) -> None:
    ann = await make_garden(embedded)
    shard = await held_shard(embedded)
    embedded.clock.now += 4 * SECONDS

    await sweeper.sweep([shard])

    assert await told(embedded) == [Notice("created", ann)]


async def test_a_notice_is_left_to_whoever_made_it_at_first(
    embedded: Ground, sweeper: NoticeSweeper
) -> None:
    await make_garden(embedded)
    shard = await held_shard(embedded)
    embedded.clock.now += 2 * SECONDS

    await sweeper.sweep([shard])

    assert await told(embedded) == []


async def test_a_notice_is_told_once(embedded: Ground, sweeper: NoticeSweeper) -> None:
    ann = await make_garden(embedded)
    shard = await held_shard(embedded)
    embedded.clock.now += 4 * SECONDS

    await sweeper.sweep([shard])
    await sweeper.sweep([shard])
    await store(embedded, shard)
    await sweeper.sweep([shard])

    assert await told(embedded) == [Notice("created", ann)]
    assert await embedded.directory.due_notices(0, 10) == []


async def test_a_notice_that_was_told_and_lost_is_told_again(
    embedded: Ground, sweeper: NoticeSweeper
) -> None:
    ann = await make_garden(embedded)
    shard = await held_shard(embedded)
    embedded.clock.now += 4 * SECONDS
    await sweeper.sweep([shard])
    await embedded.lose_redis()
    await shard.begin()

    await sweeper.sweep([shard])

    assert await told(embedded) == [Notice("created", ann)]


async def test_a_notice_raises_the_authority_that_it_brings(
    embedded: Ground, sweeper: NoticeSweeper
) -> None:
    ann = await make_garden(embedded)
    await embedded.directory.leave(ann, "garden", cmid(2))
    shard = await held_shard(embedded)
    embedded.clock.now += 4 * SECONDS

    await sweeper.sweep([shard])

    batch = Batch("garden", [draft(3, authority=1)])
    (outcomes,) = await embedded.room_log.append(0, shard.fence, [batch], NOW)
    assert outcomes == [Stale(2)]


async def test_a_notice_of_another_logger_s_shard_is_left_to_it(
    embedded: Ground, sweeper: NoticeSweeper
) -> None:
    await make_garden(embedded)
    embedded.clock.now += 4 * SECONDS

    await sweeper.sweep([])

    assert await told(embedded) == []


async def test_a_notice_of_a_room_that_is_closed_holds_nobody_up(
    embedded: Ground, sweeper: NoticeSweeper
) -> None:
    ann = await make_garden(embedded)
    await embedded.directory.create_channel("attic", "Attic", ann, cmid(2))
    await change(embedded.database, "UPDATE rooms SET closed_at = 1 WHERE id = 'garden'")
    shard = await held_shard(embedded)
    embedded.clock.now += 4 * SECONDS

    await sweeper.sweep([shard])

    assert await told(embedded, "attic") == [Notice("created", ann)]


# --- idle rooms ----------------------------------------------------------------------------


class Monotonic:
    """Seconds, as a test sets them."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Idle:
    """A sweeper that drops what has been idle for ten seconds."""

    def __init__(self, ground: Ground) -> None:
        self.ground, self.clock = ground, Monotonic()
        self.rooms = IdleRooms(ground.room_log, 10.0, self.clock)

    async def sweep_after(self, seconds: float) -> set[str]:
        """Let time pass and sweep; return the rooms that are still live."""
        self.clock.now += seconds
        shard = await held_shard(self.ground)
        await self.rooms.sweep([shard])
        return await self.ground.room_log.live_rooms(0, shard.fence.generation)


async def test_a_room_that_is_stored_and_idle_is_dropped(embedded: Ground) -> None:
    idle = Idle(embedded)
    await embedded.say_stored(draft(1))

    assert await idle.sweep_after(0) == {LOBBY}
    assert await idle.sweep_after(9) == {LOBBY}
    assert await idle.sweep_after(1) == set()


async def test_a_room_in_use_stays(embedded: Ground) -> None:
    idle = Idle(embedded)
    for number in range(1, 6):
        await embedded.say_stored(draft(number))
        assert await idle.sweep_after(9) == {LOBBY}


async def test_a_room_with_entries_that_are_not_stored_stays(embedded: Ground) -> None:
    idle = Idle(embedded)
    await embedded.say(draft(1))
    await idle.sweep_after(0)

    assert await idle.sweep_after(100) == {LOBBY}

    await embedded.store()
    assert await idle.sweep_after(0) == set()


async def test_a_room_s_idleness_begins_anew_in_another_generation(embedded: Ground) -> None:
    idle = Idle(embedded)
    await embedded.say_stored(draft(1))
    await idle.sweep_after(0)
    await embedded.fences.renew(0)
    await embedded.say()

    assert await idle.sweep_after(10) == {LOBBY}
    assert await idle.sweep_after(10) == set()


async def test_a_dropped_room_is_there_again_when_it_is_used(embedded: Ground) -> None:
    idle = Idle(embedded)
    await embedded.say_stored(draft(1))
    await idle.sweep_after(0)
    await idle.sweep_after(10)

    assert await embedded.say(draft(2)) == [2]


async def test_every_shard_that_is_held_is_swept(embedded: Ground) -> None:
    async with process(
        RedisHome("fakeredis", url=None), embedded.database_url, fake=embedded.fake
    ) as other:
        idle = Idle(other)
        await other.say_stored(draft(1))
        await idle.sweep_after(0)
        assert await idle.sweep_after(10) == set()


# --- old records ---------------------------------------------------------------------------


async def recorded(ground: Ground) -> list[str]:
    return [row.event for row in reversed(await ground.directory.audit(limit=9))]


async def test_what_the_audit_log_has_kept_for_long_enough_is_removed(embedded: Ground) -> None:
    await embedded.directory.record("old")
    embedded.clock.now += 10 * SECONDS
    await embedded.directory.record("new")

    await OldRecords(embedded.directory, kept_seconds=10.0).sweep()
    assert await recorded(embedded) == ["old", "new"]

    embedded.clock.now += 1
    await OldRecords(embedded.directory, kept_seconds=10.0).sweep()
    assert await recorded(embedded) == ["new"]


async def test_a_session_that_ended_long_ago_is_removed_with_its_device(embedded: Ground) -> None:
    (ann,) = await embedded.sign_up("ann")
    [session] = await embedded.directory.sessions_of(ann.id)
    await embedded.directory.revoke_session(session.id)
    embedded.clock.now += 11 * SECONDS

    await OldRecords(embedded.directory, kept_seconds=10.0).sweep()

    assert await rows(embedded.database, "SELECT id FROM sessions") == []


async def test_an_audit_log_that_is_kept_for_ever_loses_nothing(embedded: Ground) -> None:
    await embedded.directory.record("old")
    embedded.clock.now += 10**12

    await OldRecords(embedded.directory, kept_seconds=0.0).sweep()

    assert await recorded(embedded) == ["old"]
