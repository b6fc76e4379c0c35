"""How many seeds it takes until the checker finds each deliberate fault.

Owns: the search, and the table that it prints.
Never: the faults themselves (`mutants.py`).
"""

from __future__ import annotations

import multiprocessing
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from tests.simulation.mutants import MUTANTS, Mutant
from tests.simulation.runner import collect_garbage, prepare_worker
from tests.simulation.scenario import plan_of
from tests.simulation.simulation import run
from tests.simulation.words import shortened

_HOW_CHARACTERS = 60


@dataclass(frozen=True)
class Kill:
    """The seed that showed a mutant, and the promise that it broke; None if none did."""

    mutant: str
    seeds: int
    promise: str | None
    how: str = ""


def hunt(mutant: Mutant, first: int, limit: int) -> Kill:
    """Run seeds until a promise is broken that the same seed keeps without the fault."""
    for count, seed in enumerate(range(first, first + limit), start=1):
        with mutant.apply():
            broken = run(plan_of(seed)).broken
        collect_garbage(count)
        if broken:
            without = {each.promise for each in run(plan_of(seed)).broken}
            for each in broken:
                if each.promise not in without:
                    return Kill(mutant.name, count, each.promise, shortened(each.how))
    return Kill(mutant.name, limit, None)


def hunt_all(first: int, limit: int, jobs: int) -> int:
    """Print what became of each mutant, as soon as it is known; return the exit code."""
    print(f"{'deliberate fault':48}{'seeds':>6}  promise broken")
    alive = 0
    with multiprocessing.get_context("fork").Pool(jobs, prepare_worker) as pool:
        numbers = [(number, first, limit) for number in range(len(MUTANTS))]
        for kill in pool.imap_unordered(_hunt_number, numbers):
            alive += kill.promise is None
            promise = kill.promise or "NOT FOUND"
            print(f"{kill.mutant:48}{kill.seeds:>6}  {promise}", flush=True)
            print(f"{'':56}{kill.how.splitlines()[0][:_HOW_CHARACTERS] if kill.how else ''}")
    print(f"{len(MUTANTS) - alive} of {len(MUTANTS)} found", file=sys.stderr)
    return 1 if alive else 0


def _hunt_number(task: Sequence[int]) -> Kill:
    number, first, limit = task
    return hunt(MUTANTS[number], first, limit)
