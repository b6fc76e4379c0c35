"""What opens over the main screen: the picker of emoji, new channels, a message's menu.

Owns: these windows and what is typed into them.
Never: what follows from a choice.
"""

from collections.abc import Callable

import dearpygui.dearpygui as dpg

from desktop_client.layout.marks import Mark, Picture
from desktop_client.layout.rows import BubbleRow
from desktop_client.layout.words import one_line
from desktop_client.shortcodes import search
from desktop_client.state.model import Dialog, State
from desktop_client.state.talk import Progress
from desktop_client.update.events import (
    ChoseChannel,
    ChoseEmoji,
    ClosedDialog,
    Dismissed,
    MadeChannel,
)
from desktop_client.view.kit import Kit

NEW_ROOM, ROOM_NAME, MAKE = "new_room_dialog", "room_name", "make_room"
PICKER, MENU = "picker", "menu"
_CHANNELS, _WANTED, _GRID, _COPY, _FORGET = (
    "channels",
    "emoji_wanted",
    "emoji_grid",
    "copy",
    "forget",
)
_COLUMNS, _CELL, _SIZE = 8, 38, 28
# So many are drawn at once: further ones are found by their names.
_MOST = 480


class NewRoomDialog:
    """Make a channel, or join one that is open to all."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self._public: object = None
        with dpg.window(tag=NEW_ROOM, popup=True, show=False, no_move=True, autosize=False):
            dpg.add_text("New channel")
            dpg.add_input_text(
                tag=ROOM_NAME, hint="Its name", on_enter=True, callback=lambda: self._make()
            )
            dpg.add_button(tag=MAKE, label="Make it", callback=lambda: self._make())
            dpg.add_text("Or join one that is open to all")
            dpg.add_child_window(tag=_CHANNELS, border=False, height=-1)

    def _make(self) -> None:
        self._kit.emit(MadeChannel(dpg.get_value(ROOM_NAME)))

    def _join(self, room: str) -> None:
        self._kit.emit(ChoseChannel(room))

    def show(self, state: State, width: int, height: int) -> None:
        """Open or close it, and list the channels."""
        if state.dialog is not Dialog.NEW_ROOM:
            _close(NEW_ROOM)
            return
        if not dpg.is_item_shown(NEW_ROOM):
            dpg.set_value(ROOM_NAME, "")
            inner, high = min(340, width - 20), min(400, height - 20)
            place = [(width - inner) // 2, (height - high) // 2]
            dpg.configure_item(NEW_ROOM, show=True, pos=place, width=inner, height=high)
            dpg.bind_item_theme(NEW_ROOM, self._kit.style.popup)
            dpg.bind_item_theme(ROOM_NAME, self._kit.style.form)
            dpg.bind_item_theme(MAKE, self._kit.style.accent)
            dpg.configure_item(ROOM_NAME, width=inner - 22)
            dpg.focus_item(ROOM_NAME)
        if self._public is not state.public:
            self._public = state.public
            dpg.delete_item(_CHANNELS, children_only=True)
            others = [room for room in state.public if room.id not in state.talks]
            for room in others:
                self._add(room.id, f"# {one_line(room.name)}")
            if not others:
                dpg.add_text("There is none that you are not in", parent=_CHANNELS)

    def _add(self, room: str, label: str) -> None:
        dpg.add_selectable(label=label, parent=_CHANNELS, callback=lambda: self._join(room))


class EmojiPicker:
    """Choose an emoji, by picture or by name. `chosen` puts it into the composer."""

    def __init__(self, kit: Kit, chosen: Callable[[str], None]) -> None:
        self._kit, self._chosen = kit, chosen
        self._choices: list[str] = []
        self._drawn: tuple[object, ...] = ()
        with dpg.window(
            tag=PICKER, popup=True, show=False, no_move=True, no_scrollbar=True, autosize=False
        ):
            dpg.add_input_text(tag=_WANTED, hint="Search emoji")
            dpg.add_spacer(height=4)
            with dpg.child_window(border=False, height=-1):
                dpg.add_drawlist(_COLUMNS * _CELL, _CELL, tag=_GRID, callback=lambda: self._pick())

    def _pick(self) -> None:
        left, top = dpg.get_item_rect_min(_GRID)
        x, y = dpg.get_mouse_pos(local=False)
        column, row = int((x - left) // _CELL), int((y - top) // _CELL)
        index = row * _COLUMNS + column
        if 0 <= column < _COLUMNS and 0 <= index < len(self._choices):
            self._chosen(self._choices[index])
            self._kit.emit(ChoseEmoji(self._choices[index]))

    def show(self, state: State, width: int, height: int, left: float, bottom: float) -> None:
        """Open it above the composer, or close it."""
        if state.dialog is not Dialog.EMOJI:
            _close(PICKER)
            return
        if not dpg.is_item_shown(PICKER):
            dpg.set_value(_WANTED, "")
            inner, high = _COLUMNS * _CELL + 32, min(360, height - 20)
            place = [
                max(0, min(int(left) + 12, width - inner - 4)),
                max(4, int(bottom) - high - 4),
            ]
            dpg.configure_item(PICKER, show=True, pos=place, width=inner, height=high)
            dpg.bind_item_theme(PICKER, self._kit.style.popup)
            dpg.bind_item_theme(_WANTED, self._kit.style.form)
            dpg.configure_item(_WANTED, width=inner - 22)
            dpg.focus_item(_WANTED)
        wanted = (dpg.get_value(_WANTED), state.recent_emoji)
        if wanted != self._drawn:
            self._drawn = wanted
            self._fill(search(wanted[0], self._kit.book.emoji, wanted[1])[:_MOST])

    def _fill(self, choices: list[str]) -> None:
        self._choices = choices
        dpg.delete_item(_GRID, children_only=True)
        rows = -(-len(choices) // _COLUMNS)
        dpg.configure_item(_GRID, height=max(1, rows) * _CELL)
        inset = (_CELL - _SIZE) / 2
        marks: list[Mark] = [
            Picture(
                index % _COLUMNS * _CELL + inset, index // _COLUMNS * _CELL + inset, each, _SIZE
            )
            for index, each in enumerate(choices)
        ]
        self._kit.painter.paint(marks, _GRID)


class MessageMenu:
    """What can be done with a message: a right click opens it."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self._row: BubbleRow | None = None
        with dpg.window(
            tag=MENU, popup=True, show=False, no_move=True, autosize=True, min_size=(60, 30)
        ):
            dpg.add_selectable(
                tag=_COPY, label="Copy text", callback=lambda: self._copy(), width=150
            )
            dpg.add_selectable(
                tag=_FORGET, label="Remove", callback=lambda: self._forget(), width=150
            )

    def open(self, row: BubbleRow) -> None:
        """Open it for a message, where the mouse is."""
        self._row = row
        x, y = dpg.get_mouse_pos(local=False)
        dpg.configure_item(_FORGET, show=row.progress is Progress.REFUSED)
        dpg.configure_item(MENU, show=True, pos=[int(x), int(y)])
        dpg.bind_item_theme(MENU, self._kit.style.popup)

    def _copy(self) -> None:
        dpg.configure_item(MENU, show=False)
        if self._row is not None:
            dpg.set_clipboard_text(self._row.text)

    def _forget(self) -> None:
        dpg.configure_item(MENU, show=False)
        if self._row is not None:
            self._kit.emit(Dismissed(self._row.cmid))


def closed_by_person(state: State, was_open: Dialog) -> ClosedDialog | None:
    """Return the event of a dialogue that a click beside it has closed; none if it is open."""
    window = {Dialog.NEW_ROOM: NEW_ROOM, Dialog.EMOJI: PICKER}.get(state.dialog)
    if window is None or was_open is not state.dialog or dpg.is_item_shown(window):
        return None
    return ClosedDialog()


def _close(window: str) -> None:
    if dpg.is_item_shown(window):
        dpg.configure_item(window, show=False)
