"""What opens over the main screen: the picker of emoji, and which window each dialogue is.

Owns: these windows and what is typed into them.
Never: what follows from a choice.
"""

from collections.abc import Callable

import dearpygui.dearpygui as dpg

from desktop_client.layout.marks import Box, Ink, Mark, Picture
from desktop_client.shortcodes import chapter, chapters, search
from desktop_client.state.model import Dialog, State
from desktop_client.update.events import (
    ChoseEmoji,
    ClosedDialog,
)
from desktop_client.view.kit import Kit
from desktop_client.view.message_menu import MENU as MESSAGE_MENU
from desktop_client.view.new_room import NEW_ROOM
from desktop_client.view.page import PAGE
from desktop_client.view.room_menu import MENU as ROOM_MENU
from desktop_client.view.search_dialog import SEARCH

PICKER = "picker"
_WANTED, _GRID, _CHAPTERS = "emoji_wanted", "emoji_grid", "emoji_chapters"
_MOST_COLUMNS, _CELL, _SIZE = 8, 38, 28
# Beside the grid: the space around it, and a scroll bar.
_BESIDE = 32
# A chapter's sign, and the line below the one that is open.
_SIGN, _TAB = 20, 35
# So many of those that are found are drawn: further words make them fewer.
_MOST = 480


class EmojiPicker:
    """Choose an emoji, by picture or by name. `chosen` puts it into the composer."""

    def __init__(self, kit: Kit, chosen: Callable[[str], None]) -> None:
        self._kit, self._chosen = kit, chosen
        self._choices: list[str] = []
        self._drawn: tuple[object, ...] = ()
        self._placed: tuple[object, ...] | None = None
        self._is_reaction = False
        self._chapters = chapters(kit.book.emoji)
        self._chapter = 0
        self._columns = self._tabs = 1
        with dpg.window(
            tag=PICKER, popup=True, show=False, no_move=True, no_scrollbar=True, autosize=False
        ):
            dpg.add_input_text(tag=_WANTED, hint="Search emoji")
            dpg.add_drawlist(10, 10, tag=_CHAPTERS, callback=lambda: self._turn())
            with dpg.child_window(border=False, height=-1):
                dpg.add_drawlist(10, 10, tag=_GRID, callback=lambda: self._pick())

    def _pick(self) -> None:
        x, y = self._kit.geometry.mouse_in(_GRID)
        column, row = int(x // _CELL), int(y // _CELL)
        index = row * self._columns + column
        if 0 <= column < self._columns and 0 <= index < len(self._choices):
            if not self._is_reaction:
                self._chosen(self._choices[index])
            self._kit.emit(ChoseEmoji(self._choices[index]))

    def _turn(self) -> None:
        """Open the chapter that was clicked."""
        x, y = self._kit.geometry.mouse_in(_CHAPTERS)
        index = int(y // _TAB) * self._tabs + int(x // _TAB)
        if 0 <= index < len(self._chapters):
            self._chapter = list(self._chapters)[index]
            dpg.set_value(_WANTED, "")

    def show(self, state: State, width: int, height: int, left: float, bottom: float) -> None:
        """Open it above the composer, or close it."""
        self._is_reaction = state.about is not None
        if state.dialog is not Dialog.EMOJI:
            if self._placed is not None:
                self._placed = None
                _close(PICKER)
            return
        if not dpg.is_item_shown(PICKER):
            dpg.set_value(_WANTED, "")
            self._chapter = 0
            dpg.configure_item(PICKER, show=True)
            dpg.bind_item_theme(_WANTED, self._kit.style.inset)
            dpg.focus_item(_WANTED)
            self._placed = None
        self._place(width, height, left, bottom)
        recent = state.recent_emoji
        wanted = (dpg.get_value(_WANTED), recent, self._chapter, self._kit.look, self._columns)
        if wanted != self._drawn:
            self._drawn = wanted
            self._fill(self._found(*wanted[:2]))
            self._draw_chapters()

    def _place(self, width: int, height: int, left: float, bottom: float) -> None:
        """Put it above the composer, within the window."""
        placed = (width, height, left, bottom, self._kit.look)
        if placed == self._placed:
            return
        self._placed = placed
        geometry = self._kit.geometry
        room = min(_MOST_COLUMNS * _CELL, width - _BESIDE - 8)
        inner, high = room + _BESIDE, min(360, height - 20)
        # The chapters have no scroll bar beside them.
        self._columns, self._tabs = int(room // _CELL), int((inner - 12) // _TAB)
        geometry.size(PICKER, width=inner, height=high)
        geometry.size(_WANTED, width=inner - 22)
        x = max(0.0, min(left + 12, width - inner - 4))
        geometry.place(PICKER, x, max(4.0, bottom - high - 4))
        dpg.bind_item_theme(PICKER, self._kit.style.popup)

    def _found(self, words: str, recent: tuple[str, ...]) -> list[str]:
        emoji = self._kit.book.emoji
        if words.strip():
            return search(words, emoji)[:_MOST]
        return chapter(self._chapter, emoji, recent)

    def _draw_chapters(self) -> None:
        dpg.delete_item(_CHAPTERS, children_only=True)
        rows = max(1, -(-len(self._chapters) // self._tabs))
        self._kit.geometry.size(_CHAPTERS, width=_TAB * self._tabs, height=_TAB * rows)
        inset = (_TAB - _SIGN) / 2
        marks: list[Mark] = []
        for index, (number, sign) in enumerate(self._chapters.items()):
            left, top = index % self._tabs * _TAB, index // self._tabs * _TAB
            if number == self._chapter and not dpg.get_value(_WANTED):
                marks.append(Box(left + 4, top + _TAB - 4, _TAB - 8, 3, Ink.ACCENT, 1))
            marks.append(Picture(left + inset, top + inset, sign, _SIGN))
        self._kit.painter.paint(marks, _CHAPTERS)

    def _fill(self, choices: list[str]) -> None:
        self._choices = choices
        dpg.delete_item(_GRID, children_only=True)
        columns, inset = self._columns, (_CELL - _SIZE) / 2
        rows = max(1, -(-len(choices) // columns))
        self._kit.geometry.size(_GRID, width=columns * _CELL, height=rows * _CELL)
        marks: list[Mark] = [
            Picture(index % columns * _CELL + inset, index // columns * _CELL + inset, each, _SIZE)
            for index, each in enumerate(choices)
        ]
        self._kit.painter.paint(marks, _GRID)


_WINDOWS = {
    Dialog.NEW_ROOM: NEW_ROOM,
    Dialog.EMOJI: PICKER,
    Dialog.SEARCH: SEARCH,
}


def closed_by_person(state: State, was_open: Dialog) -> ClosedDialog | None:
    """Return the event of a dialogue that a click beside it has closed; none if it is open."""
    window = _WINDOWS.get(state.dialog, PAGE)
    if state.dialog is Dialog.NONE or was_open is not state.dialog or dpg.is_item_shown(window):
        return None
    return ClosedDialog()


def close_windows() -> None:
    """Close every window that lies over the main screen."""
    for window in (*_WINDOWS.values(), PAGE, MESSAGE_MENU, ROOM_MENU):
        _close(window)


def _close(window: str) -> None:
    if dpg.is_item_shown(window):
        dpg.configure_item(window, show=False)
