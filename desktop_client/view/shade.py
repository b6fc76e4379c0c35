"""A disc that is darker towards its lower right, as a texture: Dear PyGui has no gradients.

Owns: that one texture, which is drawn in any colour and size.
Never: who has which colour (`desktop_client.view.palette`).
"""

from math import hypot

import dearpygui.dearpygui as dpg

# In pixels: between the sizes that are drawn, since the texture has no smaller copies of itself.
_SIZE = 64
# How much of its colour is left where the disc is darkest.
_DARKEST = 0.62
# The texture is so many times as wide as the disc on it: a pixel around it stays clear.
EDGE = _SIZE / (_SIZE - 2)


def disc_texture() -> int:
    """Make the texture: white at the upper left, with a soft edge."""
    pixels: list[float] = []
    for row in range(_SIZE):
        for column in range(_SIZE):
            light = _light(column, row)
            pixels += (light, light, light, _cover(column, row))
    with dpg.texture_registry():
        return int(dpg.add_static_texture(_SIZE, _SIZE, pixels))


def _light(column: int, row: int) -> float:
    along = (column + row) / (2 * (_SIZE - 1))
    return 1 - (1 - _DARKEST) * along


def _cover(column: int, row: int) -> float:
    """Return how much of a pixel the disc covers."""
    middle = (_SIZE - 1) / 2
    inside = _SIZE / 2 - 1 - hypot(column - middle, row - middle)
    return min(1.0, max(0.0, inside + 0.5))
