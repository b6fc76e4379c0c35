"""What several drawings are made of: a line of text, somebody's disc.

Owns: turning pieces of text, and names, into marks.
Never: what stands around them.
"""

from desktop_client.layout.lines import Line
from desktop_client.layout.marks import (
    Box,
    Disc,
    Hue,
    Ink,
    LinkHit,
    Mark,
    Picture,
    Stroke,
    Words,
    Zone,
)
from desktop_client.layout.metrics import Metrics
from desktop_client.layout.words import hue_of, initials

# Between two lines of a text, in pixels.
LINE_GAP = 3.0


def avatar(id: str, name: str, x: float, y: float, size: float, metrics: Metrics) -> list[Mark]:
    """Return somebody's, or a room's, disc with initials around a point."""
    letters, height = initials(name), size * 0.46
    width = metrics.width(letters, height, bold=True)
    words = Words(x - width / 2, y - height / 2, letters, height, Ink.ON_ACCENT, bold=True)
    return [Disc(x, y, size / 2, Hue(hue_of(id))), words]


def draw_line(
    line: Line, x: float, y: float, size: float, ink: Ink, *, links: bool = True
) -> tuple[list[Mark], list[Zone]]:
    """Return what is drawn of a line, and where its links are."""
    marks: list[Mark] = []
    zones: list[Zone] = []
    for piece in line.pieces:
        left, style = x + piece.x, piece.style
        if style.code:
            marks.append(Box(left - 2, y - 1, piece.width + 4, size + 2, Ink.CODE, 3))
        if piece.is_emoji:
            marks.append(Picture(left, y, piece.text, size))
            continue
        is_link = bool(style.url) and links
        shown = Ink.LINK if is_link else Ink.MENTION if style.named else ink
        font = piece.font
        words = Words(left, y, piece.text, size, shown, font.bold, font.italic, font.mono)
        marks.append(words)
        if is_link:
            marks.append(_rule(left, y + size - 1, piece.width, shown))
            zones.append(Zone(left, y, piece.width, size + LINE_GAP, LinkHit(style.url)))
        if style.strike:
            marks.append(_rule(left, y + size / 2 + 1, piece.width, shown))
    return marks, zones


def _rule(x: float, y: float, width: float, ink: Ink) -> Mark:
    return Stroke(((x, y), (x + width, y)), ink, 1)
