"""Parley's colours, dark and light.

Owns: what colour each ink is.
Never: where it is used.
"""

from desktop_client.layout.marks import Hue, Ink
from desktop_client.state.model import ThemeName

Colour = tuple[int, int, int, int]


def _rgb(value: str, alpha: int = 255) -> Colour:
    return int(value[0:2], 16), int(value[2:4], 16), int(value[4:6], 16), alpha


_DARK = {
    Ink.CANVAS: _rgb("12151f"),
    Ink.PATTERN: _rgb("99a1ba", 24),
    Ink.SIDE: _rgb("191d2a"),
    Ink.BAR: _rgb("1f2434"),
    Ink.FIELD: _rgb("2a3044"),
    Ink.LINE: _rgb("2b3146"),
    Ink.CHOSEN: _rgb("2d3450"),
    Ink.HOVER: _rgb("252b3e"),
    Ink.POPUP: _rgb("262c3f"),
    Ink.TEXT: _rgb("e8eaf3"),
    Ink.FAINT: _rgb("aab2ca"),
    Ink.ACCENT: _rgb("8b98ff"),
    Ink.FILL: _rgb("5a68ea"),
    Ink.MUTED: _rgb("5d6480"),
    Ink.ON_ACCENT: _rgb("ffffff"),
    Ink.OWN: _rgb("373f80"),
    Ink.OTHER: _rgb("262c3e"),
    Ink.SHADOW: _rgb("000000", 60),
    Ink.CHIP: _rgb("1f2434"),
    Ink.LINK: _rgb("9db8ff"),
    Ink.TICK: _rgb("a9c4ff"),
    Ink.BAD: _rgb("ff959c"),
    Ink.WARN: _rgb("f2b950"),
    Ink.GOOD: _rgb("4fd18b"),
    Ink.AWAY: _rgb("f2b950"),
    Ink.CODE: _rgb("000000", 70),
    Ink.MENTION: _rgb("ffc66b"),
    Ink.SOUGHT: _rgb("f2b950", 90),
    Ink.POINTED: _rgb("aab2ca", 40),
    Ink.VEIL: _rgb("05070d", 130),
    Ink.SELECTED: _rgb("a9b8ff", 80),
}
_LIGHT = {
    Ink.CANVAS: _rgb("eceef6"),
    Ink.PATTERN: _rgb("30375c", 18),
    Ink.SIDE: _rgb("ffffff"),
    Ink.BAR: _rgb("f6f7fc"),
    Ink.FIELD: _rgb("ffffff"),
    Ink.LINE: _rgb("dfe2ee"),
    Ink.CHOSEN: _rgb("e6e9fb"),
    Ink.HOVER: _rgb("f1f3fb"),
    Ink.POPUP: _rgb("ffffff"),
    Ink.TEXT: _rgb("1b2033"),
    Ink.FAINT: _rgb("545b75"),
    Ink.ACCENT: _rgb("4f5bd8"),
    Ink.FILL: _rgb("4f5bd8"),
    Ink.MUTED: _rgb("646c86"),
    Ink.ON_ACCENT: _rgb("ffffff"),
    Ink.OWN: _rgb("dbe0ff"),
    Ink.OTHER: _rgb("ffffff"),
    Ink.SHADOW: _rgb("30375c", 34),
    Ink.CHIP: _rgb("ffffff"),
    Ink.LINK: _rgb("2f50c8"),
    Ink.TICK: _rgb("4652cc"),
    Ink.BAD: _rgb("b92736"),
    Ink.WARN: _rgb("8a5800"),
    Ink.GOOD: _rgb("1f9d5b"),
    Ink.AWAY: _rgb("c98200"),
    Ink.CODE: _rgb("30375c", 20),
    Ink.MENTION: _rgb("8a4b00"),
    Ink.SOUGHT: _rgb("ffd257", 150),
    Ink.POINTED: _rgb("30375c", 20),
    Ink.VEIL: _rgb("30375c", 90),
    Ink.SELECTED: _rgb("4f5bd8", 60),
}
# Names, each readable on the bubbles of its theme.
_HUES: dict[ThemeName, list[Colour]] = {
    "dark": [
        *(_rgb("e5759f"), _rgb("e08a4b"), _rgb("3fb58f"), _rgb("4aa3dd")),
        *(_rgb("a98bf0"), _rgb("e27e78"), _rgb("35aebb"), _rgb("c39a3d")),
    ],
    "light": [
        *(_rgb("9f3261"), _rgb("8e4811"), _rgb("11684d"), _rgb("1a608f")),
        *(_rgb("6843bf"), _rgb("a4352e"), _rgb("0c6670"), _rgb("73580d")),
    ],
}
# Discs are the same in both: white letters stand on them. They grow darker to the lower right.
_DISCS = [
    *(_rgb("ec6a9e"), _rgb("ec8d45"), _rgb("34b98f"), _rgb("4aa5e6")),
    *(_rgb("a689f5"), _rgb("e8685f"), _rgb("25b0c0"), _rgb("c79d36")),
]
_INKS: dict[ThemeName, dict[Ink, Colour]] = {"dark": _DARK, "light": _LIGHT}


def colour(theme: ThemeName, ink: Ink | Hue) -> Colour:
    """Return an ink's colour in a theme."""
    if isinstance(ink, Hue):
        hues = _HUES[theme]
        return hues[ink.number % len(hues)]
    return _INKS[theme][ink]


def disc_colour(hue: Hue) -> Colour:
    """Return the colour of a disc where it is lightest."""
    return _DISCS[hue.number % len(_DISCS)]
