"""Who has reacted, whether that is stored or not."""

from __future__ import annotations

from gateway.service import Gateway
from parley.protocol.commands import ListReactions, Reactor, Reactors, Send, Sent
from parley.protocol.content import Delete, React, Sendable, Target, Text
from tests.gateway.parts import Client, client, identity
from tests.recovery.ground import LOBBY, Ground
from tests.stream.homes import cmid

ANN, BOB = identity("ann").person.id, identity("bob").person.id
SAID = Target(ANN, cmid(1))


async def says(who: Client, number: int, content: Sendable) -> None:
    answer = await who.ask(Send(ref=0, room=LOBBY, cmid=cmid(number), content=content))
    assert isinstance(answer, Sent)


async def reacted(who: Client, limit: int = 100) -> list[tuple[str, str]]:
    """Return who has reacted, and how, page by page."""
    found: list[Reactor] = []
    after: str | None = ""
    while after is not None:
        page = await who.ask(
            ListReactions(ref=0, room=LOBBY, target=SAID, after=after, limit=limit)
        )
        assert isinstance(page, Reactors)
        assert len(page.reactors) <= limit
        found, after = [*found, *page.reactors], page.next
    return [(each.person, each.emoji) for each in found]


async def test_who_has_reacted_is_told_before_anything_is_stored(gateway: Gateway) -> None:
    ann, bob = await client(gateway, "ann"), await client(gateway, "bob")
    await says(ann, 1, Text("cake"))
    await says(bob, 2, React(SAID, "👍"))
    await says(ann, 3, React(SAID, "👍"))
    await says(bob, 4, React(SAID, "🎂"))
    await says(bob, 5, React(SAID, "👍", on=False))

    assert await reacted(ann) == [(ANN, "👍"), (BOB, "🎂")]


async def test_what_is_not_stored_follows_what_is_page_by_page(
    gateway: Gateway, ground: Ground
) -> None:
    ann, bob = await client(gateway, "ann"), await client(gateway, "bob")
    await says(ann, 1, Text("cake"))
    for number, emoji in enumerate("👍🎂🔥", start=2):
        await says(bob, number, React(SAID, emoji))
    await ground.store()
    await says(bob, 10, React(SAID, "👍", on=False))
    await says(bob, 11, React(SAID, "🎂"))
    await says(ann, 12, React(SAID, "🎂"))
    await says(bob, 13, React(SAID, "👍"))

    expected = [(BOB, "🎂"), (BOB, "🔥"), (ANN, "🎂"), (BOB, "👍")]
    assert [await reacted(ann, limit) for limit in (1, 2, 100)] == [expected] * 3
    await ground.store()
    assert [await reacted(ann, limit) for limit in (1, 2, 100)] == [expected] * 3


async def test_nobody_has_reacted_to_what_is_deleted(gateway: Gateway, ground: Ground) -> None:
    ann = await client(gateway, "ann")
    await says(ann, 1, Text("cake"))
    await says(ann, 2, React(SAID, "👍"))
    await ground.store()
    await says(ann, 3, React(SAID, "🎂"))
    await says(ann, 4, Delete(SAID))

    assert await reacted(ann) == []
