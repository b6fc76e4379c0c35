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
from collections.abc import Iterator, Sequence

from tests.simulation.hunt import hunt_all
from tests.simulation.minimise import minimise
from tests.simulation.runner import Progress, Result, run_seeds
from tests.simulation.scenario import plan_of
from tests.simulation.simulation import Outcome, run


def main() -> int:
    """Run as the arguments say."""
    arguments = _arguments()
    if arguments.trace:
        return _trace(arguments.first, runs_lua=arguments.lua)
    if arguments.mutants:
        return hunt_all(arguments.first, arguments.seeds, arguments.jobs)
    seeds = range(arguments.first, arguments.first + arguments.seeds)
    progress = Progress(len(seeds))
    began, virtual, bad = time.monotonic(), 0.0, list[int]()
    for done, result in enumerate(_results(seeds, arguments), start=1):
        virtual += result.virtual_seconds
        if result.broken:
            bad.append(result.seed)
            print(f"\nseed {result.seed}: {result.broken[0]}", flush=True)
            if not arguments.all:
                _report(result.seed, runs_lua=arguments.lua)
                return 1
        progress.show(done, len(bad))
    took = time.monotonic() - began
    hours = virtual / 3600
    print(f"{len(seeds):,} seeds, {hours:.1f} virtual hours in {took:.0f} s: {len(bad)} bad")
    return 1 if bad else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seeds", type=_positive, default=300, help="how many (300)")
    parser.add_argument("--from", type=int, default=0, dest="first", help="the first seed (0)")
    parser.add_argument("--jobs", type=_positive, default=os.cpu_count(), help="processes")
    parser.add_argument("--all", action="store_true", help="name every bad seed; do not stop")
    parser.add_argument("--lua", action="store_true", help="on the Lua library, not on its twin")
    parser.add_argument("--trace", action="store_true", help="print what happens in one seed")
    parser.add_argument(
        "--mutants", action="store_true", help="how many seeds until each deliberate fault is found"
    )
    return parser.parse_args()


def _results(seeds: Sequence[int], arguments: argparse.Namespace) -> Iterator[Result]:
    return run_seeds(seeds, arguments.jobs, runs_lua=arguments.lua)


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not 1 or more")
    return number


def _trace(seed: int, *, runs_lua: bool) -> int:
    outcome = run(plan_of(seed), keeps_trace=True, runs_lua=runs_lua)
    _print(outcome)
    return 0 if outcome.is_good else 1


def _report(seed: int, *, runs_lua: bool) -> None:
    """Show the smallest run that breaks what the seed broke."""
    print("\nmaking it smaller ...", file=sys.stderr)
    failed = run(plan_of(seed), runs_lua=runs_lua)
    _print(minimise(failed, runs_lua=runs_lua))
    flag = " --lua" if runs_lua else ""
    print(f"\nthe whole run: python -m tests.simulation --trace --from {seed}{flag}")


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
    sys.exit(main())
