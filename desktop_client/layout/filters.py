"""The filters above the list of rooms.

Owns: their words, where they stand, and which one a click hits.
Never: which rooms a filter leaves (`desktop_client.state.listing`).
"""

from collections.abc import Iterable, Sequence

from msgspec import Struct

from desktop_client.layout.marks import Box, Ink, Mark, Words
from desktop_client.layout.metrics import SMALL, Metrics
from desktop_client.state.model import Shown

FILTERS: dict[Shown, str] = {
    "all": "All",
    "unread": "Unread",
    "direct": "People",
    "groups": "Groups",
    "channels": "Channels",
}
_CHIP, _PAD, _GAP = 28.0, 10.0, 6.0
# Left and right of them, above the first row, and below the last.
_MARGIN, _ABOVE, _BELOW = 14.0, 4.0, 8.0


class PlacedFilter(Struct, frozen=True):
    """One of them, and where it stands."""

    shown: Shown
    x: float
    y: float
    width: float


def place_filters(width: float, metrics: Metrics) -> tuple[PlacedFilter, ...]:
    """Return where they stand in so much room: in a second row what does not fit into the first."""
    placed: list[PlacedFilter] = []
    x, y = _MARGIN, _ABOVE
    for shown, words in FILTERS.items():
        wide = metrics.width(words, SMALL) + 2 * _PAD
        if placed and x + wide > width - _MARGIN:
            x, y = _MARGIN, y + _CHIP + _GAP
        placed.append(PlacedFilter(shown, x, y, wide))
        x += wide + _GAP
    return tuple(placed)


def filters_height(placed: Sequence[PlacedFilter]) -> float:
    """Return how high they are together, with what is around them."""
    return placed[-1].y + _CHIP + _BELOW


def draw_filters(placed: Iterable[PlacedFilter], chosen: Shown) -> list[Mark]:
    """Return what is drawn of them."""
    marks: list[Mark] = []
    for each in placed:
        is_chosen = each.shown == chosen
        fill, ink = (Ink.CHOSEN, Ink.ACCENT) if is_chosen else (Ink.HOVER, Ink.FAINT)
        marks.append(Box(each.x, each.y, each.width, _CHIP, fill, _CHIP / 2))
        top = each.y + (_CHIP - SMALL) / 2 - 1
        marks.append(Words(each.x + _PAD, top, FILTERS[each.shown], SMALL, ink))
    return marks


def filter_at(placed: Iterable[PlacedFilter], x: float, y: float) -> Shown | None:
    """Return the one that a click hits."""
    for each in placed:
        if each.x <= x < each.x + each.width and each.y <= y < each.y + _CHIP:
            return each.shown
    return None
