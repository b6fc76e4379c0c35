"""The field that is being written in: where its cursor is, and putting words there.

Owns: what ImGui can do with an active field and Dear PyGui does not offer: soft wrapping, the
cursor, replacing a part, a new text. One version's memory layout, which is checked before use.
Never: what is written.

Without it (another system, another version) every function says that it did nothing, and the field
behaves as Dear PyGui has it: no soft wrap, new words at the end.
"""

import ctypes
import platform
import sys
from typing import Protocol

import dearpygui.dearpygui as dpg

# The one version whose layout is known.
_VERSION = "2.3.1"
# Offsets in bytes: ImGuiContext::InputTextState, and in it `Ctx`, `Stb` and `TextLen`; of Dear
# PyGui, the items' registry in its own context. Measured on x86-64.
_STATE = 0x2630
_STB, _TEXT_LENGTH = 8, 24
_REGISTRY = 0x138
# So much of an item is looked at for its flags, in bytes.
_ITEM_BYTES = 1600
_NO_UNDO, _WORD_WRAP = 1 << 16, 1 << 24


class Editing(Protocol):
    """What can be done with the field that has the keyboard. Positions count characters."""

    def cursor(self, text: str) -> int | None:
        """Return where the cursor is in the active field's text; None: that is not known."""

    def replace(self, text: str, start: int, end: int, new: str) -> bool:
        """Write over a part of the active field's text; return whether that was possible."""

    def move(self, text: str, place: int) -> None:
        """Have the cursor at a place in the active field's text, where that is possible."""

    def put(self, field: str, text: str) -> bool:
        """Have another text in the active field, the cursor behind it; return whether it is so."""

    def wrap(self, field: str) -> bool:
        """Have a field of several lines wrap at its edge; return whether it does."""


class PlainEditing:
    """Nothing more than Dear PyGui offers."""

    def cursor(self, text: str) -> int | None:
        return None

    def replace(self, text: str, start: int, end: int, new: str) -> bool:
        return False

    def move(self, text: str, place: int) -> None:
        pass

    def put(self, field: str, text: str) -> bool:
        return False

    def wrap(self, field: str) -> bool:
        return False


class ImGuiEditing:
    """Works on ImGui's own state of the active field."""

    def __init__(self, library: ctypes.CDLL) -> None:
        self._library = library
        self._context = library._ZN5ImGui17GetCurrentContextEv
        self._context.restype = ctypes.c_void_p
        self._io = library._ZN5ImGui5GetIOEv
        self._io.restype = ctypes.c_void_p
        self._type = library._ZN7ImGuiIO22AddInputCharactersUTF8EPKc
        self._type.argtypes = [ctypes.c_void_p, ctypes.c_char_p]
        self._reload = library._ZN19ImGuiInputTextState25ReloadUserBufAndMoveToEndEv
        self._reload.argtypes = [ctypes.c_void_p]
        self._item = library._Z7GetItemR14mvItemRegistryy
        self._item.argtypes = [ctypes.c_void_p, ctypes.c_ulonglong]
        self._item.restype = ctypes.c_void_p

    def cursor(self, text: str) -> int | None:
        selection = self._selection(text)
        if selection is None:
            return None
        return len(text.encode()[: selection[0]].decode(errors="ignore"))

    def replace(self, text: str, start: int, end: int, new: str) -> bool:
        if not self._select(text, start, end):
            return False
        self._type(self._io(), new.encode())
        return True

    def move(self, text: str, place: int) -> None:
        self._select(text, place, place)

    def put(self, field: str, text: str) -> bool:
        state = self._state()
        if state is None or not dpg.is_item_active(field):
            return False
        dpg.set_value(field, text)
        self._reload(state)
        return True

    def wrap(self, field: str) -> bool:
        # ImGui has the flag, Dear PyGui no name for it. Where an item keeps its flags is found by
        # changing one that has a name: the only number that changes by just that bit.
        with dpg.mutex():
            context = ctypes.c_void_p.in_dll(self._library, "GContext").value
            if context is None:
                return False
            registry = ctypes.c_void_p.from_address(context + _REGISTRY).value
            item = self._item(registry, dpg.get_alias_id(field))
            before = _numbers(item)
            dpg.configure_item(field, no_undo_redo=True)
            after = _numbers(item)
            dpg.configure_item(field, no_undo_redo=False)
            changed = [
                index
                for index, (old, new) in enumerate(zip(before, after, strict=True))
                if old ^ new == _NO_UNDO
            ]
            if len(changed) != 1:
                return False
            ctypes.c_uint32.from_address(item + 4 * changed[0]).value |= _WORD_WRAP
        return True

    def _state(self) -> int | None:
        """Return where the state of the active field is, if it is where it is expected."""
        context = self._context()
        if context is None:
            return None
        state = int(context) + _STATE
        # It begins with a way back to its context.
        return state if ctypes.c_void_p.from_address(state).value == context else None

    def _selection(self, text: str) -> "ctypes.Array[ctypes.c_int] | None":
        """Return the cursor and both ends of the selection, in bytes of the active field's text."""
        state = self._state()
        if state is None:
            return None
        length = ctypes.c_int.from_address(state + _TEXT_LENGTH).value
        stb = ctypes.c_void_p.from_address(state + _STB).value
        if stb is None or length != len(text.encode()):
            return None
        return (ctypes.c_int * 3).from_address(stb)

    def _select(self, text: str, start: int, end: int) -> bool:
        selection = self._selection(text)
        if selection is None:
            return False
        first, last = len(text[:start].encode()), len(text[:end].encode())
        selection[0], selection[1], selection[2] = last, first, last
        return True


def _numbers(item: int) -> list[int]:
    return list((ctypes.c_uint32 * (_ITEM_BYTES // 4)).from_address(item))


def make_editing() -> Editing:
    """Return the best there is here."""
    is_known = sys.platform == "linux" and platform.machine() == "x86_64"
    if not is_known or dpg.get_dearpygui_version() != _VERSION:
        return PlainEditing()
    try:
        return ImGuiEditing(ctypes.CDLL(dpg.internal_dpg.__file__))
    except (AttributeError, OSError):
        return PlainEditing()
