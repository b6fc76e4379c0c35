"""The hub: what was published and not heard is noticed, read, and told in its place."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import cast

import pytest

from gateway.service import Gateway
from parley.protocol.commands import CreateRoom, Room
from parley.protocol.events import Event, Position, Refused, Reset, Stored
from parley.protocol.refusals import UnknownRoom
from parley.stream.fence import Fence
from parley.stream.keys import room_channel, shard_of
from parley.stream.log import LogUnavailable, ShardPositions
from parley.stream.published import EntryRefused, format_refused
from parley.stream.redis_log import RedisLog
from tests.conftest import RedisHome
from tests.databases import copy_of, prepare
from tests.gateway.parts import Client, Hearing, client, gateway_on, identity
from tests.recovery.ground import LOBBY, Ground, next_generation, process
from tests.servers import RedisServer
from tests.store.samples import change, cmid
from tests.stream.homes import draft, until

CHANNEL = room_channel(0, LOBBY)


class Hub:
    """A gateway with one client that follows the lobby, and the way to it from Redis."""

    def __init__(self, ground: Ground, hearing: Hearing, gateway: Gateway, ann: Client) -> None:
        self.ground, self.hearing, self.gateway, self.ann = ground, hearing, gateway, ann

    async def miss(self, *numbers: int) -> None:
        """Say something that the gateway does not hear of."""
        self.hearing.is_deaf = True
        await self.ground.say(*map(draft, numbers))
        await self.settle()
        self.hearing.is_deaf = False

    async def say(self, *numbers: int) -> None:
        await self.ground.say(*map(draft, numbers))

    async def settle(self) -> None:
        """Return once all that was published has been heard, or lost."""
        mark = room_channel(0, "mark")
        self.hearing.heard.clear()
        await self.ground.room_log.publish(mark, b"S 0 0")
        await until(lambda: mark in self.hearing.heard)

    async def beat(self) -> None:
        """Make a heartbeat's comparison."""
        await self.gateway.hub.compare()
        await self.gateway.hub.beat()


@pytest.fixture
async def hub(ground: Ground) -> AsyncIterator[Hub]:
    await ground.sign_up("ann", "bob")
    hearing = Hearing(ground.clients)
    async with gateway_on(ground, hearing, batch_window=0) as gateway:
        ann = await client(gateway, "ann")
        await hearing.subscribe(room_channel(0, "mark"))
        await ground.say(draft(1))
        await ann.resume()
        yield Hub(ground, hearing, gateway, ann)


async def test_all_rooms_rest_at_one_pace(hub: Hub) -> None:
    room: Room = await hub.ann.ask(CreateRoom(ref=0, name="Garden"))
    await hub.ann.resume(room.id)

    followed = hub.gateway.hub._rooms.values()

    assert len(followed) == 2
    assert len({each._batcher._pace for each in followed}) == 1


# --- what was not heard --------------------------------------------------------------------


async def test_a_lost_event_is_read_before_the_next_is_told(hub: Hub) -> None:
    await hub.miss(2, 3)
    await hub.say(4)

    await hub.ann.hears(Event, 3)
    assert hub.ann.seqs == [2, 3, 4]


async def test_a_lost_last_event_is_noticed_by_the_heartbeat(hub: Hub) -> None:
    await hub.miss(2, 3)
    assert hub.ann.seqs == []

    await hub.beat()

    await hub.ann.hears(Event, 2)
    assert hub.ann.seqs == [2, 3]


async def test_a_gap_in_the_subscription_is_filled(hub: Hub) -> None:
    await hub.miss(2, 3)

    hub.gateway.hub.on_gap(CHANNEL)

    await hub.ann.hears(Event, 2)
    assert hub.ann.seqs == [2, 3]


async def test_what_was_lost_and_stored_and_forgotten_is_read_from_the_database(hub: Hub) -> None:
    await hub.miss(*range(2, 12))
    hub.hearing.is_deaf = True
    await hub.ground.store()
    await hub.settle()
    hub.hearing.is_deaf = False

    await hub.beat()

    await hub.ann.hears(Event, 10)
    assert hub.ann.seqs == list(range(2, 12))


class OneUnreached(RedisLog):
    """The server that has the lobby's shard may be down; that of the other is not."""

    is_down = False

    async def positions(self, shard: int, fence: Fence, rooms: Sequence[str]) -> ShardPositions:
        if self.is_down and shard == shard_of(LOBBY, self.shards):
            raise LogUnavailable("down")
        return await super().positions(shard, fence, rooms)


async def test_a_shard_that_cannot_be_compared_holds_up_no_other(
    migrated_file: Path, tmp_path: Path
) -> None:
    url = copy_of(migrated_file, tmp_path)
    await prepare(url, shards=2)
    home = RedisHome("fakeredis", url=None)
    async with process(home, url, shards=2, log=OneUnreached) as ground:
        (person,) = await ground.sign_up("ann")
        await ground.directory.create_channel("garden", "Garden", person.id, cmid(900))
        hearing = Hearing(ground.clients)
        async with gateway_on(ground, hearing, batch_window=0) as gateway:
            ann = await client(gateway, "ann")
            await ann.resume(LOBBY)
            await ann.resume("garden")
            hearing.is_deaf = True
            await ground.say(draft(1), room="garden")
            await until(lambda: room_channel(ground.shard("garden"), "garden") in hearing.heard)
            hearing.is_deaf = False

            cast(OneUnreached, ground.room_log).is_down = True
            with pytest.raises(LogUnavailable):
                await gateway.hub.compare()

            await ann.hears(Event)
            assert ground.shard("garden") != ground.shard(LOBBY)


async def test_a_lost_watermark_is_noticed_by_the_heartbeat(hub: Hub) -> None:
    hub.hearing.is_deaf = True
    await hub.ground.store()
    await hub.settle()
    hub.hearing.is_deaf = False

    await hub.beat()

    assert await hub.ann.hears(Stored) == [Stored(LOBBY, 1, 1)]


async def test_a_room_that_is_stored_and_dropped_meanwhile_is_followed_on(hub: Hub) -> None:
    await hub.ground.store()
    assert await hub.ground.room_log.drop(LOBBY, await hub.ground.fence())
    await hub.beat()
    await hub.beat()

    await hub.say(2)

    await hub.ann.hears(Event)
    assert hub.ann.seqs == [2]


async def test_too_much_to_be_filled_is_a_fresh_start(ground: Ground) -> None:
    await ground.sign_up("ann")
    hearing = Hearing(ground.clients)
    async with gateway_on(ground, hearing, resume_events=5, batch_window=0) as gateway:
        ann = await client(gateway, "ann")
        await ground.say(draft(1))
        await ann.resume()
        hub = Hub(ground, hearing, gateway, ann)
        await hearing.subscribe(room_channel(0, "mark"))
        await hub.miss(*range(2, 9))

        await hub.beat()

        (reset,) = await ann.hears(Reset)
        assert reset == Reset(LOBBY, 1, since=8, top=8, stored=0, n=8, recovered=False)
        assert ann.seqs == []


# --- another generation --------------------------------------------------------------------


async def test_a_new_generation_is_told_with_what_survived(hub: Hub) -> None:
    await hub.say(2, 3)
    await hub.ann.hears(Event, 2)
    async with hub.ground.logs.hold(0) as held:  # 1 and 2 are stored, 3 is not
        read = await hub.ground.room_log.read_ingest({0: (1, 0)}, 2, block_ms=0)
        await held.write(read[0])
        await held.advance(2)
    await hub.ground.lose_redis()

    await hub.beat()

    (reset,) = await hub.ann.hears(Reset)
    assert reset == Reset(LOBBY, 2, since=2, top=2, stored=2, n=2, recovered=True)


async def test_what_was_said_in_a_new_generation_follows_its_reset(hub: Hub) -> None:
    await hub.say(2)
    await hub.ground.store()
    await hub.ann.hears(Event)
    await hub.ground.lose_redis()
    await hub.ground.fences.refresh(0)

    await hub.say(3)
    await hub.ann.hears(Event, 2)
    await hub.say(4)
    await hub.ann.hears(Event, 3)

    told = [each for each in hub.ann.peer.messages if isinstance(each, Event | Reset)]
    assert [type(each) for each in told] == [Event, Reset, Event, Event]
    assert [(each.generation, each.seq) for each in told if isinstance(each, Event)] == [
        (1, 2),
        (2, 3),
        (2, 4),
    ]


async def test_a_generation_that_another_gateway_began_is_noticed(hub: Hub) -> None:
    await hub.ground.store()
    async with next_generation(hub.ground) as another:
        await another.say(draft(2))

    await hub.ann.hears(Event)

    assert [event.generation for event in hub.ann.heard(Event)] == [2]
    assert len(hub.ann.heard(Reset)) == 1


async def test_a_cursor_of_a_later_generation_makes_the_gateway_look(hub: Hub) -> None:
    await hub.ground.store()
    async with next_generation(hub.ground):
        bob = await client(hub.gateway, "bob")

        resumed = await bob.resume(generation=2, seq=1)

    assert (resumed.rooms[0].generation, resumed.rooms[0].recovered) == (2, True)


# --- what else is told ---------------------------------------------------------------------


async def test_a_heartbeat_tells_where_a_room_that_has_moved_stands(hub: Hub) -> None:
    await hub.say(2)
    await hub.ann.hears(Event)

    await hub.beat()
    await hub.beat()

    await hub.ann.hears(Position)
    assert hub.ann.heard(Position) == [Position(LOBBY, 1, top=2, stored=0)]


async def test_an_entry_that_was_set_aside_is_told(hub: Hub) -> None:
    refused = EntryRefused(1, 1, "ann", cmid(1), "it cannot be stored")

    await hub.ground.room_log.publish(CHANNEL, format_refused(refused))

    assert await hub.ann.hears(Refused) == [
        Refused(LOBBY, 1, 1, "ann", cmid(1), "it cannot be stored")
    ]


async def test_what_nobody_of_ours_published_does_no_harm(hub: Hub) -> None:
    for strange in (b"", b"E 1", b"X {", b"\xff\xfe", b"S x y"):
        await hub.ground.room_log.publish(CHANNEL, strange)
    await hub.say(2)

    await hub.ann.hears(Event)
    assert hub.ann.seqs == [2]


async def test_a_room_that_is_closed_does_not_end_the_heartbeat(hub: Hub) -> None:
    bob = await client(hub.gateway, "bob")
    await hub.ground.directory.create_channel(
        "garden", "Garden", identity("bob").person.id, cmid(999)
    )
    await bob.resume("garden")
    await change(hub.ground.database, "UPDATE rooms SET closed_at = 1 WHERE id = 'garden'")
    await hub.miss(2)

    await hub.beat()

    await hub.ann.hears(Event)
    assert hub.ann.seqs == [2]


# --- coming and going ----------------------------------------------------------------------


async def test_a_room_is_followed_once_for_all_its_readers(hub: Hub) -> None:
    bob = await client(hub.gateway, "bob")

    await bob.resume()

    assert hub.gateway.hub.rooms == 1


async def test_a_room_is_followed_as_long_as_anybody_is_in_it(hub: Hub) -> None:
    bob = await client(hub.gateway, "bob")
    await bob.resume()

    await hub.gateway.disconnect(hub.ann.connection)
    await hub.say(2)
    await bob.hears(Event)
    await hub.gateway.disconnect(bob.connection)

    assert hub.gateway.hub.rooms == 0


async def test_who_was_still_coming_at_the_stop_leaves_no_task_behind(hub: Hub) -> None:
    await hub.gateway.hub.close()

    with pytest.raises(UnknownRoom):
        await hub.gateway.hub.follow("nowhere", hub.ann.connection, None, 0)

    assert "unsubscribe" not in {task.get_name() for task in asyncio.all_tasks()}


@pytest.mark.parametrize("pauses", range(0, 12, 2))
async def test_who_comes_as_the_last_one_goes_misses_nothing(hub: Hub, pauses: int) -> None:
    bob = await client(hub.gateway, "bob")
    await hub.gateway.disconnect(hub.ann.connection)
    for _ in range(pauses):
        await asyncio.sleep(0)

    await bob.resume()
    await hub.say(2)

    await bob.hears(Event)
    assert bob.seqs == [2]


async def test_who_comes_while_others_talk_misses_nothing(hub: Hub) -> None:
    async def talk() -> None:
        for number in range(2, 60):
            await hub.say(number)

    talking = asyncio.create_task(talk())
    others = []
    for _ in range(8):
        other = await client(hub.gateway, "bob")
        await other.resume(generation=1, seq=1)
        others.append(other)
    await talking

    for other in others:
        await other.hears(Event, 58)
        assert other.seqs == list(range(2, 60))


# --- while Redis is away -------------------------------------------------------------------


async def test_what_was_missed_during_an_outage_is_told_after_it(
    own_redis_server: RedisServer, shared_database: str
) -> None:
    home = RedisHome("redis", own_redis_server.url)
    async with process(home, shared_database) as ground, process(home, shared_database) as another:
        await ground.sign_up("ann")
        async with gateway_on(ground, batch_window=0) as gateway:
            ann = await client(gateway, "ann")
            await ground.say_stored(draft(1))
            await ann.resume()

            own_redis_server.restart(keep_data=True)
            await eventually_says(another, 2)

            await ann.hears(Event)
            assert ann.heard(Reset)[0].generation == 2
            assert ann.seqs == [2]


async def eventually_says(ground: Ground, number: int) -> None:
    """Say something as soon as Redis is there again."""
    for _ in range(20):
        try:
            await ground.fences.refresh(0)
            await ground.say(draft(number))
        except LogUnavailable:
            continue
        return
    raise AssertionError("Redis did not come back")
