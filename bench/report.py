"""The report: medians and spreads over the rounds, ratios to Parley, in Markdown.

Owns: its tables.
Never: a measurement.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from statistics import median
from typing import Any, TypeVar

from bench.reading import Asked, Filled
from bench.returning import Returned
from bench.storing import Stored
from bench.workloads import Idle, Row

Cells = Sequence[str]
Key = TypeVar("Key")
Found = TypeVar("Found")
_OURS = "Parley"


def table(head: Cells, rows: Iterable[Cells]) -> str:
    """Return a Markdown table; the first column is words, the others are figures."""
    lines = [head, ["---", *("---:" for _ in head[1:])], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def latency_tables(rounds: Sequence[Row]) -> str:
    """(a) How late a message is at a rate that everybody carries, the soonest first."""
    by_contender = _by(rounds, lambda row: row.contender)
    ordered = sorted(by_contender.items(), key=lambda item: median(r.ran.p50_ms for r in item[1]))
    late = table(
        ("", "p50, ms", "p99, ms", "worst, ms", "CPU a delivery, us", "rounds"),
        (
            (
                name,
                _spread([row.ran.p50_ms for row in rows]),
                _spread([row.ran.p99_ms for row in rows]),
                _spread([row.ran.max_ms for row in rows]),
                _spread([row.cpu_us(per="delivery") for row in rows]),
                str(len(rows)),
            )
            for name, rows in ordered
        ),
    )
    return f"{late}\n{_processes_table(rounds)}"


def rates_tables(rounds: Sequence[Row], *, per: str) -> str:
    """(b), (c), (e), (i) Each rate of each contender: what arrived, how late, at what cost."""
    by_rate = _by(rounds, lambda row: (row.contender, row.rate))
    rates = table(
        (
            *("", "messages/s", "deliveries/s", "p50, ms", "p99, ms"),
            *(f"CPU a {per}, us", "bytes a delivery", "carried"),
        ),
        (
            (
                name,
                f"{rate:,.0f}",
                f"{median(row.deliveries_per_second for row in rows):,.0f}",
                _spread([row.ran.p50_ms for row in rows]),
                _spread([row.ran.p99_ms for row in rows]),
                _spread([row.cpu_us(per=per) for row in rows]),
                f"{median(row.ran.bytes / max(row.ran.deliveries, 1) for row in rows):,.0f}",
                f"{sum(row.is_carried for row in rows)} of {len(rows)}",
            )
            for (name, rate), rows in by_rate.items()
        ),
    )
    return f"{rates}\n{_processes_table(rounds)}"


def _processes_table(rounds: Iterable[Row]) -> str:
    """Return what each process of each contender took: processor, and memory afterwards."""
    by_rate = _by(rounds, lambda row: (row.contender, row.rate))
    return table(
        ("", "messages/s", "process", "of one core", "us a delivery", "us a message", "MB"),
        (
            line
            for (name, rate), rows in by_rate.items()
            for line in (
                *(_process_line(name, rate, role, rows) for role in rows[0].cpu),
                _client_line(name, rate, rows),
            )
        ),
    )


def _process_line(name: str, rate: float, role: str, rows: Sequence[Row]) -> Cells:
    return (
        name,
        f"{rate:,.0f}",
        role,
        f"{median(row.cpu[role] / row.seconds for row in rows):.0%}",
        f"{median(row.cpu_us(per='delivery', role=role) for row in rows):.2f}",
        _figure(median(row.cpu_us(per="message", role=role) for row in rows)),
        f"{median(row.memory[role] for row in rows) / 1e6:,.0f}",
    )


def _client_line(name: str, rate: float, rows: Sequence[Row]) -> Cells:
    share = median(row.ran.cpu_seconds / row.seconds for row in rows)
    return (name, f"{rate:,.0f}", "(load client)", f"{share:.0%}", "", "", "")


def idle_table(rounds: Sequence[Idle]) -> str:
    """(d) What connections cost that say nothing."""
    by_contender = _by(rounds, lambda row: row.contender)
    return table(
        ("", "connected", "kB each", "all in, s", "one message to all, worst, ms"),
        (
            (
                name,
                f"{min(row.connected.connected for row in rows):,}",
                _spread([row.bytes_each / 1000 for row in rows]),
                _spread([row.connected.seconds for row in rows]),
                _spread([row.ran.max_ms for row in rows]),
            )
            for name, rows in by_contender.items()
        ),
    )


def return_table(rounds: Sequence[Returned]) -> str:
    """(f) How long it takes until everybody is back, and has what was missed."""
    by_contender = _by(rounds, lambda row: row.contender)
    return table(
        ("", "back", "all back, s", "missed and delivered", "all delivered, s", "CPU a return, us"),
        (
            (
                name,
                f"{min(row.connected.connected for row in rows):,} of {rows[0].people:,}",
                _spread([row.connected.seconds for row in rows]),
                _delivered(rows),
                _spread([row.connected.delivered_seconds for row in rows]) if rows[0].owed else "",
                _spread([sum(row.cpu.values()) * 1e6 / row.people for row in rows]),
            )
            for name, rows in by_contender.items()
        ),
    )


def _delivered(rows: Sequence[Returned]) -> str:
    if not rows[0].owed:
        return "nothing is kept for them"
    return f"{min(row.connected.deliveries for row in rows):,} of {rows[0].owed:,}"


def stored_table(rounds: Sequence[Stored]) -> str:
    """(g) How many entries a second a logger stores, and at what cost."""
    by_contender = _by(rounds, lambda row: row.contender)
    roles = ("logger", "database", "redis")
    return table(
        ("", "entries/s", *(f"{role}, us an entry" for role in roles), "rounds"),
        (
            (
                name,
                _spread([row.per_second for row in rows]),
                *(
                    _figure(median(row.cpu_us(role) for row in rows)) if role in rows[0].cpu else ""
                    for role in roles
                ),
                str(len(rows)),
            )
            for name, rows in by_contender.items()
        ),
    )


def reading_tables(rounds: Sequence[Filled | Asked]) -> str:
    """(h) How long a page takes, and a search; and what it took to make the messages."""
    asked = [row for row in rounds if isinstance(row, Asked)]
    filled = [row for row in rounds if isinstance(row, Filled)]
    questions = table(
        ("", "question", "found", "median, ms", "p99, ms", "worst, ms"),
        (
            (
                row.contender,
                row.question,
                f"{row.found:.0f}",
                f"{median(row.times_ms):.1f}",
                f"{row.p99_ms:.1f}",
                f"{max(row.times_ms):.1f}",
            )
            for row in asked
        ),
    )
    made = table(
        ("", "messages", "made in, s", "size, MB", "bytes a message"),
        (
            (
                row.contender,
                f"{row.messages:,}",
                f"{row.seconds:,.0f}",
                f"{row.bytes / 1e6:,.0f}",
                f"{row.bytes / row.messages:,.0f}",
            )
            for row in filled
        ),
    )
    return f"{questions}\n{made}"


def ratios_table(found: Mapping[str, Sequence[Any]]) -> str:
    """Return how Parley compares with each peer of the run, empty without both.

    A ratio above 1 is Parley's advantage: it is sooner, carries more, or takes less memory.
    """
    columns = {
        "(a) p50": _sooner(_by(found.get("a", ()), _name), lambda row: row.ran.p50_ms),
        "(a) p99": _sooner(_by(found.get("a", ()), _name), lambda row: row.ran.p99_ms),
        "(b) most carried": _more(_by(found.get("b", ()), _name)),
        "(c) most carried": _more(_by(found.get("c", ()), _name)),
        "(d) memory": _sooner(_by(found.get("d", ()), _name), lambda row: row.bytes_each),
        "(e) most carried": _more(_by(found.get("e", ()), _name)),
    }
    columns = {title: ratios for title, ratios in columns.items() if ratios}
    names = dict.fromkeys(name for ratios in columns.values() for name in ratios)
    if not names:
        return ""
    rows = ((name, *(columns[title].get(name, "") for title in columns)) for name in names)
    return "## Parley beside each\n\n" + table(("", *columns), rows)


def most_carried(rows: Iterable[Row]) -> float:
    """Return the highest rate that was carried in most of its rounds; 0 if none was."""
    by_rate = _by(rows, lambda row: row.rate)
    return max(
        (rate for rate, own in by_rate.items() if 2 * sum(r.is_carried for r in own) > len(own)),
        default=0.0,
    )


def _sooner(rows: Mapping[str, Sequence[Any]], value: Callable[[Any], float]) -> dict[str, str]:
    """Return each one's value as so many times Parley's."""
    middles = {name: median(map(value, own)) for name, own in rows.items()}
    ours = middles.pop(_OURS, 0.0)
    return {name: f"{middle / ours:.2f}" for name, middle in middles.items()} if ours else {}


def _more(rows: Mapping[str, Sequence[Row]]) -> dict[str, str]:
    """Return Parley's highest rate as so many times each one's."""
    rates = {name: most_carried(own) for name, own in rows.items()}
    ours = rates.pop(_OURS, None)
    if ours is None:
        return {}
    return {name: f"{ours / rate:.2f}" if rate else "none" for name, rate in rates.items()}


def _name(row: Any) -> str:
    return str(row.contender)


def _by(rows: Iterable[Found], key: Callable[[Found], Key]) -> dict[Key, list[Found]]:
    groups: defaultdict[Key, list[Found]] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return dict(groups)


def _spread(values: Sequence[float]) -> str:
    """Return the median, and the least and the most if there is more than one round."""
    middle = _figure(median(values))
    if len(values) == 1:
        return middle
    return f"{middle} ({_figure(min(values))} to {_figure(max(values))})"


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"
