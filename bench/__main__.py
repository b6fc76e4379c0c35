"""make bench: Parley and its peers, side by side in one run.

    python -m bench [--only a,b,c,d] [--contenders parley,nchan,...] [--rounds 3]

Owns: the order of the rounds, contender after contender, so that what else the machine does meets
all of them; and where the report goes.
Never: a figure that was not measured in this run.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from bench import report, workloads
from bench.contenders.contender import Contender
from bench.contenders.node import NotInstalled, SocketIO, Ws
from bench.contenders.others import Centrifuge, Channels, Nchan, PythonSocketIO
from bench.contenders.parley import Parley, ParleyServe, ParleySqlite
from bench.machine import commit, load_before, machine
from bench.workloads import Idle, NotConnected, Row
from tests.servers import MissingProgram, ServerFailed

_REPORT = Path("build/bench/report.md")
_CONTENDERS: dict[str, Callable[[], Contender]] = {
    "parley": Parley,
    "parley-sqlite": ParleySqlite,
    "parley-serve": ParleyServe,
    "nchan": Nchan,
    "centrifuge": Centrifuge,
    "ws": Ws,
    "socketio": SocketIO,
    "python-socketio": PythonSocketIO,
    "channels": Channels,
}
_ONE_ROOM_RATES = (50.0, 100.0, 200.0, 400.0, 600.0, 800.0, 1000.0)
_MANY_ROOMS_RATES = (500.0, 1000.0, 2000.0, 4000.0, 8000.0)
_IDLE_PEOPLE = 10_000


class _Rounds:
    """The rows of every round, by workload."""

    def __init__(self) -> None:
        self.rows: dict[str, list[Row]] = {"a": [], "b": [], "c": []}
        self.idle: list[Idle] = []

    def run(self, workload: str, contender: Contender) -> None:
        match workload:
            case "a":
                self.rows["a"].append(workloads.latency(contender))
            case "b":
                self.rows["b"] += workloads.one_room_rates(contender, _ONE_ROOM_RATES)
            case "c":
                self.rows["c"] += workloads.many_rooms_rates(contender, _MANY_ROOMS_RATES)
            case "d":
                self.idle.append(workloads.idle(contender, _IDLE_PEOPLE))

    def markdown(self) -> str:
        a, b, c = (self.rows[name] for name in "abc")
        sections = (
            ("One room of 1,000, 50 messages a second", a, [report.latency_table(a)]),
            (
                "One room of 1,000, rising rates",
                b,
                [report.rates_table(b, per="delivery"), report.processes_table(b)],
            ),
            (
                "100 rooms of 10, everybody speaks, rising rates",
                c,
                [report.rates_table(c, per="message"), report.processes_table(c)],
            ),
            (f"{_IDLE_PEOPLE:,} idle connections", self.idle, [report.idle_table(self.idle)]),
        )
        found = (f"## {title}\n\n" + "\n".join(tables) for title, rows, tables in sections if rows)
        return "\n".join(found)


def main() -> int:
    """Run what was asked for. Returns 2 if something is not installed."""
    options = _options()
    head = f"{machine()}; {load_before()}; {commit()}"
    rounds, missing = _Rounds(), False
    for number in range(options.rounds):
        for workload in options.only.split(","):
            for name in options.contenders.split(","):
                print(f"round {number + 1}: {workload} {name}", file=sys.stderr, flush=True)
                try:
                    with _CONTENDERS[name]() as contender:
                        rounds.run(workload, contender)
                except (MissingProgram, NotInstalled) as error:
                    missing = True
                    print(f"bench: {name}: {error}", file=sys.stderr)
                except (NotConnected, ServerFailed) as error:
                    print(f"bench: {name}: {error}", file=sys.stderr)
    text = f"{head}\n\n{rounds.markdown()}"
    _REPORT.parent.mkdir(parents=True, exist_ok=True)
    _REPORT.write_text(text)
    print(text)
    return 2 if missing else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench ARGS=...", description=__doc__)
    parser.add_argument("--only", default="a,b,c,d", help="workloads: a,b,c,d")
    parser.add_argument("--contenders", default=",".join(_CONTENDERS))
    parser.add_argument("--rounds", type=int, default=3)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
