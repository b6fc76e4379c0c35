"""The parts of a message, one below the other, in the width that there is.

Owns: the insets of quotes, lists and code, and drawing them.
Never: the bubble around them.
"""

from collections.abc import Iterable
from math import inf

from msgspec import Struct

from desktop_client.layout.flow import flow_runs
from desktop_client.layout.lines import Line
from desktop_client.layout.marks import Box, Ink, Mark, Words, Zone
from desktop_client.layout.metrics import Metrics
from desktop_client.layout.parts import LINE_GAP, draw_line
from desktop_client.layout.prose import Part
from desktop_client.layout.selecting import DrawnLine

_QUOTE, _MARKER, _CODE = 12.0, 22.0, 7.0
_GAP = 4.0


class _Placed(Struct, frozen=True):
    """A part with its lines; `y` is its top and `x` where its text begins."""

    part: Part
    x: float
    y: float
    height: float
    lines: tuple[Line, ...]


class Blocks(Struct, frozen=True):
    """A message's parts, laid out."""

    placed: tuple[_Placed, ...]
    size: float
    width: float
    height: float

    @property
    def end(self) -> float:
        """Return where the last line ends: what fits beside it may stand there."""
        last = self.placed[-1]
        if last.part.is_code:
            return inf
        return self.width if last.lines[-1].from_right else last.x + last.lines[-1].width

    def left_of(self, placed: _Placed, line: Line) -> float:
        """Return where a line begins: what is read from the right stands there."""
        return self.width - line.width if line.from_right else placed.x


def lay_out(parts: Iterable[Part], width: float, size: float, metrics: Metrics) -> Blocks:
    """Return parts that may be so wide together."""
    placed: list[_Placed] = []
    top = widest = 0.0
    for part in parts:
        left = part.depth * _QUOTE + (_MARKER if part.marker else 0)
        inset = _CODE if part.is_code else 0.0
        lines = flow_runs(part.runs, max(size, width - left - 2 * inset), size, metrics)
        height = len(lines) * (size + LINE_GAP) + 2 * inset
        top += _GAP if placed else 0
        placed.append(_Placed(part, left + inset, top, height, lines))
        top += height
        widest = max(widest, left + 2 * inset + max(line.width for line in lines))
    return Blocks(tuple(placed), size, widest, top)


def lines_of(blocks: Blocks, x: float, y: float) -> tuple[DrawnLine, ...]:
    """Return the lines of parts, each where it is drawn."""
    lines: list[DrawnLine] = []
    for placed in blocks.placed:
        top = y + placed.y + (_CODE if placed.part.is_code else 0)
        for line in placed.lines:
            lines.append(DrawnLine(x + blocks.left_of(placed, line), top, blocks.size, line))
            top += blocks.size + LINE_GAP
    return tuple(lines)


def draw_blocks(blocks: Blocks, x: float, y: float, ink: Ink) -> tuple[list[Mark], list[Zone]]:
    """Return what is drawn of parts, and what can be clicked in them."""
    marks: list[Mark] = []
    zones: list[Zone] = []
    for placed in blocks.placed:
        marks += _behind(placed, x, y + placed.y, blocks)
        top = y + placed.y + (_CODE if placed.part.is_code else 0)
        for line in placed.lines:
            left = x + blocks.left_of(placed, line)
            drawn, clickable = draw_line(line, left, top, blocks.size, ink)
            # Within a block of code the block is what is shaded.
            marks += [m for m in drawn if not (placed.part.is_code and isinstance(m, Box))]
            zones += clickable
            top += blocks.size + LINE_GAP
    return marks, zones


def _behind(placed: _Placed, x: float, y: float, blocks: Blocks) -> list[Mark]:
    part = placed.part
    marks: list[Mark] = [
        Box(x + level * _QUOTE, y, 3, placed.height, Ink.FAINT, 1.5) for level in range(part.depth)
    ]
    if part.is_code:
        left = x + part.depth * _QUOTE
        width = blocks.width - part.depth * _QUOTE
        marks.append(Box(left, y, width, placed.height, Ink.CODE, 6))
    if part.marker:
        marker = x + placed.x - _MARKER + 4
        marks.append(Words(marker, y, part.marker, blocks.size, Ink.FAINT))
    return marks
