"""The filters above the list of rooms.

Owns: their words, where they stand, and which one a click hits.
Never: which rooms a filter leaves (`desktop_client.state.listing`).
"""

from collections.abc import Iterable
from dataclasses import dataclass

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
FILTERS_HEIGHT = 40.0
_CHIP, _PAD, _GAP = 28.0, 10.0, 6.0


@dataclass(frozen=True, slots=True)
class PlacedFilter:
    """One of them, and where it stands."""

    shown: Shown
    x: float
    width: float


def place_filters(width: float, metrics: Metrics) -> tuple[PlacedFilter, ...]:
    """Return those for which there is room."""
    placed: list[PlacedFilter] = []
    x = 0.0
    for shown, words in FILTERS.items():
        wide = metrics.width(words, SMALL) + 2 * _PAD
        if x + wide > width:
            break
        placed.append(PlacedFilter(shown, x, wide))
        x += wide + _GAP
    return tuple(placed)


def draw_filters(placed: Iterable[PlacedFilter], chosen: Shown) -> list[Mark]:
    """Return what is drawn of them."""
    marks: list[Mark] = []
    for each in placed:
        is_chosen = each.shown == chosen
        fill, ink = (Ink.CHOSEN, Ink.ACCENT) if is_chosen else (Ink.HOVER, Ink.FAINT)
        marks.append(Box(each.x, 4, each.width, _CHIP, fill, _CHIP / 2))
        top = 4 + (_CHIP - SMALL) / 2 - 1
        marks.append(Words(each.x + _PAD, top, FILTERS[each.shown], SMALL, ink))
    return marks


def filter_at(placed: Iterable[PlacedFilter], x: float) -> Shown | None:
    """Return the one that a click hits."""
    return next((each.shown for each in placed if each.x <= x < each.x + each.width), None)
