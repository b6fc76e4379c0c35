"""What is asked and told about one message: really delete it, forward it where, who has read it.

Owns: these three windows.
Never: what follows from a choice.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import dearpygui.dearpygui as dpg

from desktop_client.layout.words import name_of, one_line, short_time
from desktop_client.state.listing import listed
from desktop_client.state.model import Dialog, State
from desktop_client.update.events import ChoseForward, ClosedDialog, ConfirmedDelete
from desktop_client.update.messages import may_delete_for_everyone
from desktop_client.view.kit import Kit
from desktop_client.view.rows import add_row

DELETE, FOR_ALL, FOR_ME = "delete_dialog", "delete_for_all", "delete_for_me"
FORWARD, _ROOMS = "forward_dialog", "forward_rooms"
INFO, _LINES = "info_dialog", "info_lines"
_FORWARD_SIZE, _INFO_SIZE = (320, 380), (360, 320)


class DeleteDialog:
    """Asks before a message is deleted, and for whom."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        with dpg.window(tag=DELETE, popup=True, show=False, no_move=True, autosize=False):
            dpg.add_text("Delete this message?")
            kit.geometry.fix(dpg.add_spacer(), height=6)
            everyone, oneself = "Delete for everyone", "Delete for me alone"
            dpg.add_button(tag=FOR_ALL, label=everyone, width=-1, callback=lambda: self._do(True))
            dpg.add_button(tag=FOR_ME, label=oneself, width=-1, callback=lambda: self._do(False))
            dpg.add_button(label="Keep it", width=-1, callback=lambda: kit.emit(ClosedDialog()))

    def _do(self, for_everyone: bool) -> None:
        self._kit.emit(ConfirmedDelete(for_everyone))

    def show(self, state: State, width: int, height: int) -> None:
        """Open or close it."""
        is_wanted = state.dialog is Dialog.DELETE
        if self._kit.popup(DELETE, (270, 176), (width, height), wanted=is_wanted):
            talk, target = state.talk, state.about
            may = talk is not None and target is not None
            if talk is not None and target is not None:
                now = talk.states.get(target)
                is_deleted = now is not None and now.deleted
                may = not is_deleted and may_delete_for_everyone(talk, target, state.my_id)
            dpg.configure_item(FOR_ALL, show=may)
            dpg.bind_item_theme(FOR_ALL, self._kit.style.accent)


class ForwardDialog:
    """Chooses a room for a message. `draft` returns what stands in the composer."""

    def __init__(self, kit: Kit, draft: Callable[[], str]) -> None:
        self._kit, self._draft = kit, draft
        self._drawn: object = None
        with dpg.window(tag=FORWARD, popup=True, show=False, no_move=True, autosize=False):
            dpg.add_text("Forward to")
            dpg.add_child_window(tag=_ROOMS, border=False, height=-1)

    def _forward(self, room: str) -> None:
        self._kit.emit(ChoseForward(room, self._draft()))

    def show(self, state: State, width: int, height: int) -> None:
        """Open it with the rooms that there are, or close it."""
        is_wanted = state.dialog is Dialog.FORWARD
        self._kit.popup(FORWARD, _FORWARD_SIZE, (width, height), wanted=is_wanted)
        drawn = (state.talks.keys(), width, self._kit.look) if is_wanted else None
        if drawn is None or drawn == self._drawn:
            self._drawn = drawn
            return
        self._drawn = drawn
        dpg.delete_item(_ROOMS, children_only=True)
        wide = min(_FORWARD_SIZE[0], width - 20) - 30
        for room in (talk.room for talk in listed(replace(state, filter="", shown="all"))):
            name = one_line(room.name) or room.id
            add_row(self._kit, _ROOMS, room.id, name, "", wide, partial(self._forward, room.id))


class InfoDialog:
    """Tells who has received and read a message of one's own."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self._drawn: object = None
        self._look: object = None
        with dpg.window(tag=INFO, popup=True, show=False, no_move=True, autosize=False):
            dpg.add_text("Who has it")
            dpg.add_child_window(tag=_LINES, border=False, height=-1)

    def show(self, state: State, width: int, height: int) -> None:
        """Open it, fill it once the answer is there, or close it."""
        is_wanted = state.dialog is Dialog.INFO
        opened = self._kit.popup(INFO, _INFO_SIZE, (width, height), wanted=is_wanted)
        is_other = self._drawn is not state.info or self._look != self._kit.look
        if opened or (is_wanted and is_other):
            self._drawn, self._look = state.info, self._kit.look
            dpg.delete_item(_LINES, children_only=True)
            wrap = min(_INFO_SIZE[0], width - 20) - 30
            for line in self._lines(state):
                self._kit.geometry.size(dpg.add_text(line, parent=_LINES), wrap=wrap)

    def _lines(self, state: State) -> list[str]:
        info = state.info
        if info is None:
            return ["One moment …"]
        read = f", read by {info.read}" if info.read >= 0 else ""
        lines = [f"For {info.people}: received by {info.delivered}{read}"]
        for each in info.recipients:
            name = name_of(each.person, state.people)
            lines.append(f"{name}: {self._came(each.delivered_at, each.read_at)}")
        return lines

    def _came(self, delivered_at: int, read_at: int) -> str:
        today = self._kit.today()
        if read_at:
            return f"read {short_time(read_at, today, None)}"
        if delivered_at:
            return f"received {short_time(delivered_at, today, None)}"
        return "not yet"
