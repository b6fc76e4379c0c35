"""Some seeds of the simulator, as part of every test run; `make simulate` runs many more."""

import pytest

from tests.simulation.runner import run_seed
from tests.simulation.scenario import plan_of
from tests.simulation.simulation import run

# Ten at a time: a bad one is named with the promise that it breaks.
_SEEDS = range(0, 200, 10)


@pytest.mark.parametrize("first", _SEEDS)
def test_every_promise_is_kept_whatever_breaks(first: int) -> None:
    results = [run_seed(seed) for seed in range(first, first + 10)]

    assert [result for result in results if result.broken] == []


@pytest.mark.parametrize("seed", [3, 36, 138])
def test_a_seed_decides_everything(seed: int) -> None:
    first, second = (run(plan_of(seed), keeps_trace=True) for _ in range(2))

    assert first.lines == second.lines
    assert first.lines
