"""The foot of a bubble: the time, and how far a message of one's own has come.

Owns: what stands there, and how wide it is together.
Never: the bubble.
"""

from desktop_client.layout.marks import Ink, Mark, Words
from desktop_client.layout.metrics import TINY, Metrics
from desktop_client.layout.rows import BubbleRow
from desktop_client.layout.signs import pin, sign, star

# What the foot needs below the last line where it does not fit beside it.
FOOTER_HEIGHT = 20.0
_SIGN, _MARK = 20.0, 15.0


def footer_width(row: BubbleRow, metrics: Metrics) -> float:
    """Return how wide the foot is."""
    marks = _MARK * (row.is_pinned + row.is_starred)
    sign_width = _SIGN if row.progress is not None else 0
    return metrics.width(_words(row), TINY) + marks + sign_width


def draw_footer(row: BubbleRow, right: float, bottom: float, metrics: Metrics) -> list[Mark]:
    """Return the foot, with its lower right corner at a point."""
    x, middle = right - footer_width(row, metrics), bottom - TINY / 2
    marks: list[Mark] = []
    if row.is_pinned:
        marks += pin(x + 5, middle)
        x += _MARK
    if row.is_starred:
        marks += star(x + 5, middle)
        x += _MARK
    marks.append(Words(x, bottom - TINY, _words(row), TINY, Ink.FAINT))
    if row.progress is not None:
        marks += sign(row.progress, right - 8, middle)
    return marks


def _words(row: BubbleRow) -> str:
    return f"edited {row.clock}" if row.is_edited else row.clock
