"""The open room's own page: its name, how one has it, and who is in it.

Owns: this dialogue, and which of its parts somebody of one's role is shown.
Never: what follows from a choice.
"""

from collections.abc import Callable

import dearpygui.dearpygui as dpg

from desktop_client.layout.words import name_of
from desktop_client.state.model import Dialog, State
from desktop_client.state.talk import Talk
from desktop_client.update.events import (
    AddedMember,
    GaveRole,
    PressedBlock,
    RemovedMember,
    RenamedRoom,
    SetHowIHaveIt,
)
from desktop_client.view.kit import Kit
from parley.client import Member
from parley.domain.permissions import Action, may, may_act_on
from parley.protocol.ids import LOBBY
from parley.protocol.shapes import Notify, Role

ROOM, NAME, TOPIC, SAVE = "room_dialog", "edit_name", "edit_topic", "save_room"
MUTE, PIN, NOTIFY, BLOCK = "mute_room", "pin_room", "notify_room", "block_person"
ADD, _ADDED, _MEMBERS, _ABOUT, _ADDING = (
    "add_member",
    "added_name",
    "room_members",
    "room_about",
    "adding",
)
_SIZE = (420, 560)
_NOTIFY: dict[Notify, str] = {
    "all": "Tell me of every message",
    "mentions": "Tell me when I am named",
    "nothing": "Tell me of nothing",
}
_ROLES: dict[Role, str] = {"owner": "owner", "admin": "admin", "member": ""}


class RoomDialog:
    """Shows and changes the open room."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self._drawn: tuple[object, ...] = ()
        with dpg.window(tag=ROOM, popup=True, show=False, no_move=True, autosize=False):
            with dpg.group(tag=_ABOUT):
                dpg.add_input_text(tag=NAME, hint="Name", width=-1)
                dpg.add_input_text(tag=TOPIC, hint="Topic", width=-1)
                self._button(SAVE, "Change name and topic", self._rename)
            self._button(MUTE, "Mute", self._mute)
            self._button(PIN, "Pin", self._pin)
            dpg.add_combo(
                list(_NOTIFY.values()), tag=NOTIFY, width=-1, callback=lambda: self._notify()
            )
            self._button(BLOCK, "Block", self._block)
            with dpg.group(tag=_ADDING, horizontal=True):
                dpg.add_input_text(
                    tag=_ADDED,
                    hint="Add by user name",
                    width=-70,
                    on_enter=True,
                    callback=lambda: self._add(),
                )
                dpg.add_button(tag=ADD, label="Add", callback=lambda: self._add())
            dpg.add_child_window(tag=_MEMBERS, border=False, height=-1)
        self._state: State | None = None

    def _button(self, tag: str, label: str, press: Callable[[], None]) -> None:
        dpg.add_button(tag=tag, label=label, width=-1, callback=lambda: press())

    # --- what is pressed -------------------------------------------------------------------

    def _rename(self) -> None:
        self._kit.emit(RenamedRoom(dpg.get_value(NAME), dpg.get_value(TOPIC)))

    def _mute(self) -> None:
        if (talk := self._talk) is not None and self._state is not None:
            self._kit.emit(SetHowIHaveIt(muted=talk.room.muted_until <= self._state.now))

    def _pin(self) -> None:
        if (talk := self._talk) is not None:
            self._kit.emit(SetHowIHaveIt(pinned=not talk.room.pinned))

    def _notify(self) -> None:
        words = {sentence: notify for notify, sentence in _NOTIFY.items()}
        self._kit.emit(SetHowIHaveIt(notify=words[dpg.get_value(NOTIFY)]))

    def _block(self) -> None:
        if (talk := self._talk) is not None and self._state is not None:
            self._kit.emit(PressedBlock(talk.room.other in self._state.blocked))

    def _add(self) -> None:
        self._kit.emit(AddedMember(dpg.get_value(_ADDED)))
        dpg.set_value(_ADDED, "")

    @property
    def _talk(self) -> Talk | None:
        return self._state.talk if self._state is not None else None

    # --- what is shown ---------------------------------------------------------------------

    def show(self, state: State, width: int, height: int) -> None:
        """Open it for the open room, bring it up to date, or close it."""
        self._state = state
        talk = state.talk
        is_wanted = state.dialog is Dialog.ROOM and talk is not None
        opened = self._kit.popup(ROOM, _SIZE, (width, height), wanted=is_wanted)
        if not is_wanted or talk is None:
            return
        if opened:
            self._fill(talk)
        drawn = (talk.room, state.members, state.blocked)
        if opened or drawn != self._drawn:
            self._drawn = drawn
            self._show_parts(state, talk)
            self._list(state, talk)

    def _fill(self, talk: Talk) -> None:
        dpg.set_value(NAME, talk.room.name)
        dpg.set_value(TOPIC, talk.room.topic)
        dpg.set_value(_ADDED, "")
        for field in (NAME, TOPIC, _ADDED, NOTIFY):
            dpg.bind_item_theme(field, self._kit.style.form)
        for button in (SAVE, ADD):
            dpg.bind_item_theme(button, self._kit.style.accent)

    def _show_parts(self, state: State, talk: Talk) -> None:
        room = talk.room
        is_muted = room.muted_until > state.now
        dpg.configure_item(MUTE, label="Unmute" if is_muted else "Mute")
        dpg.configure_item(PIN, label="Unpin" if room.pinned else "Pin at the top of the list")
        dpg.set_value(NOTIFY, _NOTIFY[room.notify])
        may_edit = may(Action.EDIT, room.role, room.kind) and room.id != LOBBY
        dpg.configure_item(_ABOUT, show=may_edit)
        dpg.configure_item(_ADDING, show=may(Action.ADD_MEMBERS, room.role, room.kind))
        is_other = room.other is not None and room.other != state.my_id
        dpg.configure_item(BLOCK, show=is_other)
        is_blocked = room.other in state.blocked
        dpg.configure_item(BLOCK, label="Unblock" if is_blocked else "Block")

    def _list(self, state: State, talk: Talk) -> None:
        dpg.delete_item(_MEMBERS, children_only=True)
        if state.members is None:
            dpg.add_text("Who is in it: one moment …", parent=_MEMBERS)
            return
        for member in state.members:
            self._member(member, state, talk)

    def _member(self, member: Member, state: State, talk: Talk) -> None:
        person, room = member.person, talk.room
        known = {**state.people, person.id: person}
        role = f"  ({_ROLES[member.role]})" if _ROLES[member.role] else ""
        dpg.add_text(f"{name_of(person.id, known)}  @{person.user_name}{role}", parent=_MEMBERS)
        is_below = person.id != state.my_id and may_act_on(room.role, member.role)
        if not is_below:
            return
        with dpg.group(horizontal=True, parent=_MEMBERS):
            if may(Action.SET_ROLE, room.role, room.kind):
                to: Role = "member" if member.role == "admin" else "admin"
                self._small(f"Make {to}##{person.id}", GaveRole(person.id, to))
            if may(Action.REMOVE_MEMBER, room.role, room.kind):
                self._small(f"Remove##{person.id}", RemovedMember(person.id))

    def _small(self, label: str, event: GaveRole | RemovedMember) -> None:
        dpg.add_button(label=label, callback=lambda: self._kit.emit(event))
