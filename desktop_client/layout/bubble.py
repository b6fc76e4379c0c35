"""One row of a conversation: its height ahead of time, and its drawing when it is in view.

Owns: the shape of bubbles, and of the lines between them.
Never: which rows there are (`desktop_client.layout.rows`).
"""

from math import ceil

from msgspec import Struct

from desktop_client.layout.blocks import Blocks, draw_blocks, lay_out, lines_of
from desktop_client.layout.chips import PlacedChip, draw_chips, place_chips
from desktop_client.layout.flow import cut_to, flow, is_large
from desktop_client.layout.footer import FOOTER_HEIGHT, draw_footer, footer_width
from desktop_client.layout.frame import (
    GAP_FIRST,
    GAP_NEXT,
    NARROW,
    body,
    corner,
    disc_beside,
    margin,
    others_left,
)
from desktop_client.layout.lines import Line
from desktop_client.layout.marks import (
    Box,
    Drawing,
    Hue,
    Ink,
    Mark,
    QuoteHit,
    ReasonHit,
    Words,
    Zone,
)
from desktop_client.layout.metrics import BODY, HUGE, SMALL, TINY, Metrics
from desktop_client.layout.parts import LINE_GAP, draw_line
from desktop_client.layout.quote import QUOTE_HEIGHT, draw_quote, quote_width
from desktop_client.layout.rows import BubbleRow, DayRow, GapRow, NoteRow, Row, TypingRow, UnreadRow
from desktop_client.layout.selecting import DrawnLine, occurrences
from desktop_client.layout.typing_bubble import TYPING_HEIGHT, draw_typing
from desktop_client.layout.words import hue_of

_WIDEST = 560.0
_SHARE = 0.74
_PAD, _TOP = 11.0, 7.0
_NAME_HEIGHT = 20.0
_LABEL_HEIGHT = 18.0
_BELOW_QUOTE = 6.0
# So far the emoji below a bubble lie over its edge.
_OVERLAP = 5.0
_FORWARDED = "Forwarded"


class LineShape(Struct, frozen=True):
    """A row between bubbles that was measured."""

    row: DayRow | UnreadRow | NoteRow | GapRow
    width: float
    height: float
    lines: tuple[Line, ...]
    box_width: float
    box_height: float


class BubbleShape(Struct, frozen=True):
    """A message that was measured; `box_width` and `box_height` are those of its bubble."""

    row: BubbleRow
    width: float
    height: float
    blocks: Blocks
    box_width: float
    box_height: float
    reason: tuple[Line, ...]
    chips: tuple[PlacedChip, ...]


class TypingShape(Struct, frozen=True):
    """The bubble of somebody who is typing: it is always as high."""

    row: TypingRow
    width: float
    height: float = TYPING_HEIGHT


Shape = LineShape | BubbleShape | TypingShape


def measure(row: Row, width: float, metrics: Metrics) -> Shape:
    """Return how a row is laid out in a conversation that is so wide."""
    if isinstance(row, BubbleRow):
        return _measure_bubble(row, width, metrics)
    if isinstance(row, TypingRow):
        return TypingShape(row, width)
    lines = flow(row.text, max(80.0, width - 80), SMALL, metrics)
    height = len(lines) * (SMALL + LINE_GAP) + 12
    return LineShape(row, width, height + 14, lines, max(x.width for x in lines) + 26, height)


def _measure_bubble(row: BubbleRow, width: float, metrics: Metrics) -> BubbleShape:
    is_narrow = width < NARROW
    most = min(_WIDEST, (width - 40) * (0.92 if is_narrow else _SHARE)) - 2 * _PAD
    size = HUGE if is_large(row.text, metrics) else BODY
    blocks = lay_out(row.parts, most, size, metrics)
    above, inner = _measure_above(row, most, metrics)
    inner, height = max(inner, blocks.width), _TOP + above + blocks.height
    foot = footer_width(row, metrics)
    beside = blocks.end + 12 + foot
    if size == BODY and beside <= most:
        inner, height = max(inner, beside), height + 6
    else:
        inner, height = max(inner, foot), height + FOOTER_HEIGHT
    reason = flow(row.reason, most, TINY, metrics) if row.reason else ()
    below = len(reason) * (TINY + 3) + 4 if reason else 0
    chips, chips_height = place_chips(row.chips, most, metrics)
    below += chips_height - _OVERLAP if chips else 0
    whole = ceil(height + (GAP_FIRST if row.is_first else GAP_NEXT) + below)
    return BubbleShape(row, width, whole, blocks, inner + 2 * _PAD, height, reason, chips)


def _measure_above(row: BubbleRow, most: float, metrics: Metrics) -> tuple[float, float]:
    """Return how high and how wide is what stands above a message's words."""
    height = width = 0.0
    if _has_name(row):
        height += _NAME_HEIGHT
        width = metrics.width(row.name, SMALL, bold=True)
    if row.is_forwarded:
        height += _LABEL_HEIGHT
        width = max(width, metrics.width(_FORWARDED, TINY))
    if row.quoted is not None:
        height += QUOTE_HEIGHT + _BELOW_QUOTE
        width = max(width, quote_width(row.quoted, metrics))
    return height, min(most, width)


def _has_name(row: BubbleRow) -> bool:
    return row.is_first and not row.is_own


def draw(shape: Shape, metrics: Metrics) -> Drawing:
    """Return what is drawn of a row."""
    if isinstance(shape, BubbleShape):
        return _draw_bubble(shape, metrics)
    if isinstance(shape, TypingShape):
        return draw_typing(shape.row, shape.width, metrics)
    is_unread = isinstance(shape.row, UnreadRow)
    x, y = (shape.width - shape.box_width) / 2, 7.0
    ink = Ink.ON_ACCENT if is_unread else Ink.FAINT
    fill = Ink.FILL if is_unread else Ink.CHIP
    marks: list[Mark] = []
    if isinstance(shape.row, GapRow):
        fill = Ink.CANVAS
    if is_unread:
        marks.append(Box(0, y + shape.box_height / 2, shape.width, 1, Ink.ACCENT))
    marks.append(Box(x, y, shape.box_width, shape.box_height, fill, 9))
    for index, line in enumerate(shape.lines):
        left = (shape.width - line.width) / 2
        marks += draw_line(line, left, y + 7 + index * (SMALL + LINE_GAP), SMALL, ink)[0]
    return Drawing(shape.width, shape.height, tuple(marks))


def _draw_bubble(shape: BubbleShape, metrics: Metrics) -> Drawing:
    row = shape.row
    left, top = _corner(shape)
    marks = _body(shape, left, top, metrics)
    x, inner = left + _PAD, shape.box_width - 2 * _PAD
    above, zones, y = _draw_above(row, x, top + _TOP, inner, metrics)
    ink = Ink.FAINT if row.is_deleted else Ink.TEXT
    words, clickable = draw_blocks(shape.blocks, x, y, ink)
    marks += occurrences(lines_of(shape.blocks, x, y), row.marked, metrics)
    bottom = top + shape.box_height
    foot = draw_footer(row, left + shape.box_width - _PAD + 2, bottom - 5, metrics)
    marks += [*above, *words, *foot]
    chips, pressable = draw_chips(shape.chips, _chips_left(shape, left), bottom - _OVERLAP)
    reason, closing = _draw_reason(shape, left)
    zones += [*clickable, *pressable, *closing]
    return Drawing(shape.width, shape.height, (*marks, *chips, *reason), tuple(zones))


def lines_in(shape: Shape, metrics: Metrics) -> tuple[DrawnLine, ...]:
    """Return what is written in a row and can be selected, where it is drawn."""
    if not isinstance(shape, BubbleShape) or shape.row.is_deleted:
        return ()
    left, top = _corner(shape)
    above, _ = _measure_above(shape.row, shape.box_width - 2 * _PAD, metrics)
    return lines_of(shape.blocks, left + _PAD, top + _TOP + above)


def _corner(shape: BubbleShape) -> tuple[float, float]:
    """Return where a bubble's upper left corner is."""
    top = GAP_FIRST if shape.row.is_first else GAP_NEXT
    if shape.row.is_own:
        return shape.width - margin(shape.width) - shape.box_width, top
    return others_left(shape.width), top


def _draw_reason(shape: BubbleShape, left: float) -> tuple[list[Mark], list[Zone]]:
    """Return why something was refused, and where a click says that it was seen.

    A message that was not sent goes only by its menu, since its words go with it.
    """
    marks: list[Mark] = []
    height = len(shape.reason) * (TINY + 3)
    top = shape.height - height
    for index, line in enumerate(shape.reason):
        x = shape.width - margin(shape.width) - line.width if shape.row.is_own else left
        marks += draw_line(line, x, top + index * (TINY + 3), TINY, Ink.BAD)[0]
    can_close = bool(shape.reason and shape.row.seq)
    return marks, [Zone(0, top, shape.width, height, ReasonHit())] if can_close else []


def _chips_left(shape: BubbleShape, left: float) -> float:
    """Return where the emoji below a bubble begin: they may be wider than it."""
    if not shape.chips:
        return left
    width = max(chip.x + chip.width for chip in shape.chips)
    if shape.row.is_own:
        return min(left + 8, left + shape.box_width - width)
    return left + 8


def _draw_above(
    row: BubbleRow, x: float, y: float, width: float, metrics: Metrics
) -> tuple[list[Mark], list[Zone], float]:
    """Return what stands above a message's words, what of it can be clicked, and where it ends."""
    marks: list[Mark] = []
    zones: list[Zone] = []
    if _has_name(row):
        name = cut_to(row.name, width, SMALL, metrics)
        marks.append(Words(x, y, name, SMALL, Hue(hue_of(row.author)), bold=True))
        y += _NAME_HEIGHT
    if row.is_forwarded:
        marks.append(Words(x, y, _FORWARDED, TINY, Ink.FAINT, italic=True))
        y += _LABEL_HEIGHT
    if row.quoted is not None:
        marks += draw_quote(row.quoted, x, y, width, metrics)
        zones.append(Zone(x, y, width, QUOTE_HEIGHT, QuoteHit()))
        y += QUOTE_HEIGHT + _BELOW_QUOTE
    return marks, zones, y


def _body(shape: BubbleShape, left: float, top: float, metrics: Metrics) -> list[Mark]:
    row = shape.row
    width, height = shape.box_width, shape.box_height
    marks: list[Mark] = []
    if row.is_found:
        marks.append(Box(0, top - 3, shape.width, height + 6, Ink.CHOSEN, 6))
    marks += body(left, top, width, height, is_own=row.is_own)
    if row.is_first:
        marks += corner(left, top, width, is_own=row.is_own)
        if not row.is_own:
            marks += disc_beside(row.author, row.name, top, shape.width, metrics)
    return marks
