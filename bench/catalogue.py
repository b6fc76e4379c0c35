"""What can be measured, and on whom.

Owns: the workloads with their sizes, and the contenders by name.
Never: how a workload runs, and in what order.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from bench import report, workloads
from bench.contenders.contender import Contender
from bench.contenders.ejabberd import Ejabberd
from bench.contenders.node import SocketIO, Ws
from bench.contenders.others import Centrifuge, Channels, Nchan, PythonSocketIO
from bench.contenders.parley import Parley, ParleyServe, ParleySqlite
from bench.reading import reading
from bench.returning import everybody_returns
from bench.storing import storing

CONTENDERS: dict[str, type[Contender]] = {
    "parley": Parley,
    "parley-sqlite": ParleySqlite,
    "parley-serve": ParleyServe,
    "nchan": Nchan,
    "centrifuge": Centrifuge,
    "ws": Ws,
    "socketio": SocketIO,
    "ejabberd": Ejabberd,
    "python-socketio": PythonSocketIO,
    "channels": Channels,
}
_SPREAD = tuple(name for name, kind in CONTENDERS.items() if kind.spreads)
_OWN = ("parley", "parley-sqlite")

_ONE_ROOM_RATES = (100.0, 200.0, 400.0, 700.0, 1000.0)
_MANY_ROOMS_RATES = (500.0, 1000.0, 2000.0, 4000.0, 8000.0)
_SERVE_RATES = (50.0, 100.0, 200.0, 400.0, 800.0, 1600.0)
_IDLE_PEOPLE = 10_000
_RETURNING_PEOPLE = 5_000
_LOGGED_ENTRIES = 100_000
MESSAGES = 1_000_000


@dataclass(frozen=True)
class Workload:
    """Something to measure. `run` returns what one round on one contender gives.

    `seconds`: about how long that takes, for the plan of a run. `rounds`: so many at most.
    """

    title: str
    contenders: Sequence[str]
    seconds: float
    rounds: int
    run: Callable[[Any], Sequence[Any]]
    tables: Callable[[Sequence[Any]], str]
    fronts: int = 1


def catalogue(messages: int = MESSAGES) -> dict[str, Workload]:
    """Return the workloads by their letters. `messages`: how many (h) reads among."""
    everybody = tuple(CONTENDERS)
    return {
        "a": Workload(
            "One room of 1,000, 50 messages a second",
            everybody,
            seconds=12,
            rounds=9,
            run=lambda contender: [workloads.latency(contender)],
            tables=report.latency_tables,
        ),
        "b": Workload(
            "One room of 1,000, rising rates",
            everybody,
            seconds=20,
            rounds=9,
            run=partial(workloads.one_room_rates, rates=_ONE_ROOM_RATES),
            tables=partial(report.rates_tables, per="delivery"),
        ),
        "c": Workload(
            "100 rooms of 10, everybody speaks, rising rates",
            everybody,
            seconds=30,
            rounds=9,
            run=partial(workloads.many_rooms_rates, rates=_MANY_ROOMS_RATES),
            tables=partial(report.rates_tables, per="message"),
        ),
        "d": Workload(
            f"{_IDLE_PEOPLE:,} idle connections",
            everybody,
            seconds=30,
            rounds=1,
            run=lambda contender: [workloads.idle(contender, _IDLE_PEOPLE)],
            tables=report.idle_table,
        ),
        "e": Workload(
            "100 rooms of 10, members split between two servers, rising rates",
            _SPREAD,
            seconds=30,
            rounds=1,
            run=partial(workloads.many_rooms_rates, rates=_MANY_ROOMS_RATES),
            tables=partial(report.rates_tables, per="message"),
            fronts=2,
        ),
        "f": Workload(
            f"{_RETURNING_PEOPLE:,} people come back at once",
            everybody,
            seconds=30,
            rounds=1,
            run=lambda contender: [everybody_returns(contender, _RETURNING_PEOPLE)],
            tables=report.return_table,
        ),
        "g": Workload(
            f"The logger alone, {_LOGGED_ENTRIES:,} entries",
            _OWN,
            seconds=25,
            rounds=3,
            run=lambda contender: [storing(contender, _LOGGED_ENTRIES)],
            tables=report.stored_table,
        ),
        "h": Workload(
            f"Reading among {messages:,} messages",
            _OWN,
            seconds=30 + messages * 0.0002,
            rounds=1,
            run=partial(reading, messages=messages),
            tables=report.reading_tables,
        ),
        "i": Workload(
            "parley serve as it comes, 10 rooms of 10, everybody speaks, rising rates",
            ("parley-serve",),
            seconds=40,
            rounds=3,
            run=partial(workloads.few_rooms_rates, rates=_SERVE_RATES),
            tables=partial(report.rates_tables, per="message"),
        ),
    }
