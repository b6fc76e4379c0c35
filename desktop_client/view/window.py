"""The window itself: one viewport, one frame after the other.

Owns: Dear PyGui's context, its callbacks, and which of the two screens is shown.
Never: when a frame is due (`desktop_client.loop`).
"""

import logging
from collections.abc import Callable
from datetime import date
from pathlib import Path

import dearpygui.dearpygui as dpg

from desktop_client.assets.book import Book
from desktop_client.layout.marks import Ink
from desktop_client.layout.metrics import read_metrics
from desktop_client.profile import Place
from desktop_client.state.model import Stage, State, ThemeName
from desktop_client.update.events import ChoseTextSize, Event, Focused, SteppedTextSize
from desktop_client.update.telling import unread_of
from desktop_client.view.entry import EntryScreen
from desktop_client.view.geometry import Geometry
from desktop_client.view.held import has_control
from desktop_client.view.hover import Hover
from desktop_client.view.kit import Kit
from desktop_client.view.main import BACKGROUND, MainScreen
from desktop_client.view.native import make_sleeper
from desktop_client.view.notices import notify
from desktop_client.view.paint import Painter
from desktop_client.view.styles import Styles, make_styles

_ROOT = "root"
_LEAST_WIDTH, _LEAST_HEIGHT = 360, 280

# ImGui's number for the key of "=" and "+": Dear PyGui has no name that stands for it.
_EQUAL = 602
# With Ctrl: the keys for the text size, those of the number pad too.
_SIZE_KEYS: dict[int, Event] = {
    _EQUAL: SteppedTextSize(1),
    dpg.mvKey_Add: SteppedTextSize(1),
    dpg.mvKey_Minus: SteppedTextSize(-1),
    dpg.mvKey_Subtract: SteppedTextSize(-1),
    dpg.mvKey_0: ChoseTextSize("normal"),
    dpg.mvKey_NumPad0: ChoseTextSize("normal"),
}

_log = logging.getLogger(__name__)


class Window:
    """Draws states. `emit` is told what the person does. Everything runs in one thread.

    `size` is in the screen's pixels, of which `scale` make one of the layout's.
    """

    def __init__(
        self,
        book: Book,
        size: tuple[int, int],
        emit: Callable[[Event], None],
        today: Callable[[], date] = date.today,
        *,
        scale: float = 1.0,
    ) -> None:
        dpg.create_context()
        # Callbacks run in `frame`, each guarded: an error in one must not lose the others.
        dpg.configure_app(manual_callback_management=True)
        geometry = Geometry(scale)
        painter = Painter(book, geometry)
        fonts = (book.regular, book.semibold, book.italic, book.mono)
        metrics = read_metrics(*fonts, book.emoji)
        styles: dict[ThemeName, Styles] = {
            "dark": make_styles("dark", geometry),
            "light": make_styles("light", geometry),
        }
        hover = Hover(painter, geometry)
        self._kit = Kit(painter, metrics, book, styles, geometry, emit, today, hover)
        self._title = ""
        self._was_used = self._is_focused = True
        self._is_styled = False
        dpg.create_viewport(
            title="Parley",
            width=size[0],
            height=size[1],
            min_width=geometry.px(_LEAST_WIDTH),
            min_height=geometry.px(_LEAST_HEIGHT),
            vsync=True,
        )
        dpg.add_viewport_drawlist(front=False, tag=BACKGROUND)
        # A primary window would force a background of its own over the backdrop.
        dpg.add_window(
            tag=_ROOT,
            no_title_bar=True,
            no_resize=True,
            no_move=True,
            no_background=True,
            no_scrollbar=True,
            no_scroll_with_mouse=True,
            no_bring_to_front_on_focus=True,
            no_saved_settings=True,
            pos=(0, 0),
        )
        self._entry = EntryScreen(self._kit, _ROOT)
        self._main = MainScreen(self._kit, _ROOT)
        self._listen_to_use()
        self._listen_to_sizes()
        self._sleeper = make_sleeper()
        dpg.setup_dearpygui()
        dpg.show_viewport()

    def _listen_to_use(self) -> None:
        with dpg.handler_registry():
            dpg.add_mouse_move_handler(callback=lambda: self._note_use())
            dpg.add_mouse_down_handler(callback=lambda: self._note_use())
            dpg.add_mouse_wheel_handler(callback=lambda: self._note_use())
            dpg.add_key_down_handler(callback=lambda: self._note_use())

    def _listen_to_sizes(self) -> None:
        with dpg.handler_registry():
            for key in _SIZE_KEYS:
                dpg.add_key_press_handler(key, callback=lambda _, pressed: self._resize(pressed))

    def _resize(self, key: int) -> None:
        if has_control():
            self._kit.emit(_SIZE_KEYS[key])

    def _note_use(self) -> None:
        self._was_used = True

    @property
    def is_open(self) -> bool:
        """Whether the person has not closed it."""
        return bool(dpg.is_dearpygui_running())

    def show(self, state: State) -> None:
        """Draw what has changed since the last state."""
        self._wear(state)
        width, height = self._kit.geometry.window()
        self._kit.geometry.size(_ROOT, width=width, height=height)
        if state.stage is Stage.ENTRY:
            self._main.hide()
            self._entry.show(state.form, width, height)
        else:
            self._entry.hide()
            self._main.show(state, width, height)
        self._name(state)

    def _wear(self, state: State) -> None:
        self._kit.geometry.wear(state.text_size)
        if self._is_styled and self._kit.painter.theme == state.theme:
            return
        self._is_styled = True
        self._kit.painter.theme = state.theme
        dpg.bind_theme(self._kit.style.base)
        dpg.set_viewport_clear_color(list(self._kit.painter.colour(Ink.CANVAS)))

    def _name(self, state: State) -> None:
        unread = unread_of(state)
        title = f"({unread}) Parley" if unread else "Parley"
        if title != self._title:
            self._title = title
            dpg.set_viewport_title(title)

    def frame(self) -> bool:
        """Draw one frame; return whether the next is due soon.

        It is when the person did something meanwhile, and while pictures are on their way.
        """
        self._was_used = False
        dpg.render_dearpygui_frame()
        for job in dpg.get_callback_queue() or ():
            try:
                dpg.run_callbacks([job])
            except Exception:
                _log.exception("what a person did could not be carried out")
        self._look_at_focus()
        self._kit.painter.after_frame()
        return self._was_used or self.is_loading

    @property
    def is_loading(self) -> bool:
        """Whether pictures are still on their way to the screen."""
        return self._kit.painter.is_loading

    def _look_at_focus(self) -> None:
        is_focused = self._sleeper.is_focused()
        if is_focused != self._is_focused:
            self._is_focused = is_focused
            self._kit.emit(Focused(is_focused))

    def notify(self, title: str, text: str) -> None:
        """Tell somebody who is not looking: a notification where there is a way, and a hint."""
        self._sleeper.ask_for_attention()
        notify(title, text)

    def place(self) -> Place:
        """Return where it is on the screen."""
        x, y = dpg.get_viewport_pos()
        return Place(int(x), int(y), dpg.get_viewport_width(), dpg.get_viewport_height())

    def move(self, place: Place) -> None:
        """Put it somewhere else on the screen."""
        dpg.set_viewport_pos([place.x, place.y])
        dpg.set_viewport_width(place.width)
        dpg.set_viewport_height(place.height)

    def screens(self) -> list[Place]:
        """Return the screens without what the desktop keeps for itself; empty: nobody knows."""
        return self._sleeper.screens()

    def sleep(self, seconds: float) -> None:
        """Wait until the person does something, until `wake`, or for so many seconds."""
        self._sleeper.sleep(seconds)

    def wake(self) -> None:
        """End a sleep; from any thread."""
        self._sleeper.wake()

    def picture(self, path: Path) -> None:
        """Write what the next frame shows into a PNG file."""
        dpg.output_frame_buffer(str(path))

    def close(self) -> None:
        """Take the window away."""
        dpg.destroy_context()
