"""Whatever is lost on the way, nothing that was stored or is waiting is lost."""

import asyncio

import parley
from tests.integration.deployment import PATIENCE, Deployment, Switchboard, texts
from tests.integration.test_marks import group_of, until_unread


async def flush(deployment: Deployment) -> None:
    """Empty Redis under the running system, as FLUSHALL does."""
    process = await deployment.observer()
    await process.clients.commands.flushall()


async def test_redis_may_be_emptied_under_a_running_system(deployment: Deployment) -> None:
    first, second = await deployment.gateway(), await deployment.gateway()
    await deployment.logger()
    ann = await deployment.person(first.url, "ann")
    bob = await deployment.person(second.url, "bob")
    await ann.says("before")
    await bob.hears("before")

    await flush(deployment)
    await ann.says("after")

    await bob.hears("after")
    page = await bob.chat.history("lobby")
    assert texts(page) == ["before", "after"]


async def test_what_was_accepted_and_lost_with_redis_is_taken_back_and_sent_again(
    deployment: Deployment,
) -> None:
    gateway = await deployment.gateway()
    ann = await deployment.person(gateway.url, "ann")
    bob = await deployment.person(gateway.url, "bob")
    outgoing = await ann.chat.post("lobby", "only in Redis")
    await outgoing.accepted()
    shown = await bob.hears("only in Redis")

    await flush(deployment)

    taken_back = await bob.until(parley.Retracted)
    assert [known.cmid for known in taken_back.entries] == [shown.cmid]
    again = await bob.hears("only in Redis")
    assert again.cmid == shown.cmid
    await deployment.logger()
    async with asyncio.timeout(PATIENCE):
        await outgoing.stored()
    page = await bob.chat.history("lobby")
    assert texts(page) == ["only in Redis"]


async def test_messages_keep_their_order_when_redis_is_emptied_between_them(
    deployment: Deployment,
) -> None:
    gateway = await deployment.gateway()
    await deployment.logger()
    ann = await deployment.person(gateway.url, "ann")
    said = [f"message {i}" for i in range(60)]

    outgoing = [await ann.chat.post("lobby", text) for text in said[:30]]
    await outgoing[10].accepted()
    await flush(deployment)
    outgoing += [await ann.chat.post("lobby", text) for text in said[30:]]
    async with asyncio.timeout(PATIENCE):
        for each in outgoing:
            await each.stored()

    page = await ann.chat.history("lobby", limit=200)
    assert texts(page) == said


async def test_a_client_moves_to_another_gateway_when_its_own_stops(
    deployment: Deployment,
) -> None:
    first, second = await deployment.gateway(), await deployment.gateway()
    await deployment.logger()
    switchboard = Switchboard(first.url)
    ann = await deployment.person(first.url, "ann", dial=switchboard.dial)
    bob = await deployment.person(second.url, "bob")
    await ann.says("one")

    switchboard.urls = [second.url]
    await first.stop()
    await bob.says("while she was away")
    await ann.says("two")

    assert [m.text for m in [await ann.until(parley.Message) for _ in range(3)]] == [
        "one",
        "while she was away",
        "two",
    ]
    await bob.hears_all(["one", "while she was away", "two"])


async def test_a_logger_takes_over_the_shards_of_one_that_has_gone(deployment: Deployment) -> None:
    gateway = await deployment.gateway()
    process = await deployment.observer()
    for row in await process.logs.shards():
        # A logger that died: its lease is there, and nobody renews it.
        assert await process.logs.lease(row.shard, "a dead logger", 1_500)
    ann = await deployment.person(gateway.url, "ann")

    await deployment.logger()
    await ann.says("stored by the second one")

    # Shard after shard; the lobby's may be the first.
    async with asyncio.timeout(PATIENCE):
        while "a dead logger" in {row.owner for row in await process.logs.shards()}:
            pass


async def test_the_next_logger_goes_on_where_the_former_one_stopped(
    deployment: Deployment,
) -> None:
    gateway = await deployment.gateway()
    ann = await deployment.person(gateway.url, "ann")
    for text in ("one", "two", "three"):
        logger = await deployment.logger()
        await ann.says(text)
        await logger.stop()

    page = await ann.chat.history("lobby")

    assert texts(page) == ["one", "two", "three"]


async def test_a_room_that_has_left_redis_comes_back_on_use(deployment: Deployment) -> None:
    deployment.use_stream(room_idle_seconds=0.4)
    gateway = await deployment.gateway()
    await deployment.logger()
    ann = await deployment.person(gateway.url, "ann")
    bob = await deployment.person(gateway.url, "bob")
    await ann.says("one")
    await deployment.until_room_is_dropped("lobby")

    await ann.says("two")

    messages = await bob.hears_all(["one", "two"])
    assert [message.seq for message in messages] == [1, 2]


async def test_marks_outlive_redis(deployment: Deployment) -> None:
    gateway = await deployment.gateway()
    await deployment.logger()
    ann = await deployment.person(gateway.url, "ann")
    bob = await deployment.person(gateway.url, "bob")
    room = await group_of(ann, bob)
    (said,) = await ann.says("hello", room=room)
    await until_unread(bob, room, lambda each: each.unread == 1)
    bob.chat.mark_read(room)
    ground = await deployment.observer()
    async with asyncio.timeout(PATIENCE):
        while True:
            (found,) = await ground.directory.room_standings(bob.chat.person.id, {room: 0})
            if found.tally.read >= said.seq:
                break
            await asyncio.sleep(0.05)

    await flush(deployment)

    await ann.says("again", room=room)
    assert (await until_unread(bob, room, lambda each: each.unread == 1)).read >= said.seq
