"""Seeding a room on first use: the database says where it goes on, and no number is given twice."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from parley.protocol.content import Notice
from parley.protocol.entry import decode_body, decode_content
from parley.protocol.refusals import UnknownRoom
from parley.recovery.notices import notice_draft
from parley.recovery.seeding import seed_room
from parley.store.logs import SqlLogs
from parley.store.records import NoticeRow, RoomSeed
from parley.stream.log import Batch, Fenced, LogUnavailable, RoomPosition, Stale
from tests.recovery.ground import LOBBY, Ground
from tests.store.samples import change
from tests.stream.homes import AUTHOR, NOW, cmid, draft


async def seed(ground: Ground, room: str = LOBBY) -> None:
    await seed_room(ground.room_log, ground.logs, room, await ground.fence(room))


async def position(ground: Ground, room: str = LOBBY) -> RoomPosition | None:
    fence = await ground.fence(room)
    return (await ground.room_log.positions(ground.shard(room), fence, [room])).rooms[room]


async def drop(ground: Ground, room: str = LOBBY) -> None:
    assert await ground.room_log.drop(room, await ground.fence(room))


# --- seeding -------------------------------------------------------------------------------


async def test_a_new_room_begins_at_nothing(ground: Ground) -> None:
    await seed(ground)

    assert await position(ground) == RoomPosition(0, 0, 0)


async def test_a_room_goes_on_where_it_is_stored(ground: Ground) -> None:
    await ground.say_stored(draft(1), draft(2))
    await drop(ground)

    await seed(ground)

    assert await position(ground) == RoomPosition(2, 2, 2)


async def test_a_room_goes_on_with_its_authority(ground: Ground) -> None:
    await change(ground.database, "UPDATE rooms SET authority = 5")
    fence = await ground.fence()

    await seed(ground)

    assert await ground.say(draft(1, authority=5)) == [1]
    (outcomes,) = await ground.room_log.append(
        0, fence, [Batch(LOBBY, [draft(2, authority=4)])], NOW
    )
    assert outcomes == [Stale(5)]


async def test_a_live_room_is_left_as_it_is(ground: Ground) -> None:
    await ground.say(draft(1), draft(2))

    await seed(ground)

    assert await position(ground) == RoomPosition(2, 2, 0)


async def test_a_live_room_hears_of_a_right_that_was_lost(ground: Ground) -> None:
    """Its notice may be untold for a while; from here on nothing lands under the old number."""
    await ground.say(draft(1, authority=1))
    await change(ground.database, "UPDATE rooms SET authority = 5")

    await seed(ground)

    (outcomes,) = await ground.room_log.append(
        0, await ground.fence(), [Batch(LOBBY, [draft(2, authority=1)])], NOW
    )
    assert outcomes == [Stale(5)]


async def test_many_may_seed_a_room_at_once(ground: Ground) -> None:
    await asyncio.gather(*(seed(ground) for _ in range(10)))

    assert await ground.say(draft(1)) == [1]


async def test_a_room_that_does_not_exist_is_not_seeded(ground: Ground) -> None:
    with pytest.raises(UnknownRoom, match="'nowhere'"):
        await seed(ground, "nowhere")


async def test_nothing_is_seeded_under_a_closed_generation(ground: Ground) -> None:
    old = await ground.fence()
    await ground.fences.renew(0)

    with pytest.raises(Fenced):
        await seed_room(ground.room_log, ground.logs, LOBBY, old)


# --- the race with a drop ------------------------------------------------------------------


class Interrupted(SqlLogs):
    """The ground's logs; something happens after each time a seed was read."""

    def __init__(self, ground: Ground, happens: Callable[[], Awaitable[None]]) -> None:
        super().__init__(ground.database)
        self._happens = happens

    async def seed(self, room: str) -> RoomSeed | None:
        read = await super().seed(room)
        await self._happens()
        return read


async def test_a_room_that_was_used_and_dropped_meanwhile_gives_no_number_twice(
    embedded: Ground,
) -> None:
    """The seed was read, and is late: others have said, stored and dropped since."""
    once = iter([draft(1)])

    async def used_and_dropped() -> None:
        for said in once:
            await embedded.say_stored(said)
            await drop(embedded)

    logs = Interrupted(embedded, used_and_dropped)
    await seed_room(embedded.room_log, logs, LOBBY, await embedded.fence())

    assert await embedded.say(draft(2)) == [2]


async def test_a_room_that_is_always_dropped_meanwhile_is_given_up(embedded: Ground) -> None:
    async def seeded_and_dropped() -> None:
        await seed(embedded)
        await drop(embedded)

    logs = Interrupted(embedded, seeded_and_dropped)
    with pytest.raises(LogUnavailable, match="'lobby'"):
        await seed_room(embedded.room_log, logs, LOBBY, await embedded.fence())


# --- notices -------------------------------------------------------------------------------


def left(authority: int = 3) -> NoticeRow:
    content = b'{"kind":"notice","what":"left","who":"0000000000ann"}'
    return NoticeRow(cmid(7), LOBBY, AUTHOR, authority, True, content, NOW)


def test_a_notice_is_told_as_its_author_s_entry() -> None:
    told = notice_draft(left())

    body = decode_body(told.body)
    assert (body.author, body.cmid) == (AUTHOR, cmid(7)) == (told.author, told.cmid)
    assert decode_content(body.content) == Notice("left", AUTHOR)


def test_a_notice_is_a_fact_and_no_message() -> None:
    told = notice_draft(left())

    assert told.fact
    assert not told.counts
    assert told.authority == 3


async def test_a_notice_told_twice_is_one_entry(ground: Ground) -> None:
    assert await ground.say(notice_draft(left()), notice_draft(left())) == [1, 1]


async def test_a_notice_raises_the_room_s_authority(ground: Ground) -> None:
    await ground.say(notice_draft(left(authority=3)))

    assert await ground.say(draft(1, authority=2)) == []
    assert await ground.say(draft(1, authority=3)) == [2]
