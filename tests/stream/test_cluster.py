"""A Redis Cluster: calls find their server, and a slot may move to another."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from parley.stream import keys
from parley.stream.clients import RedisClients, redis_clients
from parley.stream.cluster import ClusterAddress, is_cluster, parse_address
from parley.stream.cluster_reads import WaitingReads
from parley.stream.fence import Fence
from parley.stream.functions import library
from parley.stream.log import LogUnavailable
from parley.stream.redis_log import RedisLog
from tests.conftest import RedisHome
from tests.deploy.script import load_script
from tests.servers import RedisClusterServer
from tests.stream.homes import (
    PATIENCE,
    ROOM,
    ROOM_CHANNEL,
    Home,
    draft,
    listening,
    new_log,
    open_generation,
    opened,
)

SHARDS = 16


# --- its address ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("redis+cluster://one", ClusterAddress((("one", 6379),), None, None, tls=False)),
        (
            "rediss+cluster://ann:p%40ss@one:7000,[::1]:7001",
            ClusterAddress((("one", 7000), ("::1", 7001)), "ann", "p@ss", tls=True),
        ),
    ],
)
def test_an_address_names_some_of_the_servers(url: str, address: ClusterAddress) -> None:
    assert is_cluster(url)
    assert parse_address(url) == address


@pytest.mark.parametrize("url", ["redis+cluster://one:two", "redis://one", "redis+cluster://a,,b"])
def test_what_is_no_address_of_a_cluster_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"no "):
        parse_address(url)


# --- calls ---------------------------------------------------------------------------------


@pytest.fixture
async def clients(redis_cluster: RedisClusterServer) -> AsyncIterator[RedisClients]:
    redis_cluster.reset()
    async with redis_clients(redis_cluster.url) as clients:
        yield clients


@pytest.fixture
async def own_home(own_redis_cluster: RedisClusterServer) -> AsyncIterator[Home]:
    """A Cluster of the test's own, to be broken."""
    async with opened(RedisHome("cluster", own_redis_cluster.url)) as home:
        yield home


async def calls_of(command: str, clients: RedisClients) -> int:
    """Return how often all servers together were asked a command."""
    stats: dict[str, dict[str, Any]] = await clients.commands.execute_command(
        "INFO", "commandstats", target_nodes="primaries"
    )
    return sum(each.get(f"cmdstat_{command}", {}).get("calls", 0) for each in stats.values())


async def test_the_shards_are_at_several_servers(redis_cluster: RedisClusterServer) -> None:
    owners = {redis_cluster.owner_of(keys.fence(shard)).port for shard in range(SHARDS)}

    assert owners == {node.port for node in redis_cluster.masters}


async def test_no_server_is_asked_where_the_keys_of_a_call_are(clients: RedisClients) -> None:
    """redis-py would ask, for each of these, and double the way of every message."""
    log = await new_log(clients, shards=1)
    home = Home(clients, log, await open_generation(log))
    await home.seed()
    await home.place(draft(1))
    await home.ingest_ids()
    await log.publish(ROOM_CHANNEL, b"anything")

    assert await calls_of("fcall", clients) > 0
    assert await calls_of("command|getkeys", clients) == 0


async def test_a_server_that_lost_the_library_is_given_it_again(
    redis_cluster: RedisClusterServer, clients: RedisClients
) -> None:
    log = await new_log(clients, shards=SHARDS)
    for node in redis_cluster.masters:
        node.call("FUNCTION", "FLUSH")

    for shard in range(SHARDS):
        assert (await log.state(shard)).fence is None


@pytest.mark.parametrize("number", range(3))
async def test_a_call_finds_its_server_though_another_is_gone(
    own_redis_cluster: RedisClusterServer, number: int
) -> None:
    async with redis_clients(own_redis_cluster.url) as clients:
        gone = own_redis_cluster.masters[number]
        owners = {shard: own_redis_cluster.owner_of(keys.fence(shard)) for shard in range(SHARDS)}
        alive = [shard for shard, owner in owners.items() if owner is not gone]
        await asyncio.to_thread(gone.kill)
        log = await new_log(clients, shards=SHARDS)

        for shard in alive:
            assert (await log.state(shard)).fence is None
        assert await log.memory() == 0


async def test_a_user_of_few_rights_finds_the_way(own_redis_cluster: RedisClusterServer) -> None:
    """Those of the compose file's gateway, and what the operations page says of a Cluster."""
    rights = (*load_script().USERS["gateway"].split(), "cluster|slots", "command", "ttl", "asking")
    allowed = [f"+{right}" for right in rights]
    for node in own_redis_cluster.masters:
        node.call("FUNCTION", "LOAD", library("server"))
        node.call("ACL", "SETUSER", "ann", "on", ">secret", "~parley:*", "&parley:*", *allowed)
    url = own_redis_cluster.url.replace("//", "//ann@")
    async with redis_clients(url, password="secret") as clients:
        log = await new_log(clients)
        home = Home(clients, log, await open_generation(log))
        await home.seed()
        async with listening(clients, ROOM_CHANNEL) as listener:
            await home.place(draft(1))
            await listener.heard()
        assert await home.ingest_ids() == [1]
        assert await log.memory() == 0


async def test_the_fullest_server_says_how_full_redis_is(
    own_redis_cluster: RedisClusterServer,
) -> None:
    async with redis_clients(own_redis_cluster.url) as clients:
        log = await new_log(clients)
        own_redis_cluster.masters[1].call("CONFIG", "SET", "maxmemory", 1 << 40)
        own_redis_cluster.masters[2].call("CONFIG", "SET", "maxmemory", 4 << 20)

        assert await log.memory() > 0.1


# --- reading what is to be stored ----------------------------------------------------------


@pytest.fixture
async def log(clients: RedisClients) -> RedisLog:
    return await new_log(clients, shards=SHARDS)


async def shard_with_entry(log: RedisLog, shard: int) -> tuple[int, int]:
    """Put an entry into a shard's ingest stream; return where a reader stands before it."""
    await log._client.xadd(keys.ingest(shard, 1), {"m": ROOM, "k": "a:b", "r": b"r"}, id="1-0")
    return 1, 0


async def test_the_shards_of_all_servers_are_read_at_once(log: RedisLog) -> None:
    after = {shard: await shard_with_entry(log, shard) for shard in range(SHARDS)}

    read = await log.read_ingest(after, 10, block_ms=0)

    assert sorted(read) == list(range(SHARDS))


async def test_a_read_that_waits_ends_with_the_first_that_comes(log: RedisLog) -> None:
    after = dict.fromkeys(range(SHARDS), (1, 0))
    reading = asyncio.create_task(log.read_ingest(after, 10, block_ms=round(PATIENCE * 1000)))
    await asyncio.sleep(0)

    await shard_with_entry(log, 7)

    async with asyncio.timeout(PATIENCE / 2):
        assert list(await reading) == [7]


async def test_a_read_that_waits_returns_empty_when_nothing_comes(log: RedisLog) -> None:
    after = dict.fromkeys(range(SHARDS), (1, 0))

    assert await log.read_ingest(after, 10, block_ms=20) == {}


class Scripted:
    """A client whose reads fail, wait or find something, as their streams' names say."""

    async def xread(self, streams: dict[str, str], count: int | None, block: int | None) -> Any:
        (name,) = streams
        match name:
            case "fails":
                raise ConnectionError(name)
            case "waits":
                await asyncio.Event().wait()
        return [[name, []]]


async def test_a_server_that_fails_holds_up_no_other() -> None:
    reads = WaitingReads(Scripted())

    assert await reads.xread({"fails": "0", "finds": "0"}, 1, 1000) == [["finds", []]]


async def test_a_server_that_fails_is_told_of_when_nothing_else_comes() -> None:
    reads = WaitingReads(Scripted())

    with pytest.raises(ConnectionError):
        await reads.xread({"fails": "0", "waits": "0"}, 1, 20)


async def test_a_read_from_another_position_takes_the_place_of_the_former() -> None:
    reads = WaitingReads(Scripted())
    await reads.xread({"waits": "0"}, 1, 1)
    (_, former), *_ = reads._under_way.values()

    await reads.xread({"waits": "5"}, 1, 1)

    await asyncio.wait([former])
    assert former.cancelled()


# --- a slot that moves, a server that goes -------------------------------------------------


async def test_a_slot_that_moves_takes_what_it_has_along_under_a_closed_fence(
    own_home: Home, own_redis_cluster: RedisClusterServer
) -> None:
    await own_home.place(draft(1))

    await asyncio.to_thread(own_redis_cluster.move_slot_of, keys.fence(0))

    state = await own_home.log.state(0)
    assert state.fence == own_home.fence
    assert state.open_fence is None
    assert await own_home.ingest_ids() == [1]


async def test_nothing_is_taken_while_a_slot_is_being_moved(
    own_home: Home, own_redis_cluster: RedisClusterServer
) -> None:
    await asyncio.to_thread(own_redis_cluster.begin_to_move_slot_of, keys.fence(0))

    outcome = await own_home.outcome(draft(1))

    assert isinstance(outcome, LogUnavailable)
    assert await own_home.ingest_ids() == []


async def test_a_slot_that_moves_is_a_gap_and_is_heard_again(
    own_home: Home, own_redis_cluster: RedisClusterServer
) -> None:
    async with listening(own_home.clients, ROOM_CHANNEL) as listener:
        await asyncio.to_thread(own_redis_cluster.move_slot_of, keys.fence(0))

        async with asyncio.timeout(PATIENCE):
            assert await listener.gaps.get() == ROOM_CHANNEL
        await own_home.log.publish(ROOM_CHANNEL, b"after")
        assert await listener.heard() == b"after"


async def test_a_replica_in_its_master_s_place_has_its_data_under_a_closed_fence(
    own_redis_cluster: RedisClusterServer,
) -> None:
    master = own_redis_cluster.owner_of(keys.fence(0))
    await asyncio.to_thread(own_redis_cluster.add_replica, master)
    async with (
        opened(RedisHome("cluster", own_redis_cluster.url)) as own_home,
        listening(own_home.clients, ROOM_CHANNEL) as listener,
    ):
        await own_home.place(draft(1))
        await listener.heard()
        await asyncio.to_thread(master.call, "WAIT", 1, 5000)

        master.kill()

        async with asyncio.timeout(PATIENCE):
            assert await listener.gaps.get() == ROOM_CHANNEL
        state = await own_home.log.state(0)
        assert state.fence == own_home.fence
        assert state.open_fence is None
        assert await own_home.ingest_ids() == [1]
        assert await own_home.log.begin(0, Fence(2, state.identity))
