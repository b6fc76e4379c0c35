"""The sheets of emoji as they are built: Unicode's order, and each picture where the list says."""

import json
from pathlib import Path

import pytest
from PIL import Image

from desktop_client.assets import book
from desktop_client.assets.book import BORDER, LARGE_PICTURE, PICTURE, open_book
from desktop_client.assets.emoji import Listed, Order, list_emoji, write_cells, write_sheet

# As emoji-data lists them; by code, the kiss comes before the smile.
FACES = "Smileys & Emotion"
UNICODE = [
    {"unified": "1F600", "category": FACES, "sort_order": 1},
    {"unified": "1F642", "category": FACES, "sort_order": 9},
    {"unified": "1F617", "category": FACES, "sort_order": 18},
    {"unified": "1F44D", "category": "People & Body", "sort_order": 188},
    {"unified": "1F468-200D-1F680", "category": "People & Body", "sort_order": 300},
    {"unified": "1F468-200D-2695-FE0F", "category": "People & Body", "sort_order": 310},
    {"unified": "1F3FB", "category": "Component", "sort_order": 554},
    {"unified": "1FACE", "category": "Animals & Nature", "sort_order": 570},
    {"unified": "1F1E8-1F1FF", "category": "Flags", "sort_order": 1700},
]
NAMES = {"🙂": ":slightly_smiling_face:", "👍🏽": ":thumbs_up_medium_skin_tone:", "😗": ":kissing:"}
COLOURS = {"🙂": (250, 200, 0, 255), "👍🏽": (90, 60, 30, 255), "😗": (255, 0, 0, 255)}


@pytest.fixture
def emoji(tmp_path: Path) -> list[Listed]:
    """Three emoji, each a square of one colour, as the packages have them."""
    names = {each: {"en": name, "status": 2} for each, name in NAMES.items()}
    (tmp_path / "names.json").write_text(json.dumps(names))
    (tmp_path / "order.json").write_text(json.dumps(UNICODE))
    for characters, colour in COLOURS.items():
        name = "-".join(f"{ord(each):x}" for each in characters)
        Image.new("RGBA", (72, 72), colour).save(tmp_path / f"{name}.png")
    return list_emoji(tmp_path, tmp_path / "names.json", tmp_path / "order.json")


def test_emoji_stand_in_the_order_of_unicode(emoji: list[Listed]) -> None:
    assert [each.characters for each in emoji] == ["🙂", "😗", "👍🏽"]


@pytest.mark.parametrize(
    ("characters", "beside"),
    [("👍🏽", "👍"), ("👨🏽‍🚀", "👨‍🚀"), ("🇨🇶", "🇨🇿"), ("👨‍🦰", "👨‍⚕️")],
    ids=["a skin tone", "a skin tone within", "a flag", "another man"],
)
def test_what_the_order_does_not_know_stands_beside_its_kind(characters: str, beside: str) -> None:
    order = Order(UNICODE)

    assert order.place(characters) == order.place(beside)


def test_a_new_code_ends_the_chapter_of_its_neighbour() -> None:
    order = Order(UNICODE)

    new, neighbour = order.place("\U0001facd"), order.place("\U0001face")
    assert new[0] == neighbour[0]
    assert new > neighbour


def test_chapters_come_as_in_unicode() -> None:
    order = Order(UNICODE)

    assert [order.place(each)[0] for each in ("😀", "👍", "\U0001face", "🇨🇿")] == [0, 1, 2, 8]


@pytest.mark.parametrize("size", [PICTURE, LARGE_PICTURE])
def test_each_picture_is_where_the_list_has_it_on_either_sheet(
    emoji: list[Listed], tmp_path: Path, size: int
) -> None:
    write_sheet(emoji, size, tmp_path / book.SHEET)
    write_cells(emoji, tmp_path / book.CELLS)

    cells = open_book(tmp_path).emoji
    with Image.open(tmp_path / book.SHEET) as sheet:
        for characters, colour in COLOURS.items():
            left, top = (
                place * (size + 2 * BORDER) + BORDER
                for place in (cells[characters].column, cells[characters].row)
            )
            assert sheet.getpixel((left, top)) == colour
            assert sheet.getpixel((left + size - 1, top + size - 1)) == colour
            assert sheet.getpixel((left - 1, top - 1)) == (0, 0, 0, 0)
