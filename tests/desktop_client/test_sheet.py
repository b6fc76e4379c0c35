"""The sheet of emoji is read after the first frame, and done without if it cannot be."""

from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("dearpygui")

import dearpygui.dearpygui as dpg
from PIL import Image

from desktop_client.assets.book import BORDER, LARGE_PICTURE, PICTURE, Book, EmojiPicture
from desktop_client.view.sheet import Sheet, sheet_for

ROWS, COLUMNS = 7, 2
CELL = PICTURE + 2 * BORDER


@pytest.fixture(autouse=True)
def context() -> Iterator[None]:
    dpg.create_context()
    yield
    dpg.destroy_context()


@pytest.fixture
def sheet(tmp_path: Path) -> Sheet:
    Image.new("RGBA", (COLUMNS * CELL, ROWS * CELL)).save(tmp_path / "emoji.png")
    return Sheet(tmp_path / "emoji.png")


def picture(row: int) -> EmojiPicture:
    return EmojiPicture(1, row, "some emoji", True)


def there(sheet: Sheet) -> int:
    """How many of its rows can be drawn."""
    return sum(sheet.place(picture(row)) is not None for row in range(ROWS))


def test_every_picture_of_the_sheet_can_be_drawn_in_the_end(sheet: Sheet) -> None:
    while not sheet.after_frame():
        assert sheet.is_coming

    assert there(sheet) == ROWS
    assert not sheet.is_coming


def test_a_frame_brings_a_part_of_the_sheet(sheet: Sheet) -> None:
    brought = []
    while sheet.is_coming:
        before = there(sheet)
        sheet.after_frame()
        brought.append(there(sheet) - before)

    assert max(brought) < ROWS


def test_a_picture_lies_within_its_part_where_the_sheet_has_it(sheet: Sheet) -> None:
    while sheet.is_coming:
        sheet.after_frame()

    above, below = sheet.place(picture(4)), sheet.place(picture(5))

    assert above is not None
    assert below is not None
    assert above.texture == below.texture
    assert above.low[0] == below.low[0] > 0.5
    assert above.low[1] < above.high[1] < below.low[1] < below.high[1] < 1


def test_a_damaged_sheet_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "emoji.png").write_bytes(b"not a picture")
    sheet = Sheet(tmp_path / "emoji.png")
    while sheet.is_coming:
        sheet.after_frame()

    assert sheet.place(picture(0)) is None


def test_without_a_sheet_nothing_comes() -> None:
    sheet = Sheet(None)

    assert not sheet.is_coming
    assert not sheet.after_frame()


@pytest.mark.parametrize(
    ("scale", "has_large", "width"), [(2.0, True, 128), (1.0, True, 64), (2.0, False, 64)]
)
def test_a_screen_with_a_scale_of_its_own_has_the_large_sheet(
    tmp_path: Path, scale: float, has_large: bool, width: int
) -> None:
    for name, size in (("small", PICTURE), ("large", LARGE_PICTURE)):
        cell = size + 2 * BORDER
        Image.new("RGBA", (COLUMNS * cell, ROWS * cell)).save(tmp_path / f"{name}.png")
    large = tmp_path / "large.png" if has_large else None
    sheet = sheet_for(Book(sheet=tmp_path / "small.png", large_sheet=large), scale)
    while sheet.is_coming:
        sheet.after_frame()

    spot = sheet.place(picture(1))

    assert spot is not None
    across = (spot.high[0] - spot.low[0]) * dpg.get_item_width(spot.texture)
    assert round(COLUMNS * across) == width
