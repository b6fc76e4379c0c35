"""Replies, edits, deletions, reactions and pins, from client to client and into the database."""

import asyncio

import pytest
import sqlalchemy as sa

import parley
from parley.protocol.formatting import Bold, Mention, Paragraph, TextRun
from parley.store.logs import SqlLogs
from parley.store.schema import messages, reactions
from parley.stream.keys import shard_of
from tests.integration.deployment import Deployment, Process, Someone
from tests.integration.places import each_kind_and_a_cluster

pytestmark = each_kind_and_a_cluster


async def two(deployment: Deployment) -> tuple[Process, Someone, Someone]:
    """Return a gateway, and two people on two gateways who follow the lobby."""
    first, second = await deployment.gateway(), await deployment.gateway()
    await deployment.logger()
    ann = await deployment.person(first.url, "ann")
    bob = await deployment.person(second.url, "bob")
    return first, ann, bob


async def heard(who: Someone, text: str) -> parley.Message:
    """Return the message with that text, once it has come."""
    while True:
        message = await who.until(parley.Message)
        if message.text == text:
            return message


async def contents(gateway: Process) -> str:
    """Return all that the database holds of what was said."""
    logs = gateway.ground.logs
    assert isinstance(logs, SqlLogs)
    async with logs._database.read() as connection:
        rows = await connection.execute(sa.select(messages.c.content, messages.c.derived))
        return "\n".join(f"{row.content} {row.derived}" for row in rows)


async def test_a_text_comes_with_its_formatting_and_whom_it_names(deployment: Deployment) -> None:
    _, ann, bob = await two(deployment)

    await ann.says("*hi* @bob :+1:")

    said = await heard(bob, "*hi* @bob 👍")
    me = bob.chat.person.id
    assert said.derived is not None
    assert said.derived.mentions == [me]
    assert said.derived.tree == [
        Paragraph([Bold([TextRun("hi")]), TextRun(" "), Mention(me, "@bob"), TextRun(" 👍")])
    ]


async def test_a_reply_comes_with_the_place_of_what_it_answers(deployment: Deployment) -> None:
    _, ann, bob = await two(deployment)
    await ann.says("question")
    question = await heard(bob, "question")

    await bob.chat.send("lobby", "answer", reply_to=question.target, silent=True)

    answer = await heard(ann, "answer")
    assert answer.reply_to == question.target
    assert answer.derived is not None
    assert answer.derived.seq == question.seq
    assert answer.silent


async def test_an_edit_is_heard_and_shown_and_its_versions_are_kept(
    deployment: Deployment,
) -> None:
    _, ann, bob = await two(deployment)
    [delivery] = await ann.says("frist")
    said = await heard(bob, "frist")

    await (await ann.chat.edit("lobby", delivery.cmid, "first")).stored()

    edited = await bob.until(parley.Edited)
    assert (edited.target, edited.target_seq, edited.text) == (said.target, said.seq, "first")
    page = await bob.chat.history("lobby")
    assert [entry.seq for entry in page.entries] == [said.seq]
    assert page.states[said.seq].text == "first"
    versions = await bob.chat.versions("lobby", said.target)
    assert [version.text for version in versions] == ["frist", "first"]


async def test_a_deleted_message_is_gone_everywhere_and_leaves_a_stone(
    deployment: Deployment,
) -> None:
    gateway, ann, bob = await two(deployment)
    [delivery] = await ann.says("secret plan")
    said = await heard(bob, "secret plan")
    await (await ann.chat.edit("lobby", delivery.cmid, "secret plot")).stored()
    await (await bob.chat.react("lobby", said.target, "👍")).stored()

    await (await ann.chat.delete("lobby", said.target)).stored()

    deleted = await bob.until(parley.Deleted)
    assert (deleted.target, deleted.target_seq) == (said.target, said.seq)
    assert "secret" not in await contents(gateway)
    page = await bob.chat.history("lobby")
    assert [type(entry) for entry in page.entries] == [parley.DeletedMessage]
    assert page.states[said.seq].deleted_by == ann.chat.person.id
    assert page.states[said.seq].reactions == []
    assert await bob.chat.versions("lobby", said.target) == []
    status = await ann.chat.status("lobby", delivery.cmid)
    assert status.state == "stored"


async def test_who_comes_late_reads_a_stone_and_no_hole(deployment: Deployment) -> None:
    gateway, ann, bob = await two(deployment)
    [delivery] = await ann.says("secret")
    said = await heard(bob, "secret")
    await (await ann.chat.edit("lobby", delivery.cmid, "secret too")).stored()
    await (await ann.chat.delete("lobby", said.target)).stored()
    await ann.says("after")

    page = await bob.chat.history("lobby", after=0)
    recent = await gateway.ground.room_log.recent(
        "lobby",
        await gateway.ground.fences.current(shard_of("lobby", deployment.stream.shards)),
        0,
        100,
    )

    assert [type(entry).__name__ for entry in page.entries] == ["DeletedMessage", "Message"]
    records = [entry.body for entry in recent.entries]  # type: ignore[union-attr]
    assert len(records) == 4
    assert not any(b"secret" in record for record in records)


async def test_a_second_deletion_is_answered_as_done(deployment: Deployment) -> None:
    _, ann, bob = await two(deployment)
    [delivery] = await ann.says("twice")
    said = await heard(bob, "twice")

    first, second = await asyncio.gather(
        ann.chat.delete("lobby", said.target), ann.chat.delete("lobby", said.target)
    )

    assert (await first.stored()).cmid == first.cmid
    assert (await second.stored()).cmid == second.cmid
    assert (await ann.chat.status("lobby", delivery.cmid)).state == "stored"


async def test_reactions_are_counted_and_say_who(deployment: Deployment) -> None:
    gateway, ann, bob = await two(deployment)
    await ann.says("cake")
    said = await heard(bob, "cake")

    for who, emoji in ((ann, "👍"), (bob, "👍"), (bob, "❤")):
        await (await who.chat.react("lobby", said.target, emoji)).stored()
    await (await bob.chat.react("lobby", said.target, "👍", on=False)).stored()

    reacted = [await ann.until(parley.Reacted) for _ in range(4)]
    assert [(each.emoji, each.on) for each in reacted][-2:] == [("❤️", True), ("👍", False)]
    [state] = await bob.chat.messages("lobby", [said.target])
    people = {each.emoji: (each.count, each.people, each.mine) for each in state.reactions}
    assert people == {
        "❤️": (1, [bob.chat.person.id], True),
        "👍": (1, [ann.chat.person.id], False),
    }
    listed = [each.person async for each in ann.chat.reactors("lobby", said.target)]
    assert sorted(listed) == sorted([ann.chat.person.id, bob.chat.person.id])
    logs = gateway.ground.logs
    assert isinstance(logs, SqlLogs)
    async with logs._database.read() as connection:
        count = await connection.scalar(sa.select(sa.func.count()).select_from(reactions))
    assert count == 2


async def test_a_pinned_message_is_listed_until_it_is_pinned_no_longer(
    deployment: Deployment,
) -> None:
    _, ann, bob = await two(deployment)
    room = (await ann.chat.create_room("Garden", kind="group", members=[bob.chat.person.id])).id
    await ann.chat.follow(room)
    await ann.says("rules", room=room)
    said = await heard(ann, "rules")

    await (await bob.chat.pin(room, said.target)).stored()
    pinned = await ann.chat.pins(room)
    await (await ann.chat.pin(room, said.target, on=False)).stored()

    assert [state.text for state in pinned] == ["rules"]
    assert await ann.chat.pins(room) == []


async def test_nobody_edits_or_deletes_what_others_have_said(deployment: Deployment) -> None:
    _, ann, bob = await two(deployment)
    [delivery] = await ann.says("mine")
    said = await heard(bob, "mine")

    with pytest.raises(parley.Refused) as edit:
        await (await bob.chat.edit("lobby", delivery.cmid, "yours")).stored()
    with pytest.raises(parley.Refused) as delete:
        await (await bob.chat.delete("lobby", said.target)).stored()

    assert (edit.value.code, delete.value.code) == ("unknown_message", "not_allowed")


async def test_a_quote_shows_what_was_answered_as_it_is_now(deployment: Deployment) -> None:
    _, ann, bob = await two(deployment)
    [delivery] = await ann.says("2 o'clock")
    question = await heard(bob, "2 o'clock")
    await bob.chat.send("lobby", "fine", reply_to=question.target)
    await (await ann.chat.edit("lobby", delivery.cmid, "3 o'clock")).stored()

    page = await bob.chat.history("lobby", limit=1)

    assert [state.text for state in page.quoted.values()] == ["3 o'clock"]
