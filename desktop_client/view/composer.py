"""Where a message is written.

Owns: the field, its height, and what is in it until it is sent.
Never: whether it can be sent.
"""

import dearpygui.dearpygui as dpg

from desktop_client.layout.marks import Box, Ink, Mark, Words
from desktop_client.layout.metrics import BODY
from desktop_client.layout.screen import Area, composer_height
from desktop_client.shortcodes import code_of, with_emoji
from desktop_client.update.events import OpenedEmoji, PressedSend
from desktop_client.view.kit import ICON_BUTTON, Kit

FIELD, SEND, EMOJI = "composer", "send", "emoji"
_LINE = BODY + 1
_PAD = 12.0
# What was open has closed, and what was sent is gone, so many frames later.
_FOCUS_FRAMES = 2


class Composer:
    """One field for whichever room is open."""

    def __init__(self, kit: Kit, parent: str) -> None:
        self._kit = kit
        self._room: str | None = None
        self._draft = ""
        self._focus_in: int | None = None
        dpg.add_input_text(
            tag=FIELD,
            parent=parent,
            multiline=True,
            on_enter=True,
            ctrl_enter_for_new_line=True,
            no_horizontal_scroll=False,
            callback=lambda: self.send(),
        )
        with dpg.group(parent=parent):
            kit.icon_button(EMOJI, "smile", ":-)", "Emoji", lambda: kit.emit(OpenedEmoji()))
            kit.icon_button(SEND, "send-horizontal", "Send", "Send (Enter)", self.send)

    @property
    def text(self) -> str:
        """What is written."""
        return str(dpg.get_value(FIELD))

    def send(self) -> None:
        """Send what is written, and begin afresh."""
        text = with_emoji(self.text, self._kit.book.emoji)
        if text.strip():
            self._kit.emit(PressedSend(text))
        dpg.set_value(FIELD, "")
        self._focus_in = _FOCUS_FRAMES

    def insert(self, characters: str) -> None:
        """Put an emoji, by its name, behind what is written."""
        written = self.text
        space = " " if written and not written[-1].isspace() else ""
        dpg.set_value(FIELD, f"{written}{space}{code_of(self._kit.book.emoji[characters])} ")
        self._focus_in = _FOCUS_FRAMES

    def show(self, room: str, draft: str) -> None:
        """Show what was written in a room before, or came back from it."""
        is_other = room != self._room
        if is_other or (draft != self._draft and draft and not self.text):
            dpg.set_value(FIELD, draft)
        self._room, self._draft = room, draft
        if is_other:
            self._focus_in = _FOCUS_FRAMES

    def forget(self) -> None:
        """Forget what was written: somebody else may come."""
        if self._room is not None:
            self._room, self._draft = None, ""
            dpg.set_value(FIELD, "")

    def focus(self) -> None:
        """Give the field the keyboard, if something asked for that; once a frame."""
        if self._focus_in is None or not dpg.is_item_shown(FIELD):
            return
        self._focus_in = self._focus_in - 1 if self._focus_in else None
        if self._focus_in is None:
            dpg.focus_item(FIELD)

    def height(self, window_height: float) -> float:
        """Return how high the composer is now."""
        return composer_height(self.text.count("\n") + 1, _LINE, window_height)

    def place(self, area: Area | None) -> list[Mark]:
        """Put the parts where they belong, and return what is drawn behind them."""
        for tag in (FIELD, SEND, EMOJI):
            dpg.configure_item(tag, show=area is not None)
        if area is None:
            return []
        has_emoji = bool(self._kit.book.emoji)
        dpg.configure_item(EMOJI, show=has_emoji)
        left, top = area.x + 14, area.y + _PAD
        width, height = area.width - 28 - ICON_BUTTON - 8, area.height - 2 * _PAD
        foot = int(area.bottom - _PAD - ICON_BUTTON + 1)
        dpg.set_item_pos(EMOJI, [int(left) + 4, foot])
        dpg.set_item_pos(SEND, [int(area.right) - 14 - ICON_BUTTON, foot])
        dpg.bind_item_theme(SEND, self._kit.style.accent)
        inset = ICON_BUTTON + 8 if has_emoji else 14
        dpg.set_item_pos(FIELD, [int(left) + inset, int(top) + 4])
        dpg.configure_item(FIELD, width=int(width) - inset - 12, height=int(height) - 6)
        marks: list[Mark] = [
            Box(area.x, area.y, area.width, area.height, Ink.BAR),
            Box(left, top, width, height, Ink.FIELD, 18),
        ]
        if not self.text:
            hint = Words(left + inset + 5, top + 8, "Write a message", BODY, Ink.FAINT)
            marks.append(hint)
        return marks
