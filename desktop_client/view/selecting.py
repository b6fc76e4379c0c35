"""Selecting with the mouse what messages say, and copying it.

Owns: the mouse between its press and its release on messages, and the boxes that show the choice.
Never: what lies where in messages (`desktop_client.layout.selecting` and `excerpt`).
"""

from collections.abc import Callable

import dearpygui.dearpygui as dpg

from desktop_client.layout.excerpt import Spoken, Spot, copied, taken
from desktop_client.layout.selecting import Caret, Selected, caret_at
from desktop_client.view.kit import Kit

_LEFT = 0


class Selecting:
    """One choice at a time: a part of a message, or of several that follow each other.

    `messages` returns those that are drawn, in their order; `under` returns on which the mouse is.
    """

    def __init__(
        self,
        kit: Kit,
        messages: Callable[[], dict[int, Spoken]],
        under: Callable[[], int | None],
    ) -> None:
        self._kit, self._messages, self._under = kit, messages, under
        self._begin: tuple[int, Caret] | None = None
        self._chosen: dict[int, Selected] = {}
        self._layers: dict[int, int] = {}
        self._text = ""
        self._is_held = self._was_down = False
        self._click: Callable[[], None] | None = None

    def press(self, item: int, click: Callable[[], None] | None) -> None:
        """The mouse went down on a row; `click` is done if it goes up where it is."""
        self.clear()
        self._click = click
        self._begin = self._place(item, self._messages())
        self._is_held = self._was_down = True

    def _place(self, item: int, messages: dict[int, Spoken]) -> tuple[int, Caret] | None:
        """Return where the mouse is in a message; None: nothing is written there."""
        if item not in messages:
            return None
        mouse = self._kit.geometry.mouse_in(item)
        caret = caret_at(messages[item].lines, *mouse, self._kit.metrics)
        return None if caret is None else (item, caret)

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
        messages, under = self._messages(), self._under()
        if self._begin is None or under is None or self._begin[0] not in messages:
            return
        end = self._place(under, messages)
        if end is None:
            return
        items = list(messages)
        one, other = (Spot(items.index(item), caret) for item, caret in (self._begin, end))
        spoken = list(messages.values())
        parts = taken(spoken, one, other, self._kit.metrics)
        chosen = {items[number]: part for number, part in parts.items()}
        if chosen != self._chosen:
            self._text = copied(spoken, parts)
            self._show(chosen)

    def _show(self, chosen: dict[int, Selected]) -> None:
        for item in self._chosen.keys() | chosen.keys():
            part = chosen.get(item, Selected())
            if part != self._chosen.get(item):
                self._cover(item, part)
        self._chosen = chosen

    def _cover(self, item: int, part: Selected) -> None:
        """Show what is selected of a message, in place of what was."""
        if item not in self._layers:
            self._layers[item] = int(dpg.add_draw_layer(parent=item))
        dpg.delete_item(self._layers[item], children_only=True)
        self._kit.painter.paint(part.boxes, self._layers[item])

    def _release(self) -> None:
        self._is_held = False
        click, self._click = self._click, None
        if not self._text and click is not None:
            click()

    def copy(self) -> None:
        """Put what is selected on the clipboard, if something is."""
        if self._text:
            dpg.set_clipboard_text(self._text)

    def clear(self) -> None:
        """Select nothing."""
        for layer in self._layers.values():
            if dpg.does_item_exist(layer):
                dpg.delete_item(layer)
        self._layers.clear()
        self._begin = self._click = None
        self._chosen, self._text, self._is_held = {}, "", False

    def forget(self, item: int) -> None:
        """A message is drawn no more: what was selected in it, and beside it, is not any more."""
        if item in self._layers or (self._begin is not None and self._begin[0] == item):
            self.clear()
