"""What befalls a Redis Cluster alone: nothing stored is lost, and nothing that waits."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

import parley
from parley.stream.keys import fence, shard_of
from tests.conftest import RedisHome
from tests.databases import copy_of
from tests.integration.deployment import (
    PATIENCE,
    STREAM,
    Deployment,
    Someone,
    deployed,
    texts,
)
from tests.servers import ClusterNode, RedisClusterServer

LOBBY_KEY = fence(shard_of("lobby", STREAM.shards))


@pytest.fixture
async def deployment(
    own_redis_cluster: RedisClusterServer, migrated_file: Path, tmp_path: Path
) -> AsyncIterator[Deployment]:
    home = RedisHome("cluster", own_redis_cluster.url)
    async with deployed(home, copy_of(migrated_file, tmp_path)) as fresh:
        yield fresh


@pytest.fixture
def master(own_redis_cluster: RedisClusterServer) -> ClusterNode:
    """The server that has the lobby."""
    return own_redis_cluster.owner_of(LOBBY_KEY)


async def all_stored(outgoing: list[parley.Outgoing]) -> None:
    async with asyncio.timeout(2 * PATIENCE):
        for each in outgoing:
            await each.stored()


async def sees_last(someone: Someone, text: str) -> None:
    """Return once somebody has been shown this, whatever was taken back and shown again before."""
    await someone.until(parley.Message, lambda message: message.text == text)


async def test_a_slot_may_move_while_people_talk(
    deployment: Deployment, own_redis_cluster: RedisClusterServer
) -> None:
    first, second = await deployment.gateway(), await deployment.gateway()
    await deployment.logger()
    ann = await deployment.person(first.url, "ann")
    bob = await deployment.person(second.url, "bob")
    said = [f"message {n}" for n in range(40)]

    outgoing = [await ann.chat.post("lobby", text) for text in said[:20]]
    await outgoing[3].accepted()
    moving = asyncio.create_task(asyncio.to_thread(own_redis_cluster.move_slot_of, LOBBY_KEY))
    outgoing += [await ann.chat.post("lobby", text) for text in said[20:]]
    await moving
    await all_stored(outgoing)

    await sees_last(bob, said[-1])
    assert texts(await bob.chat.history("lobby", limit=200)) == said


async def test_a_replica_takes_the_place_of_a_master_that_is_killed(
    deployment: Deployment, own_redis_cluster: RedisClusterServer, master: ClusterNode
) -> None:
    await asyncio.to_thread(own_redis_cluster.add_replica, master)
    first, second = await deployment.gateway(), await deployment.gateway()
    await deployment.logger()
    ann = await deployment.person(first.url, "ann")
    bob = await deployment.person(second.url, "bob")
    said = [f"message {n}" for n in range(40)]

    outgoing = [await ann.chat.post("lobby", text) for text in said[:20]]
    await outgoing[3].stored()
    master.kill()
    outgoing += [await ann.chat.post("lobby", text) for text in said[20:]]
    await all_stored(outgoing)

    await sees_last(bob, said[-1])
    assert texts(await bob.chat.history("lobby", limit=200)) == said


async def test_what_a_master_loses_is_taken_back_and_sent_again(
    deployment: Deployment, master: ClusterNode
) -> None:
    gateway = await deployment.gateway()
    ann = await deployment.person(gateway.url, "ann")
    bob = await deployment.person(gateway.url, "bob")
    outgoing = await ann.chat.post("lobby", "only in Redis")
    await outgoing.accepted()
    shown = await bob.hears("only in Redis")

    await asyncio.to_thread(master.restart, keep_data=False)

    taken_back = await bob.until(parley.Retracted)
    assert [known.cmid for known in taken_back.entries] == [shown.cmid]
    assert (await bob.hears("only in Redis")).cmid == shown.cmid
    await deployment.logger()
    await all_stored([outgoing])
    assert texts(await bob.chat.history("lobby")) == ["only in Redis"]


async def test_rooms_at_other_masters_go_on_while_one_is_down(
    deployment: Deployment, own_redis_cluster: RedisClusterServer, master: ClusterNode
) -> None:
    gateway = await deployment.gateway()
    await deployment.logger()
    ann = await deployment.person(gateway.url, "ann")
    bob = await deployment.person(gateway.url, "bob")
    elsewhere = await room_not_at(master, own_redis_cluster, ann)
    await bob.chat.join(elsewhere)
    await bob.chat.follow(elsewhere)
    await ann.says("before", room=elsewhere)

    await asyncio.to_thread(master.kill)
    waiting = await ann.chat.post("lobby", "for later")
    await ann.says("meanwhile", room=elsewhere)

    await sees_last(bob, "meanwhile")
    await asyncio.to_thread(master.start)
    await all_stored([waiting])


async def room_not_at(master: ClusterNode, cluster: RedisClusterServer, owner: Someone) -> str:
    """Make channels until one is at another master."""
    for number in range(50):
        room = await owner.chat.create_room(f"room {number}", kind="channel")
        if cluster.owner_of(fence(shard_of(room.id, STREAM.shards))) is not master:
            return room.id
    raise AssertionError("every room is at one master")
