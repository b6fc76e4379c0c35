"""The fence: nothing is done under a generation that is not open on this very server."""

from collections.abc import Awaitable, Callable

import pytest

from parley.stream import keys
from parley.stream.fence import Fence, ShardState, parse_fence
from parley.stream.log import Appended, Fenced, LogUnavailable, Seed
from tests.conftest import RedisHome
from tests.servers import RedisServer
from tests.stream.homes import NOW, ROOM, Home, draft, names_in, open_generation, opened

Use = Callable[[Home, Fence], Awaitable[object]]

USES: dict[str, Use] = {
    "seed": lambda home, fence: home.log.seed("attic", fence, Seed(0, 0, 0, 1)),
    "positions": lambda home, fence: home.log.positions(0, fence, [ROOM]),
    "recent": lambda home, fence: home.log.recent(ROOM, fence, 0, 10),
    "find": lambda home, fence: home.log.find(ROOM, fence, "ann", "x"),
    "stored": lambda home, fence: home.log.stored(0, fence, 1, {ROOM: 1}),
    "drop": lambda home, fence: home.log.drop(ROOM, fence),
}
EVERY_USE = pytest.mark.parametrize("use", USES.values(), ids=USES.keys())


async def remove_the_fence(home: Home) -> None:
    await home.clients.commands.delete(keys.fence(0))


async def flush(home: Home) -> None:
    await home.clients.commands.flushall()


async def be_another_server(home: Home) -> None:
    """Hold the same data under another identity, as after a restart or a fail-over."""
    if home.clients.mode == "embedded":
        await home.clients.commands.set(keys.identity(0), "another")
    else:
        held = Fence(home.fence.generation, "0" * 40 + ":" + "0" * 40)
        await home.clients.commands.set(keys.fence(0), str(held))
        home.fence = held


LOSSES = {"no fence": remove_the_fence, "FLUSHALL": flush, "another server": be_another_server}
EVERY_LOSS = pytest.mark.parametrize("lose", LOSSES.values(), ids=LOSSES.keys())


# --- the value -----------------------------------------------------------------------------


def test_a_fence_is_read_as_it_was_written() -> None:
    assert parse_fence(str(Fence(7, "run:replid"))) == Fence(7, "run:replid")


def test_an_empty_server_has_no_fence() -> None:
    assert parse_fence("") is None
    assert ShardState(None, "run:replid").open_fence is None


def test_a_fence_is_open_on_its_own_server_alone() -> None:
    fence = Fence(7, "mine")

    assert ShardState(fence, "mine").open_fence == fence
    assert ShardState(fence, "another").open_fence is None


# --- state ---------------------------------------------------------------------------------


async def test_the_state_is_the_fence_and_the_server_s_identity(home: Home) -> None:
    state = await home.log.state(0)

    assert state == ShardState(home.fence, home.fence.identity)


async def test_shards_have_fences_of_their_own(home: Home) -> None:
    assert (await home.log.state(1)).fence is None


async def test_a_server_is_known_by_its_run_and_its_replication(own_home: Home) -> None:
    info = await own_home.clients.commands.info("all")

    identity = (await own_home.log.state(0)).identity

    assert identity == f"{info['run_id']}:{info['master_replid']}"


async def test_a_restarted_server_is_another_one_with_the_old_fence(
    own_home: Home, own_redis_server: RedisServer
) -> None:
    own_redis_server.restart(keep_data=True)

    state = await settled_state(own_home)

    assert state.fence == own_home.fence
    assert state.open_fence is None


async def test_a_server_that_failed_over_and_back_is_another_one(own_home: Home) -> None:
    """It keeps its run id; it has a new replication id, as after being a replica for a while."""
    before = (await own_home.log.state(0)).identity
    await own_home.clients.commands.execute_command("REPLICAOF", "127.0.0.1", "1")
    await own_home.clients.commands.execute_command("REPLICAOF", "NO", "ONE")

    after = await own_home.log.state(0)

    assert after.open_fence is None
    assert after.identity.split(":")[0] == before.split(":")[0]


async def test_a_server_that_lost_its_library_is_given_it_again(
    own_home: Home, own_redis_server: RedisServer
) -> None:
    own_redis_server.restart(keep_data=False)

    state = await settled_state(own_home)

    assert state.fence is None
    assert state.identity


async def test_an_append_to_a_server_that_lost_its_library_gives_it_again(own_home: Home) -> None:
    await own_home.clients.commands.function_flush()

    first, second = [await own_home.outcome(draft(1)) for _ in range(2)]

    assert isinstance(first, LogUnavailable)
    assert second == [Appended(1, 1, NOW, new=True)]


async def settled_state(home: Home) -> ShardState:
    """Return the state once the connections of before the restart are known to be lost."""
    for _ in range(3):
        try:
            return await home.log.state(0)
        except LogUnavailable:
            continue
    return await home.log.state(0)


# --- begin ---------------------------------------------------------------------------------


async def test_a_later_generation_can_be_begun(home: Home) -> None:
    later = home.fence._replace(generation=5)

    assert await home.log.begin(0, later)
    assert (await home.log.state(0)).open_fence == later


@pytest.mark.parametrize("generation", [0, 1])
async def test_a_generation_that_is_not_later_cannot_be_begun(home: Home, generation: int) -> None:
    assert not await home.log.begin(0, home.fence._replace(generation=generation))
    assert (await home.log.state(0)).open_fence == home.fence


async def test_a_generation_of_another_server_cannot_be_begun(own_home: Home) -> None:
    assert not await own_home.log.begin(0, Fence(2, "another:server"))
    assert (await own_home.log.state(0)).open_fence == own_home.fence


async def test_an_embedded_server_takes_the_identity_that_was_minted_for_it() -> None:
    async with opened(RedisHome("fakeredis", url=None)) as home:
        assert await home.log.begin(0, Fence(2, "minted"))
        assert (await home.log.state(0)).identity == "minted"


async def test_generations_are_compared_as_numbers(home: Home) -> None:
    await open_generation(home.log, 9)

    assert await home.log.begin(0, home.fence._replace(generation=10))
    assert not await home.log.begin(0, home.fence._replace(generation=9))


async def test_nothing_of_a_generation_is_in_the_next(home: Home) -> None:
    await home.place(draft(1))

    home.fence = await open_generation(home.log, 2)

    assert (await home.log.positions(0, home.fence, [ROOM])).rooms == {ROOM: None}
    assert await home.ingest_ids() == []


# --- under a fence that is not open --------------------------------------------------------


@EVERY_USE
async def test_every_use_is_free_under_the_open_fence(home: Home, use: Use) -> None:
    await use(home, home.fence)


@EVERY_USE
@pytest.mark.parametrize("generation", [0, 2])
async def test_no_use_is_made_under_another_generation(
    home: Home, use: Use, generation: int
) -> None:
    other = home.fence._replace(generation=generation)

    with pytest.raises(Fenced, match=f"generation {generation}"):
        await use(home, other)


@EVERY_USE
async def test_no_use_is_made_under_another_identity(home: Home, use: Use) -> None:
    with pytest.raises(Fenced):
        await use(home, home.fence._replace(identity="another"))


@EVERY_LOSS
@EVERY_USE
async def test_no_use_is_made_after_a_loss(
    home: Home, use: Use, lose: Callable[[Home], Awaitable[None]]
) -> None:
    await lose(home)

    with pytest.raises(Fenced):
        await use(home, home.fence)


@EVERY_LOSS
async def test_nothing_is_appended_after_a_loss(
    home: Home, lose: Callable[[Home], Awaitable[None]]
) -> None:
    await lose(home)
    before = await names_in(home.clients)

    assert isinstance(await home.outcome(draft(1)), Fenced)
    assert sorted(await names_in(home.clients)) == sorted(before)


async def test_nothing_is_appended_under_a_closed_generation(home: Home) -> None:
    closed, home.fence = home.fence, await open_generation(home.log, 2)
    await home.seed()

    outcome = await home.outcome(draft(1), fence=closed)

    assert isinstance(outcome, Fenced)
    assert (outcome.shard, outcome.fence) == (0, closed)
    assert await home.seqs() == []


async def test_nothing_is_appended_on_a_restarted_server(
    own_home: Home, own_redis_server: RedisServer
) -> None:
    await own_home.place(draft(1))
    own_redis_server.restart(keep_data=True)
    await settled_state(own_home)

    outcome = await own_home.outcome(draft(2))

    assert isinstance(outcome, Fenced)


# --- a server that is not there ------------------------------------------------------------


@EVERY_USE
async def test_a_server_that_is_gone_is_said_to_be(
    own_home: Home, own_redis_server: RedisServer, use: Use
) -> None:
    own_redis_server.stop()

    with pytest.raises(LogUnavailable):
        await use(own_home, own_home.fence)


async def test_an_append_to_a_server_that_is_gone_raises_nothing(
    own_home: Home, own_redis_server: RedisServer
) -> None:
    own_redis_server.stop()

    assert isinstance(await own_home.outcome(draft(1)), LogUnavailable)


async def test_an_identity_that_cannot_be_read_opens_nothing(own_home: Home) -> None:
    """An account of Redis that may not ask INFO must not switch the fence off."""
    commands = own_home.clients.commands
    await commands.execute_command("ACL", "SETUSER", "default", "-info")

    with pytest.raises(LogUnavailable):
        await own_home.log.state(0)
    assert isinstance(await own_home.outcome(draft(1)), LogUnavailable)

    await commands.execute_command("ACL", "SETUSER", "default", "+info")
    assert await own_home.seqs() == []
