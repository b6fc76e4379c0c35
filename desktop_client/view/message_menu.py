"""What can be done with a message: a right click opens it.

Owns: the menu's entries, and which of them a message has.
Never: what follows from a choice.
"""

from collections.abc import Callable

import dearpygui.dearpygui as dpg

from desktop_client.layout.marks import Mark, Picture
from desktop_client.layout.rows import BubbleRow
from desktop_client.state.talk import Progress, Talk
from desktop_client.update import events
from desktop_client.update.messages import may_pin
from desktop_client.view.kit import Kit
from parley.client import Target

MENU, QUICK = "menu", "quick_reactions"
# What most people answer with when they answer with an emoji.
_QUICK = ("👍", "❤️", "😂", "😮", "😢", "🙏")
_CELL, _SIZE = 36, 26
_WIDTH = 6 * _CELL

_About = Callable[[Target], events.Event]
# Each with its icon, its words and its event.
_CHOICES: dict[str, tuple[str, str, _About]] = {
    "menu_reply": ("reply", "Reply", events.PressedReply),
    "menu_react": ("smile-plus", "React …", events.PressedReact),
    "menu_edit": ("pencil", "Edit", events.PressedEdit),
    "menu_forward": ("forward", "Forward …", events.PressedForward),
    "menu_pin": ("pin", "Pin for everyone", events.PressedPin),
    "menu_star": ("star", "Star", events.PressedStar),
    "menu_info": ("info", "Info", events.PressedInfo),
    "menu_versions": ("history", "Earlier versions", events.PressedVersions),
    "menu_delete": ("trash-2", "Delete …", events.PressedDelete),
}
_COPY, _FORGET = "menu_copy", "menu_forget"


class MessageMenu:
    """The one menu of all messages."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self._row: BubbleRow | None = None
        with dpg.window(
            tag=MENU, popup=True, show=False, no_move=True, autosize=True, min_size=(60, 30)
        ):
            dpg.add_drawlist(10, 10, tag=QUICK, callback=lambda: self._react())
            for tag in ("menu_reply", "menu_react"):
                self._choice(tag)
            self._entry(_COPY, "copy", "Copy text", lambda: self._copy())
            for tag in list(_CHOICES)[2:]:
                self._choice(tag)
            self._entry(_FORGET, "x", "Remove", lambda: self._forget())
        kit.geometry.fix(QUICK, width=_WIDTH, height=_CELL)

    def _entry(self, tag: str, icon: str, words: str, press: Callable[[], None]) -> None:
        label = self._kit.painter.labelled(icon, words)
        dpg.add_selectable(tag=tag, label=label, callback=lambda: press())
        self._kit.geometry.fix(tag, width=_WIDTH)

    def _choice(self, tag: str) -> None:
        icon, words, _ = _CHOICES[tag]
        self._entry(tag, icon, words, lambda: self._choose(tag))

    def open(self, row: BubbleRow, talk: Talk) -> None:
        """Open it for a message of a room, where the mouse is."""
        self._row = row
        shown = _entries(row, talk)
        for tag in (*_CHOICES, _COPY, _FORGET, QUICK):
            dpg.configure_item(tag, show=tag in shown)
        dpg.configure_item(QUICK, show=QUICK in shown and bool(self._kit.book.emoji))
        self._label("menu_pin", "Unpin" if row.is_pinned else "Pin for everyone")
        self._label("menu_star", "Remove star" if row.is_starred else "Star")
        self._draw_quick()
        (x, y), (width, height) = self._kit.geometry.mouse(), self._kit.geometry.window()
        # Kept within the window: a menu that is cut off could not be used.
        left = max(4.0, min(x, width - _WIDTH - 28))
        top = max(4.0, min(y, height - 34 * len(shown) - 24))
        self._kit.geometry.place(MENU, left, top)
        dpg.configure_item(MENU, show=True)
        dpg.bind_item_theme(MENU, self._kit.style.popup)

    def _label(self, tag: str, words: str) -> None:
        label = self._kit.painter.labelled(_CHOICES[tag][0], words)
        dpg.configure_item(tag, label=label)

    def _draw_quick(self) -> None:
        dpg.delete_item(QUICK, children_only=True)
        inset = (_CELL - _SIZE) / 2
        marks: list[Mark] = [
            Picture(index * _CELL + inset, 4, emoji, _SIZE) for index, emoji in enumerate(_QUICK)
        ]
        self._kit.painter.paint(marks, QUICK)

    def _choose(self, tag: str) -> None:
        row = self._closed()
        if row is not None:
            self._kit.emit(_CHOICES[tag][2](row.target))

    def _react(self) -> None:
        x, _ = self._kit.geometry.mouse_in(QUICK)
        index = int(x // _CELL)
        row = self._closed()
        if row is not None and 0 <= index < len(_QUICK):
            self._kit.emit(events.ToggledReaction(row.target, _QUICK[index]))

    def _copy(self) -> None:
        row = self._closed()
        if row is not None:
            dpg.set_clipboard_text(row.text)

    def _forget(self) -> None:
        row = self._closed()
        if row is not None:
            self._kit.emit(events.Dismissed(row.cmid))

    def _closed(self) -> BubbleRow | None:
        dpg.configure_item(MENU, show=False)
        return self._row


def _entries(row: BubbleRow, talk: Talk) -> set[str]:
    """Return what can be done with a message as it is now."""
    if row.is_deleted:
        return {"menu_delete"}
    if not row.seq:
        return {_COPY, _FORGET} if row.progress is Progress.REFUSED else {_COPY}
    shown = set(_CHOICES) - {"menu_edit", "menu_info", "menu_pin", "menu_versions"} | {_COPY, QUICK}
    if row.is_own:
        shown |= {"menu_edit", "menu_info"}
    if row.is_edited:
        shown.add("menu_versions")
    return shown | {"menu_pin"} if may_pin(talk) else shown
