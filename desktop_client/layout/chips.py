"""The emoji below a message.

Owns: their measure, their rows and their drawing.
Never: who has put them there.
"""

from collections.abc import Iterable, Iterator

from msgspec import Struct

from desktop_client.layout.marks import Box, Ink, Mark, Picture, ReactionHit, Words, Zone
from desktop_client.layout.metrics import TINY, Metrics
from desktop_client.layout.rows import Chip

_HEIGHT, _GAP, _EMOJI = 25.0, 4.0, 17.0
# Beyond so many different emoji a number stands for the others.
_MOST = 20


class PlacedChip(Struct, frozen=True):
    """One of them; `emoji` is empty for the number of those that are not shown."""

    x: float
    y: float
    width: float
    emoji: str
    count: str
    is_mine: bool


def place_chips(
    chips: tuple[Chip, ...], width: float, metrics: Metrics
) -> tuple[tuple[PlacedChip, ...], float]:
    """Return where they stand in so much room, and how high they are together."""
    placed = tuple(_placed(_shown(chips), width, metrics))
    return placed, (placed[-1].y + _HEIGHT + 2 if placed else 0.0)


def _shown(chips: tuple[Chip, ...]) -> Iterator[Chip]:
    yield from chips[:_MOST]
    if rest := sum(chip.count for chip in chips[_MOST:]):
        yield Chip("", rest, is_mine=False)


def _placed(chips: Iterable[Chip], width: float, metrics: Metrics) -> Iterator[PlacedChip]:
    x = y = 0.0
    for chip in chips:
        count = f"+{chip.count}" if not chip.emoji else str(chip.count) if chip.count > 1 else ""
        text = metrics.width(count, TINY)
        wide = 14 + (_EMOJI if chip.emoji else 0) + (text + 4 if count else 0)
        if x and x + wide > width:
            x, y = 0.0, y + _HEIGHT + _GAP
        yield PlacedChip(x, y, wide, chip.emoji, count, chip.is_mine)
        x += wide + _GAP


def draw_chips(chips: Iterable[PlacedChip], x: float, y: float) -> tuple[list[Mark], list[Zone]]:
    """Return what is drawn of them, and where they can be clicked."""
    marks: list[Mark] = []
    zones: list[Zone] = []
    for chip in chips:
        left, top = x + chip.x, y + chip.y
        border = Ink.ACCENT if chip.is_mine else Ink.LINE
        fill = Ink.CHOSEN if chip.is_mine else Ink.CHIP
        marks.append(Box(left, top, chip.width, _HEIGHT, border, _HEIGHT / 2))
        marks.append(
            Box(left + 1.2, top + 1.2, chip.width - 2.4, _HEIGHT - 2.4, fill, _HEIGHT / 2 - 1.2)
        )
        text = left + 7
        if chip.emoji:
            marks.append(Picture(text, top + 4, chip.emoji, _EMOJI))
            zones.append(Zone(left, top, chip.width, _HEIGHT, ReactionHit(chip.emoji)))
            text += _EMOJI + 4
        if chip.count:
            marks.append(Words(text, top + 5, chip.count, TINY, Ink.TEXT))
    return marks, zones
