"""The pattern behind a conversation fills it, and is cheap to draw."""

from desktop_client.layout.marks import Ink, Words
from desktop_client.layout.screen import Area
from desktop_client.layout.wallpaper import Wallpaper
from tests.desktop_client.parts import METRICS

ICONS = {"sun": "S", "moon": "M", "key": "K"}
AREA = Area(380, 60, 900, 680)


def drawn(area: Area) -> list[Words]:
    marks = Wallpaper(ICONS, METRICS).marks(area)
    return [mark for mark in marks if isinstance(mark, Words)]


def test_it_reaches_every_edge_and_nothing_to_the_left_or_above() -> None:
    rows = drawn(AREA)

    assert all(row.ink is Ink.PATTERN and row.x >= AREA.x and row.y >= AREA.y for row in rows)
    assert all(row.x + METRICS.width(row.text, row.size) > AREA.right for row in rows)
    assert rows[-1].y + 60 > AREA.bottom


def test_a_large_window_takes_few_calls() -> None:
    assert len(drawn(Area(0, 0, 2560, 1440))) <= 24


def test_without_icons_there_is_none() -> None:
    assert Wallpaper({}, METRICS).marks(AREA) == ()
