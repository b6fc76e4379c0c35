"""Where a message is written.

Owns: the field, its height, and what is in it until it is sent.
Never: whether it can be sent.
"""

import dearpygui.dearpygui as dpg

from desktop_client.layout.marks import Box, Ink, Mark, Words
from desktop_client.layout.metrics import BODY, TINY
from desktop_client.layout.quote import QUOTE_HEIGHT, draw_quote
from desktop_client.layout.rows import Quoted
from desktop_client.layout.screen import Area, composer_height
from desktop_client.layout.writing import written_lines
from desktop_client.shortcodes import code_of, refusal, with_emoji, with_names, with_names_at
from desktop_client.state.model import Mode, State
from desktop_client.update.events import (
    Failed,
    LeftMode,
    OpenedEmoji,
    PressedSend,
    PressedUp,
    Typed,
)
from desktop_client.view.kit import ICON_BUTTON, Kit
from desktop_client.view.native_text import make_editing
from desktop_client.view.offers import OfferList

FIELD, SEND, EMOJI, LEAVE_MODE = "composer", "send", "emoji", "leave_mode"
# Above the field, while an answer or an edit is written.
_MODE_HEIGHT = QUOTE_HEIGHT + 8
_LINE = BODY
_PAD = 12.0
# What was open has closed, and what was sent is gone, so many frames later.
_FOCUS_FRAMES = 2


class Composer:
    """One field for whichever room is open."""

    def __init__(self, kit: Kit, parent: str) -> None:
        self._kit = kit
        self._room: str | None = None
        self._draft = ""
        # A draft as it came, and as the field shows it.
        self._kept = ("", "")
        self._focus_in: int | None = None
        self._mode: Mode | None = None
        self._quoted: Quoted | None = None
        # What stood there a frame ago: Escape makes the field forget what was typed since it had
        # the keyboard.
        self._written = ""
        # Where the cursor was when the field last had the keyboard.
        self._cursor = 0
        # What is to stand there as soon as the field has let go of the keyboard, and where the
        # cursor is to be when it has it again.
        self._pending: str | None = None
        self._goal: int | None = None
        self._lines = ("", 0.0, 1)
        self._width = 0.0
        self._area: Area | None = None
        dpg.add_input_text(
            tag=FIELD,
            parent=parent,
            multiline=True,
            on_enter=True,
            ctrl_enter_for_new_line=True,
            no_horizontal_scroll=False,
            callback=lambda: self._enter(),
        )
        with dpg.group(parent=parent):
            kit.icon_button(EMOJI, "smile", ":-)", "Emoji", lambda: kit.emit(OpenedEmoji()))
            kit.icon_button(LEAVE_MODE, "x", "X", "Neither answer nor edit (Esc)", self.leave_mode)
            kit.icon_button(SEND, "send-horizontal", "Send", "Send (Enter)", self.send)
        self._editing = make_editing()
        self._wraps = self._editing.wrap(FIELD)
        self._offers = OfferList(kit, self._take)
        with dpg.handler_registry():
            for key in (dpg.mvKey_Return, dpg.mvKey_NumPadEnter):
                dpg.add_key_press_handler(key, callback=lambda: self._begin_line())
            dpg.add_key_press_handler(dpg.mvKey_Down, callback=lambda: self._choose(1))
            dpg.add_key_press_handler(dpg.mvKey_Tab, callback=lambda: self._take())

    @property
    def text(self) -> str:
        """What is written."""
        return str(dpg.get_value(FIELD))

    # --- keys ------------------------------------------------------------------------------

    def _enter(self) -> None:
        if self._offers.is_open:
            self._take()
        else:
            self.send()

    def send(self) -> None:
        """Send what is written, and begin afresh; what is too long stays, with the reason."""
        text = with_emoji(self.text, self._kit.book.emoji)
        reason = refusal(text)
        if reason:
            self._kit.emit(Failed(reason))
            self._put(self.text)
            return
        if text.strip():
            self._kit.emit(PressedSend(text))
        dpg.set_value(FIELD, "")
        self._written = ""
        self._offers.close()
        self._focus_in = _FOCUS_FRAMES

    def _begin_line(self) -> None:
        """Shift+Enter: ImGui itself knows Ctrl+Enter alone."""
        is_down = dpg.is_key_down(dpg.mvKey_LShift) or dpg.is_key_down(dpg.mvKey_RShift)
        if is_down and dpg.is_item_active(FIELD) and not self._offers.is_open:
            cursor = self._editing.cursor(self.text)
            if cursor is not None:
                self._editing.replace(self.text, cursor, cursor, "\n")

    def leave(self) -> None:
        """Escape: leave the list of offers; without one, an answer or an edit."""
        if not self._offers.is_open:
            self.leave_mode()
            return
        # The field has forgotten what was typed.
        self._put(self._written, self._cursor)
        self._offers.close(self._written, self._cursor)

    def leave_mode(self) -> None:
        """Write something new in place of an answer or an edit."""
        if self._mode is not None:
            if not self._mode.is_edit:
                self._put(self._written)
            self._kit.emit(LeftMode())

    def press_up(self) -> None:
        """Choose the offer above; or edit one's last message, if nothing is written."""
        if self._offers.is_open:
            self._choose(-1)
        elif dpg.is_item_focused(FIELD) and not self.text and self._mode is None:
            self._kit.emit(PressedUp())

    # --- putting words there ---------------------------------------------------------------

    def _put(self, text: str, cursor: int | None = None) -> None:
        """Have a text in the field, the cursor behind it; while it is active it takes none."""
        if dpg.is_item_active(FIELD):
            dpg.focus_item(SEND)
        self._pending = text
        self._goal = len(text) if cursor is None else cursor

    def insert(self, characters: str) -> None:
        """Put an emoji, by its name, where the cursor was."""
        text, place = self.text, min(self._cursor, len(self.text))
        before, after = text[:place], text[place:]
        space = " " if before and not before[-1].isspace() else ""
        begun = f"{before}{space}{code_of(self._kit.book.emoji[characters])} "
        self._put(begun + after.removeprefix(" "), len(begun))

    def _take(self) -> None:
        """Write the offer that is chosen."""
        taken = self._offers.take()
        if taken is not None:
            self._put(*taken)

    def _choose(self, by: int) -> None:
        if self._offers.is_open:
            self._offers.choose(by)
            self._editing.move(self.text, self._offers.end)

    # --- showing ---------------------------------------------------------------------------

    def show(self, state: State, quoted: Quoted | None) -> None:
        """Show what was written in a room before, or came back from it, or is to be edited."""
        room, mode = state.opened, state.mode
        draft = self._named(state.drafts.get(room, "") if room is not None else "")
        self._offers.know(state)
        is_other = room != self._room
        was_edit = self._mode is not None and self._mode.is_edit
        is_edit = mode is not None and mode.is_edit
        is_new_mode = mode != self._mode and (was_edit or is_edit)
        # What comes from another device replaces what came from there before, and nothing else.
        is_news = draft != self._draft and self.text == self._draft
        if is_other or is_new_mode or is_news:
            self._put(draft)
        if is_other or mode != self._mode:
            self._focus_in = _FOCUS_FRAMES
        self._room, self._draft, self._mode, self._quoted = room, draft, mode, quoted

    def _named(self, draft: str) -> str:
        """Return a draft as the field can show it: with names in place of emoji."""
        if draft != self._kept[0]:
            self._kept = (draft, with_names(draft, self._kit.book.emoji))
        return self._kept[1]

    def forget(self) -> None:
        """Forget what was written: somebody else may come."""
        if self._room is not None:
            self._room, self._draft, self._mode, self._pending = None, "", None, None
            self._offers.close()
            dpg.set_value(FIELD, "")

    def focus(self) -> None:
        """Give the field the keyboard, if something asked for that; once a frame."""
        if self._pending is not None:
            if dpg.is_item_active(FIELD):
                return
            dpg.set_value(FIELD, self._pending)
            self._written = self._pending
            self._pending, self._focus_in = None, _FOCUS_FRAMES
        self._follow()
        if self._focus_in is None or not dpg.is_item_shown(FIELD):
            return
        self._focus_in = self._focus_in - 1 if self._focus_in else None
        if self._focus_in is None:
            dpg.focus_item(FIELD)

    def _follow(self) -> None:
        """Follow what is written, and where."""
        if not dpg.is_item_active(FIELD):
            is_returning = self._focus_in is not None or self._offers.is_under_mouse
            if self._offers.is_open and not is_returning:
                self._offers.close(self.text, self._cursor)
            self._written = self.text
            return
        written, self._written = self._written, self.text
        if self._goal is not None:
            self._editing.move(self._written, self._goal)
            self._goal = None
        cursor = self._editing.cursor(self._written)
        self._cursor = len(self._written) if cursor is None else cursor
        if self._written != written:
            self._name_pasted()
            self._kit.emit(Typed(self._written))
        self._offers.look(self._written, self._cursor)

    def _name_pasted(self) -> None:
        """Have names in place of emoji that were pasted: the field's font has no colours."""
        named, cursor = with_names_at(self._written, self._cursor, self._kit.book.emoji)
        if named == self._written:
            return
        if self._editing.put(FIELD, named):
            self._written, self._cursor, self._goal = named, cursor, cursor
        else:
            self._put(named, cursor)

    def height(self, window_height: float) -> float:
        """Return how high the composer is now."""
        above = _MODE_HEIGHT if self._mode is not None else 0
        text, width = self.text, self._width if self._wraps else None
        if self._lines[:2] != (text, width):
            stretch = self._kit.geometry.scale.field_stretch
            inner = None if width is None else width / stretch
            lines = written_lines(text, inner, self._kit.metrics)
            self._lines = (text, width or 0.0, lines)
        return composer_height(self._lines[2], _LINE, window_height, above)

    def frame(self) -> None:
        """Show what could be meant by the word that is being written; once a frame."""
        if self._area is not None:
            self._offers.show(self._area.x + 14, self._area.y, self._area.width)

    def place(self, area: Area | None) -> list[Mark]:
        """Put the parts where they belong, and return what is drawn behind them."""
        for tag in (FIELD, SEND, EMOJI):
            dpg.configure_item(tag, show=area is not None)
        dpg.configure_item(LEAVE_MODE, show=area is not None and self._mode is not None)
        self._area = area
        if area is None:
            self._offers.close()
            self._offers.show(0, 0, 0)
            return []
        bar: list[Mark] = [Box(area.x, area.y, area.width, area.height, Ink.BAR)]
        if self._mode is not None:
            bar += self._place_mode(area)
            above = _MODE_HEIGHT
            area = Area(area.x, area.y + above, area.width, area.height - above)
        return [*bar, *self._place_field(area)]

    def _place_mode(self, area: Area) -> list[Mark]:
        """Put what is answered or edited above the field."""
        left, top, width = area.x + 14, area.y + 8, area.width - 28 - ICON_BUTTON - 8
        self._kit.geometry.place(LEAVE_MODE, area.right - 14 - ICON_BUTTON, top + 4)
        if self._quoted is None:
            return []
        marks = draw_quote(self._quoted, left, top, width, self._kit.metrics)
        if self._mode is not None and self._mode.is_edit:
            text = self._kit.metrics.width("Editing", TINY)
            place = left + width - text - 10
            marks.append(Words(place, top + 6, "Editing", TINY, Ink.ACCENT))
        return marks

    def _place_field(self, area: Area) -> list[Mark]:
        has_emoji = bool(self._kit.book.emoji)
        dpg.configure_item(EMOJI, show=has_emoji)
        left, top = area.x + 14, area.y + _PAD
        width, height = area.width - 28 - ICON_BUTTON - 8, area.height - 2 * _PAD
        geometry, foot = self._kit.geometry, area.bottom - _PAD - ICON_BUTTON + 1
        geometry.place(EMOJI, left + 4, foot)
        geometry.place(SEND, area.right - 14 - ICON_BUTTON, foot)
        dpg.bind_item_theme(SEND, self._kit.style.accent)
        inset = ICON_BUTTON + 8 if has_emoji else 14
        geometry.place(FIELD, left + inset, top + 4)
        wide = width - inset - 12
        # What remains of it within its padding, and beside a scroll bar that may come.
        self._width = wide - 8.0
        geometry.size(FIELD, width=wide, height=height - 6)
        marks: list[Mark] = [Box(left, top, width, height, Ink.FIELD, 18)]
        if not self.text:
            hint = Words(left + inset + 5, top + 8, "Write a message", BODY, Ink.FAINT)
            marks.append(hint)
        return marks
