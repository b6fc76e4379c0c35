"""What the Linux wheel of Dear PyGui can do besides: sleep until something happens, know the focus.

Owns: the functions of GLFW that the wheel happens to export, that of glibc which frees memory, and
what is done without them.
Never: anything that depends on the version's memory layout.

Every function but `wake` and `look_at_display` is for the window's thread.
"""

import ctypes
import sys
import time
from contextlib import suppress
from typing import Protocol

import dearpygui.dearpygui as dpg
from msgspec import Struct

from desktop_client.profile import Place

# Without the window system's help a person's next move is seen so many seconds later, at most.
_NAP = 1 / 15
# GLFW's own numbers for them.
_FOCUSED, _VISIBLE = 0x00020001, 0x00020004


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

    def screens(self) -> list[Place]:
        """Return the screens, the first one first; empty: that is not known."""


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

    def screens(self) -> list[Place]:
        return []


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
        self._monitors = library.glfwGetMonitors
        self._monitors.restype = ctypes.POINTER(ctypes.c_void_p)
        self._area = library.glfwGetMonitorWorkarea
        self._area.argtypes = [ctypes.c_void_p, *[ctypes.POINTER(ctypes.c_int)] * 4]
        self._area.restype = None

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

    def screens(self) -> list[Place]:
        count = ctypes.c_int()
        monitors = self._monitors(ctypes.byref(count))
        places: list[Place] = []
        for monitor in monitors[: count.value]:
            numbers = [ctypes.c_int() for _ in range(4)]
            self._area(monitor, *(ctypes.byref(number) for number in numbers))
            places.append(Place(*(number.value for number in numbers)))
        return places


class Display(Struct, frozen=True):
    """What is known of the display before there is a window on it."""

    prevents: str = ""
    """Why no window can be shown here; empty: nothing is known to prevent one."""
    scale: float = 1.0
    """That of the first screen, from Xft.dpi in X's resources; 1 where nobody knows."""


def look_at_display() -> Display:
    """Return what is known of the display; before Dear PyGui's own first call only.

    Dear PyGui itself ends the process where there is no display, or no OpenGL on it. It may run
    beside other threads, which it leaves the interpreter to. Other systems than Linux enlarge the
    window themselves.
    """
    if sys.platform != "linux":
        return Display()
    try:
        library = ctypes.CDLL(dpg.internal_dpg.__file__)
        prevents = _what_prevents_a_window(library)
        return Display(prevents) if prevents else Display(scale=_scale(library))
    except (AttributeError, OSError):
        return Display()


def _what_prevents_a_window(library: ctypes.CDLL) -> str:
    """Try it with a small hidden one; where that can be, GLFW is left ready for Dear PyGui."""
    create, destroy = library.glfwCreateWindow, library.glfwDestroyWindow
    create.restype, destroy.argtypes = ctypes.c_void_p, [ctypes.c_void_p]
    if library.glfwInit():
        library.glfwWindowHint(_VISIBLE, 0)
        window = create(16, 16, b"Parley", None, None)
        library.glfwDefaultWindowHints()
        if window is not None:
            destroy(window)
            return ""
    told = ctypes.c_char_p()
    library.glfwGetError(ctypes.byref(told))
    library.glfwTerminate()
    return (told.value or b"unknown").decode(errors="replace")


def _scale(library: ctypes.CDLL) -> float:
    first, scale_of = library.glfwGetPrimaryMonitor, library.glfwGetMonitorContentScale
    first.restype = ctypes.c_void_p
    scale_of.argtypes = [ctypes.c_void_p, *[ctypes.POINTER(ctypes.c_float)] * 2]
    across, down = ctypes.c_float(), ctypes.c_float()
    monitor = first()
    if monitor is not None:
        scale_of(monitor, ctypes.byref(across), ctypes.byref(down))
    return across.value or 1.0


def give_memory_back() -> None:
    """Let the system have what was freed, where the C library would rather keep it.

    glibc keeps blocks of a size of which it has freed some before: many megabytes, after textures.
    """
    if sys.platform == "linux":
        with suppress(AttributeError, OSError):  # other libraries than glibc
            ctypes.CDLL(None).malloc_trim(0)


def make_sleeper() -> Sleeper:
    """Return the best sleeper there is here."""
    if sys.platform != "linux":
        return Napping()
    try:
        return Waiting(ctypes.CDLL(dpg.internal_dpg.__file__))
    except (AttributeError, OSError):
        return Napping()
