"""How the client begins, and how it ends: options, profile, network, window.

Owns: putting the parts together, and the sentence for what cannot begin.
Never: what happens in between (`desktop_client.loop`).
"""

import gc
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING

import msgspec

from desktop_client.assets.book import open_book
from desktop_client.loop import Loop
from desktop_client.network import Network
from desktop_client.options import LOCAL_SERVER, DesktopOptions
from desktop_client.profile import Kept, Place, Profile, on_screen, within
from desktop_client.screen_scale import scale_of_display
from desktop_client.state.model import EntryForm, State, TextSize, ThemeChoice
from desktop_client.system_theme import system_theme
from desktop_client.update.effects import (
    Connect,
    FindServer,
    LookAtTheme,
    NetworkEffect,
    Remember,
)
from desktop_client.update.events import Event, SawSystemTheme
from desktop_client.update.text_size import TEXT_SIZES

if TYPE_CHECKING:
    from desktop_client.view.window import Window


# The window's width and height where nobody has chosen any, in pixels of the layout.
_SIZE = (1280, 800)


class CannotOpen(Exception):
    """There can be no window here; `str()` says what to do."""


def first_state(options: DesktopOptions, kept: Kept) -> State:
    """Return the state that a start begins with."""
    url = options.url or kept.url or LOCAL_SERVER
    is_known = url == kept.url
    choices: dict[str, ThemeChoice] = {"light": "light", "dark": "dark"}
    sizes: dict[str, TextSize] = {size: size for size in TEXT_SIZES}
    return State(
        form=EntryForm(url, kept.user if is_known else "", busy=is_known),
        theme_choice=choices.get(kept.theme, "system"),
        text_size=sizes.get(kept.text_size, "normal"),
        recent_emoji=kept.recent_emoji,
    )


def run_desktop(options: DesktopOptions, display: str) -> None:
    """Open the window and return when it is closed. Raises CannotOpen.

    `display` names the X server, on systems that have one.
    """
    if not display and sys.platform not in ("win32", "darwin"):
        raise CannotOpen("there is no display here: start it in a desktop session")
    with open_client(options) as (loop, _):
        loop.run()


def why_not_imported(error: str) -> str:
    """Return what to do about a part of the window that is not there."""
    if "libGL" in error:
        return f"the system's OpenGL library is missing ({error}): sudo apt install libgl1"
    return f"the window needs packages that are missing ({error}): make desktop installs them"


def why_not_shown(reason: str) -> str:
    """Return what to do about a display that shows no window."""
    if "display" in reason:
        return f"there is no display here ({reason}): start it in a desktop session"
    return (
        f"this display cannot draw with OpenGL ({reason}):"
        " install a driver for it, such as libgl1-mesa-dri, which needs no graphics card"
    )


@contextmanager
def open_client(options: DesktopOptions) -> "Iterator[tuple[Loop, Window]]":
    """Have a client, with its window, until the block ends. Raises CannotOpen."""
    profile = Profile(options.data_dir, options.profile)
    kept = profile.load()
    state = first_state(options, kept)
    inbox: SimpleQueue[Event] = SimpleQueue()
    window: Window | None = None

    def tell(event: Event) -> None:
        inbox.put(event)
        if window is not None:
            window.wake()

    network = Network(profile, tell)
    do = _doing(network, tell)
    network.start()
    try:
        # What is kept of the rooms is read while the window is made.
        if state.form.busy:
            do(Connect(state.form.url))
        window = _open_window(options, kept.place, inbox.put)
        do(LookAtTheme())
        do(FindServer(LOCAL_SERVER))
        yield Loop(state, inbox, window, do), window
    finally:
        network.stop()
        if window is not None:
            if options.width is None:
                _remember_place(profile, window.place())
            window.close()


def _open_window(
    options: DesktopOptions, place: Place | None, emit: Callable[[Event], None]
) -> "Window":
    try:
        from desktop_client.view.native import look_at_display

        # The display's driver takes as long to load as the rest of the window's parts.
        with ThreadPoolExecutor(max_workers=1) as beside:
            looking = beside.submit(look_at_display)
            from desktop_client.view.window import Window
    except ImportError as error:
        raise CannotOpen(why_not_imported(str(error))) from None
    # What is imported stays: later collections need not look through it.
    gc.freeze()
    display = looking.result()
    if display.prevents:
        raise CannotOpen(why_not_shown(display.prevents))
    scale = options.scale or scale_of_display(display.scale)
    width, height = (round(length * scale) for length in _SIZE)
    size = (options.width or width, options.height or height)
    window = Window(open_book(options.assets), size, emit, scale=scale)
    if options.width is None:
        here, screens = window.place(), window.screens()
        wanted = within(here, screens) if place is None else on_screen(place, screens)
        if wanted != here:
            window.move(wanted)
    return window


def _doing(
    network: Network, tell: Callable[[Event], None]
) -> Callable[[NetworkEffect | Remember | LookAtTheme], None]:
    """Return what carries out the effects that neither the screen nor the browser does."""

    def look_at_theme() -> None:
        theme = system_theme()
        if theme is not None:
            tell(SawSystemTheme(theme))

    def do(effect: NetworkEffect | Remember | LookAtTheme) -> None:
        if isinstance(effect, LookAtTheme):
            # The desktop may take its time.
            Thread(target=look_at_theme, name="parley-theme", daemon=True).start()
        else:
            network.do(effect)

    return do


def _remember_place(profile: Profile, place: Place) -> None:
    with suppress(OSError):  # the next window opens at the usual place
        profile.keep(msgspec.structs.replace(profile.load(), place=place))
