"""The window's geometry: what is said in pixels of the layout becomes pixels of the screen.

Owns: the scale that everything is drawn in, and every place and size that Dear PyGui is told or
tells.
Never: what is where (`desktop_client.layout`), which scale is wanted (`desktop_client.state`).
"""

from math import ceil

import dearpygui.dearpygui as dpg

from desktop_client.layout.scale import Scale, scale_of
from desktop_client.state.model import TextSize

Item = int | str


class Geometry:
    """Places and sizes on a screen with a scale of its own. Made after Dear PyGui's context."""

    def __init__(self, screen: float = 1.0) -> None:
        self._screen = screen
        self.scale = Scale(screen)
        self._fixed: dict[Item, dict[str, float]] = {}
        self._spaces: dict[int, tuple[float, ...]] = {}
        dpg.set_global_font_scale(screen)

    def wear(self, size: TextSize) -> None:
        """Have everything in a text size from now on; what is drawn by hand is drawn anew by
        those who have drawn it.
        """
        scale = scale_of(self._screen, size)
        if scale == self.scale:
            return
        self.scale = scale
        dpg.set_global_font_scale(scale.factor)
        for item, lengths in self._fixed.items():
            self.size(item, **lengths)
        for style, space in self._spaces.items():
            dpg.set_value(style, self._in_px(space))

    def px(self, length: float) -> int:
        """Return a length in pixels of the screen."""
        return self.scale.px(length)

    # --- places and sizes ------------------------------------------------------------------

    def fix(self, item: Item, **lengths: float) -> None:
        """Have an item that lasts so large, in whichever text size: `width`, `height`, ..."""
        self._fixed[item] = lengths
        self.size(item, **lengths)

    def space(self, style: int, *lengths: float) -> None:
        """Have a theme's space so wide, in whichever text size."""
        self._spaces[style] = lengths
        dpg.set_value(style, self._in_px(lengths))

    def _in_px(self, lengths: tuple[float, ...]) -> list[float]:
        return [float(self.px(length)) for length in lengths]

    def size(self, item: Item, **lengths: float) -> None:
        """Have an item so large now: `width`, `height`, `wrap`, `indent`."""
        dpg.configure_item(item, **{name: self.px(length) for name, length in lengths.items()})

    def place(self, item: Item, x: float, y: float) -> None:
        """Put an item somewhere in its window."""
        dpg.set_item_pos(item, [self.px(x), self.px(y)])

    def size_of(self, item: Item) -> tuple[float, float]:
        """Return how large an item was drawn last."""
        width, height = dpg.get_item_rect_size(item)
        return self.scale.length(width), self.scale.length(height)

    def window(self) -> tuple[int, int]:
        """Return how large the window is inside; what is left of a pixel counts as one."""
        size = dpg.get_viewport_client_width(), dpg.get_viewport_client_height()
        return ceil(self.scale.length(size[0])), ceil(self.scale.length(size[1]))

    # --- the mouse -------------------------------------------------------------------------

    def mouse(self) -> tuple[float, float]:
        """Return where the mouse is in the window."""
        x, y = dpg.get_mouse_pos(local=False)
        return self.scale.length(x), self.scale.length(y)

    def mouse_in(self, item: Item) -> tuple[float, float]:
        """Return where the mouse is within an item."""
        (left, top), (x, y) = dpg.get_item_rect_min(item), dpg.get_mouse_pos(local=False)
        return self.scale.length(x - left), self.scale.length(y - top)

    # --- scrolling -------------------------------------------------------------------------

    def scrolled(self, item: Item) -> float:
        """Return how far down a list is scrolled."""
        return self.scale.length(dpg.get_y_scroll(item))

    def scroll(self, item: Item, top: float) -> None:
        """Scroll a list, as far as it goes."""
        dpg.set_y_scroll(item, float(self.px(top)), when=dpg.mvSetScrollFlags_Both)

    def reaches(self, item: Item, top: float) -> bool:
        """Return whether a list can be scrolled so far down."""
        return bool(dpg.get_y_scroll_max(item) >= self.px(top))
