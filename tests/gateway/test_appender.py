"""Appending in batches: in order, whatever is seeded, parked, refused or lost on the way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from gateway.appender import Appender, AuthorityStale, Placed
from parley.protocol.refusals import (
    Conflict,
    GenerationChanged,
    Overloaded,
    Unavailable,
    UnknownRoom,
)
from tests.conftest import RedisHome
from tests.databases import copy_of
from tests.gateway.stopped import Stopped, appending
from tests.recovery.ground import LOBBY, Ground, process
from tests.servers import RedisServer
from tests.stream.homes import draft, notice, until


@pytest.fixture
async def appender(ground: Ground) -> AsyncIterator[Appender]:
    async with appending(ground) as appender:
        yield appender


def submit(appender: Appender, *numbers: int, room: str = LOBBY) -> list[asyncio.Future[Placed]]:
    return [appender.submit(room, draft(number)) for number in numbers]


async def seqs(placed: Sequence[asyncio.Future[Placed]]) -> list[int]:
    return [each.seq for each in await asyncio.gather(*placed)]


async def until_live(ground: Ground, room: str) -> None:
    """Return once the room is seeded."""
    generation = (await ground.fence()).generation
    while room not in await ground.room_log.live_rooms(0, generation):
        pass


# --- order and batches ---------------------------------------------------------------------


async def test_a_draft_is_placed(appender: Appender, ground: Ground) -> None:
    placed = await appender.submit(LOBBY, draft(1))

    assert placed == Placed(1, 1, 1, ground.clock.now)


async def test_drafts_are_placed_in_the_order_in_which_they_were_submitted(
    appender: Appender,
) -> None:
    assert await seqs(submit(appender, *range(1, 101))) == list(range(1, 101))


async def test_what_is_submitted_during_a_call_is_gathered_for_the_next(stopped: Stopped) -> None:
    log, appender = stopped.log, stopped.appender
    log.let_through(2)
    await appender.submit(LOBBY, draft(1))  # one call finds the room unseeded, the next appends
    log.calls.clear()
    first = submit(appender, 2)
    await until(lambda: len(log.calls) == 1)

    rest = submit(appender, *range(3, 12))
    log.let_through()

    assert await seqs(first + rest) == list(range(2, 12))
    assert log.calls == [1, 9]


async def test_a_batch_has_its_bounds(stopped: Stopped) -> None:
    log, appender = stopped.log, stopped.appender
    log.let_through()
    await appender.submit(LOBBY, draft(1))
    log.calls.clear()

    await seqs(submit(appender, *range(2, 1202)))

    assert max(log.calls) <= 512
    assert sum(log.calls) == 1200


async def test_rooms_of_a_batch_are_independent(appender: Appender, ground: Ground) -> None:
    (ann,) = await ground.sign_up("ann")
    await ground.directory.create_channel("garden", "Garden", ann.id, draft(99).cmid)

    placed = submit(appender, 1, room=LOBBY) + submit(appender, 2, 3, room="garden")
    placed += submit(appender, 4, room=LOBBY)

    assert await seqs(placed) == [1, 1, 2, 2]


# --- rooms that are not live ---------------------------------------------------------------


async def test_a_room_that_is_not_live_is_seeded_first(appender: Appender, ground: Ground) -> None:
    await ground.say_stored(draft(1), draft(2))
    assert await ground.room_log.drop(LOBBY, await ground.fence())

    assert await seqs(submit(appender, 3)) == [3]


async def test_what_is_submitted_while_a_room_is_seeded_keeps_its_order(stopped: Stopped) -> None:
    log, appender = stopped.log, stopped.appender
    placed = submit(appender, 1, 2)
    await until(lambda: len(log.calls) == 1)
    placed += submit(appender, 3)  # queued while the first call is under way
    log.let_through(1)  # which finds the room unseeded
    await asyncio.sleep(0)
    placed += submit(appender, 4)
    log.let_through()

    assert await seqs(placed) == [1, 2, 3, 4]


async def test_what_was_parked_goes_before_what_was_submitted_later(stopped: Stopped) -> None:
    ground, log, appender = stopped
    (ann,) = await ground.sign_up("ann")
    await ground.directory.create_channel("garden", "Garden", ann.id, draft(99).cmid)
    log.let_through(2)
    await appender.submit("garden", draft(1))
    log.calls.clear()
    parked = submit(appender, 2)  # the lobby is not live yet
    log.let_through(1)
    await until(lambda: len(log.calls) == 1)
    others = submit(appender, 3, room="garden")
    await until(lambda: len(log.calls) == 2)
    later = submit(appender, 4)
    await until_live(ground, LOBBY)

    log.let_through()

    assert await seqs(parked + later) == [1, 2]
    assert await seqs(others) == [2]


@pytest.mark.parametrize("pauses", range(0, 40, 3))
async def test_every_draft_has_its_outcome_whenever_it_was_submitted(
    appender: Appender, pauses: int
) -> None:
    placed = submit(appender, 1)
    for number in range(2, 6):
        for _ in range(pauses):
            await asyncio.sleep(0)
        placed += submit(appender, number)

    async with asyncio.timeout(10):
        assert await seqs(placed) == [1, 2, 3, 4, 5]


async def test_a_room_that_does_not_exist_is_refused(appender: Appender) -> None:
    with pytest.raises(UnknownRoom, match="'nowhere'"):
        await appender.submit("nowhere", draft(1))


async def test_a_room_that_does_not_exist_holds_nobody_up(appender: Appender) -> None:
    lost = submit(appender, 1, 2, room="nowhere")

    assert await seqs(submit(appender, 3)) == [1]
    outcomes = await asyncio.gather(*lost, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [UnknownRoom, UnknownRoom]


# --- what is refused -----------------------------------------------------------------------


async def test_another_message_under_the_same_id_is_a_conflict(appender: Appender) -> None:
    await appender.submit(LOBBY, draft(1, "first"))

    with pytest.raises(Conflict, match=draft(1).cmid):
        await appender.submit(LOBBY, draft(1, "second"))


async def test_the_same_message_again_has_its_first_place(appender: Appender) -> None:
    first, second, again = await asyncio.gather(*submit(appender, 1, 2, 1))

    assert again == first
    assert second.seq == 2


async def test_who_was_authorised_before_a_removal_is_stale(appender: Appender) -> None:
    await appender.submit(LOBBY, notice(1, authority=2))

    with pytest.raises(AuthorityStale):
        await appender.submit(LOBBY, draft(2, authority=1))


async def test_under_a_closed_generation_nothing_is_placed_and_the_next_is_found(
    appender: Appender, ground: Ground
) -> None:
    await appender.submit(LOBBY, draft(1))
    await ground.store()
    await ground.lose_redis()

    with pytest.raises(Unavailable):
        await appender.submit(LOBBY, draft(2))

    placed = await appender.submit(LOBBY, draft(2))
    assert (placed.generation, placed.seq) == (2, 2)
    assert await ground.stored_texts() == ["message 1"]


async def test_what_waited_while_the_generation_moved_on_is_not_placed_in_the_next(
    stopped: Stopped,
) -> None:
    ground, log, appender = stopped
    log.let_through(2)
    await appender.submit(LOBBY, draft(1), 1)
    log.calls.clear()
    first = submit(appender, 2)
    await until(lambda: len(log.calls) == 1)
    waiting = appender.submit(LOBBY, draft(3), 1)

    await ground.fences.renew(0)
    log.let_through()

    with pytest.raises(GenerationChanged):
        await waiting
    with pytest.raises(Unavailable):
        await first[0]
    assert (await appender.submit(LOBBY, draft(4), 2)).generation == 2


async def test_a_generation_that_closes_while_a_room_is_seeded_is_noticed(stopped: Stopped) -> None:
    ground, log, appender = stopped
    await ground.fence()
    placed = submit(appender, 1)
    await until(lambda: len(log.calls) == 1)
    log.let_through()
    await ground.fences.renew(0)

    outcomes = await asyncio.gather(*placed, return_exceptions=True)

    assert isinstance(outcomes[0], Placed | Unavailable)
    assert (await appender.submit(LOBBY, draft(1))).generation == 2


async def test_a_full_redis_is_overload(
    own_redis_server: RedisServer, template: Path, tmp_path: Path
) -> None:
    home = RedisHome("redis", own_redis_server.url)
    async with (
        process(home, copy_of(template, tmp_path)) as ground,
        appending(ground) as appender,
    ):
        await appender.submit(LOBBY, draft(1))
        await ground.clients.commands.config_set("maxmemory", "1mb")

        with pytest.raises(Overloaded):
            await appender.submit(LOBBY, draft(2))

        await ground.clients.commands.config_set("maxmemory", "0")
        assert (await appender.submit(LOBBY, draft(2))).seq == 2


async def test_a_redis_that_is_gone_is_unavailable(
    own_redis_server: RedisServer, template: Path, tmp_path: Path
) -> None:
    home = RedisHome("redis", own_redis_server.url)
    async with (
        process(home, copy_of(template, tmp_path)) as ground,
        appending(ground) as appender,
    ):
        await appender.submit(LOBBY, draft(1))
        own_redis_server.stop()

        with pytest.raises(Unavailable):
            await appender.submit(LOBBY, draft(2))

        own_redis_server.start()
        outcomes = [
            (await asyncio.gather(appender.submit(LOBBY, draft(2)), return_exceptions=True))[0]
            for _ in range(4)
        ]
        # At first the connection, and then the generation, are those of before.
        assert isinstance(outcomes[0], Unavailable)
        assert isinstance(outcomes[-1], Placed)
        assert outcomes[-1].generation == 2


# --- the end -------------------------------------------------------------------------------


async def test_draining_waits_for_everything_that_was_submitted(stopped: Stopped) -> None:
    log, appender = stopped.log, stopped.appender
    placed = submit(appender, 1, 2)
    draining = asyncio.create_task(appender.drain())
    await until(lambda: len(log.calls) == 1)
    assert not draining.done()

    log.let_through()
    await draining

    assert [each.done() for each in placed] == [True, True]


async def test_what_has_no_outcome_at_the_end_is_unavailable(stopped: Stopped) -> None:
    log, appender = stopped.log, stopped.appender
    placed = submit(appender, 1)
    await until(lambda: len(log.calls) == 1)
    placed += submit(appender, 2)

    await appender.close()

    outcomes = await asyncio.gather(*placed, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [Unavailable, Unavailable]


async def test_what_was_submitted_just_before_the_end_is_unavailable(appender: Appender) -> None:
    placed = submit(appender, 1)

    await appender.close()

    assert placed[0].done()
    assert isinstance(placed[0].exception(), Unavailable)


async def test_what_is_submitted_after_the_end_is_unavailable(appender: Appender) -> None:
    await appender.close()

    with pytest.raises(Unavailable):
        await appender.submit(LOBBY, draft(1))


async def test_who_no_longer_waits_does_no_harm(appender: Appender) -> None:
    gone, waiting = submit(appender, 1, 2)
    gone.cancel()

    assert (await waiting).seq == 2
