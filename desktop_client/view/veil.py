"""The veil between a dialogue and the screen that it has been opened from.

Owns: when it lies there, and how large it is.
Never: the dialogues.
"""

import dearpygui.dearpygui as dpg

from desktop_client.state.model import Dialog
from desktop_client.view.kit import Kit

_VEIL = "veil"
# What one looks past: the picker stands beside what is written.
_WITHOUT = frozenset({Dialog.NONE, Dialog.EMOJI})


class Veil:
    """Made after everything that it lies over."""

    def __init__(self, kit: Kit, parent: str) -> None:
        self._kit = kit
        self._shown: tuple[object, ...] = ()
        dpg.add_child_window(tag=_VEIL, parent=parent, show=False, border=False, no_scrollbar=True)

    def show(self, dialog: Dialog, width: int, height: int) -> None:
        """Lie over the whole window while a dialogue is open."""
        shown = (dialog in _WITHOUT, width, height, self._kit.look)
        if shown == self._shown:
            return
        self._shown = shown
        dpg.configure_item(_VEIL, show=dialog not in _WITHOUT)
        self._kit.geometry.place(_VEIL, 0, 0)
        self._kit.geometry.size(_VEIL, width=width, height=height)
        dpg.bind_item_theme(_VEIL, self._kit.style.veil)
