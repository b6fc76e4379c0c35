"""What Redis forgets: what is stored, rooms that are idle, generations that are closed."""

import pytest

from parley.protocol.entry import Entry
from parley.stream import keys
from parley.stream.log import RoomPosition, Unseeded
from parley.stream.published import StoredUpTo
from tests.stream.homes import (
    AUTHOR,
    KEPT,
    ROOM,
    ROOM_CHANNEL,
    Home,
    cmid,
    draft,
    listening,
    names_in,
    open_generation,
)


async def say(home: Home, count: int, room: str = ROOM, first: int = 1) -> None:
    await home.place(*(draft(number) for number in range(first, first + count)), room=room)


async def known_ids(home: Home, count: int) -> list[int]:
    """Return which of the first ids Redis would still know again."""
    return [
        number
        for number in range(1, count + 1)
        if await home.log.find(ROOM, home.fence, AUTHOR, cmid(number)) is not None
    ]


# --- stored --------------------------------------------------------------------------------


async def test_what_is_stored_leaves_the_ingest_stream(home: Home) -> None:
    await say(home, 5)

    await home.stored(3, **{ROOM: 3})

    assert await home.ingest_ids() == [4, 5]


async def test_a_watermark_is_remembered_and_published(home: Home) -> None:
    await say(home, 5)
    async with listening(home.clients, ROOM_CHANNEL) as listener:
        await home.stored(3, **{ROOM: 3})

        assert await listener.published() == StoredUpTo(1, 3)
    assert (await home.recent()).position == RoomPosition(5, 5, 3)


async def test_a_watermark_never_goes_back(home: Home) -> None:
    await say(home, 5)
    await home.stored(4, **{ROOM: 4})
    async with listening(home.clients, ROOM_CHANNEL) as listener:
        await home.stored(4, **{ROOM: 3})
        await home.stored(4, **{ROOM: 4})
        await home.stored(5, **{ROOM: 5})

        assert await listener.published() == StoredUpTo(1, 5)
        assert listener.is_silent()


async def test_each_room_has_its_own_watermark(home: Home) -> None:
    await home.seed("attic")
    await say(home, 2)
    await say(home, 3, room="attic")

    await home.stored(4, **{ROOM: 2, "attic": 2})

    positions = (await home.log.positions(0, home.fence, [ROOM, "attic"])).rooms
    assert positions == {ROOM: RoomPosition(2, 2, 2), "attic": RoomPosition(3, 3, 2)}


async def test_a_room_that_is_not_seeded_has_no_watermark(home: Home) -> None:
    await home.stored(1, nowhere=5)

    assert isinstance(await home.log.recent("nowhere", home.fence, 0, 10), Unseeded)


async def test_the_latest_entries_are_kept_though_they_are_stored(home: Home) -> None:
    await say(home, 10)

    await home.stored(10, **{ROOM: 10})

    assert await home.seqs() == list(range(11 - KEPT, 11))


@pytest.mark.parametrize("stored", [0, 1, 5, 9, 10])
async def test_what_is_not_stored_is_never_trimmed(home: Home, stored: int) -> None:
    await say(home, 10)

    await home.stored(stored, **{ROOM: stored})

    first = min(stored, 10 - KEPT) + 1
    assert await home.seqs() == list(range(first, 11))
    assert await home.ingest_ids() == list(range(stored + 1, 11))


async def test_the_ids_that_are_known_are_those_of_the_entries_that_are_kept(home: Home) -> None:
    await say(home, 10)

    await home.stored(6, **{ROOM: 6})

    assert await known_ids(home, 10) == await home.seqs() == [7, 8, 9, 10]


async def test_what_was_appended_meanwhile_is_trimmed_when_it_is_stored(home: Home) -> None:
    await say(home, 6)
    await home.stored(6, **{ROOM: 6})
    await say(home, 6, first=7)

    assert await home.seqs() == [4, 5, 6, 7, 8, 9, 10, 11, 12]
    await home.stored(12, **{ROOM: 12})
    assert await home.seqs() == [10, 11, 12]


async def test_telling_nothing_only_trims(home: Home) -> None:
    await say(home, 2)

    await home.stored(2)

    assert await home.ingest_ids() == []
    assert (await home.recent()).position.stored == 0


# --- drop ----------------------------------------------------------------------------------


async def test_a_room_that_is_stored_can_be_dropped(home: Home) -> None:
    await say(home, 3)
    await home.stored(3, **{ROOM: 3})

    assert await home.log.drop(ROOM, home.fence)

    assert isinstance(await home.outcome(draft(4)), Unseeded)
    assert await home.log.live_rooms(0, 1) == set()
    assert await known_ids(home, 3) == []


async def test_a_room_with_entries_that_are_not_stored_stays(home: Home) -> None:
    await say(home, 3)
    await home.stored(2, **{ROOM: 2})

    assert not await home.log.drop(ROOM, home.fence)

    assert await home.seqs() == [1, 2, 3]
    assert (await home.log.positions(0, home.fence, ())).drops == 0


async def test_a_dropped_room_leaves_no_key_behind(home: Home) -> None:
    await say(home, 3)
    await home.stored(3, **{ROOM: 3})

    await home.log.drop(ROOM, home.fence)

    assert await home.clients.commands.exists(*keys.room_keys(0, 1, ROOM)) == 0


async def test_a_dropped_room_is_seeded_again_where_it_was_stored(home: Home) -> None:
    await say(home, 3)
    await home.stored(3, **{ROOM: 3})
    await home.log.drop(ROOM, home.fence)

    await home.seed(seq=3, n=3)

    assert await home.place(draft(4)) == [4]


# --- purge ---------------------------------------------------------------------------------


async def test_a_closed_generation_is_removed_and_the_open_one_stays(home: Home) -> None:
    await home.seed("attic")
    await say(home, 2)
    home.fence = await open_generation(home.log, 2)
    await home.seed(seq=2)
    await say(home, 1)
    opened = set(await names_in(home.clients, "parley:{0}:2:*"))

    await home.log.purge(0, 1)

    assert await names_in(home.clients, "parley:{0}:1:*") == []
    assert set(await names_in(home.clients, "parley:{0}:2:*")) == opened
    assert await home.seqs() == [3]


async def test_more_rooms_are_removed_than_one_call_takes(home: Home) -> None:
    for number in range(400):
        await home.seed(f"room{number}")

    await home.log.purge(0, 1)

    assert await names_in(home.clients, "parley:{0}:1:*") == []


async def test_a_generation_that_left_nothing_is_removed_all_the_same(home: Home) -> None:
    await home.log.purge(0, 77)

    assert await home.log.live_rooms(0, 1) == {ROOM}


# --- publishing ----------------------------------------------------------------------------


async def test_anything_can_be_told_on_a_channel(home: Home) -> None:
    async with listening(home.clients, "parley:{0}:user:ann") as listener:
        await home.log.publish("parley:{0}:user:ann", b"anything \x00\xff")

        assert await listener.heard() == b"anything \x00\xff"


async def test_an_entry_is_published_before_it_is_said_to_be_stored(home: Home) -> None:
    async with listening(home.clients, ROOM_CHANNEL) as listener:
        await say(home, 1)
        await home.stored(1, **{ROOM: 1})

        assert isinstance(await listener.published(), Entry)
        assert await listener.published() == StoredUpTo(1, 1)
