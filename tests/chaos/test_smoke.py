"""A short run on real processes: what `make chaos` does for as long as one likes."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.chaos.rounds import play
from tests.chaos.run import form, ground_on
from tests.chaos.tally import Line, Tally
from tests.servers import MissingProgram
from tests.simulation.reading import Broken

_SEED, _CROWD = 1, 20
_FAULTS: dict[str, list[tuple[str, ...]]] = {
    "scaled": [("redis emptied",), ("server killed", "clients cut off")],
    "alone": [("clients killed",), ("server killed",)],
}


@dataclass
class Smoke:
    """What came of a round, and what it had started."""

    broken: list[Broken]
    tally: Tally
    pids: list[int]
    folders: list[Path]

    @property
    def all(self) -> Line:
        total = Line()
        for line in self.tally.lines.values():
            total.add(line)
        return total


async def one_round(name: str) -> Smoke:
    tally = Tally()
    async with form(is_alone=name == "alone") as system, ground_on(system, _CROWD) as ground:
        broken = await play(ground, _SEED, 0, _FAULTS[name], tally)
        pids = [server.pid for server in system.processes]
        folders = [server.folder for server in system.processes]
    return Smoke(broken, tally, pids, folders)


@pytest.fixture(scope="module", params=["scaled", "alone"])
def smoke(request: pytest.FixtureRequest) -> Smoke:
    """One round on each form of Parley."""
    try:
        return asyncio.run(one_round(request.param))
    except MissingProgram as missing:
        pytest.skip(str(missing))


def test_every_promise_is_kept(smoke: Smoke) -> None:
    assert smoke.broken == []


def test_every_message_is_stored_or_refused(smoke: Smoke) -> None:
    assert smoke.all.stored > 0
    assert smoke.all.stored + smoke.all.refused == smoke.all.sent


def test_everything_recovers_from_each_fault(smoke: Smoke) -> None:
    assert len(smoke.all.recoveries) == smoke.all.times > 0


def test_nothing_that_was_started_is_left(smoke: Smoke) -> None:
    assert [pid for pid in smoke.pids if is_running(pid)] == []
    assert [folder for folder in smoke.folders if folder.exists()] == []


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
