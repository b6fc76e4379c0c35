"""A Redis at its memory limit: what adds is refused whole, what reads and what frees goes on."""

import pytest

from parley.stream.fence import Fence
from parley.stream.log import Batch, LogFull, Seed
from tests.conftest import RedisHome
from tests.stream.homes import AUTHOR, NOW, ROOM, Home, cmid, draft, opened


@pytest.fixture
async def full(own_home: Home) -> Home:
    """A server that holds five entries and has no room for another."""
    await own_home.place(*(draft(number) for number in range(1, 6)))
    await own_home.clients.commands.config_set("maxmemory", "1mb")
    return own_home


async def test_an_append_is_refused_whole(full: Home) -> None:
    assert isinstance(await full.outcome(draft(6), draft(7)), LogFull)
    assert await full.seqs() == [1, 2, 3, 4, 5]
    assert await full.ingest_ids() == [1, 2, 3, 4, 5]


async def test_every_batch_is_refused_by_itself(full: Home) -> None:
    batches = [Batch(ROOM, [draft(6)]), Batch("attic", [draft(7)])]

    outcomes = await full.log.append(0, full.fence, batches, NOW)

    assert [type(outcome) for outcome in outcomes] == [LogFull, LogFull]


async def test_a_room_is_not_seeded(full: Home) -> None:
    with pytest.raises(LogFull):
        await full.log.seed("attic", full.fence, Seed(0, 0, 0, 1))


async def test_what_reads_goes_on(full: Home) -> None:
    assert (await full.log.state(0)).open_fence == full.fence
    assert (await full.log.positions(0, full.fence, [ROOM])).backlog == 5
    assert await full.log.find(ROOM, full.fence, AUTHOR, cmid(5)) is not None


async def test_what_frees_goes_on_and_makes_room(full: Home) -> None:
    await full.stored(5, **{ROOM: 5})

    assert await full.ingest_ids() == []
    assert await full.log.drop(ROOM, full.fence)
    await full.log.purge(0, 1)


async def test_a_generation_can_be_begun(full: Home) -> None:
    assert await full.log.begin(0, Fence(2, full.fence.identity))


async def test_appends_go_on_once_there_is_room(full: Home) -> None:
    await full.outcome(draft(6))
    await full.clients.commands.config_set("maxmemory", "0")

    assert await full.place(draft(6)) == [6]


async def test_memory_is_a_share_of_the_limit(own_home: Home) -> None:
    used = (await own_home.clients.commands.info("memory"))["used_memory"]
    await own_home.clients.commands.config_set("maxmemory", used * 2)

    assert 0.4 < await own_home.log.memory() < 0.7


async def test_memory_without_a_limit_is_never_short(own_home: Home) -> None:
    assert await own_home.log.memory() == 0.0


async def test_an_embedded_server_is_never_short_of_memory() -> None:
    async with opened(RedisHome("fakeredis", url=None)) as home:
        assert await home.log.memory() == 0.0
