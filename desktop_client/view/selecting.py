"""Selecting with the mouse what messages say, and copying it.

Owns: the mouse between its press and its release on messages, and the boxes that show the choice.
Never: what lies where in messages (`desktop_client.layout.selecting` and `excerpt`), and scrolling.
"""

from collections.abc import Callable, Mapping
from typing import Protocol

import dearpygui.dearpygui as dpg

from desktop_client.layout.excerpt import Spoken, Spot, copied, taken
from desktop_client.layout.selecting import Caret, Selected, caret_at
from desktop_client.view.kit import Kit

_LEFT = 0
# A place in a message, which keeps its name while rows come and go above it.
_Place = tuple[str, Caret]


class Messages(Protocol):
    """The rows of a room, numbered from the first at hand. A message is known by its `cmid`."""

    def row_of(self, cmid: str) -> int | None:
        """Return the row of a message; None: it is not at hand."""

    def drawn(self) -> dict[int, int]:
        """Return the item of each row that is drawn, in their order."""

    def spoken(self, first: int, last: int) -> dict[int, Spoken]:
        """Return what is said in these rows and those between them."""

    def under_mouse(self) -> str | None:
        """Return the message that the mouse is on, or the nearest one."""


class Selecting:
    """One choice at a time: a part of a message, or of several that follow each other."""

    def __init__(self, kit: Kit, messages: Messages) -> None:
        self._kit, self._messages = kit, messages
        self._begin: _Place | None = None
        self._end: _Place | None = None
        self._seen: object = None
        self._chosen: dict[int, Selected] = {}
        self._layers: dict[int, int] = {}
        self.is_held = self._was_down = False
        self._click: Callable[[], None] | None = None

    def press(self, cmid: str, click: Callable[[], None] | None) -> None:
        """The mouse went down on a message; `click` is done if it goes up where it is."""
        self.clear()
        self._click = click
        self._begin = self._place(cmid)
        self.is_held = self._was_down = True

    def _place(self, cmid: str) -> _Place | None:
        """Return where the mouse is in a message; None: nothing is written there."""
        row = self._messages.row_of(cmid)
        item = None if row is None else self._messages.drawn().get(row)
        if row is None or item is None:
            return None
        said = self._messages.spoken(row, row).get(row)
        mouse = self._kit.geometry.mouse_in(item)
        caret = None if said is None else caret_at(said.lines, *mouse, self._kit.metrics)
        return None if caret is None else (cmid, caret)

    def frame(self) -> None:
        """Follow the mouse, and the rows that come into view; once a frame."""
        is_down = dpg.is_mouse_button_down(_LEFT)
        if self.is_held:
            self._follow()
        elif is_down and not self._was_down:
            self.clear()  # it went down somewhere else
        self._show()
        if self.is_held and not is_down:
            self._release()
        self._was_down = is_down

    def _follow(self) -> None:
        under = self._messages.under_mouse()
        place = None if under is None else self._place(under)
        if self._begin is not None and place is not None:
            self._end = place

    def _spots(self) -> tuple[Spot, Spot] | None:
        """Return from where to where something is selected, by rows as they stand now."""
        if self._begin is None or self._end is None:
            return None
        begin, end = (self._messages.row_of(cmid) for cmid, _ in (self._begin, self._end))
        if begin is None or end is None:
            return None
        one, other = Spot(begin, self._begin[1]), Spot(end, self._end[1])
        return min(one, other), max(one, other)

    def _show(self) -> None:
        """Show what is selected of the rows that are drawn."""
        if self._end is None:
            return
        spots, drawn = self._spots(), self._messages.drawn()
        if spots is None:
            self.clear()  # where it began is not at hand any more
            return
        if (spots, drawn) == self._seen:
            return
        self._seen = (spots, drawn)
        first, last = min(drawn, default=0), max(drawn, default=-1)
        view = max(first, spots[0].message), min(last, spots[1].message)
        parts = taken(self._messages.spoken(*view), *spots, self._kit.metrics)
        self._cover({drawn[row]: part for row, part in parts.items()}, drawn)

    def _cover(self, chosen: dict[int, Selected], drawn: Mapping[int, int]) -> None:
        """Put boxes over what is selected of each item, in place of those from before."""
        items = set(drawn.values())
        self._layers = {item: layer for item, layer in self._layers.items() if item in items}
        for item in self._layers.keys() | chosen.keys():
            part = chosen.get(item, Selected())
            if item not in self._layers:
                self._layers[item] = int(dpg.add_draw_layer(parent=item))
            elif part == self._chosen.get(item):
                continue
            dpg.delete_item(self._layers[item], children_only=True)
            self._kit.painter.paint(part.boxes, self._layers[item])
        self._chosen = chosen

    def _release(self) -> None:
        self.is_held = False
        click, self._click = self._click, None
        is_selected = any(part.text for part in self._chosen.values())
        if not is_selected and click is not None:
            click()

    def copy(self) -> None:
        """Put what is selected on the clipboard, if something is."""
        spots = self._spots()
        if spots is None:
            return
        spoken = self._messages.spoken(spots[0].message, spots[1].message)
        text = copied(spoken, taken(spoken, *spots, self._kit.metrics))
        if text:
            dpg.set_clipboard_text(text)

    def clear(self) -> None:
        """Select nothing."""
        for layer in self._layers.values():
            if dpg.does_item_exist(layer):
                dpg.delete_item(layer)
        self._layers.clear()
        self._begin = self._end = self._click = self._seen = None
        self._chosen, self.is_held = {}, False
