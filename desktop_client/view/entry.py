"""The first screen: the server's address, a name, a password.

Owns: its fields and what is typed into them until it is sent.
Never: whether that is right.
"""

import dearpygui.dearpygui as dpg

from desktop_client.layout.marks import Disc, Ink, Mark, Stroke, Words
from desktop_client.layout.metrics import HUGE, SMALL
from desktop_client.layout.words import one_line, sentence
from desktop_client.state.model import EntryForm
from desktop_client.update.events import PressedEnter, PressedTheme, SwitchedForm
from desktop_client.view.kit import Kit

PANEL, URL, USER, PASSWORD, ENTER = "entry", "entry_url", "entry_user", "entry_password", "enter"
CODE, _CODE_FIELD = "entry_code", "entry_code_field"
SWITCH, ERROR, _FOUND, _HEAD, _THEME = "switch", "entry_error", "found", "entry_head", "entry_theme"
_LABELS = {URL: "Server", USER: "User name", PASSWORD: "Password", CODE: "Code"}
_WIDEST, _HEAD_HEIGHT = 380, 84


class EntryScreen:
    """Draws the form, and tells when it is sent."""

    def __init__(self, kit: Kit, parent: str) -> None:
        self._kit = kit
        self._shown: tuple[object, ...] | None = None
        with dpg.child_window(tag=PANEL, parent=parent, border=False, show=False):
            dpg.add_drawlist(10, 10, tag=_HEAD)
            self._field(URL)
            dpg.add_text("", tag=_FOUND)
            self._field(USER)
            self._field(PASSWORD)
            with dpg.group(tag=_CODE_FIELD):
                self._field(CODE)
            self._gap(16)
            dpg.add_button(tag=ENTER, callback=lambda: self._enter())
            self._gap(8)
            dpg.add_text("", tag=ERROR)
            self._gap(4)
            dpg.add_button(tag=SWITCH, callback=lambda: self._switch())
            dpg.add_button(
                tag=_THEME,
                label="Theme: the system's, dark, light",
                callback=lambda: self._theme(),
            )

        for tag, height in ((ENTER, 44), (SWITCH, 34), (_THEME, 34)):
            kit.geometry.fix(tag, height=height)

    def _gap(self, height: float) -> None:
        self._kit.geometry.fix(dpg.add_spacer(), height=height)

    def _field(self, tag: str) -> None:
        self._gap(8)
        dpg.add_text(_LABELS[tag], tag=f"{tag}_label")
        self._gap(3)
        dpg.add_input_text(
            tag=tag, password=tag == PASSWORD, on_enter=True, callback=lambda: self._enter()
        )

    def _enter(self) -> None:
        url, user = dpg.get_value(URL).strip(), dpg.get_value(USER).strip()
        code = dpg.get_value(CODE).strip().replace(" ", "")
        self._kit.emit(PressedEnter(url, user, dpg.get_value(PASSWORD), code))

    def _switch(self) -> None:
        self._kit.emit(SwitchedForm(dpg.get_value(URL).strip(), dpg.get_value(USER).strip()))

    def _theme(self) -> None:
        self._kit.emit(PressedTheme())

    def hide(self) -> None:
        """Take it off the screen, and what was typed with it."""
        if self._shown is not None:
            dpg.configure_item(PANEL, show=False)
            for tag in (PASSWORD, CODE):
                dpg.set_value(tag, "")
            self._shown = None

    def show(self, form: EntryForm, width: int, height: int) -> None:
        """Draw the form in a window of this size."""
        key = (form, width, height, self._kit.look)
        if key == self._shown:
            return
        if self._shown is None:
            dpg.set_value(URL, form.url)
            dpg.set_value(USER, form.user)
        self._shown = key
        inner = min(_WIDEST, width - 40)
        top = max(8, (height - 560) // 2)
        geometry = self._kit.geometry
        dpg.configure_item(PANEL, show=True)
        geometry.place(PANEL, (width - inner) // 2, top)
        geometry.size(PANEL, width=inner + 10, height=height - top)
        for tag in (URL, USER, PASSWORD, CODE, ENTER, SWITCH, _THEME):
            geometry.size(tag, width=inner)
        for tag in (_FOUND, ERROR):
            geometry.size(tag, wrap=inner)
        self._words(form)
        self._look(form)
        self._head(inner)

    def _words(self, form: EntryForm) -> None:
        label = "Make the account" if form.sign_up else "Sign in"
        dpg.configure_item(
            ENTER, label="One moment …" if form.busy else label, enabled=not form.busy
        )
        other = "I have an account: sign in" if form.sign_up else "New here? Make an account"
        dpg.configure_item(SWITCH, label=other)
        found = f"Found on this computer: {form.found}" if form.found else ""
        dpg.configure_item(_FOUND, default_value=found, show=bool(found))
        dpg.set_value(_FOUND, found)
        dpg.configure_item(_CODE_FIELD, show=form.asks_code)
        dpg.set_value(ERROR, sentence(one_line(form.error)))
        dpg.configure_item(ERROR, show=bool(form.error))

    def _look(self, form: EntryForm) -> None:
        style, painter = self._kit.style, self._kit.painter
        for tag in (URL, USER, PASSWORD, CODE):
            dpg.bind_item_theme(tag, style.form)
            dpg.configure_item(f"{tag}_label", color=painter.colour(Ink.FAINT))
        dpg.bind_item_theme(ENTER, style.accent)
        dpg.bind_item_theme(SWITCH, style.link)
        dpg.configure_item(ERROR, color=painter.colour(Ink.BAD))
        dpg.configure_item(_FOUND, color=painter.colour(Ink.FAINT))

    def _head(self, inner: int) -> None:
        dpg.delete_item(_HEAD, children_only=True)
        self._kit.geometry.size(_HEAD, width=inner, height=_HEAD_HEIGHT)
        tick = ((16.0, 31.0), (24.0, 39.0), (38.0, 23.0))
        marks: list[Mark] = [
            Disc(27, 31, 26, Ink.FILL),
            Stroke(tick, Ink.ON_ACCENT, 4),
            Words(66, 4, "Parley", HUGE * 0.8, Ink.TEXT, bold=True),
            Words(67, 42, "What is sent here arrives", SMALL, Ink.FAINT),
        ]
        self._kit.painter.paint(marks, _HEAD)
