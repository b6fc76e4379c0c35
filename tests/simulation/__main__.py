"""`python -m tests.simulation`: run many seeds, and show the first that breaks a promise.

Owns: the arguments, the report, the exit code: 0 if every promise was kept, 1 if one was broken,
2 if the arguments make no sense.
Never: a run itself.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from contextlib import nullcontext

from tests.simulation.hunt import hunt_all
from tests.simulation.minimise import minimise
from tests.simulation.mutants import MUTANTS, Mutant
from tests.simulation.runner import LUA_EVERY, Progress, run_seeds, runs_on_lua
from tests.simulation.scenario import plan_of
from tests.simulation.simulation import Outcome, run

_INTERRUPTED = 130


def main() -> int:
    """Run as the arguments say."""
    arguments = _arguments()
    if arguments.mutants:
        return hunt_all(arguments.first, arguments.seeds, arguments.jobs)
    with arguments.mutant.apply() if arguments.mutant else nullcontext():
        return _trace(arguments) if arguments.trace else _run_all(arguments)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seeds", type=_positive, default=300, help="how many (300)")
    parser.add_argument("--from", type=int, default=0, dest="first", help="the first seed (0)")
    parser.add_argument("--jobs", type=_positive, default=os.cpu_count(), help="processes")
    parser.add_argument("--all", action="store_true", help="name every bad seed; do not stop")
    parser.add_argument(
        "--lua",
        action="store_true",
        help=f"run all on the Lua library, not one seed in {LUA_EVERY}",
    )
    parser.add_argument("--trace", action="store_true", help="print what happens in one seed")
    parser.add_argument(
        "--mutants", action="store_true", help="how many seeds until each deliberate fault is found"
    )
    parser.add_argument("--mutant", type=_mutant, help="put in one deliberate fault, by its name")
    return parser.parse_args()


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not 1 or more")
    return number


def _mutant(name: str) -> Mutant:
    for mutant in MUTANTS:
        if mutant.name == name:
            return mutant
    names = ", ".join(repr(mutant.name) for mutant in MUTANTS)
    raise argparse.ArgumentTypeError(f"{name!r} is none of {names}")


def _run_all(arguments: argparse.Namespace) -> int:
    seeds = range(arguments.first, arguments.first + arguments.seeds)
    progress = Progress(len(seeds))
    began, virtual, on_lua, bad = time.monotonic(), 0.0, 0, 0
    for done, result in enumerate(run_seeds(seeds, arguments.jobs, all_lua=arguments.lua), start=1):
        virtual += result.virtual_seconds
        on_lua += result.runs_lua
        if result.broken:
            bad += 1
            print(f"\nseed {result.seed}: {result.broken[0]}", flush=True)
            if not arguments.all:
                _report(result.seed, arguments)
                return 1
        progress.show(done, bad)
    took = time.monotonic() - began
    print(
        f"{len(seeds):,} seeds ({on_lua:,} on the Lua library), "
        f"{virtual / 3600:.1f} virtual hours in {took:.0f} s: {bad} bad"
    )
    return 1 if bad else 0


def _trace(arguments: argparse.Namespace) -> int:
    seed = arguments.first
    runs_lua = runs_on_lua(seed, all_lua=arguments.lua)
    outcome = run(plan_of(seed), keeps_trace=True, runs_lua=runs_lua)
    _print(outcome)
    return 0 if outcome.is_good else 1


def _report(seed: int, arguments: argparse.Namespace) -> None:
    """Show the smallest run that breaks what the seed broke."""
    print("\nmaking it smaller ...", file=sys.stderr)
    runs_lua = runs_on_lua(seed, all_lua=arguments.lua)
    failed = run(plan_of(seed), runs_lua=runs_lua)
    _print(minimise(failed, runs_lua=runs_lua))
    flags = " --lua" if arguments.lua else ""
    if arguments.mutant:
        flags += f" --mutant {arguments.mutant.name!r}"
    print(f"\nthe whole run: python -m tests.simulation --trace --from {seed}{flags}")


def _print(outcome: Outcome) -> None:
    print(outcome.plan)
    print("\n   seconds  who         what")
    print("\n".join(outcome.lines))


if __name__ == "__main__":
    # Sets of strings must have the same order in each run.
    if os.environ.get("PYTHONHASHSEED") != "0":
        environment = {**os.environ, "PYTHONHASHSEED": "0"}
        os.execve(
            sys.executable, [sys.executable, "-m", "tests.simulation", *sys.argv[1:]], environment
        )
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED)
