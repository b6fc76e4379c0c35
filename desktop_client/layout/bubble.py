"""One row of a conversation: its height ahead of time, and its drawing when it is in view.

Owns: the shape of bubbles, of their footers, and of the lines between them.
Never: which rows there are (`desktop_client.layout.rows`).
"""

from dataclasses import dataclass

from desktop_client.layout.flow import Line, flow, is_large
from desktop_client.layout.footer import FOOTER_HEIGHT, draw_footer, footer_width
from desktop_client.layout.marks import Box, Drawing, Hue, Ink, Mark, Wedge, Words, Zone
from desktop_client.layout.metrics import BODY, HUGE, SMALL, TINY, Metrics
from desktop_client.layout.parts import LINE_GAP, avatar, draw_line
from desktop_client.layout.rows import BubbleRow, Row
from desktop_client.layout.words import hue_of

# A window narrower than this has no room for avatars beside the bubbles.
NARROW = 460.0
_WIDEST = 560.0
_SHARE = 0.74
_PAD, _TOP, _RADIUS, _TAIL = 11.0, 7.0, 12.0, 7.0
_AVATAR = 34.0
_GAP_FIRST, _GAP_NEXT = 10.0, 3.0
_NAME_HEIGHT = 20.0


@dataclass(frozen=True, slots=True)
class Shape:
    """A row that was measured; `box_width` and `box_height` are those of its bubble."""

    row: Row
    width: float
    height: float
    lines: tuple[Line, ...]
    size: float = BODY
    box_width: float = 0
    box_height: float = 0
    is_narrow: bool = False
    reason: tuple[Line, ...] = ()


def measure(row: Row, width: float, metrics: Metrics) -> Shape:
    """Return how a row is laid out in a conversation that is so wide."""
    if isinstance(row, BubbleRow):
        return _measure_bubble(row, width, metrics)
    lines = flow(row.text, max(80.0, width - 80), SMALL, metrics)
    height = len(lines) * (SMALL + LINE_GAP) + 12
    return Shape(row, width, height + 14, lines, SMALL, max(x.width for x in lines) + 26, height)


def _measure_bubble(row: BubbleRow, width: float, metrics: Metrics) -> Shape:
    is_narrow = width < NARROW
    most = min(_WIDEST, (width - 40) * (0.92 if is_narrow else _SHARE)) - 2 * _PAD
    size = HUGE if is_large(row.text, metrics) else BODY
    lines = flow(row.text, most, size, metrics)
    inner = max(line.width for line in lines)
    height = _TOP + len(lines) * (size + LINE_GAP)
    if _has_name(row):
        height += _NAME_HEIGHT
        inner = max(inner, min(most, metrics.width(row.name, SMALL, bold=True)))
    foot = footer_width(row.clock, row.progress, metrics)
    beside = lines[-1].width + 12 + foot
    if size == BODY and beside <= most:
        inner, height = max(inner, beside), height + 6
    else:
        inner, height = max(inner, foot), height + FOOTER_HEIGHT
    reason = flow(f"Not sent: {row.reason}", most, TINY, metrics) if row.reason else ()
    below = len(reason) * (TINY + 3) + 4 if reason else 0
    gap = _GAP_FIRST if row.is_first else _GAP_NEXT
    whole = height + gap + below
    return Shape(row, width, whole, lines, size, inner + 2 * _PAD, height, is_narrow, reason)


def _has_name(row: BubbleRow) -> bool:
    return row.is_first and not row.is_own


def draw(shape: Shape, metrics: Metrics) -> Drawing:
    """Return what is drawn of a row."""
    if isinstance(shape.row, BubbleRow):
        return _draw_bubble(shape, shape.row, metrics)
    x, y = (shape.width - shape.box_width) / 2, 7.0
    marks: list[Mark] = [Box(x, y, shape.box_width, shape.box_height, Ink.CHIP, 9)]
    for index, line in enumerate(shape.lines):
        left = (shape.width - line.width) / 2
        top = y + 7 + index * (SMALL + LINE_GAP)
        marks += draw_line(line, left, top, SMALL, Ink.FAINT)[0]
    return Drawing(shape.width, shape.height, tuple(marks))


def _draw_bubble(shape: Shape, row: BubbleRow, metrics: Metrics) -> Drawing:
    top = _GAP_FIRST if row.is_first else _GAP_NEXT
    margin = 12.0 if shape.is_narrow else 22.0
    if row.is_own:
        left = shape.width - margin - shape.box_width
    else:
        left = 14.0 if shape.is_narrow else 62.0
    marks = _body(shape, row, left, top, metrics)
    zones: list[Zone] = []
    y = top + _TOP
    if _has_name(row):
        marks.append(_name(row, left + _PAD, y, shape.box_width - 2 * _PAD, metrics))
        y += _NAME_HEIGHT
    for line in shape.lines:
        drawn, clickable = draw_line(line, left + _PAD, y, shape.size, Ink.TEXT)
        marks += drawn
        zones += clickable
        y += shape.size + LINE_GAP
    right, bottom = left + shape.box_width - _PAD + 2, top + shape.box_height
    marks += draw_footer(row.clock, row.progress, right, bottom - 5, metrics)
    for index, line in enumerate(shape.reason):
        x = shape.width - margin - line.width
        marks += draw_line(line, x, bottom + 4 + index * (TINY + 3), TINY, Ink.BAD)[0]
    return Drawing(shape.width, shape.height, tuple(marks), tuple(zones))


def _body(shape: Shape, row: BubbleRow, left: float, top: float, metrics: Metrics) -> list[Mark]:
    ink = Ink.OWN if row.is_own else Ink.OTHER
    width, height = shape.box_width, shape.box_height
    marks: list[Mark] = [
        Box(left, top + 1.2, width, height, Ink.SHADOW, _RADIUS),
        Box(left, top, width, height, ink, _RADIUS),
    ]
    if not row.is_first:
        return marks
    side = left + width if row.is_own else left
    out = _TAIL if row.is_own else -_TAIL
    corner = side - _RADIUS if row.is_own else side
    marks.append(Box(corner, top, _RADIUS, _RADIUS, ink))
    back = side - (1 if row.is_own else -1)
    marks.append(Wedge(((back, top), (side + out, top), (back, top + 10)), ink))
    if not row.is_own and not shape.is_narrow:
        marks += avatar(row.author, row.name, 31.0, top + _AVATAR / 2, _AVATAR, metrics)
    return marks


def _name(row: BubbleRow, x: float, y: float, width: float, metrics: Metrics) -> Mark:
    name = row.name
    while len(name) > 1 and metrics.width(name, SMALL, bold=True) > width:
        name = name[:-2] + "…"
    return Words(x, y, name, SMALL, Hue(hue_of(row.author)), bold=True)
