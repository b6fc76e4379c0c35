"""Both themes can be read: contrast as WCAG 2 counts it (success criterion 1.4.3)."""

import pytest

from desktop_client.layout.marks import Hue, Ink
from desktop_client.state.model import ThemeName
from desktop_client.view.palette import Colour, colour

# What is written on what.
GROUNDS = (Ink.SIDE, Ink.BAR, Ink.POPUP, Ink.CANVAS, Ink.CHOSEN, Ink.OWN, Ink.OTHER, Ink.FIELD)
WRITTEN = [
    (ink, ground) for ground in (*GROUNDS, Ink.HOVER, Ink.CHIP) for ink in (Ink.TEXT, Ink.FAINT)
]
WRITTEN += [(Ink.ACCENT, ground) for ground in (Ink.SIDE, Ink.BAR, Ink.POPUP, Ink.CHOSEN)]
WRITTEN += [(ink, Ink.OWN) for ink in (Ink.LINK, Ink.MENTION, Ink.TICK, Ink.BAD)]
WRITTEN += [(ink, Ink.OTHER) for ink in (Ink.LINK, Ink.MENTION)]
WRITTEN += [(Ink.BAD, Ink.POPUP), (Ink.BAD, Ink.CANVAS), (Ink.WARN, Ink.SIDE)]
WRITTEN += [(Ink.ON_ACCENT, Ink.FILL), (Ink.ON_ACCENT, Ink.MUTED)]
# What a text needs at least, and what a sign needs.
TEXT, SIGN = 4.5, 3.0
THEMES: tuple[ThemeName, ...] = ("dark", "light")


def luminance(shade: tuple[float, ...]) -> float:
    parts = [part / 255 for part in shade[:3]]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def over(ground: Colour, layer: Colour) -> tuple[float, ...]:
    """The colour of what lets the ground show through."""
    share = layer[3] / 255
    return tuple(new * share + old * (1 - share) for new, old in zip(layer, ground, strict=True))


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("ink", "ground"), WRITTEN)
def test_what_is_written_can_be_read(theme: ThemeName, ink: Ink, ground: Ink) -> None:
    assert contrast(colour(theme, ink), colour(theme, ground)) >= TEXT


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("bubble", [Ink.OWN, Ink.OTHER])
@pytest.mark.parametrize("number", range(8))
def test_a_name_can_be_read_in_a_quote(theme: ThemeName, bubble: Ink, number: int) -> None:
    ground = over(colour(theme, bubble), colour(theme, Ink.CODE))

    assert contrast(colour(theme, Hue(number)), ground) >= TEXT
    assert contrast(colour(theme, Ink.FAINT), ground) >= TEXT


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("ink", [Ink.GOOD, Ink.AWAY, Ink.FILL, Ink.ACCENT])
def test_a_sign_stands_out(theme: ThemeName, ink: Ink) -> None:
    assert contrast(colour(theme, ink), colour(theme, Ink.SIDE)) >= SIGN
