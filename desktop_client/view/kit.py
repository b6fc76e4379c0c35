"""What every part of the window is given.

Owns: the tools for drawing, and the way back for what a person does.
Never: state.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import dearpygui.dearpygui as dpg

from desktop_client.assets.book import Book
from desktop_client.layout.metrics import Metrics
from desktop_client.layout.rows import Scene
from desktop_client.state.model import State, ThemeName
from desktop_client.update.events import Event
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
    emit: Callable[[Event], None]
    today: Callable[[], date]

    @property
    def style(self) -> Styles:
        """The styles of the present theme."""
        return self.styles[self.painter.theme]

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
        """Open a dialogue in the middle of the window, or close it; return whether it opened."""
        is_shown = dpg.is_item_shown(tag)
        if wanted == is_shown:
            return False
        width, height = min(size[0], within[0] - 20), min(size[1], within[1] - 20)
        place = [(within[0] - width) // 2, (within[1] - height) // 2]
        dpg.configure_item(tag, show=wanted, pos=place, width=width, height=height)
        dpg.bind_item_theme(tag, self.style.popup)
        return wanted

    def icon_button(
        self, tag: str, icon: str, instead: str, hint: str, press: Callable[[], None]
    ) -> None:
        """Add a button that is an icon, with its meaning as a hint."""
        label = self.painter.icon(icon, instead)
        dpg.add_button(tag=tag, label=label, height=ICON_BUTTON, callback=lambda: press())
        dpg.configure_item(tag, width=ICON_BUTTON)
        if self.painter.icons:
            dpg.bind_item_font(tag, self.painter.icons)
        with dpg.tooltip(tag, delay=0.5):
            dpg.add_text(hint)
