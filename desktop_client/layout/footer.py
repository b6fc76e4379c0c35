"""The foot of a bubble: the time, and how far a message of one's own has come.

Owns: the clock, the tick and the sign of refusal, drawn so that they need no font.
Never: the bubble.
"""

from desktop_client.layout.marks import Disc, Ink, Mark, Ring, Stroke, Words
from desktop_client.layout.metrics import TINY, Metrics
from desktop_client.state.talk import Progress

# What the foot needs below the last line where it does not fit beside it.
FOOTER_HEIGHT = 20.0
_SIGN = 18.0


def footer_width(clock: str, progress: Progress | None, metrics: Metrics) -> float:
    """Return how wide the foot is."""
    return metrics.width(clock, TINY) + (_SIGN if progress is not None else 0)


def draw_footer(
    clock: str, progress: Progress | None, right: float, bottom: float, metrics: Metrics
) -> list[Mark]:
    """Return the foot, with its lower right corner at a point."""
    left = right - footer_width(clock, progress, metrics)
    marks: list[Mark] = [Words(left, bottom - TINY, clock, TINY, Ink.FAINT)]
    if progress is not None:
        marks += sign(progress, right - 7, bottom - TINY / 2)
    return marks


def sign(progress: Progress, x: float, y: float) -> list[Mark]:
    """Return the sign of a message's progress around a point."""
    match progress:
        case Progress.WAITING:
            hands = ((x, y - 3), (x, y), (x + 2.4, y + 1.2))
            return [Ring(x, y, 5, Ink.FAINT, 1.2), Stroke(hands, Ink.FAINT, 1.2)]
        case Progress.STORED:
            return [Stroke(((x - 5, y), (x - 1.6, y + 3.6), (x + 5.4, y - 4)), Ink.TICK, 1.6)]
        case Progress.REFUSED:
            exclamation = Stroke(((x, y - 3), (x, y + 0.8)), Ink.ON_ACCENT, 1.6)
            return [Disc(x, y, 6, Ink.BAD), exclamation, Disc(x, y + 3, 0.9, Ink.ON_ACCENT)]
