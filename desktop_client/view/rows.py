"""Rows that can be clicked, as lists in dialogues and pages have them.

Owns: adding one to Dear PyGui.
Never: what it looks like (`desktop_client.layout.page_row`).
"""

from collections.abc import Callable

import dearpygui.dearpygui as dpg

from desktop_client.layout.marks import Drawing
from desktop_client.layout.page_row import draw_row
from desktop_client.view.kit import Kit


def add_drawing(
    kit: Kit,
    drawing: Drawing,
    press: Callable[[], None],
    parent: int | str = 0,
    *,
    is_open: bool = True,
) -> None:
    """Add a drawing to a parent, or to the group that is being filled. `is_open`: a click leads
    on.
    """
    item = dpg.add_drawlist(10, 10, parent=parent, callback=lambda: press())
    kit.geometry.size(item, width=drawing.width, height=drawing.height)
    kit.painter.paint(drawing.marks, item)
    if is_open:
        kit.hover.watch(int(item))


def add_row(
    kit: Kit, parent: str, id: str, title: str, below: str, width: float, press: Callable[[], None]
) -> None:
    """Add somebody, or a room, with a disc: what is too long ends with dots."""
    drawing = draw_row(title, below, id, width, kit.metrics, is_open=True)
    add_drawing(kit, drawing, press, parent)
