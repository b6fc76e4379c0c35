"""People talk through any gateway, and what they say is stored."""

import asyncio

import parley
from tests.integration.deployment import Deployment, texts
from tests.integration.places import each_kind

pytestmark = each_kind


async def test_a_message_goes_from_one_gateway_to_another(deployment: Deployment) -> None:
    first, second = await deployment.gateway(), await deployment.gateway()
    await deployment.logger()
    ann = await deployment.person(first.url, "ann")
    bob = await deployment.person(second.url, "bob")

    await ann.says("hello")

    heard = await bob.hears("hello")
    assert heard.author == ann.chat.person.id


async def test_everyone_sees_the_same_order(deployment: Deployment) -> None:
    first, second = await deployment.gateway(), await deployment.gateway()
    await deployment.logger()
    ann = await deployment.person(first.url, "ann")
    bob = await deployment.person(second.url, "bob")

    await asyncio.gather(
        ann.says(*(f"ann {i}" for i in range(30))), bob.says(*(f"bob {i}" for i in range(30)))
    )

    seen = [
        [(m.seq, m.text) for m in [await who.until(parley.Message) for _ in range(60)]]
        for who in (ann, bob)
    ]
    assert seen[0] == seen[1]
    for name in ("ann", "bob"):
        said = [text for _, text in seen[0] if text.startswith(name)]
        assert said == [f"{name} {i}" for i in range(30)]


async def test_a_stored_message_is_in_the_database(deployment: Deployment) -> None:
    gateway = await deployment.gateway()
    await deployment.logger()
    ann = await deployment.person(gateway.url, "ann")

    [delivery] = await ann.says("for ever")

    found = await gateway.ground.logs.find(ann.chat.person.id, delivery.cmid)
    assert found is not None
    assert found.seq == delivery.seq


async def test_a_message_waits_as_accepted_until_there_is_a_logger(deployment: Deployment) -> None:
    gateway = await deployment.gateway()
    ann = await deployment.person(gateway.url, "ann")

    outgoing = await ann.chat.post("lobby", "patience")
    accepted = await outgoing.accepted()
    status = await ann.chat.status("lobby", accepted.cmid)
    assert status.state == "accepted"

    await deployment.logger()
    async with asyncio.timeout(20):
        await outgoing.stored()
    status = await ann.chat.status("lobby", accepted.cmid)
    assert status.state == "stored"


async def test_a_made_room_is_found_joined_and_talked_in(deployment: Deployment) -> None:
    first, second = await deployment.gateway(), await deployment.gateway()
    await deployment.logger()
    ann = await deployment.person(first.url, "ann")
    bob = await deployment.person(second.url, "bob")

    made = await ann.chat.create_room("Büro")
    found = await bob.chat.resolve_room("büro")
    assert found.id == made.id
    await bob.chat.join(found.id)
    await bob.chat.follow(found.id)
    await ann.chat.follow(made.id)
    await ann.says("guten Tag", room=made.id)

    await bob.hears("guten Tag")
    history = await bob.chat.history(made.id)
    assert [type(entry).__name__ for entry in history.entries] == [
        "NoticeShown",
        "NoticeShown",
        "Message",
    ]


async def test_history_has_every_page_both_ways(deployment: Deployment) -> None:
    gateway = await deployment.gateway()
    await deployment.logger()
    ann = await deployment.person(gateway.url, "ann")
    said = [f"message {i}" for i in range(45)]
    await ann.says(*said)

    backwards: list[str] = []
    before = None
    while True:
        page = await ann.chat.history("lobby", before=before, limit=10)
        backwards = texts(page) + backwards
        before = page.first
        if not page.more:
            break
    forwards: list[str] = []
    after = 0
    while True:
        page = await ann.chat.history("lobby", after=after, limit=7)
        forwards += texts(page)
        after = page.last
        if not page.more:
            break

    assert backwards == forwards == said
