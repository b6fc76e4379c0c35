"""Where a chat begins: somebody is found, a room is made, a channel is joined.

Owns: this dialogue and what is typed into it.
Never: what follows from a choice.
"""

from functools import partial

import dearpygui.dearpygui as dpg

from desktop_client.layout.marks import Ink
from desktop_client.layout.words import about, called, one_line
from desktop_client.state.model import Dialog, State
from desktop_client.update.events import (
    ChoseChannel,
    ChosePerson,
    MadeRoom,
    TypedPerson,
    UsedInvite,
)
from desktop_client.view.kit import Kit
from desktop_client.view.rows import add_row
from parley.client import Room

NEW_ROOM, PERSON, ROOM_NAME = "new_room_dialog", "find_person", "room_name"
MAKE, MAKE_GROUP, _FOUND, _CHANNELS = "make_room", "make_group", "found_people", "channels"
INVITE, USE = "invite_code", "use_invite"
_SIZE = (400, 680)
_LINE, _MOST_FOUND = 58, 3
# What stands above the channels, and how high those are at least, in pixels.
_HEAD, _LEAST = 440, 120
_PAD = 10


class NewRoomDialog:
    """Chat with somebody; make a channel or a group; or join a channel that is open to all."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self._inner = _SIZE[0]
        self._labels: list[int | str] = []
        self._drawn: tuple[object, ...] | None = None
        with dpg.window(tag=NEW_ROOM, popup=True, show=False, no_move=True, autosize=False):
            kit.head(NEW_ROOM, "New chat")
            self._label("Chat with somebody")
            dpg.add_input_text(
                tag=PERSON,
                hint="A name",
                width=-1,
                callback=lambda: kit.emit(TypedPerson(dpg.get_value(PERSON))),
            )
            dpg.add_child_window(tag=_FOUND, border=False, height=1)
            self._label("Make a room")
            dpg.add_input_text(
                tag=ROOM_NAME,
                hint="Its name",
                width=-1,
                on_enter=True,
                callback=lambda: self._make(is_group=False),
            )
            dpg.add_button(
                tag=MAKE,
                label="Channel, open to all",
                width=-1,
                callback=lambda: self._make(is_group=False),
            )
            dpg.add_button(
                tag=MAKE_GROUP,
                label="Group, for those I add",
                width=-1,
                callback=lambda: self._make(is_group=True),
            )
            self._label("Come in by an invitation")
            with dpg.group(horizontal=True):
                dpg.add_input_text(
                    tag=INVITE,
                    hint="Its code",
                    on_enter=True,
                    callback=lambda: self._use(),
                )
                dpg.add_button(tag=USE, label="Come in", callback=lambda: self._use())
            kit.geometry.fix(INVITE, width=-90)
            self._label("Join a channel")
            dpg.add_child_window(tag=_CHANNELS, border=False, height=-1)

    def _label(self, words: str) -> None:
        self._kit.geometry.fix(dpg.add_spacer(), height=4)
        label = dpg.add_text(words)
        self._kit.geometry.fix(label, indent=8)
        self._labels.append(label)

    def _make(self, *, is_group: bool) -> None:
        self._kit.emit(MadeRoom(dpg.get_value(ROOM_NAME), is_group))

    def _use(self) -> None:
        self._kit.emit(UsedInvite(dpg.get_value(INVITE)))

    def show(self, state: State, width: int, height: int) -> None:
        """Open or close it, and list whom and what there is."""
        is_wanted = state.dialog is Dialog.NEW_ROOM
        size = (_SIZE[0], min(_SIZE[1], _HEAD + _found_height(state) + _channels_height(state)))
        if self._kit.popup(NEW_ROOM, size, (width, height), wanted=is_wanted):
            self._drawn = None
            for field in (PERSON, ROOM_NAME, INVITE):
                dpg.set_value(field, "")
                dpg.bind_item_theme(field, self._kit.style.inset)
            for button in (MAKE, MAKE_GROUP, USE):
                dpg.bind_item_theme(button, self._kit.style.accent)
            dpg.focus_item(ROOM_NAME if not state.link.online else PERSON)
            for label in self._labels:
                dpg.configure_item(label, color=self._kit.painter.colour(Ink.FAINT))
        if not is_wanted:
            return
        self._fit(state, width, min(size[1], height - 20))
        drawn = (state.public, state.found_people, self._kit.look, width)
        if drawn != self._drawn:
            self._drawn = drawn
            self._list(state)

    def _fit(self, state: State, width: int, high: int) -> None:
        """Give the channels what is left below; in a low window the whole dialogue scrolls."""
        self._inner = min(_SIZE[0], width - 20) - 30
        left = high - _HEAD - _found_height(state)
        self._kit.geometry.size(_CHANNELS, height=max(left, _LEAST))

    def _list(self, state: State) -> None:
        for parent in (_FOUND, _CHANNELS):
            dpg.delete_item(parent, children_only=True)
        for person in state.found_people:
            name = one_line(person.display_name) or person.user_name
            self._add(_FOUND, person.id, name, called(person), ChosePerson(person.id))
        self._kit.geometry.size(_FOUND, height=max(1, _found_height(state)))
        others = _others(state)
        for room in others:
            name = one_line(room.name) or room.id
            self._add(_CHANNELS, room.id, name, about(room), ChoseChannel(room.id))
        if not others:
            ink = self._kit.painter.colour(Ink.FAINT)
            none = dpg.add_text("There is none that you are not in", parent=_CHANNELS, color=ink)
            self._kit.geometry.size(none, indent=8)

    def _add(
        self, parent: str, id: str, title: str, below: str, event: ChosePerson | ChoseChannel
    ) -> None:
        press = partial(self._kit.emit, event)
        add_row(self._kit, parent, id, title, below, self._inner, press)


def _others(state: State) -> list[Room]:
    """Return the channels that are open to all and that one is not in."""
    return [room for room in state.public if room.id not in state.talks]


def _channels_height(state: State) -> int:
    return max(_LEAST, len(_others(state)) * _LINE + 2 * _PAD)


def _found_height(state: State) -> int:
    """Return how high the list of those who were found is: it scrolls beyond three."""
    return min(_MOST_FOUND, len(state.found_people)) * _LINE
