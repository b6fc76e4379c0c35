"""Dear PyGui's themes: the colours and spaces of inputs, buttons and scroll bars.

Owns: one set of them for each of Parley's themes, made once and bound again.
Never: what is drawn by hand (`desktop_client.view.paint`).
"""

from dataclasses import dataclass

import dearpygui.dearpygui as dpg

from desktop_client.layout.marks import Ink
from desktop_client.state.model import ThemeName
from desktop_client.view.geometry import Geometry
from desktop_client.view.palette import Colour, colour

_CLEAR: Colour = (0, 0, 0, 0)
_UNSEEN = ("WindowBg", "ChildBg", "Border", "BorderShadow", "ScrollbarBg", "FrameBg")

# These are parts of a whole, and no lengths.
_SHARES = ("ButtonTextAlign",)


@dataclass(frozen=True, slots=True)
class Styles:
    """The themes of one palette, as Dear PyGui's items."""

    base: int
    accent: int
    """A button that is meant to be pressed."""
    popup: int
    offers: int
    """A list that opens while one writes."""
    form: int
    """The fields of the first screen and of dialogues."""
    line: int
    """A button that takes a whole line of a page."""
    small: int
    """A button beside or below somebody or something in a list."""
    link: int
    """A button that is words: the way to another form."""
    inset: int
    """The fields of a page."""
    dense: int
    """A page: its parts stand close together."""
    veil: int
    """What lies over the screen that a dialogue has been opened from."""


def make_styles(name: ThemeName, geometry: Geometry) -> Styles:
    """Make the themes of a palette."""
    return Styles(
        base=_base(name, geometry),
        accent=_accent(name, geometry),
        popup=_popup(name, geometry),
        offers=_offers(name, geometry),
        form=_form(name, geometry),
        line=_line(geometry),
        small=_small(name, geometry),
        link=_theme(geometry, {"Text": colour(name, Ink.ACCENT)}, {}),
        inset=_inset(name, geometry),
        dense=_dense(geometry),
        veil=_theme(geometry, {"ChildBg": colour(name, Ink.VEIL)}, {"ChildRounding": (0,)}),
    )


def _base(name: ThemeName, geometry: Geometry) -> int:
    faint, accent = colour(name, Ink.FAINT), colour(name, Ink.ACCENT)
    colours = {
        **dict.fromkeys(_UNSEEN, _CLEAR),
        "Text": colour(name, Ink.TEXT),
        "TextDisabled": faint,
        "PopupBg": colour(name, Ink.POPUP),
        "TextSelectedBg": _faded(accent, 110),
        "InputTextCursor": accent,
        "ScrollbarGrab": _faded(faint, 70),
        "ScrollbarGrabHovered": _faded(faint, 120),
        "ScrollbarGrabActive": _faded(faint, 150),
        "Button": _CLEAR,
        "ButtonHovered": _faded(faint, 45),
        "ButtonActive": _faded(faint, 75),
        "HeaderHovered": _faded(faint, 45),
        "HeaderActive": _faded(faint, 75),
        "NavCursor": accent,
    }
    spaces: dict[str, tuple[float, ...]] = {
        "WindowPadding": (0, 0),
        "ItemSpacing": (0, 0),
        "ScrollbarSize": (8,),
        "ScrollbarRounding": (4,),
        "FrameRounding": (10,),
        "FramePadding": (4, 4),
        "WindowBorderSize": (0,),
        "ChildBorderSize": (0,),
        "PopupRounding": (10,),
        "WindowRounding": (10,),
    }
    return _theme(geometry, colours, spaces)


def _accent(name: ThemeName, geometry: Geometry) -> int:
    fill = colour(name, Ink.FILL)
    return _theme(
        geometry,
        {
            "Button": fill,
            "ButtonHovered": _lighter(fill, 16),
            "ButtonActive": _lighter(fill, -16),
            "Text": colour(name, Ink.ON_ACCENT),
        },
        {"FrameRounding": (19,)},
    )


def _popup(name: ThemeName, geometry: Geometry) -> int:
    return _theme(
        geometry,
        {"Border": colour(name, Ink.LINE), "WindowBg": colour(name, Ink.POPUP)},
        {
            "WindowPadding": (10, 10),
            "FramePadding": (10, 7),
            "ItemSpacing": (8, 6),
            "WindowBorderSize": (1,),
        },
    )


def _offers(name: ThemeName, geometry: Geometry) -> int:
    return _theme(
        geometry,
        {"Border": colour(name, Ink.LINE), "WindowBg": colour(name, Ink.POPUP)},
        {"WindowPadding": (6, 6), "WindowBorderSize": (1,)},
    )


def _form(name: ThemeName, geometry: Geometry) -> int:
    field = colour(name, Ink.FIELD if name == "dark" else Ink.BAR)
    return _theme(
        geometry,
        {"FrameBg": field, "Border": colour(name, Ink.LINE)},
        {"FramePadding": (12, 10), "FrameBorderSize": (1,)},
    )


def _inset(name: ThemeName, geometry: Geometry) -> int:
    field = colour(name, Ink.CANVAS)
    pointed = _lighter(field, 14 if name == "dark" else -14)
    # A choice has two parts, of which the one with the arrow is coloured as a button.
    parts = {"FrameBg": field, "FrameBgHovered": pointed, "FrameBgActive": pointed}
    arrow = {"Button": field, "ButtonHovered": pointed, "ButtonActive": pointed}
    return _theme(
        geometry,
        {**parts, **arrow, "Border": colour(name, Ink.LINE)},
        {"FramePadding": (12, 9), "FrameBorderSize": (1,)},
    )


def _dense(geometry: Geometry) -> int:
    return _theme(geometry, {}, {"ItemSpacing": (8, 3)})


def _line(geometry: Geometry) -> int:
    return _theme(geometry, {}, {"ButtonTextAlign": (0, 0.5), "FramePadding": (8, 7)})


def _small(name: ThemeName, geometry: Geometry) -> int:
    faint = colour(name, Ink.FAINT)
    spaces: dict[str, tuple[float, ...]] = {"FrameRounding": (8,), "FramePadding": (6, 3)}
    return _theme(geometry, {"Button": _faded(faint, 30)}, spaces)


def _theme(
    geometry: Geometry, colours: dict[str, Colour], spaces: dict[str, tuple[float, ...]]
) -> int:
    with dpg.theme() as theme, dpg.theme_component(dpg.mvAll):
        for name, value in colours.items():
            dpg.add_theme_color(getattr(dpg, f"mvThemeCol_{name}"), value)
        for name, space in spaces.items():
            style = dpg.add_theme_style(getattr(dpg, f"mvStyleVar_{name}"), *space)
            if name not in _SHARES:
                geometry.space(style, *space)
    return int(theme)


def _faded(value: Colour, alpha: int) -> Colour:
    return (*value[:3], alpha)


def _lighter(value: Colour, by: int) -> Colour:
    red, green, blue = (max(0, min(255, part + by)) for part in value[:3])
    return red, green, blue, value[3]
