"""What was built, and where it is found.

Owns: the folder of assets, the names of its files, and what stands in for a missing one.
Never: building them (`desktop_client.assets.build`).
"""

import sys
from pathlib import Path

from msgspec import Struct, field, json
from msgspec.structs import replace

REGULAR, SEMIBOLD, ITALIC, MONO = "regular.ttf", "semibold.ttf", "italic.ttf", "mono.ttf"
ICON_FONT = "icons.ttf"
SHEET, LARGE_SHEET, CELLS, ICONS = "emoji.png", "emoji-large.png", "emoji.json", "icons.json"
CREDITS = "CREDITS.txt"
# A picture on the sheet, and on the large one, in pixels; with a clear border that keeps its
# neighbours out when scaled.
PICTURE, LARGE_PICTURE, BORDER = 32, 64, 1

_SELECTOR = "\ufe0f"
# Below it are letters, digits and marks, which are emoji only where a selector says so.
_FIRST_SYMBOL = 0x2000

# Where Linux distributions, macOS and Windows keep a font with many letters: regular, bold, code.
_SYSTEM_FONTS = (
    (
        "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
        "DejaVuSans-Bold.ttf",
        "DejaVuSansMono.ttf",
    ),
    ("/usr/share/fonts/TTF/DejaVuSans.ttf", "DejaVuSans-Bold.ttf", "DejaVuSansMono.ttf"),
    (
        "/System/Library/Fonts/Supplemental/Arial Unicode.ttf",
        "Arial Unicode.ttf",
        "Courier New.ttf",
    ),
    ("C:/Windows/Fonts/segoeui.ttf", "segoeuib.ttf", "consola.ttf"),
)


class EmojiPicture(Struct, frozen=True):
    """A cell of the sheet, and the names by which people look for it."""

    column: int
    row: int
    name: str
    is_choice: bool
    """Whether the picker offers it; variants by skin tone are only shown."""
    chapter: int = 0
    """Its chapter in the picker: the emoji of one follow each other."""
    aliases: tuple[str, ...] = ()
    """Short names, as people type them."""


_Row = tuple[str, int, int, str, bool, int, tuple[str, ...]]
"""A row of the sheet's list: the characters, and what is known of their picture."""


class Book(Struct, frozen=True):
    """The assets of this start. A font that is None is Dear PyGui's own."""

    regular: Path | None = None
    semibold: Path | None = None
    italic: Path | None = None
    """As wide as the regular one, character by character; None: that stands in for it."""
    mono: Path | None = None
    """All its characters are equally wide, for code; None: the regular one stands in for it."""
    icons: dict[str, str] = field(default_factory=dict)
    """An icon's character in the fonts, by name; empty: none are there."""
    icon_font: Path | None = None
    """The icons alone, for where they are larger than text; None: they are in the regular font."""
    sheet: Path | None = None
    large_sheet: Path | None = None
    """The same in a size for screens with a scale of their own; it takes four times the memory."""
    emoji: dict[str, EmojiPicture] = field(default_factory=dict)
    """By the characters that stand for it, in the order of the picker."""


def folder_of_environment() -> Path:
    """Return where `make desktop` puts the assets: inside the Python environment."""
    return Path(sys.prefix) / "share" / "parley" / "desktop"


def open_book(folder: Path) -> Book:
    """Return the assets in a folder, and what the system has in place of those that are missing."""
    fonts = _fonts(folder)
    if not (folder / SHEET).is_file():
        return fonts
    sheets = {"sheet": folder / SHEET, "large_sheet": _if_there(folder / LARGE_SHEET)}
    return replace(fonts, **sheets, emoji=_emoji(folder / CELLS))


def _fonts(folder: Path) -> Book:
    built = {name: _if_there(folder / name) for name in (REGULAR, SEMIBOLD, ITALIC, MONO)}
    if built[REGULAR] is not None and built[SEMIBOLD] is not None:
        icons = json.decode((folder / ICONS).read_bytes(), type=dict[str, str])
        fonts = (built[REGULAR], built[SEMIBOLD], built[ITALIC], built[MONO])
        return Book(*fonts, icons, _if_there(folder / ICON_FONT))
    for name, bold, mono in _SYSTEM_FONTS:
        regular = _if_there(Path(name))
        if regular is not None:
            semibold, code = (_if_there(regular.with_name(each)) for each in (bold, mono))
            return Book(regular, semibold or regular, mono=built[MONO] or code)
    return Book(mono=built[MONO])


def _if_there(path: Path) -> Path | None:
    return path if path.is_file() else None


def _emoji(cells: Path) -> dict[str, EmojiPicture]:
    rows = json.decode(cells.read_bytes(), type=list[_Row])
    emoji = {row[0]: EmojiPicture(*row[1:]) for row in rows}
    # Many people's keyboards leave the selector out.
    for characters, picture in list(emoji.items()):
        bare = characters.replace(_SELECTOR, "")
        if ord(bare[0]) >= _FIRST_SYMBOL or len(bare) > 1:
            emoji.setdefault(bare, replace(picture, is_choice=False))
    return emoji
