"""The main screen: rooms on the left, a conversation on the right.

Owns: putting its parts together for the size of the window.
Never: what is in the parts.
"""

from datetime import date

import dearpygui.dearpygui as dpg

from desktop_client.layout.flow import shortened
from desktop_client.layout.link_words import link_words
from desktop_client.layout.marks import Box, Ink, Mark, Words
from desktop_client.layout.metrics import BODY, SMALL, TITLE
from desktop_client.layout.parts import avatar, draw_line
from desktop_client.layout.rows import quoted
from desktop_client.layout.screen import BANNER, HEADER, Area, Panes, arrange
from desktop_client.layout.wallpaper import Wallpaper
from desktop_client.layout.words import header_line, one_line, presence, sentence, typing
from desktop_client.state.changes import state_of
from desktop_client.state.model import Dialog, State
from desktop_client.state.talk import Talk
from desktop_client.update.events import (
    ClosedDialog,
    ClosedRoom,
    DismissedNotice,
    OpenedKeys,
    OpenedPage,
    OpenedSearch,
)
from desktop_client.view.composer import Composer
from desktop_client.view.dialogs import EmojiPicker, close_windows, closed_by_person
from desktop_client.view.held import has_control
from desktop_client.view.kit import ICON_BUTTON, Kit
from desktop_client.view.message_menu import MessageMenu
from desktop_client.view.messages import MessageList
from desktop_client.view.new_room import NewRoomDialog
from desktop_client.view.page import PageWindow
from desktop_client.view.search_dialog import SearchDialog
from desktop_client.view.sidebar import Sidebar
from desktop_client.view.veil import Veil

BACKGROUND = "background"
_BACK, _NOTICE, _SETTINGS = "back", "notice", "room_settings"
_SEARCH = "search"


class MainScreen:
    """Draws the state once somebody is signed in."""

    def __init__(self, kit: Kit, parent: str) -> None:
        self._kit = kit
        self._dialog = Dialog.NONE
        self._is_shown = False
        # All that the last picture depended on: where nothing of it has changed, it stands.
        self._last: tuple[object, ...] = ()
        self._backdrop: list[Mark] = []
        self._look: object = None
        self._wallpaper = Wallpaper(kit.book.icons, kit.metrics)
        self._composer = Composer(kit, parent)
        self._sidebar = Sidebar(kit, parent, lambda: self._composer.text)
        self._menu = MessageMenu(kit)
        self._messages = MessageList(kit, parent, self._menu.open)
        self._picker = EmojiPicker(kit, self._composer.insert)
        self._dialogs = (
            NewRoomDialog(kit),
            PageWindow(kit, lambda: self._composer.text),
            SearchDialog(kit, lambda: self._composer.text),
        )
        with dpg.handler_registry():
            dpg.add_key_press_handler(dpg.mvKey_Escape, callback=lambda: self._escape())
            dpg.add_key_press_handler(dpg.mvKey_Up, callback=lambda: self._composer.press_up())
            dpg.add_key_press_handler(dpg.mvKey_F1, callback=lambda: self._open(OpenedKeys()))
            dpg.add_key_press_handler(dpg.mvKey_F, callback=lambda: self._with_control("f"))
            dpg.add_key_press_handler(dpg.mvKey_K, callback=lambda: self._with_control("k"))
            dpg.add_key_press_handler(dpg.mvKey_J, callback=lambda: self._with_control("j"))
            dpg.add_key_press_handler(dpg.mvKey_C, callback=lambda: self._with_control("c"))
        with dpg.group(parent=parent):
            kit.icon_button(_BACK, "arrow-left", "Back", "Back to the rooms", self._close)
            words = "This room, and who is in it"
            kit.icon_button(_SETTINGS, "info", "Room", words, self._open_settings)
            words = "Find what was said (Ctrl+F)"
            kit.icon_button(_SEARCH, "search", "Find", words, self._open_search)
            kit.icon_button(_NOTICE, "x", "OK", "Seen", self._seen)
        self._veil = Veil(kit, parent)

    def _close(self) -> None:
        self._kit.emit(ClosedRoom(self._composer.text))

    def _open_settings(self) -> None:
        self._kit.emit(OpenedPage(Dialog.ROOM))

    def _open_search(self) -> None:
        self._open(OpenedSearch())

    def _seen(self) -> None:
        self._kit.emit(DismissedNotice())

    def _open(self, event: OpenedSearch | OpenedKeys) -> None:
        if self._is_shown and self._dialog is Dialog.NONE:
            self._kit.emit(event)

    def _with_control(self, key: str) -> None:
        if not self._is_shown or not has_control():
            return
        match key:
            case "c":
                self._messages.copy()
            case "f":
                self._open(OpenedSearch())
            case "j" if self._dialog is Dialog.NONE:
                self._messages.to_unread(self._composer.text)
            case "k":
                self._sidebar.focus()

    def _escape(self) -> None:
        if self._dialog is not Dialog.NONE:
            self._kit.emit(ClosedDialog())
        else:
            self._composer.leave()

    # --- showing ---------------------------------------------------------------------------

    def hide(self) -> None:
        """Take it off the screen, and what was typed with it."""
        self._is_shown, self._last = False, ()
        self._messages.hide()
        self._sidebar.forget()
        self._composer.forget()
        self._sidebar.place(None)
        self._composer.place(None)
        for tag in (_BACK, _NOTICE, _SETTINGS, _SEARCH):
            dpg.configure_item(tag, show=False)
        self._draw_backdrop([])
        close_windows()
        self._veil.show(Dialog.NONE, 0, 0)

    def show(self, state: State, width: int, height: int) -> None:
        """Draw what has changed."""
        self._is_shown = True
        self._kit.hover.frame()
        self._sidebar.frame()
        panes = arrange(width, height, has_room=state.talk is not None)
        if self._is_news(state, width, height):
            self._arrange(state, panes, width, height)
        self._composer.frame()
        if state.talk is not None and panes.talk is not None:
            self._messages.frame(is_focused=state.is_focused)
        self._show_dialogs(state, panes, width, height)
        self._veil.show(state.dialog, width, height)
        if state.dialog is Dialog.NONE:
            self._composer.focus()

    def _is_news(self, state: State, width: int, height: int) -> bool:
        """Return whether something is to be drawn otherwise than in the last frame.

        A state is a value: the same one looks the same. What is typed is in no state.
        """
        typed = (self._composer.text, self._composer.height(height), self._sidebar.is_searching)
        seen = (width, height, self._kit.look, self._kit.today(), *typed)
        if self._last and self._last[0] is state and self._last[1:] == seen:
            return self._messages.is_due
        self._last = (state, *seen)
        return True

    def _arrange(self, state: State, panes: Panes, width: int, height: int) -> None:
        """Put every part where it belongs, and have it show the state."""
        marks: list[Mark] = [Box(0, 0, width, height, Ink.CANVAS)]
        marks += self._sidebar.place(panes.side)
        if panes.side is not None:
            self._sidebar.show(state, int(panes.side.width))
        marks += self._show_talk(state, panes, height)
        if panes.side is not None and panes.talk is not None:
            marks.append(Box(panes.talk.x, 0, 1, height, Ink.LINE))
        marks += self._banner(state, panes)
        self._draw_backdrop(marks)

    def _show_dialogs(self, state: State, panes: Panes, width: int, height: int) -> None:
        closed = closed_by_person(state, self._dialog)
        self._dialog = state.dialog
        if closed is not None:
            self._kit.emit(closed)
            return
        for dialog in self._dialogs:
            dialog.show(state, width, height)
        area = panes.talk or Area(0, 0, width, height)
        bottom = height - self._composer.height(height)
        self._picker.show(state, width, height, area.x, bottom)

    def _show_talk(self, state: State, panes: Panes, height: int) -> list[Mark]:
        talk, area = state.talk, panes.talk
        has_talk = talk is not None and area is not None
        for tag in (_SETTINGS, _SEARCH):
            dpg.configure_item(tag, show=has_talk)
        dpg.configure_item(_BACK, show=has_talk and panes.is_single)
        if talk is None or area is None:
            self._messages.hide()
            self._composer.place(None)
            return self._nothing_open(area)
        scene, mode = self._kit.scene(state), state.mode
        meant = None if mode is None else quoted(mode.target, state_of(talk, mode.target), scene)
        self._composer.show(state, meant)
        foot = self._composer.height(height)
        top = HEADER + (BANNER if _sentence(state, self._kit.today()) else 0)
        room = max(10, int(height - foot - top))
        ground = Area(area.x, top, area.width, room)
        self._messages.place(ground)
        self._messages.show(talk, scene, int(area.width) - 10, room)
        marks: list[Mark] = [*self._wallpaper.marks(ground)]
        marks += self._header(state, area, is_single=panes.is_single)
        if not talk.entries and not talk.outgoing:
            marks += self._empty(area, top + room / 2, is_loading=talk.fetching)
        bottom = Area(area.x, height - foot, area.width, foot)
        return marks + self._composer.place(bottom)

    def _header(self, state: State, area: Area, *, is_single: bool) -> list[Mark]:
        talk = state.talk
        assert talk is not None
        left = area.x + (ICON_BUTTON + 10 if is_single else 16)
        geometry = self._kit.geometry
        geometry.place(_BACK, area.x + 6, 11)
        geometry.place(_SETTINGS, area.right - ICON_BUTTON - 10, 11)
        geometry.place(_SEARCH, area.right - 2 * ICON_BUTTON - 14, 11)
        name = one_line(talk.room.name) or talk.room.id
        metrics = self._kit.metrics
        line, _ = shortened(name, area.width - 200, TITLE, metrics, bold=True)
        marks: list[Mark] = [
            Box(area.x, 0, area.width, HEADER, Ink.BAR),
            Box(area.x, HEADER - 1, area.width, 1, Ink.LINE),
            *avatar(talk.room.id, name, left + 20, HEADER / 2, 40, metrics),
            *draw_line(line, left + 54, 10, TITLE, Ink.TEXT)[0],
        ]
        words, ink = self._below_name(state, talk)
        below, _ = shortened(words, area.width - 200, SMALL, metrics)
        return marks + draw_line(below, left + 54, 33, SMALL, ink, links=False)[0]

    def _below_name(self, state: State, talk: Talk) -> tuple[str, Ink]:
        """Return who is typing or who is there, or what the room is about."""
        typists = state.typists.in_room(talk.room.id, state.now)
        if typists:
            return typing(typists, state.people), Ink.ACCENT
        there = state.presences.get(talk.room.other or "")
        if there is not None and there.person != state.my_id:
            return presence(there, self._kit.today()), Ink.FAINT
        return header_line(talk.room, state.details.get(talk.room.id)), Ink.FAINT

    def _empty(self, area: Area, middle: float, *, is_loading: bool) -> list[Mark]:
        words = "One moment …" if is_loading else "Nothing was said here yet. Say hello!"
        return self._centred(words, area, middle)

    def _nothing_open(self, area: Area | None) -> list[Mark]:
        if area is None:
            return []
        words = "Choose a room on the left to read and write"
        return [*self._wallpaper.marks(area), *self._centred(words, area, area.height / 2)]

    def _centred(self, words: str, area: Area, middle: float) -> list[Mark]:
        width, y = self._kit.metrics.width(words, BODY), middle - BODY
        x = area.x + (area.width - width) / 2
        return [
            Box(x - 14, y - 8, width + 28, BODY + 17, Ink.CHIP, 9),
            Words(x, y, words, BODY, Ink.FAINT),
        ]

    # --- the banner ------------------------------------------------------------------------

    def _banner(self, state: State, panes: Panes) -> list[Mark]:
        words = _sentence(state, self._kit.today())
        area = panes.talk or panes.side
        dpg.configure_item(_NOTICE, show=bool(state.notice) and not state.has_page)
        if not words or area is None:
            return []
        # Over the conversation it lies below the header; over a list alone, at the foot.
        top = HEADER if panes.talk is not None else area.height - BANNER
        self._kit.geometry.place(_NOTICE, area.right - ICON_BUTTON - 4, top - 4)
        ink = Ink.BAD if state.notice else Ink.WARN
        line, _ = shortened(words, area.width - 70, SMALL, self._kit.metrics)
        return [
            Box(area.x, top, area.width, BANNER, Ink.POPUP),
            Box(area.x, top, 4, BANNER, ink),
            *draw_line(line, area.x + 18, top + 7, SMALL, Ink.TEXT)[0],
        ]

    def _draw_backdrop(self, marks: list[Mark]) -> None:
        if marks == self._backdrop and self._look == self._kit.look:
            return
        self._backdrop, self._look = marks, self._kit.look
        dpg.delete_item(BACKGROUND, children_only=True)
        self._kit.painter.paint(marks, BACKGROUND)


def _sentence(state: State, today: date) -> str:
    """Return what the person should know now; empty: everything is well."""
    if state.notice and not state.has_page:
        return sentence(one_line(state.notice))
    waiting = sum(not m.reason for talk in state.talks.values() for m in talk.outgoing)
    return link_words(state.link, waiting, today)
