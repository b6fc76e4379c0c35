"""Many runs, on several processors.

Owns: the handing out of seeds, which of them run on the Lua library, and the progress that is
shown.
Never: what is done about a failure (`__main__.py`).
"""

from __future__ import annotations

import gc
import multiprocessing
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from tests.simulation.scenario import plan_of
from tests.simulation.simulation import run
from tests.simulation.words import shortened

LUA_EVERY = 50
"""One seed in so many runs on the Lua library itself, which takes three times as long."""

# Seeds that one worker takes at a time, and after which it collects its garbage.
_CHUNK = 25
# Seconds between two lines of progress, on a terminal and in a log.
_PROGRESS_SECONDS, _LOG_SECONDS = 1.0, 30.0


@dataclass(frozen=True)
class Result:
    """What a seed came to: the promises it broke, in their order."""

    seed: int
    runs_lua: bool
    broken: tuple[str, ...]
    virtual_seconds: float


def runs_on_lua(seed: int, *, all_lua: bool = False) -> bool:
    """Return whether a seed runs on the Lua library, and not on its twin."""
    return all_lua or seed % LUA_EVERY == 0


def run_seed(seed: int, *, all_lua: bool = False) -> Result:
    """Run one seed."""
    runs_lua = runs_on_lua(seed, all_lua=all_lua)
    try:
        outcome = run(plan_of(seed), runs_lua=runs_lua)
    except Exception as error:
        error.add_note(f"in seed {seed}")
        raise
    collect_garbage(seed)
    broken = tuple(shortened(str(each)) for each in outcome.broken)
    return Result(seed, runs_lua, broken, outcome.seconds)


def prepare_worker() -> None:
    """Collect garbage between runs alone: it is faster."""
    gc.collect()
    gc.freeze()
    gc.disable()


def collect_garbage(run_number: int) -> None:
    """Collect it after some of the runs."""
    if run_number % _CHUNK == 0:
        gc.collect()


def _prepare_child() -> None:
    prepare_worker()
    # Ctrl+C is for the process that hands out the seeds; it ends the others.
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def run_seeds(seeds: Sequence[int], jobs: int, *, all_lua: bool) -> Iterator[Result]:
    """Yield the results in the order of the seeds."""
    run_one = partial(run_seed, all_lua=all_lua)
    if jobs == 1:
        prepare_worker()
        yield from map(run_one, seeds)
        return
    with multiprocessing.get_context("fork").Pool(jobs, _prepare_child) as pool:
        yield from pool.imap(run_one, seeds, chunksize=_CHUNK)


class Progress:
    """How far it has come, on standard error: one line that is renewed, or a log's lines."""

    def __init__(self, total: int) -> None:
        self._total, self._began, self._shown = total, time.monotonic(), 0.0
        self._is_live = sys.stderr.isatty()

    def show(self, done: int, bad: int) -> None:
        """Show how far it has come, if it is time to."""
        now = time.monotonic()
        pause = _PROGRESS_SECONDS if self._is_live else _LOG_SECONDS
        if now - self._shown < pause and done < self._total:
            return
        self._shown = now
        rate = done / max(now - self._began, 0.001)
        minutes, seconds = divmod(round((self._total - done) / rate), 60)
        line = (
            f"{done:,} of {self._total:,} seeds, {bad} bad, {rate:.0f} a second, "
            f"{minutes}:{seconds:02} left"
        )
        ends = "\n" if done == self._total or not self._is_live else ""
        print(f"\r{line} " if self._is_live else line, end=ends, file=sys.stderr, flush=True)
