"""Large numbers stay exact: Lua's own way to write them would round, or use an exponent."""

import pytest

from parley.protocol.limits import INTEGER_MAX
from parley.stream.log import Appended, InLog, RoomPosition, Stale
from parley.stream.published import StoredUpTo
from tests.stream.homes import (
    AUTHOR,
    ROOM_CHANNEL,
    Home,
    cmid,
    draft,
    listening,
    notice,
    open_generation,
)

# The last number before a room's end, and what lies beyond each limit of 15 and of 32 bits.
LARGE = [INTEGER_MAX - 1, 10**15, 10**14 - 1, 1 << 32, 1 << 31]
ROOM = "attic"


@pytest.mark.parametrize("seq", LARGE)
async def test_a_large_seq_is_exact(home: Home, seq: int) -> None:
    await home.seed(ROOM, seq=seq, n=seq)
    said = draft(1)
    async with listening(home.clients, ROOM_CHANNEL.replace("garden", ROOM)) as listener:
        assert await home.append(said, room=ROOM, now=INTEGER_MAX) == [
            Appended(seq + 1, seq + 1, INTEGER_MAX, new=True)
        ]
        (entry,) = (await home.recent(ROOM, after=seq)).entries
        assert entry[1:4] == (seq + 1, seq + 1, INTEGER_MAX)
        assert await listener.published() == entry

        await home.stored(1, **{ROOM: seq + 1})
        assert await listener.published() == StoredUpTo(1, seq + 1)

    assert await home.log.find(ROOM, home.fence, AUTHOR, cmid(1)) == InLog(
        seq + 1, seq + 1, INTEGER_MAX, said.digest
    )
    assert (await home.recent(ROOM)).position == RoomPosition(seq + 1, seq + 1, seq + 1)


@pytest.mark.parametrize("seq", LARGE)
async def test_a_room_with_large_numbers_can_be_dropped(home: Home, seq: int) -> None:
    await home.seed(ROOM, seq=seq)
    await home.place(draft(1), room=ROOM)
    assert not await home.log.drop(ROOM, home.fence)

    await home.stored(1, **{ROOM: seq + 1})

    assert await home.log.drop(ROOM, home.fence)


@pytest.mark.parametrize("authority", LARGE)
async def test_a_large_authority_is_exact(home: Home, authority: int) -> None:
    await home.place(notice(1, authority=authority))

    assert await home.append(draft(2, authority=authority - 1)) == [Stale(authority)]
    assert await home.place(draft(2, authority=authority)) == [2]


@pytest.mark.parametrize("generation", LARGE)
async def test_a_large_generation_is_exact(home: Home, generation: int) -> None:
    home.fence = await open_generation(home.log, generation)
    await home.seed()
    async with listening(home.clients, ROOM_CHANNEL) as listener:
        await home.place(draft(1))
        assert (await home.entries())[0].generation == generation
        assert await listener.published() == (await home.entries())[0]
        await home.stored(1, garden=1)
        assert await listener.published() == StoredUpTo(generation, 1)

    assert (await home.log.state(0)).open_fence == home.fence
    assert not await home.log.begin(0, home.fence)
