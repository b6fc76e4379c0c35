"""Reading a room's log: what is recent, where a message is, where rooms stand, what is to store."""

import asyncio

from parley.stream.keys import shard_of
from parley.stream.log import Batch, InLog, RoomPosition, Seed, ShardPositions, Unseeded
from tests.stream.homes import AUTHOR, NOW, ROOM, Home, cmid, draft, new_log, open_generation

# --- recent --------------------------------------------------------------------------------


async def test_recent_entries_follow_the_one_asked_for(home: Home) -> None:
    await home.place(*(draft(number) for number in range(1, 6)))

    recent = await home.recent(after=2)

    assert recent.position == RoomPosition(5, 5, 0)
    assert [entry.seq for entry in recent.entries] == [3, 4, 5]


async def test_recent_entries_are_as_many_as_asked_for(home: Home) -> None:
    await home.place(*(draft(number) for number in range(1, 6)))

    recent = await home.recent(after=1, limit=2)

    assert [entry.seq for entry in recent.entries] == [2, 3]
    assert recent.position.seq == 5


async def test_nothing_follows_the_last_entry(home: Home) -> None:
    await home.place(draft(1))

    assert (await home.recent(after=1)).entries == []
    assert (await home.recent(after=99)).entries == []


async def test_a_room_that_is_not_seeded_has_nothing_recent(home: Home) -> None:
    assert isinstance(await home.log.recent("attic", home.fence, 0, 10), Unseeded)


async def test_a_room_that_was_just_seeded_has_a_position_and_no_entries(home: Home) -> None:
    await home.seed("attic", seq=7, n=5)

    assert await home.recent("attic") == (RoomPosition(7, 5, 7), [])


# --- find ----------------------------------------------------------------------------------


async def test_a_message_is_found_by_its_author_and_id(home: Home) -> None:
    said = draft(2, "hello")
    await home.place(draft(1), said)

    found = await home.log.find(ROOM, home.fence, AUTHOR, cmid(2))

    assert found == InLog(2, 2, NOW, said.digest)


async def test_somebody_else_s_message_is_not_found(home: Home) -> None:
    await home.place(draft(1))

    assert await home.log.find(ROOM, home.fence, "0000000000bob", cmid(1)) is None


async def test_a_message_is_found_in_its_own_room_alone(home: Home) -> None:
    await home.seed("attic")
    await home.place(draft(1))

    assert await home.log.find("attic", home.fence, AUTHOR, cmid(1)) is None


async def test_nothing_is_found_in_a_room_that_is_not_seeded(home: Home) -> None:
    assert await home.log.find("nowhere", home.fence, AUTHOR, cmid(1)) is None


# --- positions -----------------------------------------------------------------------------


async def test_positions_tell_where_each_room_stands(home: Home) -> None:
    await home.seed("attic", seq=7, n=5)
    await home.place(draft(1), draft(2))

    positions = await home.log.positions(0, home.fence, [ROOM, "nowhere", "attic"])

    assert positions == ShardPositions(
        drops=0,
        backlog=2,
        rooms={ROOM: RoomPosition(2, 2, 0), "nowhere": None, "attic": RoomPosition(7, 5, 7)},
    )


async def test_the_backlog_is_what_the_logger_has_yet_to_store(home: Home) -> None:
    await home.place(draft(1), draft(2), draft(3))
    await home.stored(2, **{ROOM: 2})

    assert (await home.log.positions(0, home.fence, ())).backlog == 1


async def test_drops_are_counted(home: Home) -> None:
    await home.log.drop(ROOM, home.fence)
    await home.log.drop(ROOM, home.fence)

    assert (await home.log.positions(0, home.fence, ())).drops == 2


# --- the ingest stream ---------------------------------------------------------------------


async def test_ingest_is_read_after_what_is_stored(home: Home) -> None:
    await home.place(*(draft(number) for number in range(1, 6)))

    read = await home.log.read_ingest({0: (1, 3)}, 10, block_ms=0)

    assert [entry.ingest_id for entry in read[0]] == [4, 5]


async def test_ingest_is_read_in_batches(home: Home) -> None:
    await home.place(*(draft(number) for number in range(1, 6)))

    read = await home.log.read_ingest({0: (1, 0)}, 2, block_ms=0)

    assert [entry.ingest_id for entry in read[0]] == [1, 2]


async def test_a_shard_with_nothing_to_store_is_not_in_the_answer(home: Home) -> None:
    assert await home.log.read_ingest({0: (1, 0), 1: (1, 0)}, 10, block_ms=0) == {}


async def test_several_shards_are_read_at_once(home: Home) -> None:
    log = await new_log(home.clients, shards=2)
    fences = [home.fence, await open_generation(log, 1, shard=1)]
    rooms = {shard_of(room, 2): room for room in (ROOM, "attic")}
    for shard, room in rooms.items():
        await log.seed(room, fences[shard], Seed(0, 0, 0, 1))
        await log.append(shard, fences[shard], [Batch(room, [draft(1)])], NOW)

    read = await log.read_ingest({0: (1, 0), 1: (1, 0)}, 10, block_ms=0)

    assert len(rooms) == 2
    assert {shard: entries[0].room for shard, entries in read.items()} == rooms


async def test_a_reader_waits_for_the_first_entry(home: Home) -> None:
    reading = asyncio.create_task(home.log.read_ingest({0: (1, 0)}, 10, block_ms=10_000))
    await asyncio.sleep(0)

    await home.place(draft(1))

    assert [entry.ingest_id for entry in (await reading)[0]] == [1]


async def test_a_reader_that_waits_in_vain_has_nothing(home: Home) -> None:
    assert await home.log.read_ingest({0: (1, 0)}, 10, block_ms=1) == {}


async def test_a_closed_generation_can_still_be_read(home: Home) -> None:
    await home.place(draft(1))
    await open_generation(home.log, 2)

    read = await home.log.read_ingest({0: (1, 0)}, 10, block_ms=0)

    assert [entry.ingest_id for entry in read[0]] == [1]
