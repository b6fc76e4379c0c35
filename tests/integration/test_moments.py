"""Who is typing and who is there, and history around a place: over real sockets."""

import asyncio

import parley
from tests.integration.deployment import PATIENCE, Deployment, Someone, texts
from tests.integration.places import each_kind

pytestmark = each_kind


async def test_who_types_is_shown_to_the_others_at_every_gateway(deployment: Deployment) -> None:
    first, second = await deployment.gateway(), await deployment.gateway()
    ann = await deployment.person(first.url, "ann")
    bob = await deployment.person(second.url, "bob")

    await ann.chat.typing("lobby")
    shown = await bob.until(parley.TypingShown)
    await ann.chat.typing("lobby", on=False)
    ended = await bob.until(parley.TypingShown)

    assert (shown.room, shown.person) == ("lobby", ann.chat.person.id)
    assert (shown.for_ms > 0, ended.for_ms) == (True, 0)


async def test_who_has_blocked_somebody_does_not_see_them_type(deployment: Deployment) -> None:
    gateway = await deployment.gateway()
    await deployment.logger()
    ann, bob, cyd = [await deployment.person(gateway.url, name) for name in ("ann", "bob", "cyd")]
    await bob.chat.block(ann.chat.person.id)

    await ann.chat.typing("lobby")
    await cyd.until(parley.TypingShown)
    await cyd.chat.typing("lobby")

    assert (await bob.until(parley.TypingShown)).person == cyd.chat.person.id


async def gone(someone: Someone, person: str) -> parley.Presence:
    """Look at a person until they are not there any more."""
    async with asyncio.timeout(PATIENCE):
        while True:
            (presence,) = await someone.chat.watch([person])
            if presence.state == "offline":
                return presence
            # Who goes on looking is told half a minute later: somebody may just have lost the line.
            await someone.chat.watch([])
            await asyncio.sleep(0.1)


async def test_who_comes_is_told_to_who_looks_at_them(deployment: Deployment) -> None:
    first, second = await deployment.gateway(), await deployment.gateway()
    ann = await deployment.person(first.url, "ann")
    bob = await deployment.person(second.url, "bob")
    me = bob.chat.person.id
    await bob.chat.close()

    assert (await gone(ann, me)).last_seen > 0

    await deployment.person(second.url, "bob", sign_up=False)
    changed = await ann.until(parley.PresenceChanged)

    assert [(each.person, each.state) for each in changed.people] == [(me, "online")]


async def test_history_is_read_around_a_message_a_date_and_what_is_unread(
    deployment: Deployment,
) -> None:
    gateway = await deployment.gateway()
    await deployment.logger()
    ann = await deployment.person(gateway.url, "ann")
    bob = await deployment.person(gateway.url, "bob")
    lines = [f"line {number}" for number in range(20)]
    said = await ann.says(*lines)
    await bob.hears_all(lines)

    around = await ann.chat.history("lobby", around=said[10].seq, limit=4)
    dated = await ann.chat.history("lobby", at=around.entries[2].time, limit=2)
    unread = await bob.chat.history("lobby", first_unread=True, limit=4)

    assert texts(around) == ["line 8", "line 9", "line 10", "line 11"]
    assert around.around == said[10].seq
    assert (around.more, around.more_after) == (True, True)
    assert dated.entries[-1].time >= around.entries[2].time
    assert texts(unread)[-2:] == ["line 0", "line 1"]
    assert unread.around == said[0].seq
