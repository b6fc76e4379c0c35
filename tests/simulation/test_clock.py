"""Virtual time, and processes that end between two steps."""

from __future__ import annotations

import asyncio

import pytest

from tests.simulation.clock import (
    Deadlock,
    OutOfTime,
    Process,
    StandsStill,
    VirtualLoop,
    virtual_loop,
)


@pytest.fixture
def loop() -> VirtualLoop:
    return virtual_loop()


async def ticking(ticks: list[float]) -> None:
    loop = asyncio.get_running_loop()
    while True:
        await asyncio.sleep(1)
        ticks.append(loop.time())


def test_a_long_sleep_takes_no_time(loop: VirtualLoop) -> None:
    loop.run(asyncio.sleep(86_400), deadline=1e6)

    assert loop.time() == 86_400


def test_a_killed_process_takes_no_further_step_and_its_finally_has_no_effect(
    loop: VirtualLoop,
) -> None:
    steps: list[str] = []

    async def work() -> None:
        try:
            await asyncio.sleep(10)
        finally:
            steps.append("finally")

    async def main() -> None:
        process = Process(loop, "one")
        process.spawn(work())
        await asyncio.sleep(5)
        process.kill()
        await asyncio.sleep(10)
        assert steps == []

    loop.run(main(), deadline=100)


def test_what_a_process_starts_dies_with_it(loop: VirtualLoop) -> None:
    ticks: list[float] = []

    async def parent() -> None:
        child = asyncio.create_task(ticking(ticks))
        asyncio.get_running_loop().call_later(3.5, ticks.append, -1.0)
        await child

    async def main() -> None:
        process = Process(loop, "one")
        process.spawn(parent())
        await asyncio.sleep(2.5)
        process.kill()
        await asyncio.sleep(5)

    loop.run(main(), deadline=100)

    assert ticks == [1.0, 2.0]


def test_a_frozen_process_goes_on_with_what_came_due_meanwhile(loop: VirtualLoop) -> None:
    ticks: list[float] = []

    async def main() -> None:
        process = Process(loop, "one")
        process.spawn(ticking(ticks))
        await asyncio.sleep(1.5)
        process.freeze()
        await asyncio.sleep(3)
        process.thaw()
        await asyncio.sleep(1.2)

    loop.run(main(), deadline=100)

    assert ticks == [1.0, 4.5, 5.5]


def test_a_process_can_be_killed_at_each_of_its_awaits(loop: VirtualLoop) -> None:
    reached: list[int] = []

    async def work(run: int) -> None:
        for step in range(3):
            reached.append(10 * run + step)
            await asyncio.sleep(0)

    async def main() -> None:
        for run in range(3):
            process = Process(loop, f"run {run}")
            process.after_steps(run, process.kill)
            process.spawn(work(run))
            await asyncio.sleep(1)

    loop.run(main(), deadline=100)

    assert reached == [10, 20, 21]


def test_those_who_outlive_a_process_are_told_of_its_death_once(loop: VirtualLoop) -> None:
    told: list[str] = []

    async def main() -> None:
        process = Process(loop, "one")
        process.at_death.append(lambda: told.append("dead"))
        process.kill()
        process.kill()

    loop.run(main(), deadline=100)

    assert told == ["dead"]


def test_waiting_for_nothing_is_a_deadlock(loop: VirtualLoop) -> None:
    async def wait() -> None:
        await asyncio.Event().wait()

    with pytest.raises(Deadlock):
        loop.run(wait(), deadline=100)


def test_what_is_not_done_by_the_deadline_is_out_of_time(loop: VirtualLoop) -> None:
    with pytest.raises(OutOfTime):
        loop.run(ticking([]), deadline=100)


def test_a_circle_at_one_moment_stands_still(loop: VirtualLoop) -> None:
    async def main() -> None:
        def spin() -> None:
            loop.call_soon(spin)

        spin()
        await asyncio.sleep(1)

    with pytest.raises(StandsStill):
        loop.run(main(), deadline=100)


def test_tasks_that_a_process_has_left_behind_are_known(loop: VirtualLoop) -> None:
    async def main() -> list[str]:
        process = Process(loop, "one")
        process.spawn(asyncio.sleep(100), "leaks")
        await process.spawn(asyncio.sleep(1), "ends")
        return [task.get_name() for task in loop.alive(process)]

    assert loop.run(main(), deadline=1000) == ["one/leaks"]


def test_timeouts_and_task_groups_work(loop: VirtualLoop) -> None:
    async def main() -> float:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(3), asyncio.TaskGroup() as group:
                group.create_task(asyncio.sleep(10))
        return loop.time()

    assert loop.run(main(), deadline=100) == 3.0
