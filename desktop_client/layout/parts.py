"""What several drawings are made of: a line of text, somebody's disc.

Owns: turning pieces of text, and names, into marks.
Never: what stands around them.
"""

from desktop_client.layout.flow import Line
from desktop_client.layout.marks import Disc, Hue, Ink, Mark, Picture, Stroke, Words, Zone
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
        left = x + piece.x
        if piece.is_emoji:
            marks.append(Picture(left, y, piece.text, size))
        elif piece.url and links:
            marks.append(Words(left, y, piece.text, size, Ink.LINK))
            under = y + size - 1
            marks.append(Stroke(((left, under), (left + piece.width, under)), Ink.LINK, 1))
            zones.append(Zone(left, y, piece.width, size + LINE_GAP, piece.url))
        else:
            marks.append(Words(left, y, piece.text, size, ink))
    return marks, zones
