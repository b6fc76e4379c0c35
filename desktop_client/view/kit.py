"""What every part of the window is given.

Owns: the tools for drawing, and the way back for what a person does.
Never: state.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

import dearpygui.dearpygui as dpg

from desktop_client.assets.book import Book
from desktop_client.layout.metrics import Metrics
from desktop_client.layout.rows import Scene
from desktop_client.layout.scale import Scale
from desktop_client.state.model import State, ThemeName
from desktop_client.update.events import ClosedDialog, Event
from desktop_client.view.geometry import Geometry
from desktop_client.view.hover import Hover
from desktop_client.view.paint import Painter
from desktop_client.view.styles import Styles

# A button that is an icon, in pixels.
ICON_BUTTON = 38


@dataclass(frozen=True, slots=True)
class Kit:
    """Tools and ways."""

    painter: Painter
    metrics: Metrics
    book: Book
    styles: dict[ThemeName, Styles]
    geometry: Geometry
    emit: Callable[[Event], None]
    today: Callable[[], date]
    hover: Hover
    """Shows which row of a list the mouse is on."""
    _opened: dict[str, tuple[object, ...]] = field(default_factory=dict)
    """How each dialogue that is open was placed."""

    @property
    def style(self) -> Styles:
        """The styles of the present theme."""
        return self.styles[self.painter.theme]

    @property
    def look(self) -> tuple[ThemeName, Scale]:
        """What everything that is drawn by hand depends on besides what it shows."""
        return self.painter.theme, self.geometry.scale

    def scene(self, state: State) -> Scene:
        """Return what rows and cards depend on besides their room."""
        return Scene(
            state.my_id,
            state.people,
            self.today(),
            starred=state.starred,
            unread_after=state.unread_after,
            found=state.found,
            sought=tuple(state.query.split()) if state.found is not None else (),
            typing=tuple(state.typists.in_room(state.opened, state.now)) if state.opened else (),
        )

    def popup(
        self, tag: str, size: tuple[int, int], within: tuple[int, int], *, wanted: bool
    ) -> bool:
        """Open a dialogue in the middle of the window, or close it; return whether it opened.

        One that is open stays in the middle of a window that becomes larger or smaller.
        """
        if not wanted and tag not in self._opened:
            return False
        is_shown = dpg.is_item_shown(tag)
        if not wanted:
            self._opened.pop(tag, None)
            if is_shown:
                dpg.configure_item(tag, show=False)
            return False
        placed = (size, within, self.look)
        if self._opened.get(tag) != placed or not is_shown:
            self._opened[tag] = placed
            width, height = min(size[0], within[0] - 20), min(size[1], within[1] - 20)
            self.geometry.size(tag, width=width, height=height)
            self.geometry.place(tag, (within[0] - width) / 2, (within[1] - height) / 2)
            self.geometry.place(f"{tag}_close", width - ICON_BUTTON - 10, 8)
            dpg.configure_item(tag, show=True)
            dpg.bind_item_theme(tag, self.style.popup)
        return not is_shown

    def head(self, dialog: str, title: str) -> None:
        """Add a dialogue's title, and the button that closes it."""
        text = dpg.add_text(title)
        self.geometry.fix(text, indent=8)
        if self.painter.bold:
            dpg.bind_item_font(text, self.painter.bold)
        close, hint = f"{dialog}_close", "Close (Esc)"
        self.icon_button(close, "x", "X", hint, lambda: self.emit(ClosedDialog()))
        self.geometry.fix(dpg.add_spacer(), height=2)

    def icon_button(
        self, tag: str, icon: str, instead: str, hint: str, press: Callable[[], None]
    ) -> None:
        """Add a button that is an icon, with its meaning as a hint."""
        label = self.painter.icon(icon, instead)
        dpg.add_button(tag=tag, label=label, callback=lambda: press())
        self.geometry.fix(tag, width=ICON_BUTTON, height=ICON_BUTTON)
        if self.painter.icons:
            dpg.bind_item_font(tag, self.painter.icons)
        with dpg.tooltip(tag, delay=0.5):
            dpg.add_text(hint)
