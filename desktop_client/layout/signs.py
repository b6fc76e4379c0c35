"""Small signs that need no font: ticks, the clock, a star, a pin, a bell that is off.

Owns: their strokes, around a point.
Never: when they are shown.
"""

from desktop_client.layout.marks import Disc, Ink, Mark, Ring, Stroke, Wedge
from desktop_client.state.talk import Progress


def sign(progress: Progress, x: float, y: float) -> list[Mark]:
    """Return the sign of a message's progress."""
    match progress:
        case Progress.WAITING:
            hands = ((x, y - 3), (x, y), (x + 2.4, y + 1.2))
            return [Ring(x, y, 5, Ink.FAINT, 1.2), Stroke(hands, Ink.FAINT, 1.2)]
        case Progress.STORED:
            return [_tick(x, y, Ink.FAINT)]
        case Progress.DELIVERED:
            return [_tick(x - 2, y, Ink.FAINT), _tick(x + 3, y, Ink.FAINT)]
        case Progress.READ:
            return [_tick(x - 2, y, Ink.TICK), _tick(x + 3, y, Ink.TICK)]
        case Progress.REFUSED:
            exclamation = Stroke(((x, y - 3), (x, y + 0.8)), Ink.SIDE, 1.6)
            return [Disc(x, y, 6, Ink.BAD), exclamation, Disc(x, y + 3, 0.9, Ink.SIDE)]


def _tick(x: float, y: float, ink: Ink) -> Mark:
    return Stroke(((x - 5, y), (x - 1.6, y + 3.6), (x + 5.4, y - 4)), ink, 1.6)


def pin(x: float, y: float) -> list[Mark]:
    """Return a pin."""
    return [Disc(x, y - 2, 3, Ink.FAINT), Stroke(((x, y), (x, y + 5)), Ink.FAINT, 1.4)]


def star(x: float, y: float) -> list[Mark]:
    """Return a star."""
    return [
        Wedge(((x - 5, y - 1.6), (x + 5, y - 1.6), (x, y + 2.2)), Ink.WARN),
        Wedge(((x, y - 5), (x - 3.4, y + 4.6), (x + 1.8, y + 1)), Ink.WARN),
        Wedge(((x, y - 5), (x + 3.4, y + 4.6), (x - 1.8, y + 1)), Ink.WARN),
    ]


def bell_off(x: float, y: float) -> list[Mark]:
    """Return a bell that is crossed out."""
    bell = ((x - 5, y + 3), (x - 3.5, y - 2), (x, y - 5), (x + 3.5, y - 2), (x + 5, y + 3))
    return [
        Stroke((*bell, bell[0]), Ink.FAINT, 1.3),
        Disc(x, y + 5, 1.3, Ink.FAINT),
        Stroke(((x - 6, y - 6), (x + 6, y + 6)), Ink.FAINT, 1.3),
    ]
