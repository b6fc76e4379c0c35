"""What can be done with a room of the list: a right click opens it.

Owns: the menu and its entries.
Never: what follows from a choice.
"""

from collections.abc import Callable
from functools import partial

import dearpygui.dearpygui as dpg
from msgspec.structs import replace

from desktop_client.state.talk import Talk
from desktop_client.update.events import Event, MarkedUnread, SetManner
from desktop_client.view.kit import Kit

MENU, UNREAD, PIN, MUTE = "room_menu", "menu_unread", "menu_pin_room", "menu_mute_room"
_WIDTH, _HEIGHT = 250, 120


class RoomMenu:
    """The one menu of all rooms. `draft` returns what stands in the composer."""

    def __init__(self, kit: Kit, draft: Callable[[], str]) -> None:
        self._kit, self._draft = kit, draft
        self._events: dict[str, Event] = {}
        with dpg.window(
            tag=MENU, popup=True, show=False, no_move=True, autosize=True, min_size=(60, 30)
        ):
            for tag in (UNREAD, PIN, MUTE):
                self._entry(tag)

    def _entry(self, tag: str) -> None:
        choose = partial(self._choose, tag)
        dpg.add_selectable(tag=tag, callback=lambda: choose())
        self._kit.geometry.fix(tag, width=_WIDTH)

    def _choose(self, tag: str) -> None:
        dpg.configure_item(MENU, show=False)
        event = self._events[tag]
        if isinstance(event, MarkedUnread):
            event = replace(event, draft=self._draft())
        self._kit.emit(event)

    def open(self, talk: Talk, now: int) -> None:
        """Open it for a room, where the mouse is. `now` is in Unix milliseconds."""
        entries = entries_of(talk, now)
        self._events = {tag: event for tag, (_, _, event) in entries.items()}
        for tag, (icon, words, _) in entries.items():
            dpg.configure_item(tag, label=self._kit.painter.labelled(icon, words))
        (x, y), (width, height) = self._kit.geometry.mouse(), self._kit.geometry.window()
        left = max(4.0, min(x, width - _WIDTH - 28))
        top = max(4.0, min(y, height - _HEIGHT))
        self._kit.geometry.place(MENU, left, top)
        dpg.configure_item(MENU, show=True)
        dpg.bind_item_theme(MENU, self._kit.style.popup)


def entries_of(talk: Talk, now: int) -> dict[str, tuple[str, str, Event]]:
    """Return what can be done with a room as it is now: each entry's icon, words and event."""
    room, is_unread = talk.room, talk.standing.is_unread
    is_muted = room.muted_until > now
    unread = ("check-check", "Mark as read") if is_unread else ("mail", "Mark as unread")
    pin = ("pin-off", "Do not keep it at the top") if room.pinned else ("pin", "Keep it at the top")
    mute = ("bell", "Unmute") if is_muted else ("bell-off", "Mute")
    return {
        UNREAD: (*unread, MarkedUnread(room.id, not is_unread)),
        PIN: (*pin, SetManner(room.id, pinned=not room.pinned)),
        MUTE: (*mute, SetManner(room.id, muted=not is_muted)),
    }
