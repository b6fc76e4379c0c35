"""Reading a room: what is stored and what is not yet, joined without a hole."""

from collections.abc import Awaitable, Callable

import pytest

from gateway.reader import Missed, RoomReader
from parley.protocol.entry import Position
from parley.protocol.refusals import UnknownRoom
from parley.stream.fence import Fence
from parley.stream.log import Fenced, LogUnavailable, Recent, RoomPosition, Unseeded
from parley.stream.redis_log import RedisLog
from tests.recovery.ground import LOBBY, Ground, texts
from tests.stream.homes import KEPT, draft, new_log_of

MUCH = 1 << 30


@pytest.fixture
def reader(ground: Ground) -> RoomReader:
    return RoomReader(ground.room_log, ground.logs)


async def talk(ground: Ground, stored: int, unstored: int) -> None:
    """Say so many messages that are stored, and so many more that are not yet."""
    numbers = range(1, stored + unstored + 1)
    if stored:
        await ground.say_stored(*map(draft, numbers[:stored]))
    if unstored:
        await ground.say(*map(draft, numbers[stored:]))


async def drop(ground: Ground) -> None:
    assert await ground.room_log.drop(LOBBY, await ground.fence())


async def missed(
    reader: RoomReader, ground: Ground, seq: int, *, generation: int = 1, limit: int = 100
) -> Missed:
    cursor = Position(generation, seq)
    return await reader.missed(LOBBY, await ground.fence(), cursor, limit=limit, max_bytes=MUCH)


def seqs(found: Missed) -> list[int]:
    return [entry.seq for entry in found.entries]


# --- where a room stands -------------------------------------------------------------------


async def test_a_live_room_stands_where_redis_says(reader: RoomReader, ground: Ground) -> None:
    await talk(ground, 4, 2)

    assert await reader.position(LOBBY, await ground.fence()) == RoomPosition(6, 6, 4)


async def test_a_room_that_is_not_live_stands_where_it_is_stored(
    reader: RoomReader, ground: Ground
) -> None:
    await talk(ground, 4, 0)
    await drop(ground)

    assert await reader.position(LOBBY, await ground.fence()) == RoomPosition(4, 4, 4)


async def test_a_room_that_does_not_exist_stands_nowhere(
    reader: RoomReader, ground: Ground
) -> None:
    with pytest.raises(UnknownRoom):
        await reader.position("nowhere", await ground.fence())


async def test_a_room_is_not_read_under_a_closed_generation(
    reader: RoomReader, ground: Ground
) -> None:
    fence = await ground.fence()
    await ground.lose_redis()

    with pytest.raises(Fenced):
        await reader.position(LOBBY, fence)


async def test_what_is_stored_of_a_later_generation_is_not_passed_off_as_this_one_s(
    ground: Ground,
) -> None:
    """The gateway was told that the room is not live, and reads the database much later."""
    old = await ground.fence()

    async def a_new_generation_is_stored() -> None:
        await ground.lose_redis()
        await ground.fences.refresh(0)
        await talk(ground, 4, 0)

    log = await new_log_of(Interrupted, ground.clients)
    log.happens = a_new_generation_is_stored

    with pytest.raises(Fenced):
        await RoomReader(log, ground.logs).position(LOBBY, old)


# --- entries -------------------------------------------------------------------------------


@pytest.mark.parametrize(("stored", "unstored"), [(0, 10), (10, 0), (8, 2), (2, 8), (10 - KEPT, 3)])
@pytest.mark.parametrize(("first", "last"), [(1, 10), (2, 9), (5, 5), (8, 10), (1, 3)])
async def test_what_is_stored_and_what_is_not_are_one_log(
    reader: RoomReader, ground: Ground, stored: int, unstored: int, first: int, last: int
) -> None:
    await talk(ground, stored, unstored)

    entries = await reader.between(LOBBY, await ground.fence(), first, last)

    assert [entry.seq for entry in entries] == list(range(first, last + 1))
    assert texts(entries) == [f"message {number}" for number in range(first, last + 1)]


@pytest.mark.parametrize(("first", "last"), [(1, 0), (5, 4), (1, -1), (9, 3)])
async def test_nothing_is_between_what_is_not_in_order(
    reader: RoomReader, ground: Ground, first: int, last: int
) -> None:
    await talk(ground, 4, 0)

    assert await reader.between(LOBBY, await ground.fence(), first, last) == []


async def test_entries_of_an_earlier_generation_stand_in_the_present_one(
    reader: RoomReader, ground: Ground
) -> None:
    await talk(ground, 4, 0)
    await ground.fences.renew(0)
    await ground.say(draft(5))

    entries = await reader.between(LOBBY, await ground.fence(), 1, 5)

    assert [entry.position for entry in entries] == [(2, seq) for seq in range(1, 6)]


class Interrupted(RedisLog):
    """A room log; something happens once, after what is recent was read."""

    happens: Callable[[], Awaitable[None]] | None = None

    async def recent(self, room: str, fence: Fence, after: int, limit: int) -> Recent | Unseeded:
        read = await super().recent(room, fence, after, limit)
        happens, self.happens = self.happens, None
        if happens is not None:
            await happens()
        return read


@pytest.mark.parametrize("dropped", [False, True])
async def test_what_redis_forgets_while_it_is_read_is_read_from_the_database(
    ground: Ground, dropped: bool
) -> None:
    await talk(ground, 2, 8)

    async def forget() -> None:
        await ground.store()
        if dropped:
            await drop(ground)

    log = await new_log_of(Interrupted, ground.clients)
    log.happens = forget
    found = await missed(RoomReader(log, ground.logs), ground, 0)

    assert seqs(found) == list(range(1, 11))


async def test_a_log_that_cannot_be_had_whole_is_not_had_in_part(
    reader: RoomReader, ground: Ground
) -> None:
    await talk(ground, 4, 0)
    await drop(ground)

    with pytest.raises(LogUnavailable, match="'lobby'"):
        await reader.between(LOBBY, await ground.fence(), 1, 9)


# --- what was missed -----------------------------------------------------------------------


@pytest.mark.parametrize("seq", range(11))
async def test_what_was_missed_is_exactly_what_follows_the_cursor(
    reader: RoomReader, ground: Ground, seq: int
) -> None:
    await talk(ground, 6, 4)

    found = await missed(reader, ground, seq)

    assert found.recovered
    assert found.since == seq
    assert seqs(found) == list(range(seq + 1, 11))
    assert found.position == RoomPosition(10, 10, 6)


async def test_more_than_may_follow_is_a_fresh_start(reader: RoomReader, ground: Ground) -> None:
    await talk(ground, 6, 4)

    assert (await missed(reader, ground, 5, limit=5)).recovered
    assert await missed(reader, ground, 4, limit=5) == Missed(
        1, 10, [], RoomPosition(10, 10, 6), recovered=False
    )


async def test_more_bytes_than_may_follow_are_a_fresh_start(
    reader: RoomReader, ground: Ground
) -> None:
    await talk(ground, 6, 4)
    fence, cursor = await ground.fence(), Position(1, 5)
    whole = await reader.missed(LOBBY, fence, cursor, limit=100, max_bytes=MUCH)
    size = sum(len(entry.body) for entry in whole.entries)

    enough = await reader.missed(LOBBY, fence, cursor, limit=100, max_bytes=size)
    too_few = await reader.missed(LOBBY, fence, cursor, limit=100, max_bytes=size - 1)

    assert enough == whole
    assert (too_few.recovered, too_few.since, too_few.entries) == (False, 10, [])


async def test_nothing_missed_needs_no_bytes(reader: RoomReader, ground: Ground) -> None:
    await talk(ground, 6, 4)
    fence, cursor = await ground.fence(), Position(1, 10)

    assert (await reader.missed(LOBBY, fence, cursor, limit=0, max_bytes=0)).recovered


async def test_a_cursor_beyond_the_room_is_a_fresh_start(
    reader: RoomReader, ground: Ground
) -> None:
    await talk(ground, 6, 4)

    found = await missed(reader, ground, 11)

    assert (found.recovered, found.since) == (False, 10)


async def test_a_cursor_of_an_earlier_generation_goes_back_to_what_survived(
    reader: RoomReader, ground: Ground
) -> None:
    await talk(ground, 3, 2)
    await ground.lose_redis()
    await ground.fences.refresh(0)
    await ground.say(draft(11), draft(12), draft(13))

    found = await missed(reader, ground, 5)

    assert (found.generation, found.since) == (2, 3)
    assert [entry.position for entry in found.entries] == [(2, 4), (2, 5), (2, 6)]
    assert texts(found.entries) == ["message 11", "message 12", "message 13"]


async def test_a_cursor_of_an_earlier_generation_that_survived_stays(
    reader: RoomReader, ground: Ground
) -> None:
    await talk(ground, 3, 2)
    await ground.lose_redis()
    await ground.fences.refresh(0)
    await ground.say(draft(11))

    found = await missed(reader, ground, 2)

    assert found.since == 2
    assert texts(found.entries) == ["message 3", "message 11"]


async def test_a_cursor_goes_back_over_several_generations(
    reader: RoomReader, ground: Ground
) -> None:
    await talk(ground, 3, 2)
    for number in (11, 12):
        await ground.lose_redis()
        await ground.fences.refresh(0)
        await ground.say_stored(draft(number))

    found = await missed(reader, ground, 5)

    assert (found.generation, found.since) == (3, 3)
    assert texts(found.entries) == ["message 11", "message 12"]
