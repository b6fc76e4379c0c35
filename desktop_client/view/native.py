"""What the Linux wheel of Dear PyGui can do besides: sleep until something happens, know the focus.

Owns: the functions of GLFW that the wheel happens to export, and what is done without them.
Never: anything that depends on the version's memory layout.

Every function but `wake` is for the window's thread.
"""

import ctypes
import sys
import time
from typing import Protocol

import dearpygui.dearpygui as dpg

# Without the window system's help a person's next move is seen so many seconds later, at most.
_NAP = 1 / 15
# GLFW's own number for it.
_FOCUSED = 0x00020001


class Sleeper(Protocol):
    """Lets the window's thread sleep while nothing happens."""

    def sleep(self, seconds: float) -> None:
        """Return when the person does something, at `wake`, or after so many seconds."""

    def wake(self) -> None:
        """End a sleep that is under way; from any thread."""

    def is_focused(self) -> bool:
        """Return whether the window has the keyboard; where that is not known, it has."""

    def ask_for_attention(self) -> None:
        """Have the desktop hint at the window, where it can."""


class Napping:
    """Sleeps a little, whatever happens."""

    def sleep(self, seconds: float) -> None:
        time.sleep(min(seconds, _NAP))

    def wake(self) -> None:
        pass

    def is_focused(self) -> bool:
        return True

    def ask_for_attention(self) -> None:
        pass


class Waiting:
    """Sleeps in the window system, until it has something to tell."""

    def __init__(self, library: ctypes.CDLL) -> None:
        self._wait = library.glfwWaitEventsTimeout
        self._wait.argtypes, self._wait.restype = [ctypes.c_double], None
        self._wake = library.glfwPostEmptyEvent
        self._wake.restype = None
        self._window = library.glfwGetCurrentContext
        self._window.restype = ctypes.c_void_p
        self._attribute = library.glfwGetWindowAttrib
        self._attribute.argtypes = [ctypes.c_void_p, ctypes.c_int]
        self._attention = library.glfwRequestWindowAttention
        self._attention.argtypes, self._attention.restype = [ctypes.c_void_p], None

    def sleep(self, seconds: float) -> None:
        self._wait(seconds)

    def wake(self) -> None:
        self._wake()

    def is_focused(self) -> bool:
        window = self._window()
        return window is None or bool(self._attribute(window, _FOCUSED))

    def ask_for_attention(self) -> None:
        window = self._window()
        if window is not None:
            self._attention(window)


def make_sleeper() -> Sleeper:
    """Return the best sleeper there is here."""
    if sys.platform != "linux":
        return Napping()
    try:
        return Waiting(ctypes.CDLL(dpg.internal_dpg.__file__))
    except (AttributeError, OSError):
        return Napping()
