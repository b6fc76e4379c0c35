"""Whether a key was pressed together with Ctrl, or with Shift.

Owns: what holds when both keys come and go within one slow frame.
Never: what follows from a key.
"""

import dearpygui.dearpygui as dpg

_CONTROLS = (dpg.mvKey_LControl, dpg.mvKey_RControl)
_SHIFTS = (dpg.mvKey_LShift, dpg.mvKey_RShift)


def has_control() -> bool:
    """Return whether Ctrl is down, or was until this frame."""
    return _is_held(_CONTROLS)


def has_shift() -> bool:
    """Return whether Shift is down, or was until this frame."""
    return _is_held(_SHIFTS)


def _is_held(keys: tuple[int, int]) -> bool:
    # ImGui takes a key's press and another's release in one frame if both came since the last one.
    return any(dpg.is_key_down(key) or dpg.is_key_released(key) for key in keys)
