"""What was built, and where it is found.

Owns: the folder of assets, the names of its files, and what stands in for a missing one.
Never: building them (`desktop_client.assets.build`).
"""

import json
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path

REGULAR, SEMIBOLD, ITALIC = "regular.ttf", "semibold.ttf", "italic.ttf"
SHEET, CELLS, ICONS = "emoji.png", "emoji.json", "icons.json"
CREDITS = "CREDITS.txt"
# A picture on the sheet, in pixels, with a clear border that keeps its neighbours out when scaled.
PICTURE, BORDER = 32, 1
CELL = PICTURE + 2 * BORDER

_SELECTOR = "\ufe0f"
# Below it are letters, digits and marks, which are emoji only where a selector says so.
_FIRST_SYMBOL = 0x2000

# Where Linux distributions, macOS and Windows keep a font with many letters: regular, bold.
_SYSTEM_FONTS = (
    ("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf", "DejaVuSans-Bold.ttf"),
    ("/usr/share/fonts/TTF/DejaVuSans.ttf", "DejaVuSans-Bold.ttf"),
    ("/System/Library/Fonts/Supplemental/Arial Unicode.ttf", "Arial Unicode.ttf"),
    ("C:/Windows/Fonts/segoeui.ttf", "segoeuib.ttf"),
)


@dataclass(frozen=True, slots=True)
class EmojiPicture:
    """A cell of the sheet, and the names by which people look for it."""

    column: int
    row: int
    name: str
    is_choice: bool
    """Whether the picker offers it; variants by skin tone are only shown."""


@dataclass(frozen=True, slots=True)
class Book:
    """The assets of this start. A font that is None is Dear PyGui's own."""

    regular: Path | None = None
    semibold: Path | None = None
    italic: Path | None = None
    """As wide as the regular one, character by character; None: that stands in for it."""
    icons: dict[str, str] = field(default_factory=dict)
    """An icon's character in the fonts, by name; empty: none are there."""
    sheet: Path | None = None
    emoji: dict[str, EmojiPicture] = field(default_factory=dict)
    """By the characters that stand for it, in the order of the picker."""


def folder_of_environment() -> Path:
    """Return where `make desktop` puts the assets: inside the Python environment."""
    return Path(sys.prefix) / "share" / "parley" / "desktop"


def open_book(folder: Path) -> Book:
    """Return the assets in a folder, and what the system has in place of those that are missing."""
    regular, semibold, icons = _fonts(folder)
    italic = folder / ITALIC if (folder / ITALIC).is_file() else None
    sheet = folder / SHEET
    if not sheet.is_file():
        return Book(regular, semibold, italic, icons)
    return Book(regular, semibold, italic, icons, sheet, _emoji(folder / CELLS))


def _fonts(folder: Path) -> tuple[Path | None, Path | None, dict[str, str]]:
    if (folder / REGULAR).is_file() and (folder / SEMIBOLD).is_file():
        icons = json.loads((folder / ICONS).read_text(encoding="utf-8"))
        return folder / REGULAR, folder / SEMIBOLD, icons
    for name, bold in _SYSTEM_FONTS:
        regular = Path(name)
        if regular.is_file():
            semibold = regular.with_name(bold)
            return regular, semibold if semibold.is_file() else regular, {}
    return None, None, {}


def _emoji(cells: Path) -> dict[str, EmojiPicture]:
    rows = json.loads(cells.read_text(encoding="utf-8"))
    emoji = {characters: EmojiPicture(*cell) for characters, *cell in rows}
    # Many people's keyboards leave the selector out.
    for characters, picture in list(emoji.items()):
        bare = characters.replace(_SELECTOR, "")
        if ord(bare[0]) >= _FIRST_SYMBOL or len(bare) > 1:
            emoji.setdefault(bare, replace(picture, is_choice=False))
    return emoji
