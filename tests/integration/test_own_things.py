"""What is one's own alone is in step on all one's devices: over real sockets."""

from __future__ import annotations

import asyncio

import parley
from parley.protocol.content import Target, Text
from tests.integration.deployment import PATIENCE, Deployment, Someone, texts
from tests.integration.places import each_kind
from tests.integration.test_marks import group_of, until_unread

pytestmark = each_kind


async def two_devices(deployment: Deployment) -> tuple[Someone, Someone, Someone, str]:
    """Return ann, a laptop and a phone of bob's at different gateways, and a room of theirs."""
    first, second = await deployment.gateway(), await deployment.gateway()
    await deployment.logger()
    ann = await deployment.person(first.url, "ann")
    laptop = await deployment.person(first.url, "bob")
    phone = await deployment.person(second.url, "bob", sign_up=False)
    room = await group_of(ann, laptop)
    await phone.chat.follow(room)
    return ann, laptop, phone, room


async def test_a_draft_goes_on_on_the_other_device(deployment: Deployment) -> None:
    ann, laptop, phone, room = await two_devices(deployment)
    (said,) = await ann.says("well?", room=room)
    answered = Target(ann.chat.person.id, said.cmid)

    await laptop.chat.save_draft(room, "I thi", reply_to=answered)
    heard = (await phone.until(parley.DraftSaved)).draft
    kept = await phone.chat.save_draft(room, "I think so", version=heard.version)

    assert (heard.text, heard.reply_to) == ("I thi", answered)
    stale = await laptop.chat.save_draft(room, "I thought", version=heard.version)
    assert stale == kept
    assert await laptop.chat.saved_drafts() == [kept]
    await phone.chat.save_draft(room, "", version=kept.version)
    assert await laptop.chat.saved_drafts() == []


async def test_what_is_starred_is_found_again_until_it_is_deleted(deployment: Deployment) -> None:
    ann, laptop, phone, room = await two_devices(deployment)
    me = ann.chat.person.id
    one, two = await ann.says("one", "two", room=room)

    await laptop.chat.star(room, Target(me, one.cmid))
    await laptop.chat.star(room, Target(me, two.cmid))
    assert (await phone.until(parley.MessageStarred)).cmid == one.cmid
    starred = [event.content async for event in phone.chat.starred()]
    await phone.chat.star(room, Target(me, two.cmid), on=False)

    assert starred == [Text("two"), Text("one")]
    assert [event.content async for event in laptop.chat.starred(room)] == [Text("one")]
    await laptop.chat.leave(room)
    assert [event async for event in phone.chat.starred()] == []


async def test_what_was_deleted_for_oneself_is_gone_for_oneself_alone(
    deployment: Deployment,
) -> None:
    ann, laptop, phone, room = await two_devices(deployment)
    one, two = await ann.says("one", "two", room=room)
    await until_unread(phone, room, lambda each: each.unread == 2)

    await laptop.chat.hide(room, Target(ann.chat.person.id, one.cmid))

    assert (await phone.until(parley.MessageHidden)).seq == one.seq
    await phone.until(parley.UnreadChanged, lambda each: each.unread == 1)
    page = await phone.chat.history(room, after=one.seq - 1)
    assert texts(page) == ["two"]
    assert texts(await ann.chat.history(room, after=one.seq - 1)) == ["one", "two"]
    assert (await until_unread(laptop, room, lambda each: each.unread == 1)).hidden == [one.seq]
    assert two.seq == one.seq + 1


async def test_settings_are_the_persons(deployment: Deployment) -> None:
    _, laptop, phone, _ = await two_devices(deployment)

    await laptop.chat.edit_settings(quiet=parley.Quiet(since=22 * 60, until=7 * 60))
    await phone.until(parley.DirectoryChanged)

    assert await phone.chat.settings() == parley.Settings(
        read_receipts=True, quiet=parley.Quiet(1320, 420)
    )
    await phone.chat.edit_settings(no_quiet=True)
    assert (await laptop.chat.settings()).quiet is None


async def test_of_which_messages_one_is_told_is_in_step(deployment: Deployment) -> None:
    _, laptop, phone, room = await two_devices(deployment)

    await laptop.chat.set_room_preferences(room, notify="mentions")

    async with asyncio.timeout(PATIENCE):
        await phone.until(parley.DirectoryChanged)
        (seen,) = [each for each in await phone.chat.rooms() if each.id == room]
    assert seen.notify == "mentions"
