"""A server that crashes at a call: nobody is told whether it was done, and both do happen."""

from __future__ import annotations

import asyncio
from functools import partial
from random import Random

import pytest

from tests.simulation.clock import virtual_loop
from tests.simulation.wire import Broken, Machine, Wire


def write_into(done: list[str], *, crash_at: int, is_done: bool) -> list[str]:
    """Ask a server for three writes, one after the other; return what the asker was told."""
    loop, machine = virtual_loop(), Machine()
    wire = Wire(loop, Random(1), lambda: machine, comes_late=True)

    async def ask() -> list[str]:
        told = []
        for name in ("first", "second", "third"):
            try:
                await wire.ask(partial(done.append, name), timeout=1.0)
                told.append("ok")
            except Broken:
                told.append("broken")
        return told

    machine.crash_at(crash_at, machine.come_up, is_done=is_done)
    return loop.run(ask(), deadline=10.0)


@pytest.mark.parametrize(
    ("is_done", "expected"), [(False, ["first", "third"]), (True, ["first", "second", "third"])]
)
def test_the_call_of_a_crash_is_done_or_not_and_is_broken_either_way(
    is_done: bool, expected: list[str]
) -> None:
    done: list[str] = []

    told = write_into(done, crash_at=2, is_done=is_done)

    assert told == ["ok", "broken", "ok"]
    assert done == expected


def test_a_crash_that_is_taken_back_does_not_happen() -> None:
    machine = Machine()
    machine.crash_at(1, machine.come_up, is_done=True)
    machine.crash_no_more()
    loop = virtual_loop()
    wire = Wire(loop, Random(1), lambda: machine, comes_late=True)

    assert loop.run(wire.ask(lambda: "answer", timeout=1.0), deadline=10.0) == "answer"


def test_a_crash_breaks_what_others_wait_for() -> None:
    loop, machine = virtual_loop(), Machine()
    wires = [Wire(loop, Random(i), lambda: machine, comes_late=True) for i in range(2)]
    machine.crash_at(1, lambda: None, is_done=False)

    async def ask_both() -> list[type]:
        calls = (wire.ask(lambda: "answer", timeout=1.0) for wire in wires)
        answers = await asyncio.gather(*calls, return_exceptions=True)
        return [type(answer) for answer in answers]

    assert loop.run(ask_both(), deadline=10.0) == [Broken, Broken]
