"""The sheets with every emoji's picture, and the list of what stands where on them.

Owns: the sheets' form and the order in which the picker offers emoji.
Never: drawing them.
"""

import json
from bisect import bisect_left
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from msgspec import Struct
from PIL import Image

from desktop_client.assets.book import BORDER

# Fully qualified, in the list's own numbers.
_QUALIFIED = 2
_SELECTOR = "\ufe0f"
_SKIN_TONES = {chr(code) for code in range(0x1F3FB, 0x1F400)}
# Unicode's groups are the picker's chapters, in its order; one more holds the skin tones alone.
_CHAPTERS = (
    "Smileys & Emotion",
    "People & Body",
    "Animals & Nature",
    "Food & Drink",
    "Travel & Places",
    "Activities",
    "Objects",
    "Symbols",
    "Flags",
)

# Beyond every place that Unicode has given.
_NEWER = 1_000_000

Place = tuple[int, int]
"""A chapter, and the place in Unicode's order."""


class Listed(Struct, frozen=True):
    """An emoji that has a picture."""

    characters: str
    entry: dict[str, Any]
    picture: Path
    place: Place


class Order:
    """Unicode's order of emoji, in which their neighbours are alike: faces that smile come first.

    What is newer than the list that it is read from ends the chapter of the emoji whose code is
    nearest: new ones are given codes next to those of their kind, as far as there are any left.
    """

    def __init__(self, listed: Iterable[dict[str, Any]]) -> None:
        self._places = {
            _plain(_characters(entry["unified"])): _place(entry)
            for entry in listed
            if entry["category"] in _CHAPTERS
        }
        # By what they begin with: a flag of Unicode's next year begins as those before it.
        self._begun: dict[str, Place] = {}
        for characters, place in self._places.items():
            self._begun[characters[0]] = max(place, self._begun.get(characters[0], place))
        self._codes = sorted(map(ord, self._begun))

    def place(self, characters: str) -> Place:
        """Return the place of an emoji; one in another skin tone stands where the plain one does.

        Raises IndexError if the list is empty.
        """
        plain = _plain(characters)
        known = self._places.get(plain) or self._begun.get(plain[0])
        return known or (self._begun[chr(self._nearest(ord(plain[0])))][0], _NEWER)

    def _nearest(self, code: int) -> int:
        at = bisect_left(self._codes, code)
        return min(self._codes[max(0, at - 1) : at + 1], key=lambda known: abs(known - code))


def _place(entry: dict[str, Any]) -> Place:
    return _CHAPTERS.index(entry["category"]), int(entry["sort_order"])


def _characters(codes: str) -> str:
    return "".join(chr(int(code, 16)) for code in codes.split("-"))


def _plain(characters: str) -> str:
    """Return an emoji without skin tones and selectors."""
    left_out = _SKIN_TONES | {_SELECTOR}
    return "".join(each for each in characters if each not in left_out) or characters


def list_emoji(pictures: Path, names: Path, order: Path) -> list[Listed]:
    """Return the emoji of a list of names that have a picture in a folder, in the picker's order.

    `order` is the file with Unicode's order.
    """
    named = json.loads(names.read_text(encoding="utf-8"))
    places = Order(json.loads(order.read_text(encoding="utf-8")))
    found = [
        Listed(characters, entry, picture, places.place(characters))
        for characters, entry in named.items()
        if entry["status"] == _QUALIFIED
        if (picture := _picture_of(characters, pictures)) is not None
    ]
    return sorted(found, key=lambda each: (each.place, each.characters))


def write_cells(emoji: list[Listed], cells: Path) -> None:
    """Write the list of what stands where, on a sheet of whichever size."""
    columns = _columns(emoji)
    rows: list[tuple[object, ...]] = []
    for index, each in enumerate(emoji):
        row, column = divmod(index, columns)
        rows.append((each.characters, column, row, *_described(each)))
    cells.write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")


def write_sheet(emoji: list[Listed], size: int, sheet: Path) -> None:
    """Write a sheet on which each picture is so many pixels wide and high."""
    columns, cell = _columns(emoji), size + 2 * BORDER
    image = Image.new("RGBA", (columns * cell, columns * cell))
    for index, each in enumerate(emoji):
        row, column = divmod(index, columns)
        with Image.open(each.picture) as opened:
            small = opened.convert("RGBA").resize((size, size), Image.Resampling.HAMMING)
        image.paste(small, (column * cell + BORDER, row * cell + BORDER))
    image.save(sheet)


def _columns(emoji: list[Listed]) -> int:
    return int(len(emoji) ** 0.5) + 1


def _described(emoji: Listed) -> tuple[object, ...]:
    """Return the name, whether the picker offers it, its chapter, and its short names."""
    name = str(emoji.entry["en"]).strip(":").replace("_", " ")
    is_choice = not _SKIN_TONES & set(emoji.characters)
    known = emoji.entry.get("alias", ()) if is_choice else ()
    return name, is_choice, emoji.place[0], [str(alias).strip(":") for alias in known]


def _picture_of(characters: str, pictures: Path) -> Path | None:
    """Return the picture, which is named with or without the selectors in the sequence."""
    for form in (characters, characters.replace(_SELECTOR, "")):
        path = pictures / ("-".join(f"{ord(character):x}" for character in form) + ".png")
        if path.is_file():
            return path
    return None
