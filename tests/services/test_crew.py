"""A gateway's workers: one of each number, from the first until they are stopped."""

from __future__ import annotations

import asyncio
import errno
import os
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

import pytest
from structlog.testing import capture_logs

from parley.services.base import CannotStart
from parley.services.workers.crew import Workers
from parley.services.workers.wire import (
    AdministratorCode,
    CannotWork,
    Crew,
    FromWorker,
    Ready,
    Stop,
    ToWorker,
)
from tests.simulation.clock import virtual_loop

PARENT = 1000
# As many virtual seconds no test needs.
DEADLINE = 10_000.0

Life = Callable[["Acted"], Coroutine[Any, Any, None]]


class Acted:
    """A worker whose life a test has written; it ends at once when it is told to stop."""

    def __init__(self, number: int, pid: int, life: Life) -> None:
        self.number, self.pid, self.code = number, pid, 0
        self.told: list[ToWorker] = []
        self._said: asyncio.Queue[FromWorker | None] = asyncio.Queue()
        self._loop = asyncio.get_running_loop()
        self._born = self._loop.time()
        self._life = asyncio.create_task(life(self))
        self._life.add_done_callback(lambda _: self._said.put_nowait(None))

    def say(self, message: FromWorker) -> None:
        self._said.put_nowait(message)

    def tell(self, message: ToWorker) -> None:
        self.told.append(message)
        if message == Stop():
            self._life.cancel()

    async def says(self) -> AsyncIterator[FromWorker]:
        while (message := await self._said.get()) is not None:
            yield message

    def kill(self) -> None:
        self.code = -9
        self._life.cancel()

    async def ended(self) -> tuple[int, float]:
        await asyncio.wait([self._life])
        return self.code, self._loop.time() - self._born

    @property
    def crews(self) -> list[Crew]:
        """What it was told of the others."""
        return [message for message in self.told if isinstance(message, Crew)]


async def lasting(worker: Acted) -> None:
    """Be ready after a second, and stay."""
    await asyncio.sleep(1)
    worker.say(Ready())
    await asyncio.Event().wait()


def living(seconds: float) -> Life:
    """A life that is ready at once, and ends with exit code 1."""

    async def live(worker: Acted) -> None:
        worker.say(Ready())
        await asyncio.sleep(seconds)
        worker.code = 1

    return live


async def stillborn(worker: Acted) -> None:
    worker.code = 1


def refusing(reason: str) -> Life:
    async def live(worker: Acted) -> None:
        worker.say(CannotWork(reason))

    return live


class Stage:
    """Workers who live as a test says: each number's lives in turn, and then `lasting`."""

    def __init__(self, number: int, **lives: list[Life]) -> None:
        self._lives = {int(name.removeprefix("of_")): list(each) for name, each in lives.items()}
        self.started: list[tuple[float, Acted]] = []
        self.ended: list[int] = []
        self.codes: list[str] = []
        self.complete_at: list[float] = []
        self.start_seconds = 0.0
        self.refuses: dict[int, int] = {}
        """How often the system does not start a worker of this number."""
        self._loop = virtual_loop()
        self.workers = Workers(
            number, PARENT, self._start, self.ended.append, self._complete, self.codes.append
        )

    def seen_by_the_first(self, moment: float) -> list[Crew]:
        """Return where there will be, after the run, what worker 1 knew of the others by then."""
        seen: list[Crew] = []
        self._loop.call_later(moment, lambda: seen.append(self.last(1).crews[-1]))
        return seen

    def run(self, until: float) -> None:
        """Keep them until a moment, then stop."""

        async def stopped() -> None:
            asyncio.get_running_loop().call_later(until, self.workers.stop)
            await self.workers.run()

        self._loop.run(stopped(), deadline=DEADLINE)

    @property
    def now(self) -> float:
        return self._loop.time()

    def starts(self, number: int) -> list[float]:
        """When a worker of this number was started."""
        return [at for at, worker in self.started if worker.number == number]

    def last(self, number: int) -> Acted:
        return [worker for _, worker in self.started if worker.number == number][-1]

    async def _start(self, number: int) -> Acted:
        if self.refuses.get(number):
            self.refuses[number] -= 1
            raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
        lives = self._lives.get(number, [])
        life = lives.pop(0) if lives else lasting
        await asyncio.sleep(self.start_seconds)
        worker = Acted(number, PARENT + len(self.started) + 1, life)
        self.started.append((self._loop.time(), worker))
        return worker

    def _complete(self) -> None:
        self.complete_at.append(self._loop.time())


def test_the_first_worker_is_started_alone_and_the_others_when_it_is_ready() -> None:
    stage = Stage(3)

    stage.run(until=10)

    assert [stage.starts(number) for number in (1, 2, 3)] == [[0], [1], [1]]


def test_all_are_said_to_be_ready_once_when_the_last_one_is() -> None:
    stage = Stage(2, of_2=[living(60.0)])

    stage.run(until=100)

    assert stage.complete_at == [1]
    assert len(stage.starts(2)) == 2


def test_a_worker_that_ends_is_started_again_after_a_pause() -> None:
    stage = Stage(2, of_2=[living(10.0), living(10.0)])

    stage.run(until=100)

    assert stage.starts(2) == [1, 11.5, 22.5]
    assert stage.starts(1) == [0]


def test_a_worker_that_lived_long_is_started_again_at_once() -> None:
    stage = Stage(2, of_2=[living(60.0)])

    stage.run(until=100)

    assert stage.starts(2) == [1, 61]


def test_all_workers_know_each_other_and_whether_all_are_ready() -> None:
    stage = Stage(2)

    stage.run(until=10)

    one, two = (stage.last(number).pid for number in (1, 2))
    assert stage.last(1).crews[:4] == [
        Crew({"parent": PARENT, "1": one}, is_complete=False),
        Crew({"parent": PARENT, "1": one}, is_complete=False),
        Crew({"parent": PARENT, "1": one, "2": two}, is_complete=False),
        Crew({"parent": PARENT, "1": one, "2": two}, is_complete=True),
    ]


def test_a_worker_that_has_ended_is_missed_until_another_is_ready() -> None:
    stage = Stage(2, of_2=[living(10.0)])
    seen = {moment: stage.seen_by_the_first(moment) for moment in (10.9, 11.1, 12.6)}

    stage.run(until=100)

    assert [crew.is_complete for (crew,) in seen.values()] == [True, False, True]
    assert seen[11.1][0].processes.keys() == {"parent", "1"}


def test_the_end_of_each_worker_is_heard_of() -> None:
    stage = Stage(2, of_2=[living(60.0)])

    stage.run(until=100)

    assert Counter(stage.ended) == {1: 1, 2: 2}


def test_a_stop_is_told_to_all_and_starts_nobody_again() -> None:
    stage = Stage(3)

    stage.run(until=10)

    assert all(Stop() in worker.told for _, worker in stage.started)
    assert len(stage.started) == 3


def test_who_ends_because_of_a_stop_is_no_news() -> None:
    stage = Stage(2)

    with capture_logs() as logged:
        stage.run(until=10)

    assert logged == []


def test_a_stop_waits_for_nobody_who_was_not_started() -> None:
    async def never_ready(_: Acted) -> None:
        await asyncio.Event().wait()

    stage = Stage(2, of_1=[never_ready])

    stage.run(until=10)

    assert stage.starts(2) == []


def test_who_is_being_started_during_a_stop_is_stopped_as_well() -> None:
    stage = Stage(1)
    stage.start_seconds = 5

    stage.run(until=3)

    assert Stop() in stage.last(1).told
    assert stage.now == 5


def test_a_stop_during_a_pause_ends_it() -> None:
    stage = Stage(1, of_1=[living(1.0)])

    stage.run(until=1.2)

    assert stage.now == 1.2
    assert len(stage.started) == 1


def test_who_cannot_work_at_the_start_ends_all_with_its_reason() -> None:
    stage = Stage(2, of_1=[refusing("mend it")])

    with pytest.raises(ExceptionGroup) as raised:
        stage.run(until=100)

    assert [str(error) for error in raised.value.exceptions] == ["mend it"]
    assert len(stage.started) == 1


def test_who_ends_again_and_again_at_the_start_ends_all() -> None:
    stage = Stage(2, of_2=[stillborn] * 5)

    with pytest.raises(ExceptionGroup) as raised:
        stage.run(until=100)

    (error,) = raised.value.exceptions
    assert isinstance(error, CannotStart)
    assert "worker 2 has ended 5 times" in str(error)
    assert "exit code 1" in str(error)
    assert stage.last(1).code == -9


@pytest.mark.parametrize("life", [stillborn, refusing("a password has gone")])
def test_once_all_were_ready_a_worker_is_tried_for_ever(life: Life) -> None:
    stage = Stage(2, of_2=[living(60.0)] + [life] * 20)

    stage.run(until=1000)

    assert len(stage.starts(2)) == 22


def test_a_worker_that_the_system_cannot_start_is_tried_again_and_the_others_go_on() -> None:
    stage = Stage(2)
    stage.refuses = {2: 3}

    stage.run(until=100)

    assert stage.starts(2) == [1 + 0.5 + 1 + 2]
    assert stage.starts(1) == [0]


def test_the_administrator_s_code_is_shown() -> None:
    async def telling(worker: Acted) -> None:
        worker.say(AdministratorCode("SECRET"))
        await lasting(worker)

    stage = Stage(1, of_1=[telling])

    stage.run(until=10)

    assert stage.codes == ["SECRET"]
