"""What was read, by whom, on which device: over real sockets, Redis and databases."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import parley
from parley.domain.receipts import tick
from parley.protocol.content import Target, Text
from parley.protocol.events import Receipts
from tests.integration.deployment import PATIENCE, Deployment, Someone, Switchboard
from tests.integration.places import each_kind

pytestmark = each_kind


async def group_of(*people: Someone) -> str:
    """Make a group of some people, who all follow it."""
    first, *others = people
    ids = [other.chat.person.id for other in others]
    room = (await first.chat.create_room("Plans", kind="group", members=ids)).id
    for each in people:
        await each.chat.follow(room)
    return room


async def counted(someone: Someone, room: str) -> parley.RoomStanding:
    """Return how somebody stands in a room."""
    return (await someone.chat.count_unread([room]))[room]


async def until_unread(
    someone: Someone, room: str, matches: Callable[[parley.RoomStanding], bool]
) -> parley.RoomStanding:
    """Ask until the count is as it should be: what is stored is counted."""
    async with asyncio.timeout(PATIENCE):
        while True:
            standing = await counted(someone, room)
            if matches(standing):
                return standing
            await asyncio.sleep(0.05)


async def test_what_others_say_is_unread_until_it_is_read(deployment: Deployment) -> None:
    first, second = await deployment.gateway(), await deployment.gateway()
    await deployment.logger()
    ann = await deployment.person(first.url, "ann")
    bob = await deployment.person(second.url, "bob")
    room = await group_of(ann, bob)

    await ann.says("one", "two", "three", room=room)
    standing = await until_unread(bob, room, lambda each: each.unread == 3)
    bob.chat.mark_read(room)

    assert standing.mentions == 0
    assert (await bob.until(parley.UnreadChanged, lambda each: each.unread == 0)).room == room
    assert (await until_unread(bob, room, lambda each: each.unread == 0)).read >= standing.as_of
    assert (await counted(ann, room)).unread == 0  # one's own


async def test_a_room_read_on_one_device_is_read_on_the_other(deployment: Deployment) -> None:
    first, second = await deployment.gateway(), await deployment.gateway()
    await deployment.logger()
    ann = await deployment.person(first.url, "ann")
    bob = await deployment.person(first.url, "bob")
    phone = await deployment.person(second.url, "bob", sign_up=False)
    room = await group_of(ann, bob)
    await phone.chat.follow(room)
    await ann.says("one", "two", room=room)
    await until_unread(phone, room, lambda each: each.unread == 2)

    bob.chat.mark_read(room)

    changed = await phone.until(parley.UnreadChanged, lambda each: each.unread == 0)
    assert changed.room == room


async def test_a_count_goes_on_with_what_comes(deployment: Deployment) -> None:
    gateway = await deployment.gateway()
    await deployment.logger()
    ann = await deployment.person(gateway.url, "ann")
    bob = await deployment.person(gateway.url, "bob")
    room = await group_of(ann, bob)
    await counted(bob, room)

    await ann.says("one", "two", room=room)

    await bob.until(parley.UnreadChanged, lambda each: each.unread == 1)
    assert (await bob.until(parley.UnreadChanged)).unread == 2


async def test_ticks_turn_when_the_others_have_received_and_read(deployment: Deployment) -> None:
    first, second = await deployment.gateway(), await deployment.gateway()
    await deployment.logger()
    ann = await deployment.person(first.url, "ann")
    bob = await deployment.person(second.url, "bob")
    room = await group_of(ann, bob)
    (sent,) = await ann.says("hello", room=room)
    me = ann.chat.person.id

    def is_(wanted: str) -> Callable[[parley.ReceiptsChanged], bool]:
        return lambda told: (
            tick(told.receipts, me, sent.seq, is_stored=True) == wanted
            and told.receipts.room == room
        )

    await ann.until(parley.ReceiptsChanged, is_("delivered"))
    bob.chat.mark_read(room)
    await ann.until(parley.ReceiptsChanged, is_("read"))

    asked = await ann.chat.receipts(room)
    receipts = Receipts(room, asked.generation, asked.delivered, asked.read)
    assert tick(receipts, me, sent.seq, is_stored=True) == "read"
    info = await ann.chat.message_info(room, Target(me, sent.cmid))
    assert (info.people, info.delivered, info.read) == (1, 1, 1)
    assert [each.person for each in info.recipients] == [bob.chat.person.id]
    assert info.recipients[0].read_at > 0


async def test_who_tells_nobody_what_was_read_is_told_nothing_of_it(
    deployment: Deployment,
) -> None:
    gateway = await deployment.gateway()
    await deployment.logger()
    ann = await deployment.person(gateway.url, "ann")
    bob = await deployment.person(gateway.url, "bob")
    cyd = await deployment.person(gateway.url, "cyd")
    await bob.chat.edit_settings(read_receipts=False)
    room = await group_of(ann, bob, cyd)
    (sent,) = await ann.says("hello", room=room)
    for each in (ann, bob, cyd):
        each.chat.mark_read(room)

    told = await ann.until(
        parley.ReceiptsChanged,
        lambda each: each.receipts.read is not None and each.receipts.read.lowest >= sent.seq,
    )
    assert told.receipts.room == room
    info = await ann.chat.message_info(room, Target(ann.chat.person.id, sent.cmid))
    assert (info.delivered, info.read) == (2, 1)
    assert (await bob.chat.receipts(room)).read is None
    assert (await bob.until(parley.ReceiptsChanged)).receipts.read is None
    assert (await bob.chat.message_info(room, Target(ann.chat.person.id, sent.cmid))).read == -1


async def test_who_has_read_a_message_before_its_edit_is_told(deployment: Deployment) -> None:
    gateway = await deployment.gateway()
    await deployment.logger()
    ann = await deployment.person(gateway.url, "ann")
    bob = await deployment.person(gateway.url, "bob")
    cyd = await deployment.person(gateway.url, "cyd")
    dan = await deployment.person(gateway.url, "dan")
    await dan.chat.edit_settings(read_receipts=False)
    room = await group_of(ann, bob, cyd, dan)
    (sent,) = await ann.says("frist", room=room)
    target = Target(ann.chat.person.id, sent.cmid)
    bob.chat.mark_read(room, sent.seq)
    edit = await (await ann.chat.edit(room, sent.cmid, "first")).stored()
    for each in (cyd, dan):
        each.chat.mark_read(room, edit.seq)

    async with asyncio.timeout(PATIENCE):
        while True:
            info = await ann.chat.message_info(room, target)
            if info.read == 2:
                break
            await asyncio.sleep(0.05)

    told = {each.person: each.version for each in info.recipients}
    assert told == {bob.chat.person.id: 1, cyd.chat.person.id: 2, dan.chat.person.id: 0}


async def test_an_overview_tells_what_is_last_and_unread(deployment: Deployment) -> None:
    gateway = await deployment.gateway()
    await deployment.logger()
    ann = await deployment.person(gateway.url, "ann")
    bob = await deployment.person(gateway.url, "bob")
    room = await group_of(ann, bob)
    first, _ = await ann.says("one", "two", room=room)
    await until_unread(bob, room, lambda each: each.unread == 2)
    await bob.chat.save_draft(room, "I thi")

    rooms = [each async for each in bob.chat.overview()]

    assert [each.room.name for each in rooms] == ["Plans", "Lobby"]
    assert rooms[0].last is not None
    assert (rooms[0].last.content, rooms[0].first_unread) == (Text("two"), first.seq)
    assert rooms[0].draft is not None
    assert rooms[0].draft.text == "I thi"


async def test_a_count_can_be_explained(deployment: Deployment) -> None:
    gateway = await deployment.gateway()
    await deployment.logger()
    ann = await deployment.person(gateway.url, "ann")
    bob = await deployment.person(gateway.url, "bob")
    room = await group_of(ann, bob)
    await ann.says("one", "two", "three", room=room)
    await until_unread(bob, room, lambda each: each.unread == 3)

    page = await bob.chat.explain_unread(room, limit=2)
    rest = await bob.chat.explain_unread(room, after=page.events[-1].seq, limit=2)

    assert (page.more, rest.more) == (True, False)
    texts = [event.content for event in [*page.events, *rest.events]]
    assert texts == [Text(text) for text in ("one", "two", "three")]


async def test_a_room_that_was_marked_as_unread_stays_so_until_it_is_taken_back(
    deployment: Deployment,
) -> None:
    gateway = await deployment.gateway()
    await deployment.logger()
    bob = await deployment.person(gateway.url, "bob")
    phone = await deployment.person(gateway.url, "bob", sign_up=False)

    await bob.chat.mark_unread("lobby")
    await phone.until(parley.DirectoryChanged)
    bob.chat.mark_read("lobby")

    assert (await counted(phone, "lobby")).marked_unread
    await bob.chat.mark_unread("lobby", on=False)
    assert not (await counted(phone, "lobby")).marked_unread


async def test_a_count_follows_mentions_and_deletions_on_every_device(
    deployment: Deployment,
) -> None:
    first, second = await deployment.gateway(), await deployment.gateway()
    await deployment.logger()
    ann = await deployment.person(first.url, "ann")
    bob = await deployment.person(first.url, "bob")
    phone = await deployment.person(second.url, "bob", sign_up=False)
    room = await group_of(ann, bob)
    await phone.chat.follow(room)
    await counted(bob, room)
    await counted(phone, room)

    one, _, three = await ann.says("@bob one", "two", "@all three", room=room)
    for device in (bob, phone):
        told = await device.until(parley.UnreadChanged, lambda each: each.unread == 3)
        assert told.mentions == 2
    await ann.chat.delete(room, Target(ann.chat.person.id, three.cmid))
    for device in (bob, phone):
        told = await device.until(parley.UnreadChanged, lambda each: each.unread == 2)
        assert told.mentions == 1
    bob.chat.mark_read(room, one.seq)
    for device in (bob, phone):
        told = await device.until(parley.UnreadChanged, lambda each: each.unread == 1)
        assert (told.mentions, told.read) == (0, one.seq)

    fresh = await until_unread(phone, room, lambda each: each.as_of > three.seq)
    assert (fresh.unread, fresh.mentions, fresh.read) == (1, 0, one.seq)


async def test_what_another_device_read_meanwhile_is_known_after_a_reconnect(
    deployment: Deployment,
) -> None:
    first, second = await deployment.gateway(), await deployment.gateway()
    await deployment.logger()
    ann = await deployment.person(first.url, "ann")
    bob = await deployment.person(first.url, "bob")
    switchboard = Switchboard(second.url)
    phone = await deployment.person(second.url, "bob", sign_up=False, dial=switchboard.dial)
    room = await group_of(ann, bob)
    await phone.chat.follow(room)
    await ann.says("one", "two", room=room)
    await until_unread(phone, room, lambda each: each.unread == 2)

    switchboard.urls = [first.url]
    bob.chat.mark_read(room)
    await second.stop()

    told = await phone.until(parley.UnreadChanged, lambda each: each.unread == 0)
    assert told.room == room
