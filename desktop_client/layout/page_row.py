"""Somebody or something in the list of a page: a disc, a title, and a line below.

Owns: its height and its drawing.
Never: what can be done with it.
"""

from desktop_client.layout.flow import flow, shortened
from desktop_client.layout.marks import Box, Drawing, Ink, Mark
from desktop_client.layout.metrics import BODY, SMALL, Metrics
from desktop_client.layout.parts import LINE_GAP, avatar, draw_line

_DISC, _PAD, _LINES = 36.0, 8.0, 4


def draw_row(
    title: str, below: str, disc: str, width: float, metrics: Metrics, *, is_open: bool
) -> Drawing:
    """Return what is drawn. `disc` is the id whose disc it has; `is_open`: a click leads on."""
    left = _PAD + (_DISC + 10 if disc else 0)
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
