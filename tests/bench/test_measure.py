"""What processes cost, as the kernel tells it."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from bench.measure import cpu_seconds, memory_bytes, settle

WORK = "sum(range(20_000_000))"
BUSY = f"{WORK}; print('done', flush=True); import time; time.sleep(600)"
ONCE = f"import subprocess, sys, time; subprocess.run([sys.executable, '-c', {WORK!r}])"
PARENT = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {BUSY!r}])"
GRANDPARENT = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {PARENT!r}])"


@pytest.fixture
def eldest() -> Iterator[int]:
    """A process below which, two steps down, one has worked and now rests."""
    command = [sys.executable, "-c", GRANDPARENT]
    with subprocess.Popen(command, stdout=subprocess.PIPE, process_group=0) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield process.pid
        os.killpg(process.pid, 9)


def test_a_process_is_charged_with_the_work_of_those_below_it(eldest: int) -> None:
    alone = cpu_seconds({"self": [os.getpid()]})
    assert cpu_seconds({"it": [eldest]})["it"] > 0.2
    assert alone["self"] > 0


def test_a_process_is_charged_with_the_memory_of_those_below_it(eldest: int) -> None:
    assert memory_bytes({"it": [eldest]})["it"] > 2_000_000


def test_the_work_of_a_child_that_has_ended_is_not_forgotten() -> None:
    command = [sys.executable, "-c", f"{ONCE}; print('done', flush=True); time.sleep(600)"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        assert cpu_seconds({"it": [process.pid]})["it"] > 0.2
        process.kill()


def test_a_process_that_has_ended_costs_nothing() -> None:
    with subprocess.Popen([sys.executable, "-c", "pass"]) as ended:
        ended.wait()
    assert cpu_seconds({"it": [ended.pid]}) == {"it": 0}


def test_processes_at_rest_are_not_waited_for(eldest: int) -> None:
    settle({"it": [eldest]})
