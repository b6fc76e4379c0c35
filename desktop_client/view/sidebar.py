"""The list of rooms, with its search field and its buttons.

Owns: which cards are drawn, and clicks on them.
Never: what is on a card (`desktop_client.layout.card`).
"""

from collections.abc import Callable

import dearpygui.dearpygui as dpg
from msgspec.structs import replace

from desktop_client.layout.card import HEIGHT, Card, draw_card
from desktop_client.layout.filters import (
    PlacedFilter,
    draw_filters,
    filter_at,
    filters_height,
    place_filters,
)
from desktop_client.layout.marks import Box, Ink, Mark, Words
from desktop_client.layout.metrics import BODY, TITLE
from desktop_client.layout.rows import Scene
from desktop_client.layout.screen import HEADER, SEARCH, Area
from desktop_client.layout.words import typing
from desktop_client.state.listing import listed
from desktop_client.state.model import Dialog, Shown, State
from desktop_client.state.talk import Talk
from desktop_client.update.events import (
    ChoseFilter,
    OpenedNewRoom,
    OpenedPage,
    OpenedRoom,
    PressedTheme,
    TypedFilter,
)
from desktop_client.view.hover import Hover
from desktop_client.view.kit import ICON_BUTTON, Kit
from desktop_client.view.room_menu import RoomMenu
from parley.client import Room

LIST, FILTER, NEW, THEME, ACCOUNT = "rooms", "filter", "new_room", "theme", "account"
FILTERS, _EMPTY = "filters", "rooms_empty"


_THEME_ICONS = {"system": "sun-moon", "light": "sun", "dark": "moon"}


class Sidebar:
    """Draws the list. `draft` returns what stands in the composer."""

    def __init__(self, kit: Kit, parent: str, draft: Callable[[], str]) -> None:
        self._kit, self._draft = kit, draft
        self._items: dict[str, int] = {}
        self._drawn: dict[str, tuple[object, ...]] = {}
        self._order: list[str] = []
        self._filters: tuple[PlacedFilter, ...] = ()
        self._filters_drawn: tuple[object, ...] = ()
        self._state: State | None = None
        self._menu = RoomMenu(kit, draft)
        dpg.add_input_text(
            tag=FILTER, parent=parent, callback=lambda: kit.emit(TypedFilter(dpg.get_value(FILTER)))
        )
        with dpg.group(parent=parent):
            words = "New chat, group or channel"
            kit.icon_button(NEW, "message-square-plus", "New", words, self._new)
            words = "Theme: the system's, dark, light"
            kit.icon_button(THEME, "sun-moon", "Look", words, self._theme)
            kit.icon_button(ACCOUNT, "settings", "You", "You, and your settings", self._account)
        with dpg.handler_registry():
            dpg.add_key_press_handler(dpg.mvKey_Return, callback=lambda: self._enter())
        self._hover = Hover(kit.painter, kit.geometry, inset=6, radius=12)
        with dpg.item_handler_registry() as self._clicks:
            dpg.add_item_clicked_handler(button=0, callback=lambda _, data: self._clicked(data[1]))
            dpg.add_item_clicked_handler(button=1, callback=lambda _, data: self._pressed(data[1]))
            self._hover.listen()
        with dpg.child_window(tag=LIST, parent=parent, border=False):
            # They go with the list when it is scrolled: a low window has no room to spare.
            dpg.add_drawlist(10, 10, tag=FILTERS, callback=lambda: self._choose())
            dpg.add_text("", tag=_EMPTY)

    def _new(self) -> None:
        self._kit.emit(OpenedNewRoom())

    def _theme(self) -> None:
        self._kit.emit(PressedTheme())

    def _account(self) -> None:
        self._kit.emit(OpenedPage(Dialog.ACCOUNT))

    def _choose(self) -> None:
        shown = filter_at(self._filters, *self._kit.geometry.mouse_in(FILTERS))
        if shown is not None:
            self._kit.emit(ChoseFilter(shown))

    def _clicked(self, item: int) -> None:
        for room, drawn in self._items.items():
            if drawn == item:
                self._kit.emit(OpenedRoom(room, self._draft()))

    def _pressed(self, item: int) -> None:
        state = self._state
        for room, drawn in self._items.items():
            if drawn == item and state is not None and room in state.talks:
                self._menu.open(state.talks[room], state.now)

    def place(self, area: Area | None) -> list[Mark]:
        """Put the parts where they belong, and return what is drawn behind them."""
        for tag in (LIST, FILTER, NEW, THEME, ACCOUNT):
            dpg.configure_item(tag, show=area is not None)
        if area is None:
            return []
        geometry, top = self._kit.geometry, HEADER
        for index, tag in enumerate((ACCOUNT, THEME, NEW)):
            geometry.place(tag, area.right - (index + 1) * (ICON_BUTTON + 4) - 6, 11)
        geometry.place(FILTER, area.x + 44, top + 6)
        geometry.size(FILTER, width=area.width - 70)
        head = top + SEARCH - 10
        geometry.place(LIST, area.x, head)
        geometry.size(LIST, width=area.width, height=max(40, area.height - head))
        search = self._kit.painter.icon("search", "")
        marks: list[Mark] = [
            Box(area.x, 0, area.width, area.height, Ink.SIDE),
            Words(area.x + 20, 19, "Chats", TITLE + 3, Ink.TEXT, bold=True),
            Box(area.x + 14, top, area.width - 28, 38, Ink.HOVER, 19),
            Words(area.x + 24, top + 10, search, BODY, Ink.FAINT),
        ]
        if not self.is_searching:
            marks.append(Words(area.x + 48, top + 10, "Search rooms", BODY, Ink.FAINT))
        return marks

    @property
    def is_searching(self) -> bool:
        """Whether something is written in the search for rooms."""
        return bool(dpg.get_value(FILTER))

    def frame(self) -> None:
        """Follow the mouse; once a frame."""
        self._hover.frame()

    def focus(self) -> None:
        """Give the search for rooms the keyboard."""
        if dpg.is_item_shown(FILTER):
            dpg.focus_item(FILTER)

    def _enter(self) -> None:
        """Open the first of the rooms that were searched for."""
        if self._order and dpg.get_value(FILTER) and dpg.is_item_focused(FILTER):
            dpg.set_value(FILTER, "")
            self._kit.emit(OpenedRoom(self._order[0], self._draft()))
            self._kit.emit(TypedFilter(""))

    def forget(self) -> None:
        """Forget what was searched for."""
        if dpg.get_value(FILTER):
            dpg.set_value(FILTER, "")

    def show(self, state: State, width: int) -> None:
        """Draw the cards whose rooms have changed."""
        self._state = state
        self._show_filters(state, width)
        talks = listed(state)
        scene = self._kit.scene(state)
        icon = self._kit.painter.icon(_THEME_ICONS[state.theme_choice], "Look")
        dpg.configure_item(THEME, label=icon)
        for talk in talks:
            self._show_card(talk, state, width, scene)
        order = [talk.room.id for talk in talks]
        for room in self._items.keys() - set(order):
            dpg.delete_item(self._items.pop(room))
            del self._drawn[room]
        if order != self._order:
            self._order = order
            first = map(dpg.get_alias_id, (FILTERS, _EMPTY))
            dpg.reorder_items(LIST, 1, [*first, *map(self._items.get, order)])
        self._show_emptiness(state, talks)

    def _show_filters(self, state: State, width: int) -> None:
        drawn = (state.shown, width, self._kit.look)
        if drawn == self._filters_drawn:
            return
        self._filters_drawn = drawn
        self._filters = place_filters(width, self._kit.metrics)
        height = filters_height(self._filters)
        self._kit.geometry.size(FILTERS, width=width, height=height)
        dpg.delete_item(FILTERS, children_only=True)
        self._kit.painter.paint(draw_filters(self._filters, state.shown), FILTERS)

    def _show_card(self, talk: Talk, state: State, width: int, scene: Scene) -> None:
        room = talk.room.id
        card = _card(talk, state)
        key = (replace(card, talk=_NO_TALK), width, scene.today, self._kit.look)
        drawn = self._drawn.get(room)
        if drawn and drawn[0] is talk and drawn[1] is state.people and drawn[2:] == key:
            return
        self._drawn[room] = (talk, state.people, *key)
        if room not in self._items:
            item = dpg.add_drawlist(10, 10, parent=LIST)
            dpg.bind_item_handler_registry(item, self._clicks)
            self._items[room], self._order = item, []
        item = self._items[room]
        dpg.delete_item(item, children_only=True)
        self._kit.geometry.size(item, width=width, height=HEIGHT)
        drawing = draw_card(card, width, scene, self._kit.metrics)
        self._kit.painter.paint(drawing.marks, item)

    def _show_emptiness(self, state: State, talks: list[Talk]) -> None:
        words = ""
        if state.busy_with_rooms and not state.talks:
            words = "Your rooms are on their way …" if state.link.online else "Not connected yet"
        elif not talks:
            words = "No room of this name" if state.filter else _NONE[state.shown]
        dpg.set_value(_EMPTY, f"   {words}")
        dpg.configure_item(_EMPTY, show=bool(words), color=self._kit.painter.colour(Ink.FAINT))


_NONE: dict[Shown, str] = {
    "all": "No rooms yet: begin with the button above",
    "unread": "Everything is read",
    "direct": "No chats with one person yet",
    "groups": "No groups yet",
    "channels": "No channels yet",
}

# Stands for a card's room where only the rest of the card is compared.
_NO_TALK = Talk(Room("", "channel", "", None))


def _card(talk: Talk, state: State) -> Card:
    """Return what a room's card shows."""
    room = talk.room
    is_open = state.opened == room.id
    typists = state.typists.in_room(room.id, state.now)
    there = state.presences.get(room.other or "")
    return Card(
        talk,
        is_open,
        draft="" if is_open else state.drafts.get(room.id, ""),
        typing=typing(typists, state.people) if typists else "",
        dot="" if there is None or there.state == "offline" else there.state,
        is_muted=room.muted_until > state.now or room.notify == "nothing",
    )
