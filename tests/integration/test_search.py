"""Finding what was said, over real sockets, Redis and databases."""

import asyncio

import pytest

import parley
from parley.store.logs import SqlLogs
from tests.integration.deployment import PATIENCE, Deployment, Someone
from tests.integration.places import each_kind
from tests.store.samples import change

pytestmark = each_kind


async def found(someone: Someone, query: str = "", **filters: object) -> list[str]:
    """Return the texts that somebody finds, the latest first."""
    hits = someone.chat.search(query, **filters)  # type: ignore[arg-type]
    return [hit.text async for hit in hits]


async def test_what_was_said_is_found_by_all_who_are_in_the_room(deployment: Deployment) -> None:
    first, second = await deployment.gateway(), await deployment.gateway()
    await deployment.logger()
    ann = await deployment.person(first.url, "ann")
    bob = await deployment.person(second.url, "bob")
    group = (await ann.chat.create_room("Plans", kind="group")).id
    await ann.chat.follow(group)

    await ann.says("Das Café öffnet um acht", "東京タワーで会いましょう")
    await ann.says("a secret café", room=group)

    assert await found(bob, "CAFE") == ["Das Café öffnet um acht"]
    assert await found(bob, "京") == ["東京タワーで会いましょう"]
    assert await found(ann, "cafe") == ["a secret café", "Das Café öffnet um acht"]
    assert await found(ann, "cafe", room=group) == ["a secret café"]
    with pytest.raises(parley.Refused) as refused:
        await found(bob, "cafe", room=group)
    assert refused.value.code == "unknown_room"


async def test_a_hit_says_where_it_stands_and_what_to_mark(deployment: Deployment) -> None:
    gateway = await deployment.gateway()
    await deployment.logger()
    ann = await deployment.person(gateway.url, "ann")
    (delivery,) = await ann.says("so much to do")

    (hit,) = [hit async for hit in ann.chat.search("MUCH")]

    assert (hit.room, hit.seq, hit.cmid) == ("lobby", delivery.seq, delivery.cmid)
    assert [hit.text[start:end] for start, end in hit.found] == ["much"]


async def test_a_deleted_message_is_found_no_more(deployment: Deployment) -> None:
    gateway = await deployment.gateway()
    await deployment.logger()
    ann = await deployment.person(gateway.url, "ann")
    (delivery,) = await ann.says("a canary")
    assert await found(ann, "canary") == ["a canary"]

    target = parley.Target(ann.chat.person.id, delivery.cmid)
    await (await ann.chat.delete("lobby", target)).stored()

    assert await found(ann, "canary") == []


async def test_links_mentions_and_people_narrow_what_is_found(deployment: Deployment) -> None:
    gateway = await deployment.gateway()
    await deployment.logger()
    ann = await deployment.person(gateway.url, "ann")
    bob = await deployment.person(gateway.url, "bob")

    group = await ann.chat.create_room("Tea", kind="group", members=[bob.chat.person.id])
    await ann.says("see https://example.org/tea", "@bob look")
    await ann.says("tea for @all", room=group.id)
    await bob.says("tea *now*")

    assert await found(bob, has_link=True) == ["see https://example.org/tea"]
    assert await found(bob, mentions_me=True) == ["tea for @all", "@bob look"]
    assert await found(bob, author=bob.chat.person.id) == ["tea now"]
    assert await found(bob, "tea n") == ["tea now"]


async def test_what_was_stored_before_there_was_a_search_is_found_after_a_while(
    deployment: Deployment,
) -> None:
    gateway, logger = await deployment.gateway(), await deployment.logger()
    ann = await deployment.person(gateway.url, "ann")
    await ann.says("old tea")
    await logger.stop()
    logs = gateway.ground.logs
    assert isinstance(logs, SqlLogs)
    await change(logs._database, "DELETE FROM search")
    await change(logs._database, "DELETE FROM server WHERE key = 'search_backlog'")
    assert await found(ann, "tea") == []

    await deployment.logger()

    async with asyncio.timeout(PATIENCE):
        while True:
            if await found(ann, "tea") == ["old tea"]:
                break
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("query", ["", "\u0301"])
async def test_a_search_for_nothing_is_refused(deployment: Deployment, query: str) -> None:
    gateway = await deployment.gateway()
    ann = await deployment.person(gateway.url, "ann")

    with pytest.raises(parley.Refused) as refused:
        await found(ann, query)

    assert refused.value.code == "invalid_search"


async def test_what_is_found_goes_on_beyond_a_page(deployment: Deployment) -> None:
    gateway = await deployment.gateway()
    await deployment.logger()
    ann = await deployment.person(gateway.url, "ann")
    await ann.says(*(f"line {number}" for number in range(45)))

    assert await found(ann, "line") == [f"line {number}" for number in range(44, -1, -1)]
