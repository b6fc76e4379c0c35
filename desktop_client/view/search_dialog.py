"""Looking for what was said.

Owns: the window and what is typed into it.
Never: what is found.
"""

from collections.abc import Callable

import dearpygui.dearpygui as dpg

from desktop_client.layout.found import HIT_HEIGHT, draw_hit
from desktop_client.layout.marks import Ink
from desktop_client.state.model import Dialog, State
from desktop_client.update.events import ChoseHit, TypedSearch
from desktop_client.view.kit import Kit
from parley.client import Hit

SEARCH, WANTED, HITS = "search_dialog", "search_wanted", "search_hits"
_SIZE = (560, 560)


class SearchDialog:
    """Finds messages. `draft` returns what stands in the composer."""

    def __init__(self, kit: Kit, draft: Callable[[], str]) -> None:
        self._kit, self._draft = kit, draft
        self._drawn: object = None
        with dpg.window(tag=SEARCH, popup=True, show=False, no_move=True, autosize=False):
            kit.head(SEARCH, "Find what was said")
            dpg.add_input_text(
                tag=WANTED,
                hint="A word, or several",
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
            self._say("One moment …" if state.query else "In all your rooms, the latest first")
            return
        if not state.hits:
            self._say("Nothing was found")
        for hit in state.hits:
            self._add(hit, state, width)

    def _say(self, words: str) -> None:
        ink = self._kit.painter.colour(Ink.FAINT)
        self._kit.geometry.size(dpg.add_text(words, parent=HITS, color=ink), indent=8)

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
        self._kit.hover.watch(int(item))
