"""make bench: Parley and its peers, side by side in one run.

    python -m bench [--only a,b,c] [--contenders parley,nchan] [--rounds 3] [--messages 1000000]

Owns: running the schedule, and where the report goes.
Never: a figure that was not measured in this run.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

from bench import plot, report, schedule
from bench.catalogue import CONTENDERS, MESSAGES, Workload, catalogue
from bench.contenders.node import NotInstalled
from bench.ending import end_on_sigterm
from bench.load.client import LoadClientFailed
from bench.machine import commit, load_before, machine
from bench.reading import Refused
from bench.storing import NotStored
from bench.workloads import NotConnected
from tests.servers import MissingProgram, ServerFailed

_FOLDER = Path("build/bench")
_FAILURES = (LoadClientFailed, NotConnected, NotStored, Refused, ServerFailed)


def main() -> int:
    """Run what was asked for. Returns 2 if something is not installed."""
    options = _options()
    end_on_sigterm()
    known = catalogue(options.messages)
    chosen = {letter: known[letter] for letter in options.only}
    turns = list(schedule.schedule(chosen, options.contenders, options.rounds))
    print(schedule.words(chosen, turns), file=sys.stderr)
    head, missing = f"{machine()}; {load_before()}; {commit()}\n\n{_keepers()}", False
    found: dict[str, list[Any]] = defaultdict(list)
    for turn in turns:
        print(f"round {turn.number}: {turn.workload} {turn.contender}", file=sys.stderr, flush=True)
        workload = chosen[turn.workload]
        try:
            with CONTENDERS[turn.contender](workload.fronts) as contender:
                found[turn.workload] += workload.run(contender)
        except (MissingProgram, NotInstalled) as error:
            missing = True
            print(f"bench: {turn.contender}: {error}", file=sys.stderr)
        except _FAILURES as error:
            print(f"bench: {turn.contender}: {error}", file=sys.stderr)
        _keep(head, chosen, found)  # a run that is stopped has a report of what it has
    print((_FOLDER / "report.md").read_text() if turns else "nothing was asked for")
    return 2 if missing else 0


def _keepers() -> str:
    names = ", ".join(each.name for each in CONTENDERS.values() if each.stores)
    return f"What is said is kept by {names}; by the others it is not."


def _keep(head: str, chosen: dict[str, Workload], found: dict[str, list[Any]]) -> None:
    _FOLDER.mkdir(parents=True, exist_ok=True)
    sections = [
        f"## ({letter}) {workload.title}\n\n{workload.tables(found[letter])}"
        for letter, workload in chosen.items()
        if found[letter]
    ]
    ratios = report.ratios_table(found)
    (_FOLDER / "report.md").write_text("\n".join([f"{head}\n", *sections, ratios]))
    for letter in "bc":
        if found[letter]:
            svg = plot.rates(chosen[letter].title, found[letter])
            (_FOLDER / f"rates-{letter}.svg").write_text(svg)


def _options() -> argparse.Namespace:
    letters, names = list(catalogue()), list(CONTENDERS)
    parser = argparse.ArgumentParser(prog="make bench ARGS=...", description=__doc__)
    parser.add_argument("--only", default=letters, type=_among(letters), help=",".join(letters))
    parser.add_argument("--contenders", default=names, type=_among(names), help=",".join(names))
    parser.add_argument("--rounds", type=int, default=3, help="of each workload, at most")
    parser.add_argument("--messages", type=int, default=MESSAGES, help="that (h) reads among")
    return parser.parse_args()


def _among(known: list[str]) -> Any:
    def some(text: str) -> list[str]:
        asked = text.split(",")
        for name in asked:
            if name not in known:
                raise argparse.ArgumentTypeError(f"{name!r} is none of {', '.join(known)}")
        return asked

    return some


if __name__ == "__main__":
    sys.exit(main())
