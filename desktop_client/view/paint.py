"""Fonts, the sheet of emoji, and turning marks into Dear PyGui's drawing calls.

Owns: what is loaded once, and one call for each kind of mark.
Never: what is drawn where.
"""

import dearpygui.dearpygui as dpg
import numpy as np
from PIL import Image

from desktop_client.assets.book import BORDER, CELL, PICTURE, Book
from desktop_client.layout.marks import (
    Box,
    Disc,
    Hue,
    Ink,
    Mark,
    Picture,
    Ring,
    Stroke,
    Wedge,
    Words,
)
from desktop_client.layout.metrics import BODY
from desktop_client.state.model import ThemeName
from desktop_client.view.palette import Colour, colour

Item = int | str
_NOTHING = (0, 0, 0, 0)
ICON = 22.0


class Painter:
    """Draws marks in a theme. Made once, after Dear PyGui's context."""

    def __init__(self, book: Book) -> None:
        self.theme: ThemeName = "dark"
        self._book = book
        self.regular = self.bold = self.italic = self.icons = 0
        with dpg.font_registry():
            if book.regular is not None:
                self.regular = dpg.add_font(str(book.regular), BODY)
                self.icons = dpg.add_font(str(book.regular), ICON)
            if book.semibold is not None:
                self.bold = dpg.add_font(str(book.semibold), BODY)
            if book.italic is not None:
                self.italic = dpg.add_font(str(book.italic), BODY)
        if self.regular:
            dpg.bind_font(self.regular)
        self._sheet_width = 1
        self._sheet = self._load_sheet()

    def _load_sheet(self) -> Item | None:
        if self._book.sheet is None:
            return None
        image = Image.open(self._book.sheet).convert("RGBA")
        self._sheet_width = image.width
        pixels = np.asarray(image, dtype=np.float32).ravel() / 255
        with dpg.texture_registry():
            sheet: Item = dpg.add_static_texture(image.width, image.height, pixels)
        return sheet

    def free_copies(self) -> None:
        """Let go of the copy of the sheet that is kept besides the uploaded one; after a frame."""
        if self._sheet is not None:
            dpg.set_value(self._sheet, [0.0])

    def colour(self, ink: Ink | Hue) -> Colour:
        """Return an ink's colour in the present theme."""
        return colour(self.theme, ink)

    def icon(self, name: str, instead: str) -> str:
        """Return an icon's character; without icons, the words instead of it."""
        return self._book.icons.get(name, instead)

    def paint(self, marks: tuple[Mark, ...] | list[Mark], parent: Item, x: float = 0) -> None:
        """Draw marks, moved to the right by `x`."""
        for mark in marks:
            self._paint(mark, parent, x)

    def _paint(self, mark: Mark, parent: Item, x: float) -> None:
        match mark:
            case Words():
                self._words(mark, parent, x)
            case Box():
                low, high = (x + mark.x, mark.y), (x + mark.x + mark.width, mark.y + mark.height)
                fill = self.colour(mark.ink)
                dpg.draw_rectangle(
                    low, high, fill=fill, color=_NOTHING, rounding=mark.radius, parent=parent
                )
            case Picture():
                self._picture(mark, parent, x)
            case Disc():
                dpg.draw_circle(
                    (x + mark.x, mark.y),
                    mark.radius,
                    fill=self.colour(mark.ink),
                    color=_NOTHING,
                    parent=parent,
                )
            case _:
                self._outline(mark, parent, x)

    def _outline(self, mark: Ring | Stroke | Wedge, parent: Item, x: float) -> None:
        ink = self.colour(mark.ink)
        match mark:
            case Ring():
                dpg.draw_circle(
                    (x + mark.x, mark.y),
                    mark.radius,
                    color=ink,
                    thickness=mark.width,
                    parent=parent,
                )
            case Stroke():
                points = [(x + left, top) for left, top in mark.points]
                dpg.draw_polyline(points, color=ink, thickness=mark.width, parent=parent)
            case Wedge():
                first, second, third = ((x + left, top) for left, top in mark.points)
                dpg.draw_triangle(first, second, third, fill=ink, color=ink, parent=parent)

    def _words(self, mark: Words, parent: Item, x: float) -> None:
        place, ink = (x + mark.x, mark.y), self.colour(mark.ink)
        item = dpg.draw_text(place, mark.text, size=mark.size, color=ink, parent=parent)
        font = self.bold if mark.bold else self.italic if mark.italic else 0
        if font:
            dpg.bind_item_font(item, font)

    def _picture(self, mark: Picture, parent: Item, x: float) -> None:
        cell = self._book.emoji.get(mark.characters)
        if cell is None or self._sheet is None:
            return
        whole = self._sheet_width
        left, top = cell.column * CELL + BORDER, cell.row * CELL + BORDER
        dpg.draw_image(
            self._sheet,
            (x + mark.x, mark.y),
            (x + mark.x + mark.size, mark.y + mark.size),
            uv_min=(left / whole, top / whole),
            uv_max=((left + PICTURE) / whole, (top + PICTURE) / whole),
            parent=parent,
        )
