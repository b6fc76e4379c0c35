"""What is asked and told about one message: really delete it, forward it where, who has read it.

Owns: these three windows.
Never: what follows from a choice.
"""

from collections.abc import Callable

import dearpygui.dearpygui as dpg

from desktop_client.layout.words import name_of, one_line, short_time
from desktop_client.state.model import Dialog, State
from desktop_client.update.events import ChoseForward, ClosedDialog, ConfirmedDelete
from desktop_client.update.messages import may_delete_for_everyone
from desktop_client.view.kit import Kit

DELETE, FOR_ALL, FOR_ME = "delete_dialog", "delete_for_all", "delete_for_me"
FORWARD, _ROOMS = "forward_dialog", "forward_rooms"
INFO, _LINES = "info_dialog", "info_lines"


class DeleteDialog:
    """Asks before a message is deleted, and for whom."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        with dpg.window(tag=DELETE, popup=True, show=False, no_move=True, autosize=False):
            dpg.add_text("Delete this message?")
            dpg.add_spacer(height=6)
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
        with dpg.window(tag=FORWARD, popup=True, show=False, no_move=True, autosize=False):
            dpg.add_text("Forward to")
            dpg.add_child_window(tag=_ROOMS, border=False, height=-1)

    def _add(self, room: str, label: str) -> None:
        dpg.add_selectable(
            label=f"{label}##{room}",
            parent=_ROOMS,
            callback=lambda: self._kit.emit(ChoseForward(room, self._draft())),
        )

    def show(self, state: State, width: int, height: int) -> None:
        """Open it with the rooms that there are, or close it."""
        is_wanted = state.dialog is Dialog.FORWARD
        if self._kit.popup(FORWARD, (320, 380), (width, height), wanted=is_wanted):
            dpg.delete_item(_ROOMS, children_only=True)
            for talk in state.talks.values():
                self._add(talk.room.id, one_line(talk.room.name) or talk.room.id)


class InfoDialog:
    """Tells who has received and read a message of one's own."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self._drawn: object = None
        with dpg.window(tag=INFO, popup=True, show=False, no_move=True, autosize=False):
            dpg.add_text("Who has it")
            dpg.add_child_window(tag=_LINES, border=False, height=-1)

    def show(self, state: State, width: int, height: int) -> None:
        """Open it, fill it once the answer is there, or close it."""
        is_wanted = state.dialog is Dialog.INFO
        opened = self._kit.popup(INFO, (360, 320), (width, height), wanted=is_wanted)
        if opened or (is_wanted and self._drawn is not state.info):
            self._drawn = state.info
            dpg.delete_item(_LINES, children_only=True)
            for line in self._lines(state):
                dpg.add_text(line, parent=_LINES, wrap=330)

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
