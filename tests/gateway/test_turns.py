"""Letting people in: so many at a time, in order, and nobody waits for who does not speak."""

from __future__ import annotations

import asyncio

from websockets.asyncio.client import ClientConnection

from gateway.turns import Turn, Turns
from parley.protocol.refusals import CloseCode
from tests.gateway.test_server import hello, listening_on
from tests.recovery.ground import Ground
from tests.simulation.clock import virtual_loop


async def takes(turns: Turns, name: str, taken: list[str]) -> Turn:
    turn = await turns.take()
    taken.append(name)
    return turn


def test_turns_come_in_the_order_in_which_they_were_asked_for() -> None:
    taken: list[str] = []

    async def three() -> None:
        turns = Turns(1, patience=1000)
        first = await takes(turns, "first", taken)
        later = [asyncio.create_task(takes(turns, name, taken)) for name in ("second", "third")]
        await asyncio.sleep(500)
        assert taken == ["first"]
        first.end()
        first.end()  # changes nothing
        (await later[0]).end()
        await later[1]

    virtual_loop().run(three(), deadline=900)

    assert taken == ["first", "second", "third"]


def test_a_turn_that_nobody_ends_is_over_when_patience_is() -> None:
    loop = virtual_loop()

    async def two() -> None:
        turns = Turns(1, patience=2)
        await turns.take()
        await turns.take()

    loop.run(two(), deadline=100)

    assert loop.time() == 2


async def test_who_waits_for_a_turn_has_all_its_time_left_when_it_comes(ground: Ground) -> None:
    """Two who say nothing are too late, one after the other; the third has waited for both."""
    await ground.sign_up("ann")
    inside: list[ClientConnection] = []
    async with listening_on(ground, hello_seconds=0.5, entering=1) as listening:

        async def come() -> int | None:
            async with listening.connect() as socket:
                inside.append(socket)
                if len(inside) == 3:
                    await hello(socket)
                    return None
                await socket.wait_closed()
                return socket.close_code

        codes = await asyncio.gather(come(), come(), come())

    assert sorted(code for code in codes if code) == [CloseCode.HELLO_TIMEOUT] * 2


async def test_while_others_enter_the_gateway_says_how_it_is(ground: Ground) -> None:
    await ground.sign_up("ann")
    async with listening_on(ground, entering=1) as listening, listening.connect() as first:
        waits = asyncio.create_task(listening.status())

        assert (await listening.get("/healthz"))[0] == 200

        assert not waits.done()
        await hello(first)
        assert await waits == 101
