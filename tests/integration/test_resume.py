"""Who comes back gets exactly what was missed, or is told to start the room afresh."""

import asyncio
from collections.abc import Coroutine
from pathlib import Path

import parley
from tests.integration.deployment import PASSWORD, Deployment, Someone


async def heard_while_away(deployment: Deployment, url: str, folder: Path) -> list[str]:
    """What bob's client, back from where it was closed, shows before it is up to date."""
    async with parley.connect(url, folder=folder, rooms=["lobby"]) as chat:
        shown = []
        async for event in chat.events():
            match event:
                case parley.Message(text=text):
                    shown.append(text)
                    if text == "the last":
                        return shown
                case parley.RoomRestarted():
                    return ["restarted"]
    raise AssertionError("the chat ended")


async def seen_once(url: str, folder: Path) -> None:
    """Sign bob up and follow the lobby until its position is kept."""
    connecting = parley.connect(
        url, user="bob", password=PASSWORD, sign_up=True, folder=folder, rooms=["lobby"]
    )
    async with connecting as chat:
        async for event in chat.events():
            if isinstance(event, parley.Message):
                break


async def test_a_returning_client_gets_only_what_it_missed(
    deployment: Deployment, tmp_path: Path
) -> None:
    first, second = await deployment.gateway(), await deployment.gateway()
    await deployment.logger()
    ann = await deployment.person(first.url, "ann")
    await talk_until(ann, seen_once(first.url, tmp_path))
    missed = [*(f"missed {i}" for i in range(20)), "the last"]
    await ann.says(*missed)

    shown = await heard_while_away(deployment, second.url, tmp_path)

    assert [text for text in shown if not text.startswith("early")] == missed


async def test_what_was_missed_before_redis_was_emptied_is_read_from_the_database(
    deployment: Deployment, tmp_path: Path
) -> None:
    gateway = await deployment.gateway()
    await deployment.logger()
    ann = await deployment.person(gateway.url, "ann")
    await talk_until(ann, seen_once(gateway.url, tmp_path))
    await ann.says("missed 0", "missed 1")
    await (await deployment.observer()).clients.commands.flushall()
    await ann.says("missed 2", "the last")

    shown = await heard_while_away(deployment, gateway.url, tmp_path)

    assert [text for text in shown if not text.startswith("early")] == [
        "missed 0",
        "missed 1",
        "missed 2",
        "the last",
    ]


async def test_who_missed_too_much_starts_the_room_afresh(
    deployment: Deployment, tmp_path: Path
) -> None:
    gateway = await deployment.gateway(resume_events=10)
    await deployment.logger()
    ann = await deployment.person(gateway.url, "ann")
    await talk_until(ann, seen_once(gateway.url, tmp_path))
    await ann.says(*(f"missed {i}" for i in range(11)))

    assert await heard_while_away(deployment, gateway.url, tmp_path) == ["restarted"]


async def talk_until(ann: Someone, heard: Coroutine[None, None, None]) -> None:
    """Let ann talk until somebody else has heard her."""
    listening = asyncio.create_task(heard)
    count = 0
    while not listening.done():
        await ann.says(f"early {count}")
        count += 1
    await listening
