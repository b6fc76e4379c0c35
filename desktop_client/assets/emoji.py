"""One sheet with every emoji's picture, and the list of what stands where on it.

Owns: the sheet's form and the order in which the picker offers emoji.
Never: drawing them.
"""

import json
from pathlib import Path

from PIL import Image

from desktop_client.assets.book import BORDER, CELL, PICTURE

# Fully qualified, in the list's own numbers.
_QUALIFIED = 2
_SELECTOR = "\ufe0f"
_SKIN_TONES = {chr(code) for code in range(0x1F3FB, 0x1F400)}
# The picker begins with faces, then hands and people, hearts, animals and food; then the rest.
_FIRST = (
    range(0x1F600, 0x1F645),
    range(0x1F910, 0x1F930),
    range(0x1F970, 0x1F97B),
    range(0x1FAE0, 0x1FAE9),
    range(0x1F440, 0x1F450),
    range(0x1F90C, 0x1F910),
    range(0x2764, 0x2765),
    range(0x1F493, 0x1F4A0),
    range(0x1F400, 0x1F440),
    range(0x1F330, 0x1F380),
)


def build_sheet(pictures: Path, names: Path, sheet: Path, cells: Path) -> None:
    """Write the sheet and its list from a folder of pictures and the list of emoji's names."""
    listed = json.loads(names.read_text(encoding="utf-8"))
    found = [
        (characters, str(entry["en"]).strip(":").replace("_", " "), picture)
        for characters, entry in listed.items()
        if entry["status"] == _QUALIFIED
        if (picture := _picture_of(characters, pictures)) is not None
    ]
    found.sort(key=lambda item: _place(item[0]))
    width = int(len(found) ** 0.5) + 1
    image = Image.new("RGBA", (width * CELL, width * CELL))
    rows: list[tuple[str, int, int, str, bool]] = []
    for index, (characters, name, picture) in enumerate(found):
        row, column = divmod(index, width)
        small = Image.open(picture).convert("RGBA").resize((PICTURE, PICTURE), Image.Resampling.BOX)
        image.paste(small, (column * CELL + BORDER, row * CELL + BORDER))
        is_choice = not _SKIN_TONES & set(characters)
        rows.append((characters, column, row, name, is_choice))
    image.save(sheet)
    cells.write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")


def _picture_of(characters: str, pictures: Path) -> Path | None:
    """Return the picture, which is named with or without the selectors in the sequence."""
    for form in (characters, characters.replace(_SELECTOR, "")):
        path = pictures / ("-".join(f"{ord(character):x}" for character in form) + ".png")
        if path.is_file():
            return path
    return None


def _place(characters: str) -> tuple[int, str]:
    code = ord(characters[0])
    places = (place for place, codes in enumerate(_FIRST) if code in codes)
    return next(places, len(_FIRST)), characters
