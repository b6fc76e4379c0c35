"""A request to end that a call swallows."""

from __future__ import annotations

import asyncio

import pytest

from parley.stream.cancellation import keeping_cancellation


async def swallow() -> None:
    """Wait, and make nothing of being cancelled: what `asyncio.wait_for` may do."""
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        return


async def fail_when_cancelled() -> None:
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        raise ConnectionError from None


@pytest.mark.parametrize("call", [swallow, fail_when_cancelled])
async def test_a_loop_ends_although_the_call_makes_nothing_of_it(call: object) -> None:
    assert callable(call)

    async def loop() -> None:
        while True:
            with keeping_cancellation():
                await call()

    task = asyncio.create_task(loop())
    await asyncio.sleep(0)
    task.cancel()
    done, _ = await asyncio.wait([task], timeout=5)

    assert done
    assert task.cancelled()


async def test_a_call_on_the_way_out_is_carried_out() -> None:
    carried_out = []

    async def end_tidily() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            with keeping_cancellation():
                await asyncio.sleep(0)
            carried_out.append("released")

    task = asyncio.create_task(end_tidily())
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task])

    assert carried_out == ["released"]


async def test_a_time_limit_around_it_stays_a_time_limit() -> None:
    async def wait_a_moment() -> None:
        async with asyncio.timeout(0):
            with keeping_cancellation():
                await swallow()

    with pytest.raises(TimeoutError):
        await wait_a_moment()
