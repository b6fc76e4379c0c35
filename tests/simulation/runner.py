"""Many runs, on several processors.

Owns: the handing out of seeds, and the progress that is shown.
Never: what is done about a failure (`__main__.py`).
"""

from __future__ import annotations

import gc
import multiprocessing
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from tests.simulation.scenario import plan_of
from tests.simulation.simulation import run
from tests.simulation.world import shortened

# Seeds that one worker takes at a time, and after which it collects its garbage.
_CHUNK = 10
_PROGRESS_SECONDS = 1.0


@dataclass(frozen=True)
class Result:
    """What a seed came to: the promises it broke, in their order."""

    seed: int
    broken: tuple[str, ...]
    virtual_seconds: float


def run_seed(seed: int, *, runs_lua: bool = False) -> Result:
    """Run one seed."""
    outcome = run(plan_of(seed), runs_lua=runs_lua)
    if seed % _CHUNK == 0:
        gc.collect()
    return Result(seed, tuple(shortened(str(each)) for each in outcome.broken), outcome.seconds)


def prepare_worker() -> None:
    """Collect garbage between runs alone: it is faster."""
    gc.collect()
    gc.freeze()
    gc.disable()


def run_seeds(seeds: Sequence[int], jobs: int, *, runs_lua: bool) -> Iterator[Result]:
    """Yield the results in the order of the seeds."""
    run_one = partial(run_seed, runs_lua=runs_lua)
    if jobs == 1:
        prepare_worker()
        yield from map(run_one, seeds)
        return
    with multiprocessing.get_context("fork").Pool(jobs, prepare_worker) as pool:
        yield from pool.imap(run_one, seeds, chunksize=_CHUNK)


class Progress:
    """One line on standard error, renewed about once a second."""

    def __init__(self, total: int) -> None:
        self._total, self._began, self._shown = total, time.monotonic(), 0.0

    def show(self, done: int, bad: int) -> None:
        """Show how far it has come."""
        now = time.monotonic()
        if now - self._shown < _PROGRESS_SECONDS and done < self._total:
            return
        self._shown = now
        rate = done / max(now - self._began, 0.001)
        line = f"\r{done:,} of {self._total:,} seeds, {bad} bad, {rate:.0f} a second "
        print(line, end="\n" if done == self._total else "", file=sys.stderr, flush=True)
