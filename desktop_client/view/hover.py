"""What the mouse is on, of what can be clicked and is drawn by hand.

Owns: showing it, and taking that back.
Never: clicks.
"""

import dearpygui.dearpygui as dpg

from desktop_client.layout.marks import Box, Ink
from desktop_client.view.geometry import Geometry
from desktop_client.view.paint import Painter

# Below a row stands so much of the page, in pixels.
_BELOW = 3.0


class Hover:
    """Items of one kind: `inset` is between their sides and what is shown."""

    def __init__(
        self, painter: Painter, geometry: Geometry, *, inset: float = 0, radius: float = 8
    ) -> None:
        self._painter, self._geometry = painter, geometry
        self._inset, self._radius = inset, radius
        self._over: int | None = None
        self._shown: int | None = None
        self._layer = 0
        with dpg.item_handler_registry() as self._handlers:
            self.listen()

    def listen(self) -> None:
        """Hear of the items whose handlers are being made."""
        dpg.add_item_hover_handler(callback=lambda _, item: self._note(item))

    def watch(self, item: int) -> None:
        """Hear of an item that has no other handlers."""
        dpg.bind_item_handler_registry(item, self._handlers)

    def _note(self, item: int) -> None:
        self._over = item

    def frame(self) -> None:
        """Follow the mouse; once a frame."""
        over, self._over = self._over, None
        is_there = bool(self._layer) and dpg.does_item_exist(self._layer)
        if over == self._shown and (over is None or is_there):
            return
        if is_there:
            dpg.delete_item(self._layer)
        self._shown, self._layer = over, 0
        if over is not None and dpg.does_item_exist(over):
            self._layer = int(dpg.add_draw_layer(parent=over))
            width, height = self._geometry.size_of(over)
            box = (self._inset, 0, width - 2 * self._inset, height - _BELOW)
            self._painter.paint([Box(*box, Ink.POINTED, self._radius)], self._layer)
