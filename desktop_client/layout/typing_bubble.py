"""The bubble at the end of a conversation in which somebody is typing.

Owns: its size and its three dots.
Never: who is typing, and for how long (`parley.domain.typing`).
"""

from desktop_client.layout.frame import GAP_FIRST, body, corner, disc_beside, others_left
from desktop_client.layout.marks import Disc, Drawing, Ink, Mark
from desktop_client.layout.metrics import Metrics
from desktop_client.layout.rows import TypingRow

_WIDTH, _HEIGHT = 62.0, 34.0
_DOT, _APART = 3.5, 12.0
TYPING_HEIGHT = GAP_FIRST + _HEIGHT


def draw_typing(row: TypingRow, width: float, metrics: Metrics) -> Drawing:
    """Return what is drawn of it in a conversation that is so wide."""
    x, y = others_left(width), GAP_FIRST
    middle = x + _WIDTH / 2
    dots: list[Mark] = [
        Disc(middle + place * _APART, y + _HEIGHT / 2, _DOT, Ink.FAINT) for place in (-1, 0, 1)
    ]
    marks = [
        *body(x, y, _WIDTH, _HEIGHT, is_own=False),
        *corner(x, y, _WIDTH, is_own=False),
        *disc_beside(row.author, row.name, y, width, metrics),
        *dots,
    ]
    return Drawing(width, TYPING_HEIGHT, tuple(marks))
