"""How the client begins, and how it ends: options, profile, network, window.

Owns: putting the parts together, and the sentence for what cannot begin.
Never: what happens in between (`desktop_client.loop`).
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from queue import SimpleQueue
from typing import TYPE_CHECKING

from desktop_client.assets.book import open_book
from desktop_client.loop import Loop
from desktop_client.network import Network
from desktop_client.options import LOCAL_SERVER, DesktopOptions
from desktop_client.profile import Kept, Profile
from desktop_client.state.model import EntryForm, State, ThemeName
from desktop_client.update.effects import Connect, FindServer
from desktop_client.update.events import Event

if TYPE_CHECKING:
    from desktop_client.view.window import Window


class CannotOpen(Exception):
    """There can be no window here; `str()` says what to do."""


def first_state(options: DesktopOptions, kept: Kept) -> State:
    """Return the state that a start begins with."""
    url = options.url or kept.url or LOCAL_SERVER
    is_known = url == kept.url
    theme: ThemeName = "light" if kept.theme == "light" else "dark"
    return State(
        form=EntryForm(url, kept.user if is_known else "", busy=is_known),
        theme=theme,
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


@contextmanager
def open_client(options: DesktopOptions) -> "Iterator[tuple[Loop, Window]]":
    """Have a client, with its window, until the block ends. Raises CannotOpen."""
    try:
        from desktop_client.view.window import Window
    except ImportError as error:
        raise CannotOpen(
            f"the window needs packages that are missing ({error}): make desktop installs them"
        ) from None
    profile = Profile(options.data_dir, options.profile)
    state = first_state(options, profile.load())
    inbox: SimpleQueue[Event] = SimpleQueue()
    window = Window(open_book(options.assets), (options.width, options.height), inbox.put)

    def tell(event: Event) -> None:
        inbox.put(event)
        window.wake()

    network = Network(profile, tell)
    network.start()
    network.do(FindServer(LOCAL_SERVER))
    if state.form.busy:
        network.do(Connect(state.form.url))
    try:
        yield Loop(state, inbox, window, network.do), window
    finally:
        network.stop()
        window.close()
