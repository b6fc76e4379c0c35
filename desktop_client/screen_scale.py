"""How much larger than usual the desktop has everything drawn, as far as its settings tell.

Owns: reading the variables by which desktops tell it to programs, and which scales make sense.
Never: asking the display itself (`desktop_client.view.native`).
"""

from collections.abc import Mapping

# Smaller, nothing could be read; larger, no screen would hold the window.
LEAST_SCALE, MOST_SCALE = 0.5, 4.0
# Variables of Qt and of GTK, the finer one first.
_VARIABLES = ("QT_SCALE_FACTOR", "GDK_SCALE")
# What a display tells is taken in such steps: 97 dots to the inch are meant to be 96.
_STEPS = 8


def scale_of_environment(environment: Mapping[str, str]) -> float | None:
    """Return the scale that the environment asks for; None: it asks for none that makes sense."""
    told = (_number(environment.get(name, "")) for name in _VARIABLES)
    return next((scale for scale in told if scale is not None), None)


def scale_of_display(told: float) -> float:
    """Return the scale for what a display tells; one that makes no sense counts as 1."""
    if not LEAST_SCALE <= told <= MOST_SCALE:
        return 1.0
    return round(told * _STEPS) / _STEPS


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if LEAST_SCALE <= number <= MOST_SCALE else None
