"""The one window of all pages: it draws the parts of whichever page is open.

Owns: its items, and what is typed into its fields until the page is left.
Never: what stands on a page (`desktop_client.pages`), and what follows from a choice.
"""

from collections.abc import Callable
from functools import partial
from math import ceil

import dearpygui.dearpygui as dpg
from msgspec.structs import replace

from desktop_client.layout.flow import cut_to
from desktop_client.layout.marks import Drawing, Ink
from desktop_client.layout.metrics import BODY
from desktop_client.layout.page_row import TITLE_LEFT, draw_note, draw_row, draw_shortcut
from desktop_client.pages import Page, page_of
from desktop_client.pages.parts import (
    Button,
    Choice,
    Copy,
    Field,
    Heading,
    Note,
    Part,
    Row,
    Shortcut,
    Submit,
)
from desktop_client.state.model import Dialog, State
from desktop_client.update.events import (
    ChoseForward,
    ChoseListed,
    ClosedDialog,
    Event,
    MarkedUnread,
)
from desktop_client.view.kit import ICON_BUTTON, Kit
from desktop_client.view.rows import add_drawing

PAGE, _TITLE, _BACK, _CLOSE = "page", "page_title", "page_back", "page_close"
_SPACE, _PARTS = "page_space", "page_parts"
_SIZE = (440, 700)
_LINE = 34
# Around the page, and above its parts, in pixels.
_PAD, _HEAD = 10, 66
_BUTTON_PAD = 22
# Beside the parts, where there are more than fit.
_SCROLL_BAR = 10
# Between parts that do not belong together, in pixels.
_GAP = 8


class PageWindow:
    """Draws pages. `draft` returns what stands in the composer, which a jump leaves behind."""

    def __init__(self, kit: Kit, draft: Callable[[], str]) -> None:
        self._kit, self._draft = kit, draft
        self._drawn: tuple[object, ...] = ()
        self._dialog = Dialog.NONE
        self._sent: tuple[str, ...] = ()
        self._page: Page | None = None
        self._fields: dict[str, Field] = {}
        self._inner = 0
        self._is_scrolled = False
        self._fitted: object = None
        with dpg.window(tag=PAGE, popup=True, show=False, no_move=True, autosize=False):
            with dpg.group(horizontal=True):
                kit.icon_button(_BACK, "arrow-left", "<", "Back", self._back)
                dpg.add_text("", tag=_TITLE)
                if kit.painter.bold:
                    dpg.bind_item_font(_TITLE, kit.painter.bold)
            kit.icon_button(_CLOSE, "x", "X", "Close (Esc)", lambda: kit.emit(ClosedDialog()))
            with dpg.child_window(tag=_SPACE, border=False):
                dpg.add_group(tag=_PARTS)

    def _back(self) -> None:
        if self._page is not None and self._page.back is not None:
            self._kit.emit(self._page.back)

    # --- showing ---------------------------------------------------------------------------

    def show(self, state: State, width: int, height: int) -> None:
        """Open the page that is wanted, bring it up to date, or close it."""
        page = page_of(state, self._kit.today())
        self._kit.popup(PAGE, _SIZE, (width, height), wanted=page is not None)
        if page is None:
            self._drawn, self._page, self._dialog, self._fitted = (), None, Dialog.NONE, None
            return
        self._fit(width, height)
        drawn = (page, width, self._kit.look, self._is_scrolled)
        if drawn == self._drawn:
            return
        typed = self._typed(state, page)
        self._drawn, self._page, self._dialog = drawn, page, state.dialog
        bar = _SCROLL_BAR if self._is_scrolled else 0
        self._inner = min(_SIZE[0], width - 20) - 2 * _PAD - bar
        self._draw(page, typed)

    def _fit(self, width: int, height: int) -> None:
        """Make the page as high as its parts, which is known a frame after they were drawn.

        It stands in the middle of the window.
        """
        geometry = self._kit.geometry
        parts = ceil(geometry.size_of(_PARTS)[1])
        most = min(_SIZE[1], height - 20)
        high = min(most, _HEAD + parts) if parts else most
        self._is_scrolled = _HEAD + parts > most
        fit = (high, width, height, self._kit.look)
        if fit != self._fitted:
            self._fitted = fit
            # A popup with a child would shrink around it.
            geometry.size(PAGE, height=high)
            geometry.size(_SPACE, height=high - _HEAD)
            wide = min(_SIZE[0], width - 20)
            geometry.place(PAGE, (width - wide) / 2, (height - high) / 2)

    def _typed(self, state: State, page: Page) -> dict[str, tuple[Field, str]]:
        """Return what was typed on this page; what was sent goes, unless it was wrong."""
        if state.dialog is not self._dialog:
            return {}
        has_fault = any(isinstance(part, Note) and part.is_fault for part in page.parts)
        gone = () if has_fault else self._sent
        self._sent = ()
        return {
            name: (field, dpg.get_value(name))
            for name, field in self._fields.items()
            if name not in gone
        }

    def _draw(self, page: Page, typed: dict[str, tuple[Field, str]]) -> None:
        focused = next((name for name in self._fields if dpg.is_item_focused(name)), None)
        dpg.delete_item(_PARTS, children_only=True)
        self._fields = {}
        dpg.configure_item(_BACK, show=page.back is not None)
        room = self._inner - 2 * ICON_BUTTON - 16
        dpg.set_value(_TITLE, cut_to(page.title, room, BODY, self._kit.metrics))
        geometry = self._kit.geometry
        geometry.size(_TITLE, indent=0 if page.back is not None else 8)
        for part in page.parts:
            self._add(part)
        dpg.bind_item_theme(_SPACE, self._kit.style.dense)
        for name, (before, text) in typed.items():
            if name in self._fields and self._fields[name].value == before.value:
                dpg.set_value(name, text)
        if focused in self._fields:
            dpg.focus_item(focused)

    # --- parts -----------------------------------------------------------------------------

    def _add(self, part: Part) -> None:
        match part:
            case Heading(text=text):
                self._heading(text)
            case Note():
                self._note(part)
            case Button():
                self._button(part)
            case Copy(label=label, text=text):
                self._wide(label, "", partial(dpg.set_clipboard_text, text))
            case Submit(label=label, name=name):
                self._wide(label, name, partial(self._submit, part), is_main=True)
            case Field():
                self._field(part)
            case Choice():
                self._choice(part)
            case Row():
                self._row(part)
            case Shortcut():
                self._shortcut(part)

    def _heading(self, text: str) -> None:
        self._gap()
        ink = self._kit.painter.colour(Ink.ACCENT)
        item = dpg.add_text(text, parent=_PARTS, color=ink)
        self._kit.geometry.size(item, indent=8)
        if self._kit.painter.bold:
            dpg.bind_item_font(item, self._kit.painter.bold)

    def _note(self, part: Note) -> None:
        ink = Ink.BAD if part.is_fault else Ink.FAINT
        self._show(draw_note(part.text, ink, self._inner, self._kit.metrics))

    def _button(self, part: Button) -> None:
        label = self._kit.painter.labelled(part.icon, part.label)
        self._wide(label, part.name, partial(self._emit, part.emits), is_main=part.is_main)

    def _wide(
        self, label: str, name: str, press: Callable[[], None], *, is_main: bool = False
    ) -> None:
        if is_main:
            self._gap()
        tag: dict[str, str] = {"tag": name} if name else {}
        item = dpg.add_button(label=label, parent=_PARTS, width=-1, callback=lambda: press(), **tag)
        self._kit.geometry.size(item, height=_LINE)
        style = self._kit.style.accent if is_main else self._kit.style.line
        dpg.bind_item_theme(item, style)
        if is_main:
            self._gap()

    def _field(self, part: Field) -> None:
        ink = self._kit.painter.colour(Ink.FAINT)
        label = dpg.add_text(part.label, parent=_PARTS, color=ink)
        self._kit.geometry.size(label, wrap=self._inner - 16, indent=8)
        dpg.add_input_text(
            tag=part.name,
            parent=_PARTS,
            default_value=part.value,
            password=part.is_secret,
            width=-1,
            on_enter=True,
            callback=lambda: self._enter(part.name),
        )
        dpg.bind_item_theme(part.name, self._kit.style.inset)
        self._fields[part.name] = part

    def _choice(self, part: Choice) -> None:
        def choose() -> None:
            self._kit.emit(dict(part.options)[dpg.get_value(part.name)])

        labels = [label for label, _ in part.options]
        dpg.add_combo(
            labels,
            tag=part.name,
            parent=_PARTS,
            default_value=part.chosen,
            width=-1,
            callback=lambda: choose(),
        )
        dpg.bind_item_theme(part.name, self._kit.style.inset)
        self._gap()

    def _gap(self) -> None:
        self._kit.geometry.size(dpg.add_spacer(parent=_PARTS), height=_GAP)

    def _row(self, part: Row) -> None:
        sizes = [self._button_width(each.label) for each in part.does]
        width = self._inner - sum(sizes)
        is_crowded = width < self._inner * 0.45
        drawing = draw_row(
            part.title,
            part.below,
            part.avatar,
            self._inner if is_crowded else width,
            self._kit.metrics,
            is_open=part.emits is not None,
        )
        with dpg.group(horizontal=not is_crowded, parent=_PARTS):
            is_open = part.emits is not None
            add_drawing(self._kit, drawing, partial(self._press, part), is_open=is_open)
            with dpg.group(horizontal=True) as does:
                for each, size in zip(part.does, sizes, strict=True):
                    self._small(each, size, int(drawing.height), is_crowded=is_crowded)
        if is_crowded:
            self._kit.geometry.size(does, indent=TITLE_LEFT if part.avatar else 0)
            self._gap()

    def _shortcut(self, part: Shortcut) -> None:
        self._show(draw_shortcut(part.key, part.does, self._inner, self._kit.metrics))

    def _show(self, drawing: Drawing) -> None:
        item = dpg.add_drawlist(10, 10, parent=_PARTS)
        self._kit.geometry.size(item, width=drawing.width, height=drawing.height)
        self._kit.painter.paint(drawing.marks, item)

    def _button_width(self, label: str) -> int:
        return int(self._kit.metrics.width(label, BODY)) + _BUTTON_PAD

    def _small(self, part: Button | Copy, width: int, height: int, *, is_crowded: bool) -> None:
        def press() -> None:
            if isinstance(part, Copy):
                dpg.set_clipboard_text(part.text)
            else:
                self._kit.emit(part.emits)

        tag: dict[str, str] = {"tag": part.name} if isinstance(part, Button) and part.name else {}
        high = _LINE - 8 if is_crowded else min(height, _LINE - 4)
        item = dpg.add_button(label=part.label, callback=lambda: press(), **tag)
        self._kit.geometry.size(item, width=width - 8, height=high)
        dpg.bind_item_theme(item, self._kit.style.small)

    # --- what is pressed -------------------------------------------------------------------

    def _press(self, row: Row) -> None:
        if row.emits is not None:
            self._emit(row.emits)

    def _emit(self, event: Event) -> None:
        match event:
            case ChoseListed() | ChoseForward():
                event = replace(event, draft=self._draft())
            case MarkedUnread():
                event = replace(event, draft=self._draft())
        self._kit.emit(event)

    def _submit(self, part: Submit) -> None:
        self._sent = part.fields
        event: Event = part.event(*(dpg.get_value(name) for name in part.fields))
        self._kit.emit(event)

    def _enter(self, name: str) -> None:
        """Go on to the next field; from the last one, send them as their button does."""
        parts = self._page.parts if self._page is not None else ()
        for part in parts:
            if isinstance(part, Submit) and name in part.fields:
                later = part.fields[part.fields.index(name) + 1 :]
                if later:
                    dpg.focus_item(later[0])
                else:
                    self._submit(part)
                return
