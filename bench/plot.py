"""A plot of rates as one SVG, in no library's care: axes, lines, names.

Owns: where a point lies, and the file's text.
Never: a figure; what is not a number is not drawn.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from math import log10
from statistics import median
from xml.sax.saxutils import escape

from bench.workloads import Row

_WIDTH, _HEIGHT = 760, 420
_LEFT, _RIGHT, _TOP, _BOTTOM = 60, 170, 40, 50
_LEAST_MS, _MOST_MS = 1.0, 10_000.0
_COLOURS = (
    "#0b6e4f", "#1f77b4", "#d1495b", "#edae49", "#6a4c93", "#8d6e63", "#3d5a80", "#7f7f7f",
    "#bc5090", "#2a9d8f",
)  # fmt: skip

Point = tuple[float, float, bool]
"""Messages a second, p99 in milliseconds, whether it was carried."""


def rates(title: str, rows: Iterable[Row]) -> str:
    """Return how late messages are at rising rates, both on scales of powers of ten.

    A hollow point is a rate that was not carried.
    """
    groups: defaultdict[str, defaultdict[float, list[Row]]]
    groups = defaultdict(lambda: defaultdict(list))
    for row in rows:
        groups[row.contender][row.rate].append(row)
    lines = {
        name: [
            (rate, median(r.ran.p99_ms for r in own), 2 * sum(r.is_carried for r in own) > len(own))
            for rate, own in sorted(by_rate.items())
        ]
        for name, by_rate in groups.items()
    }
    return _svg(title, lines)


def _svg(title: str, lines: dict[str, list[Point]]) -> str:
    steps = sorted({rate for points in lines.values() for rate, _, _ in points})
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
        f'font-family="sans-serif" font-size="12">',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#ffffff"/>',
        _text(_LEFT, 22, f"{title}: p99, ms, at messages a second"),
    ]
    for ms in (1, 10, 100, 1000, 10_000):
        y = _y(ms)
        parts.append(f'<path d="M{_LEFT} {y:.1f}H{_WIDTH - _RIGHT}" stroke="#dddddd"/>')
        parts.append(_text(_LEFT - 8, y + 4, f"{ms:,}", anchor="end"))
    parts += [_text(_x(rate, steps), _HEIGHT - 25, f"{rate:,.0f}", "middle") for rate in steps]
    for number, (name, points) in enumerate(lines.items()):
        parts += _line(name, points, steps, number)
    return "\n".join([*parts, "</svg>\n"])


def _line(name: str, points: Sequence[Point], steps: Sequence[float], number: int) -> list[str]:
    colour = _COLOURS[number % len(_COLOURS)]
    places = [(_x(rate, steps), _y(ms), carried) for rate, ms, carried in points]
    path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y, _ in places)
    circles = (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" stroke="{colour}" '
        f'fill="{colour if carried else "#ffffff"}"/>'
        for x, y, carried in places
    )
    label = _text(_WIDTH - _RIGHT + 15, _TOP + 12 + 18 * number, name, colour=colour)
    return [f'<path d="{path}" fill="none" stroke="{colour}"/>', *circles, label]


def _x(rate: float, steps: Sequence[float]) -> float:
    """The rates stand side by side at equal distances: they rise by a factor, not by a step."""
    return _LEFT + 20 + (_WIDTH - _LEFT - _RIGHT - 40) * steps.index(rate) / max(len(steps) - 1, 1)


def _y(ms: float) -> float:
    reach = log10(min(max(ms, _LEAST_MS), _MOST_MS)) / log10(_MOST_MS)
    return _HEIGHT - _BOTTOM - (_HEIGHT - _TOP - _BOTTOM) * reach


def _text(x: float, y: float, words: str, anchor: str = "start", colour: str = "#222222") -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">'
        f"{escape(words)}</text>"
    )
