"""Connections that break in ways which both ends see differently."""

from __future__ import annotations

import asyncio
from random import Random

import pytest

from parley.client.transport import TransportClosed
from tests.simulation.clock import Process, VirtualLoop, virtual_loop
from tests.simulation.network import Link

SOON = 1.0


@pytest.fixture
def loop() -> VirtualLoop:
    return virtual_loop()


@pytest.fixture
def link(loop: VirtualLoop) -> Link:
    return Link(loop, Random(1), 1, Process(loop, "client"), Process(loop, "gateway"))


def test_what_was_sent_before_a_reset_may_arrive_long_after_it(
    loop: VirtualLoop, link: Link
) -> None:
    arrived: list[str] = []

    async def main() -> None:
        link.silence("server")
        link.carry("server", arrived.append, "frame")
        link.reset_client()
        with pytest.raises(TransportClosed):
            await link.transport.receive()
        await asyncio.sleep(SOON)
        assert arrived == []
        link.end_silence()

    loop.run(main(), deadline=10)

    assert arrived == ["frame"]
    assert not link.is_open


@pytest.mark.parametrize(("silent", "reached"), [("client", "server"), ("server", "client")])
def test_a_one_way_partition_lets_the_other_way_through(
    loop: VirtualLoop, link: Link, silent: str, reached: str
) -> None:
    arrived: list[str] = []

    async def main() -> None:
        link.silence(silent)
        for end in (silent, reached):
            link.carry(end, arrived.append, end)
        await asyncio.sleep(SOON)

    loop.run(main(), deadline=10)

    assert arrived == [reached]
