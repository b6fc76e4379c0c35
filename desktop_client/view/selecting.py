"""Selecting a part of a message with the mouse, and copying it.

Owns: the mouse between its press and its release on a message, and the boxes that show the choice.
Never: what lies where in a message (`desktop_client.layout.selecting`).
"""

from collections.abc import Callable

import dearpygui.dearpygui as dpg

from desktop_client.layout.selecting import Caret, DrawnLine, Selected, caret_at, selected
from desktop_client.view.kit import Kit

_LEFT = 0


class Selecting:
    """One choice at a time, within one message."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self._item: int | None = None
        self._lines: tuple[DrawnLine, ...] = ()
        self._begin: Caret | None = None
        self._layer: int | None = None
        self._chosen = Selected()
        self._is_held = self._was_down = False
        self._click: Callable[[], None] | None = None

    @property
    def text(self) -> str:
        """What is selected; empty: nothing is."""
        return self._chosen.text

    def press(
        self, item: int, lines: tuple[DrawnLine, ...], click: Callable[[], None] | None
    ) -> None:
        """The mouse went down on a message; `click` is done if it goes up where it is."""
        self.clear()
        self._item, self._lines, self._click = item, lines, click
        self._begin = caret_at(lines, *self._mouse(item), self._kit.metrics)
        self._is_held = self._was_down = True

    def frame(self) -> None:
        """Follow the mouse; once a frame."""
        is_down = dpg.is_mouse_button_down(_LEFT)
        if self._is_held:
            self._follow()
            if not is_down:
                self._release()
        elif is_down and not self._was_down:
            self.clear()  # it went down somewhere else
        self._was_down = is_down

    def _follow(self) -> None:
        if self._item is None or self._begin is None or not dpg.does_item_exist(self._item):
            return
        metrics = self._kit.metrics
        end = caret_at(self._lines, *self._mouse(self._item), metrics)
        if end is None:
            return
        chosen = selected(self._lines, self._begin, end, metrics)
        if chosen != self._chosen:
            self._show(chosen)

    def _show(self, chosen: Selected) -> None:
        self._chosen = chosen
        if self._layer is None:
            self._layer = int(dpg.add_draw_layer(parent=self._item))
        dpg.delete_item(self._layer, children_only=True)
        self._kit.painter.paint(chosen.boxes, self._layer)

    def _release(self) -> None:
        self._is_held = False
        click, self._click = self._click, None
        if not self.text and click is not None:
            click()

    def copy(self) -> None:
        """Put what is selected on the clipboard, if something is."""
        if self.text:
            dpg.set_clipboard_text(self.text)

    def clear(self) -> None:
        """Select nothing."""
        if self._layer is not None and dpg.does_item_exist(self._layer):
            dpg.delete_item(self._layer)
        self._layer, self._item, self._begin, self._click = None, None, None, None
        self._chosen, self._is_held = Selected(), False

    def forget(self, item: int) -> None:
        """A message is drawn no more, and what was selected in it is not any more."""
        if item == self._item:
            self._layer = None
            self.clear()

    @staticmethod
    def _mouse(item: int) -> tuple[float, float]:
        """Return where the mouse is within an item."""
        left, top = dpg.get_item_rect_min(item)
        x, y = dpg.get_mouse_pos(local=False)
        return x - left, y - top
