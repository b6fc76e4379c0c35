"""What stands in the list of a page: somebody with a disc, a title and a line below; a key; words.

Owns: its height and its drawing.
Never: what can be done with it.
"""

from desktop_client.layout.flow import flow, shortened
from desktop_client.layout.marks import Box, Drawing, Ink, Mark, Words
from desktop_client.layout.metrics import BODY, SMALL, Metrics
from desktop_client.layout.parts import LINE_GAP, avatar, draw_line

_DISC, _PAD, _LINES = 36.0, 8.0, 4
# Where the title begins behind a disc, in pixels.
TITLE_LEFT = _PAD + _DISC + 10


def draw_row(
    title: str, below: str, disc: str, width: float, metrics: Metrics, *, is_open: bool
) -> Drawing:
    """Return what is drawn. `disc` is the id whose disc it has; `is_open`: a click leads on."""
    left = TITLE_LEFT if disc else _PAD
    room = max(40.0, width - left - _PAD)
    lines = flow(title, room, BODY, metrics)[:_LINES]
    text = len(lines) * (BODY + LINE_GAP) + (SMALL + LINE_GAP if below else 0)
    height = max(text, _DISC if disc else 0) + 2 * _PAD - LINE_GAP
    marks: list[Mark] = []
    if is_open:
        marks.append(Box(0, 0, width, height - 3, Ink.CODE, 8))
    if disc:
        marks += avatar(disc, title, _PAD + _DISC / 2, height / 2, _DISC, metrics)
    top = (height - text) / 2
    for line in lines:
        marks += draw_line(line, left, top, BODY, Ink.TEXT, links=False)[0]
        top += BODY + LINE_GAP
    if below:
        line, _ = shortened(below, room, SMALL, metrics)
        marks += draw_line(line, left, top, SMALL, Ink.FAINT, links=False)[0]
    return Drawing(width, float(round(height)), tuple(marks))


def draw_shortcut(key: str, does: str, width: float, metrics: Metrics) -> Drawing:
    """Return what is drawn of a key and what it does: that on the left, the key on the right."""
    wide = metrics.width(key, SMALL, bold=True)
    left = width - wide - 2 * _PAD
    lines = flow(does, max(40.0, left - 2 * _PAD), BODY, metrics)
    height = len(lines) * (BODY + LINE_GAP) + _PAD
    marks: list[Mark] = [
        Box(left, 2, wide + 2 * _PAD - 2, SMALL + 9, Ink.CODE, 6),
        Words(left + _PAD - 1, 6, key, SMALL, Ink.FAINT, bold=True),
    ]
    for number, line in enumerate(lines):
        top = 4 + number * (BODY + LINE_GAP)
        marks += draw_line(line, _PAD, top, BODY, Ink.TEXT)[0]
    return Drawing(width, height, tuple(marks))


def draw_note(text: str, ink: Ink, width: float, metrics: Metrics) -> Drawing:
    """Return what is drawn of words that are to be read."""
    marks: list[Mark] = []
    lines = flow(text, max(40.0, width - 2 * _PAD), BODY, metrics)
    for number, line in enumerate(lines):
        top = 2 + number * (BODY + LINE_GAP)
        marks += draw_line(line, _PAD, top, BODY, ink, links=False)[0]
    return Drawing(width, len(lines) * (BODY + LINE_GAP) + 4, tuple(marks))
