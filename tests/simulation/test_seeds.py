"""Some seeds of the simulator, as part of every test run; `make simulate` runs many more."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.simulation.hunt import hunt
from tests.simulation.minimise import minimise
from tests.simulation.mutants import MUTANTS, Mutant
from tests.simulation.runner import prepare_worker, run_seed, runs_on_lua
from tests.simulation.scenario import plan_of
from tests.simulation.simulation import run

# Ten at a time: a bad one is named with the promise that it breaks.
_TENS = range(0, 200, 10)
_LUA_TENS = range(1000, 1030, 10)
# Those that show in nearly every run; `make simulate-mutants` finds them all.
_OBVIOUS = ("skip dedupe", "trim past the watermark", "begin behind the backlog")


@pytest.fixture(scope="module", autouse=True)
def _without_collector() -> Iterator[None]:
    """Garbage is collected between tests alone: within a run it takes a quarter of the time."""
    prepare_worker()
    yield
    gc.unfreeze()
    gc.enable()


@pytest.fixture(autouse=True)
def _collected() -> Iterator[None]:
    yield
    gc.collect()


def simulate(*arguments: str, hash_seed: str = "random") -> subprocess.CompletedProcess[str]:
    """Run `python -m tests.simulation`."""
    return subprocess.run(
        [sys.executable, "-m", "tests.simulation", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
    )


@pytest.mark.parametrize("first", _TENS)
def test_every_promise_is_kept_whatever_breaks(first: int) -> None:
    results = [run_seed(seed) for seed in range(first, first + 10)]

    assert [result for result in results if result.broken] == []


@pytest.mark.parametrize("first", _LUA_TENS)
def test_every_promise_is_kept_on_the_lua_library_itself(first: int) -> None:
    results = [run_seed(seed, all_lua=True) for seed in range(first, first + 10)]

    assert [result for result in results if result.broken] == []


@pytest.mark.parametrize("seed", [3, 36, 138])
def test_a_seed_decides_everything(seed: int) -> None:
    first, second = (run(plan_of(seed), keeps_trace=True) for _ in range(2))

    assert first.lines == second.lines
    assert first.lines


def test_the_same_seed_gives_the_same_trace_in_another_process() -> None:
    first, second = (simulate("--trace", "--from", "36", hash_seed=h).stdout for h in ("1", "2"))

    assert first == second
    assert "FAULT" in first


def test_the_exit_code_is_0_if_every_promise_was_kept() -> None:
    assert simulate("--seeds", "3", "--jobs", "1").returncode == 0


def test_the_exit_code_is_1_and_the_seed_is_named_if_a_promise_was_broken() -> None:
    ended = simulate("--mutant", "skip dedupe", "--seeds", "10", "--all")

    assert ended.returncode == 1
    assert "\nseed " in ended.stdout


def test_one_seed_in_fifty_runs_on_the_lua_library_itself() -> None:
    assert [seed for seed in range(100) if runs_on_lua(seed)] == [0, 50]


def test_the_exit_code_is_2_if_the_arguments_make_no_sense() -> None:
    assert simulate("--seeds", "0").returncode == 2


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_deliberate_fault_leaves_nothing_behind(mutant: Mutant) -> None:
    plan = replace(plan_of(1), faults=())
    with mutant.apply():
        run(plan)

    assert run(plan).is_good


@pytest.mark.parametrize(
    "mutant", [mutant for mutant in MUTANTS if mutant.name in _OBVIOUS], ids=lambda m: m.name
)
def test_the_checker_finds_an_obvious_fault(mutant: Mutant) -> None:
    assert hunt(mutant, first=0, limit=60).promise is not None


def test_a_failing_run_is_made_smaller_and_still_fails_in_the_same_way() -> None:
    mutant = next(each for each in MUTANTS if each.name == "clear the outbox at accepted")
    with mutant.apply():
        failed = next(o for o in (run(plan_of(seed)) for seed in range(100)) if o.broken)
        smaller = minimise(failed)

    assert smaller.broken[0].promise == failed.broken[0].promise
    assert len(smaller.plan.steps) < len(failed.plan.steps)
    assert len(smaller.plan.faults) <= len(failed.plan.faults)
