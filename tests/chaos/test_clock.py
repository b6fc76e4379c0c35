"""A process's wall clock moves, and its monotonic clock does not."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.chaos.clock import Clock, Clocks

_TELLS = "import time; print(time.time(), time.monotonic())"


@pytest.fixture
def clock(tmp_path: Path) -> Clock:
    clocks = Clocks(tmp_path)
    clock = clocks.new()
    if clock is None:
        pytest.skip(clocks.reason)
    return clock


def told(clock: Clock) -> tuple[float, float]:
    command = clock.before([sys.executable, "-c", _TELLS])
    wall, steady = subprocess.run(command, capture_output=True, check=True).stdout.split()
    return float(wall), float(steady)


@pytest.mark.parametrize("seconds", [0, 3600, -86_400])
def test_a_process_lives_by_the_clock_that_it_is_given(clock: Clock, seconds: int) -> None:
    clock.move(seconds)

    before = time.time()
    wall, _ = told(clock)

    assert before + seconds <= wall <= time.time() + seconds


def test_the_monotonic_clock_stays_as_it_is(clock: Clock) -> None:
    clock.move(3600)

    before = time.monotonic()
    _, steady = told(clock)

    assert before <= steady <= time.monotonic()


def test_a_running_process_sees_the_move(clock: Clock) -> None:
    program = f"import sys; {_TELLS}; sys.stdout.flush(); sys.stdin.readline(); {_TELLS}"
    with subprocess.Popen(
        clock.before([sys.executable, "-c", program]),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        first = float(process.stdout.readline().split()[0])
        clock.move(-3600)
        second = float(process.communicate("go\n")[0].split()[0])

    assert second < first - 3000
