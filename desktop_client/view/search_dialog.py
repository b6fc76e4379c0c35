"""Looking for what was said, and the page of keys.

Owns: these two windows and what is typed into them.
Never: what is found.
"""

from collections.abc import Callable

import dearpygui.dearpygui as dpg

from desktop_client.layout.found import HIT_HEIGHT, draw_hit
from desktop_client.state.model import Dialog, State
from desktop_client.update.events import ChoseHit, TypedSearch
from desktop_client.view.kit import Kit
from parley.client import Hit

SEARCH, WANTED, HITS = "search_dialog", "search_wanted", "search_hits"
KEYS = "keys_dialog"
_SIZE, _KEYS_SIZE = (560, 560), (400, 360)
_KEYS = (
    ("Enter", "send"),
    ("Ctrl+Enter", "a new line"),
    ("Up, in an empty field", "edit the last message of one's own"),
    ("Escape", "leave an answer, an edit, a dialogue"),
    ("Ctrl+K", "find a room; Enter opens the first"),
    ("Ctrl+F", "find what was said"),
    ("Ctrl+plus, Ctrl+minus", "larger text, smaller text"),
    ("Ctrl+0", "text of the usual size"),
    ("F1", "this page"),
    ("right click", "what can be done with a message"),
)


class SearchDialog:
    """Finds messages. `draft` returns what stands in the composer."""

    def __init__(self, kit: Kit, draft: Callable[[], str]) -> None:
        self._kit, self._draft = kit, draft
        self._drawn: object = None
        with dpg.window(tag=SEARCH, popup=True, show=False, no_move=True, autosize=False):
            dpg.add_input_text(
                tag=WANTED,
                hint="Find what was said",
                width=-1,
                on_enter=False,
                callback=lambda: kit.emit(TypedSearch(dpg.get_value(WANTED))),
            )
            kit.geometry.fix(dpg.add_spacer(), height=4)
            dpg.add_child_window(tag=HITS, border=False, height=-1)

    def show(self, state: State, width: int, height: int) -> None:
        """Open it, list what was found, or close it."""
        is_wanted = state.dialog is Dialog.SEARCH
        if self._kit.popup(SEARCH, _SIZE, (width, height), wanted=is_wanted):
            self._drawn = None
            dpg.set_value(WANTED, "")
            dpg.bind_item_theme(WANTED, self._kit.style.inset)
            dpg.focus_item(WANTED)
        drawn = (state.query, state.hits, width, self._kit.look)
        if is_wanted and drawn != self._drawn:
            self._drawn = drawn
            self._list(state, min(_SIZE[0], width - 20) - 40)

    def _list(self, state: State, width: int) -> None:
        dpg.delete_item(HITS, children_only=True)
        if state.hits is None:
            dpg.add_text("One moment …" if state.query else "", parent=HITS)
            return
        if not state.hits:
            dpg.add_text("Nothing was found", parent=HITS)
        for hit in state.hits:
            self._add(hit, state, width)

    def _add(self, hit: Hit, state: State, width: int) -> None:
        talk = state.talks.get(hit.room)
        room = talk.room.name if talk is not None else ""
        marks = draw_hit(hit, room, width, self._kit.scene(state), self._kit.metrics)
        item = dpg.add_drawlist(
            10,
            10,
            parent=HITS,
            callback=lambda: self._kit.emit(ChoseHit(hit, self._draft())),
        )
        self._kit.geometry.size(item, width=width, height=HIT_HEIGHT)
        self._kit.painter.paint(marks, item)


class KeysDialog:
    """Lists the keys that do something."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        with dpg.window(tag=KEYS, popup=True, show=False, no_move=True, autosize=False):
            self._lines = [dpg.add_text(f"{key}: {does}") for key, does in _KEYS]

    def show(self, state: State, width: int, height: int) -> None:
        """Open or close it."""
        is_wanted = state.dialog is Dialog.KEYS
        self._kit.popup(KEYS, _KEYS_SIZE, (width, height), wanted=is_wanted)
        if is_wanted:
            for line in self._lines:
                self._kit.geometry.size(line, wrap=min(_KEYS_SIZE[0], width - 20) - 30)
