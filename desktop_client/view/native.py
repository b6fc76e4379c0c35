"""What the Linux wheel of Dear PyGui can do besides: sleep until something happens.

Owns: the two functions of GLFW that the wheel happens to export, and what is done without them.
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


class Sleeper(Protocol):
    """Lets the window's thread sleep while nothing happens."""

    def sleep(self, seconds: float) -> None:
        """Return when the person does something, at `wake`, or after so many seconds."""

    def wake(self) -> None:
        """End a sleep that is under way; from any thread."""


class Napping:
    """Sleeps a little, whatever happens."""

    def sleep(self, seconds: float) -> None:
        time.sleep(min(seconds, _NAP))

    def wake(self) -> None:
        pass


class Waiting:
    """Sleeps in the window system, until it has something to tell."""

    def __init__(self, library: ctypes.CDLL) -> None:
        self._wait = library.glfwWaitEventsTimeout
        self._wait.argtypes, self._wait.restype = [ctypes.c_double], None
        self._wake = library.glfwPostEmptyEvent
        self._wake.restype = None

    def sleep(self, seconds: float) -> None:
        self._wait(seconds)

    def wake(self) -> None:
        self._wake()


def make_sleeper() -> Sleeper:
    """Return the best sleeper there is here."""
    if sys.platform != "linux":
        return Napping()
    try:
        return Waiting(ctypes.CDLL(dpg.internal_dpg.__file__))
    except (AttributeError, OSError):
        return Napping()
