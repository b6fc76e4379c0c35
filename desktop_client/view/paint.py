"""Fonts, and turning marks into Dear PyGui's drawing calls.

Owns: what is loaded once, and one call for each kind of mark.
Never: what is drawn where.
"""

import dearpygui.dearpygui as dpg

from desktop_client.assets.book import Book
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
from desktop_client.layout.scale import enlarged
from desktop_client.state.model import ThemeName
from desktop_client.view.geometry import Geometry
from desktop_client.view.palette import Colour, colour, disc_colour
from desktop_client.view.shade import EDGE, disc_texture
from desktop_client.view.sheet import sheet_for

Item = int | str
_NOTHING = (0, 0, 0, 0)
ICON = 22.0
_WORD_AS_ICON = 13.0


class Painter:
    """Draws marks in a theme. Made once, after Dear PyGui's context."""

    def __init__(self, book: Book, geometry: Geometry) -> None:
        self.theme: ThemeName = "dark"
        self._book, self._geometry = book, geometry
        self.regular = self.bold = self.italic = self.mono = self.icons = 0
        with dpg.font_registry():
            if book.regular is not None:
                self.regular = dpg.add_font(str(book.regular), BODY)
                # Where there are no icons, words stand in their place, and must be small.
                size = ICON if book.icons else _WORD_AS_ICON
                self.icons = dpg.add_font(str(book.icon_font or book.regular), size)
            if book.semibold is not None:
                self.bold = dpg.add_font(str(book.semibold), BODY)
            if book.italic is not None:
                self.italic = dpg.add_font(str(book.italic), BODY)
            if book.mono is not None:
                self.mono = dpg.add_font(str(book.mono), BODY)
        if self.regular:
            dpg.bind_font(self.regular)
        self._disc = disc_texture()
        self._sheet = sheet_for(book, geometry.scale.factor)
        # What was to be drawn before the sheet was there: a place is asked for once.
        self._waiting: dict[tuple[Picture, Item], None] = {}

    def after_frame(self) -> None:
        """Go on with what is loaded after the first frame."""
        if self._sheet.after_frame():
            waiting, self._waiting = self._waiting, {}
            for mark, parent in waiting:
                if dpg.does_item_exist(parent):
                    self.paint([mark], parent)

    @property
    def is_loading(self) -> bool:
        """Whether pictures are still on their way to the screen."""
        return self._sheet.is_coming

    def colour(self, ink: Ink | Hue) -> Colour:
        """Return an ink's colour in the present theme."""
        return colour(self.theme, ink)

    def icon(self, name: str, instead: str) -> str:
        """Return an icon's character; without icons, the words instead of it."""
        return self._book.icons.get(name, instead)

    def labelled(self, name: str, words: str) -> str:
        """Return words with an icon before them, where there is one."""
        icon = self.icon(name, "")
        return f"{icon}   {words}" if icon else words

    def paint(self, marks: tuple[Mark, ...] | list[Mark], parent: Item) -> None:
        """Draw marks in the size that everything has now."""
        factor = self._geometry.scale.factor
        for mark in marks:
            if isinstance(mark, Picture) and self._sheet.is_coming:
                self._waiting[mark, parent] = None
                continue
            self._paint(mark if factor == 1 else enlarged(mark, factor), parent)

    def _paint(self, mark: Mark, parent: Item) -> None:
        match mark:
            case Words():
                self._words(mark, parent)
            case Box():
                low, high = (mark.x, mark.y), (mark.x + mark.width, mark.y + mark.height)
                fill = self.colour(mark.ink)
                dpg.draw_rectangle(
                    low, high, fill=fill, color=_NOTHING, rounding=mark.radius, parent=parent
                )
            case Picture():
                self._picture(mark, parent)
            case Disc(ink=Hue() as hue):
                self._shaded(mark, disc_colour(hue), parent)
            case Disc():
                fill = self.colour(mark.ink)
                place = (mark.x, mark.y)
                dpg.draw_circle(place, mark.radius, fill=fill, color=_NOTHING, parent=parent)
            case _:
                self._outline(mark, parent)

    def _shaded(self, mark: Disc, ink: Colour, parent: Item) -> None:
        left, top, around = mark.x, mark.y, mark.radius * EDGE
        low, high = (left - around, top - around), (left + around, top + around)
        dpg.draw_image(self._disc, low, high, color=ink, parent=parent)

    def _outline(self, mark: Ring | Stroke | Wedge, parent: Item) -> None:
        ink = self.colour(mark.ink)
        match mark:
            case Ring():
                dpg.draw_circle(
                    (mark.x, mark.y),
                    mark.radius,
                    color=ink,
                    thickness=mark.width,
                    parent=parent,
                )
            case Stroke():
                dpg.draw_polyline(mark.points, color=ink, thickness=mark.width, parent=parent)
            case Wedge():
                dpg.draw_triangle(*mark.points, fill=ink, color=ink, parent=parent)

    def _words(self, mark: Words, parent: Item) -> None:
        place, ink = (mark.x, mark.y), self.colour(mark.ink)
        item = dpg.draw_text(place, mark.text, size=mark.size, color=ink, parent=parent)
        font = self._font(mark)
        if font:
            dpg.bind_item_font(item, font)

    def _font(self, mark: Words) -> int:
        if mark.mono:
            return self.mono
        return self.bold if mark.bold else self.italic if mark.italic else 0

    def _picture(self, mark: Picture, parent: Item) -> None:
        cell = self._book.emoji.get(mark.characters)
        found = self._sheet.place(cell) if cell is not None else None
        if found is None:
            return
        low, high = (mark.x, mark.y), (mark.x + mark.size, mark.y + mark.size)
        dpg.draw_image(found.texture, low, high, uv_min=found.low, uv_max=found.high, parent=parent)
