"""The report: medians and spreads over the rounds, ratios to Parley, in Markdown.

Owns: its tables.
Never: a measurement.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from statistics import median

from bench.workloads import Idle, Row

Cells = Sequence[str]


def table(head: Cells, rows: Iterable[Cells]) -> str:
    """Return a Markdown table; the first column is words, the others are figures."""
    lines = [head, ["---", *("---:" for _ in head[1:])], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def latency_table(rounds: Iterable[Row]) -> str:
    """(a) How late a message is, at a rate that everybody carries."""
    by_contender = _by(rounds, lambda row: row.contender)
    ordered = sorted(by_contender.items(), key=lambda item: _middle(r.ran.p50_ms for r in item[1]))
    return table(
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


def rates_table(rounds: Iterable[Row], *, per: str) -> str:
    """(b), (c) Each rate of each contender: what arrived in time, how late, at what cost."""
    by_rate = _by(rounds, lambda row: (row.contender, row.rate))
    return table(
        ("", "messages/s", "deliveries/s", "p50, ms", "p99, ms", f"CPU a {per}, us", "carried"),
        (
            (
                name,
                f"{rate:,.0f}",
                f"{_middle(row.deliveries_per_second for row in rows):,.0f}",
                _spread([row.ran.p50_ms for row in rows]),
                _spread([row.ran.p99_ms for row in rows]),
                _spread([row.cpu_us(per=per) for row in rows]),
                f"{sum(row.is_carried for row in rows)} of {len(rows)}",
            )
            for (name, rate), rows in by_rate.items()
        ),
    )


def processes_table(rounds: Iterable[Row]) -> str:
    """Return where the processor's time went, by process, for each contender's rows."""
    by_rate = _by(rounds, lambda row: (row.contender, row.rate))
    return table(
        ("", "messages/s", "share of one core, by process", "load client"),
        (
            (
                name,
                f"{rate:,.0f}",
                ", ".join(
                    f"{role} {_middle(row.cpu[role] for row in rows) / rows[0].seconds:.0%}"
                    for role in rows[0].cpu
                ),
                f"{_middle(row.ran.cpu_seconds for row in rows) / rows[0].seconds:.0%}",
            )
            for (name, rate), rows in by_rate.items()
        ),
    )


def idle_table(rounds: Iterable[Idle]) -> str:
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


def _by(rows: Iterable, key: Callable) -> dict:  # type: ignore[type-arg]
    groups = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return dict(groups)


def _middle(values: Iterable[float]) -> float:
    return median(values)


def _spread(values: Sequence[float]) -> str:
    """Return the median, and the least and the most if there is more than one round."""
    middle = _figure(median(values))
    if len(values) == 1:
        return middle
    return f"{middle} ({_figure(min(values))} to {_figure(max(values))})"


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"
