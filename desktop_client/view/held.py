"""Whether a key was pressed together with Ctrl.

Owns: what holds when the key and Ctrl come and go within one slow frame.
Never: what follows from a key.
"""

import dearpygui.dearpygui as dpg

_CONTROLS = (dpg.mvKey_LControl, dpg.mvKey_RControl)


def has_control() -> bool:
    """Return whether Ctrl is down, or was until this frame.

    ImGui takes the key's press and Ctrl's release in one frame if both came since the last one.
    That is for Ctrl alone: who lets go of Shift may just have typed an exclamation mark.
    """
    return any(dpg.is_key_down(key) or dpg.is_key_released(key) for key in _CONTROLS)
