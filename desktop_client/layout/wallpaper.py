"""The pattern behind a conversation: rows of icons, just to be seen.

Owns: which icons, and where they stand.
Never: its colour (`desktop_client.view.palette`).

A row is one text, so that the whole pattern is a dozen drawing calls and costs a frame nothing.
"""

from collections.abc import Mapping
from math import ceil

from desktop_client.layout.marks import Ink, Mark, Words
from desktop_client.layout.metrics import Metrics
from desktop_client.layout.screen import Area

_NAMES = (
    *("coffee", "plane", "sun", "bell", "anchor", "feather", "rocket", "umbrella", "cat"),
    *("bike", "leaf", "star", "camera", "gift", "moon", "smile", "music", "heart", "pizza"),
    *("cloud", "key", "book", "mail", "palette"),
)
_SIZE, _STEP = 30.0, 60.0
# From one row to the next the icons move on by so many: no two that are alike stand close.
_SHIFT = 7


class Wallpaper:
    """The pattern, for any part of the window. `icons` are the characters of icons, by name."""

    def __init__(self, icons: Mapping[str, str], metrics: Metrics) -> None:
        self._icons = [icons[name] for name in _NAMES if name in icons]
        gap = _STEP - metrics.width(self._icons[0], _SIZE) if self._icons else 0.0
        self._gap = " " * max(1, round(gap / metrics.width(" ", _SIZE)))
        self._area: Area | None = None
        self._marks: tuple[Mark, ...] = ()

    def marks(self, area: Area) -> tuple[Mark, ...]:
        """Return what is drawn to fill a part; what lies right of it and below covers the rest."""
        if area != self._area:
            self._area, self._marks = area, tuple(self._rows(area)) if self._icons else ()
        return self._marks

    def _rows(self, area: Area) -> list[Mark]:
        rows = ceil(area.height / _STEP)
        return [self._row(number, area) for number in range(rows)]

    def _row(self, number: int, area: Area) -> Words:
        count = ceil(area.width / _STEP) + 1
        begin = number * _SHIFT
        icons = [self._icons[place % len(self._icons)] for place in range(begin, begin + count)]
        x = area.x + (0.2 if number % 2 else 0.7) * _STEP
        y = area.y + number * _STEP + (_STEP - _SIZE) / 2
        return Words(x, y, self._gap.join(icons), _SIZE, Ink.PATTERN)
