"""How far devices have come in a room, as Redis holds it."""

from __future__ import annotations

import pytest

from parley.stream import keys
from parley.stream.fence import Fence
from parley.stream.log import Fenced, Unseeded
from parley.stream.marks import DeviceMark, RedisMarks, UnwrittenMark
from tests.stream.homes import ROOM, Home, draft

PHONE = "00000000phone"


@pytest.fixture
def marks(home: Home) -> RedisMarks:
    return RedisMarks(home.clients.commands, home.clients.mode, shards=1)


def mark(delivered: int, read: int = 0, session: str = PHONE) -> DeviceMark:
    return DeviceMark("0000000000ann", session, delivered, read)


async def made(marks: RedisMarks, home: Home, *given: DeviceMark) -> list[DeviceMark]:
    risen = await marks.mark(ROOM, home.fence, given)
    assert not isinstance(risen, Unseeded)
    return risen


async def test_the_greatest_mark_counts(home: Home, marks: RedisMarks) -> None:
    await home.place(*(draft(number) for number in range(1, 6)))

    assert await made(marks, home, mark(4, 2)) == [mark(4, 2)]
    assert await made(marks, home, mark(3, 1)) == []
    assert await made(marks, home, mark(3, 3)) == [mark(4, 3)]

    assert await marks.marks(ROOM, home.fence.generation) == [mark(4, 3)]


async def test_what_was_read_was_received(home: Home, marks: RedisMarks) -> None:
    await home.place(draft(1), draft(2))

    assert await made(marks, home, mark(0, 2)) == [mark(2, 2)]


async def test_a_mark_beyond_the_top_is_one_of_the_top(home: Home, marks: RedisMarks) -> None:
    await home.place(draft(1), draft(2))

    assert await made(marks, home, mark(9, 7)) == [mark(2, 2)]


async def test_each_device_has_its_own_mark(home: Home, marks: RedisMarks) -> None:
    await home.place(draft(1), draft(2))
    laptop = mark(1, 1, session="0000000laptop")

    await made(marks, home, mark(2), laptop)

    assert set(await marks.marks(ROOM, home.fence.generation)) == {mark(2), laptop}


async def test_a_person_has_read_as_far_as_on_the_furthest_device(
    home: Home, marks: RedisMarks
) -> None:
    await home.place(*(draft(number) for number in range(1, 6)))
    generation = home.fence.generation

    await made(marks, home, mark(4, 4), mark(5, 2, session="0000000laptop"))

    assert await marks.read_up_to(ROOM, generation, mark(0).account) == 4
    assert await marks.read_up_to(ROOM, generation, "0000000000bob") == 0


async def test_a_room_that_is_not_in_redis_takes_no_mark(home: Home, marks: RedisMarks) -> None:
    assert await marks.mark("attic", home.fence, [mark(1)]) == Unseeded()


async def test_a_mark_under_another_fence_is_refused(home: Home, marks: RedisMarks) -> None:
    stale = Fence(home.fence.generation + 1, home.fence.identity)

    with pytest.raises(Fenced):
        await marks.mark(ROOM, stale, [mark(1)])


async def test_a_mark_waits_to_be_written_until_it_is(home: Home, marks: RedisMarks) -> None:
    await home.place(draft(1), draft(2))
    await made(marks, home, mark(1))
    (waiting,) = await marks.unwritten(0, home.fence.generation)
    assert waiting == UnwrittenMark(ROOM, mark(1))

    await marks.written(0, home.fence.generation, [waiting])

    assert await marks.unwritten(0, home.fence.generation) == []
    assert await marks.marks(ROOM, home.fence.generation) == [mark(1)]


async def test_a_mark_that_has_risen_meanwhile_still_waits(home: Home, marks: RedisMarks) -> None:
    await home.place(draft(1), draft(2))
    await made(marks, home, mark(1))
    waiting = await marks.unwritten(0, home.fence.generation)
    await made(marks, home, mark(2))

    await marks.written(0, home.fence.generation, waiting)

    assert await marks.unwritten(0, home.fence.generation) == [UnwrittenMark(ROOM, mark(2))]


async def test_marks_go_when_nobody_has_made_one_for_long(home: Home, marks: RedisMarks) -> None:
    await home.place(draft(1))
    await made(marks, home, mark(1))

    assert await home.clients.commands.pttl(keys.marks(0, home.fence.generation, ROOM)) > 0


async def test_a_closed_generation_leaves_no_marks_to_write(home: Home, marks: RedisMarks) -> None:
    await home.place(draft(1))
    await made(marks, home, mark(1))

    await home.log.purge(0, home.fence.generation)

    assert await marks.unwritten(0, home.fence.generation) == []
