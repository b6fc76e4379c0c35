"""The message that another one answers, in two lines.

Owns: its measure and its drawing, in a bubble and above the composer.
Never: what it says (`desktop_client.layout.rows`).
"""

from desktop_client.layout.flow import cut_to, shortened
from desktop_client.layout.marks import Box, Hue, Ink, Mark, Words
from desktop_client.layout.metrics import SMALL, Metrics
from desktop_client.layout.parts import draw_line
from desktop_client.layout.rows import Quoted
from desktop_client.layout.words import hue_of

QUOTE_HEIGHT = 46.0
_BAR, _INSET = 4.0, 12.0


def quote_width(quoted: Quoted, metrics: Metrics) -> float:
    """Return how wide it is where there is room."""
    text, _ = shortened(quoted.text, 420, SMALL, metrics)
    return max(metrics.width(quoted.name, SMALL, bold=True), text.width) + _INSET + 10


def draw_quote(quoted: Quoted, x: float, y: float, width: float, metrics: Metrics) -> list[Mark]:
    """Return what is drawn of it."""
    hue, inner = Hue(hue_of(quoted.author)), width - _INSET - 8
    name = cut_to(quoted.name, inner, SMALL, metrics)
    text, _ = shortened(quoted.text, inner, SMALL, metrics)
    return [
        Box(x, y, width, QUOTE_HEIGHT, Ink.CODE, 7),
        Box(x, y, _BAR, QUOTE_HEIGHT, hue, 2),
        Words(x + _INSET, y + 5, name, SMALL, hue, bold=True),
        *draw_line(text, x + _INSET, y + 24, SMALL, Ink.FAINT, links=False)[0],
    ]
