"""One sheet with every emoji's picture, and the list of what stands where on it.

Owns: the sheet's form and the order in which the picker offers emoji.
Never: drawing them.
"""

import json
from pathlib import Path
from typing import Any

from PIL import Image

from desktop_client.assets.book import BORDER, CELL, PICTURE

# Fully qualified, in the list's own numbers.
_QUALIFIED = 2
_SELECTOR = "\ufe0f"
_SKIN_TONES = {chr(code) for code in range(0x1F3FB, 0x1F400)}
# The picker's chapters, by the first code point: the first of them that has it. What none has is
# a sign, and comes before the flags.
_CHAPTERS: tuple[tuple[range, ...], ...] = (
    (  # flags are found first, and stand last
        range(0x1F1E6, 0x1F200),
        range(0x1F3F3, 0x1F3F5),
        range(0x1F6A9, 0x1F6AA),
        range(0x1F38C, 0x1F38D),
    ),
    (  # faces and hearts
        range(0x1F600, 0x1F645),
        range(0x1F648, 0x1F64B),
        range(0x1F910, 0x1F918),
        range(0x1F920, 0x1F926),
        range(0x1F927, 0x1F930),
        range(0x1F970, 0x1F97B),
        range(0x1FAE0, 0x1FAEB),
        range(0x2639, 0x263B),
        range(0x1F47B, 0x1F481),
        range(0x2763, 0x2765),
        range(0x1F493, 0x1F4A0),
        range(0x1F90D, 0x1F90F),
        range(0x1F9E1, 0x1F9E2),
        range(0x1FA75, 0x1FA78),
    ),
    (  # people
        range(0x1F446, 0x1F451),
        range(0x1F440, 0x1F446),
        range(0x1F464, 0x1F488),
        range(0x1F645, 0x1F650),
        range(0x1F574, 0x1F576),
        range(0x1F57A, 0x1F57B),
        range(0x1F590, 0x1F597),
        range(0x1F90C, 0x1F93F),
        range(0x1F977, 0x1F978),
        range(0x1F9B0, 0x1F9E1),
        range(0x1FAC3, 0x1FAC6),
        range(0x1FAF0, 0x1FAF9),
        range(0x261D, 0x261E),
        range(0x270A, 0x270E),
        range(0x1F4AA, 0x1F4AB),
        range(0x1F3C2, 0x1F3CD),
        range(0x26F9, 0x26FA),
        range(0x1F6A3, 0x1F6A4),
        range(0x1F6B4, 0x1F6B7),
    ),
    (  # animals, plants, weather
        range(0x1F400, 0x1F440),
        range(0x1F300, 0x1F32D),
        range(0x1F330, 0x1F345),
        range(0x1F490, 0x1F491),
        range(0x1F525, 0x1F526),
        range(0x1F577, 0x1F579),
        range(0x1F980, 0x1F9AF),
        range(0x1FAB0, 0x1FAC0),
        range(0x2600, 0x2605),
        range(0x2618, 0x2619),
        range(0x26A1, 0x26A2),
        range(0x26C4, 0x26C9),
        range(0x2B50, 0x2B51),
    ),
    (  # food and drink
        range(0x1F32D, 0x1F330),
        range(0x1F345, 0x1F380),
        range(0x1F950, 0x1F970),
        range(0x1F9C0, 0x1F9CC),
        range(0x1FAD0, 0x1FAE0),
        range(0x2615, 0x2616),
    ),
    (  # travel and places
        range(0x1F3D4, 0x1F3F1),
        range(0x1F5FA, 0x1F600),
        range(0x1F680, 0x1F700),
        range(0x26EA, 0x26FE),
        range(0x2708, 0x2709),
    ),
    (  # games, sports, feasts
        range(0x1F380, 0x1F3D4),
        range(0x1F3F8, 0x1F3FB),
        range(0x1F93F, 0x1F950),
        range(0x1F579, 0x1F57A),
        range(0x26BD, 0x26BF),
    ),
    (  # things
        range(0x1F451, 0x1F464),
        range(0x1F488, 0x1F518),
        range(0x1F526, 0x1F52E),
        range(0x1F56F, 0x1F590),
        range(0x1F97B, 0x1F980),
        range(0x1F9E2, 0x1FA00),
        range(0x1FA70, 0x1FAB0),
        range(0x231A, 0x231C),
        range(0x2692, 0x2698),
        range(0x2702, 0x2703),
        range(0x2709, 0x270A),
        range(0x270F, 0x2713),
    ),
)
_SIGNS, _FLAGS = len(_CHAPTERS) - 1, len(_CHAPTERS)


def build_sheet(pictures: Path, names: Path, sheet: Path, cells: Path) -> None:
    """Write the sheet and its list from a folder of pictures and the list of emoji's names."""
    listed = json.loads(names.read_text(encoding="utf-8"))
    found = [
        (characters, entry, picture)
        for characters, entry in listed.items()
        if entry["status"] == _QUALIFIED
        if (picture := _picture_of(characters, pictures)) is not None
    ]
    found.sort(key=lambda item: (*_place(item[0]), item[0]))
    width = int(len(found) ** 0.5) + 1
    image = Image.new("RGBA", (width * CELL, width * CELL))
    rows: list[tuple[object, ...]] = []
    for index, (characters, entry, picture) in enumerate(found):
        row, column = divmod(index, width)
        small = Image.open(picture).convert("RGBA").resize((PICTURE, PICTURE), Image.Resampling.BOX)
        image.paste(small, (column * CELL + BORDER, row * CELL + BORDER))
        rows.append((characters, column, row, *_described(characters, entry)))
    image.save(sheet)
    cells.write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")


def _described(characters: str, entry: dict[str, Any]) -> tuple[object, ...]:
    """Return the name, whether the picker offers it, its chapter, and its short names."""
    name = str(entry["en"]).strip(":").replace("_", " ")
    is_choice = not _SKIN_TONES & set(characters)
    aliases = [str(alias).strip(":") for alias in entry.get("alias", ())] if is_choice else []
    return name, is_choice, _place(characters)[0], aliases


def _picture_of(characters: str, pictures: Path) -> Path | None:
    """Return the picture, which is named with or without the selectors in the sequence."""
    for form in (characters, characters.replace(_SELECTOR, "")):
        path = pictures / ("-".join(f"{ord(character):x}" for character in form) + ".png")
        if path.is_file():
            return path
    return None


def _place(characters: str) -> tuple[int, int]:
    """Return the chapter, and the part of it."""
    code = ord(characters[0])
    for chapter, parts in enumerate(_CHAPTERS):
        for part, codes in enumerate(parts):
            if code in codes:
                return chapter - 1 if chapter else _FLAGS, part
    return _SIGNS, 0
