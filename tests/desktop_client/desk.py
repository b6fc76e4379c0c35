"""A person at a desk: a screen, a keyboard and a mouse of their own, and the client on it.

Owns: Xvfb, the client's process, and what xdotool does to it.
Never: the client's own objects. Nothing here waits for a time: it waits until something is so.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from desktop_client.profile import Kept, Profile

ROOT = Path(__file__).parents[2]
# No condition takes as long as this, in seconds, unless it never comes.
PATIENCE = 60.0
# Between two looks, in seconds: for each the client draws a frame, in software.
_LOOK_SECONDS = 0.05
_PROGRAMS = {"Xvfb": "xvfb", "xdotool": "xdotool"}


def need_a_screen() -> None:
    """Skip the test where there is nothing to show a window on."""
    pytest.importorskip("dearpygui")
    for program, package in _PROGRAMS.items():
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed; install it with: sudo apt install {package}")


@contextmanager
def screen(*options: str) -> Iterator[str]:
    """A display that nobody looks at, by its name."""
    read, write = os.pipe()
    size = ["-screen", "0", "1800x1400x24", "-nolisten", "tcp"]
    process = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), *size, *options],
        pass_fds=[write],
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    try:
        with os.fdopen(read) as told:
            yield f":{told.readline().strip()}"
    finally:
        process.terminate()
        process.wait(PATIENCE)


class Desk:
    """One client on a screen of its own."""

    def __init__(self, process: "subprocess.Popen[str]", display: str) -> None:
        self._process, self._display = process, display
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n", "the client did not start"

    # --- looking ---------------------------------------------------------------------------

    def ask(self, *question: str) -> Any:
        """The client's answer to a question."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(*question, file=self._process.stdin, flush=True)
        return json.loads(self._process.stdout.readline())

    def until(self, condition: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
        """The state in which the condition is met."""
        deadline = time.monotonic() + PATIENCE
        while True:
            state: dict[str, Any] = self.ask("state")
            if condition(state):
                return state
            assert time.monotonic() < deadline, f"it did not come so far: {state}"
            time.sleep(_LOOK_SECONDS)

    def picture(self, path: Path) -> None:
        """Keep what the screen shows."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self.ask("picture", str(path))

    # --- doing -----------------------------------------------------------------------------

    def frames(self) -> None:
        """Let the client draw a few frames."""
        for _ in range(3):
            self.ask("state")

    def xdotool(self, *arguments: str) -> None:
        """Do something with keyboard and mouse."""
        environment = os.environ | {"DISPLAY": self._display}
        subprocess.run(["xdotool", *arguments], env=environment, check=True, timeout=PATIENCE)

    def place(self, *question: str) -> tuple[int, int]:
        """Where on the screen is what a question finds, as soon as it is there and rests."""
        deadline = time.monotonic() + PATIENCE
        before, place = None, self.ask(*question)
        while place is None or place != before:
            assert time.monotonic() < deadline, f"there is no {question} that rests on the screen"
            time.sleep(_LOOK_SECONDS)
            before, place = place, self.ask(*question)
        x, y = place
        return int(x), int(y)

    def move(self, place: tuple[int, int]) -> None:
        """Have the mouse somewhere in the window."""
        x, y = map(str, place)
        self.xdotool("search", "--name", "Parley", "mousemove", "--window", "%1", x, y)

    @contextmanager
    def dragging(self, *question: str) -> Iterator[None]:
        """Hold the mouse's button down from where a question finds something."""
        self.move(self.place(*question))
        self.frames()
        self.xdotool("mousedown", "1")
        self.frames()
        try:
            yield
        finally:
            self.xdotool("mouseup", "1")
            self.frames()

    def click(self, *question: str, button: int = 1) -> None:
        """Click on what a question finds."""
        self.move(self.place(*question))
        # A frame with the mouse there comes before the click, and one with the button down.
        for action in ("mousedown", "mouseup"):
            self.frames()
            self.xdotool(action, str(button))
        self.frames()

    def write(self, text: str) -> None:
        """Type a text."""
        self.xdotool("type", "--delay", "15", text)

    def paste(self, text: str) -> None:
        """Put a text without spaces on the clipboard and paste it."""
        self.ask("clipboard", text)
        self.press("ctrl+v")

    def press(self, key: str) -> None:
        """Press a key, or several at once, as in ctrl+Return."""
        self.xdotool("key", key)

    @contextmanager
    def between_frames(self) -> Iterator[None]:
        """Let the client draw nothing meanwhile: it hears of all that is done with one frame."""
        os.kill(self._process.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self._process.pid, signal.SIGCONT)

    @contextmanager
    def holding(self, key: str) -> Iterator[None]:
        """Hold a key down: a slow window may look for it after a short press is over."""
        self.xdotool("keydown", key)
        self.frames()
        try:
            yield
            self.frames()
        finally:
            self.xdotool("keyup", key)

    def fill(self, tag: str, text: str) -> None:
        """Put a text in place of what stands in a field."""
        self.click("where", tag)
        self.press("ctrl+a")
        self.write(text)

    def resize(self, width: int, height: int) -> None:
        """Give the window another size."""
        self.xdotool("search", "--name", "Parley", "windowsize", str(width), str(height))
        self.until(lambda state: state["size"] == [width, height])
        self.frames()


def _environment(display: str) -> dict[str, str]:
    """What the client is told of its computer: a test writes into nobody's keyring."""
    return {
        "DISPLAY": display,
        "LIBGL_ALWAYS_SOFTWARE": "1",
        "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
    }


@contextmanager
def desk(folder: Path, url: str, name: str, scale: float = 1) -> Iterator[Desk]:
    """A client with a profile of this name; the first start is dark, whatever the computer has."""
    profile = Profile(folder, name)
    if profile.load() == Kept():
        profile.keep(Kept(theme="dark"))
    with screen() as display:
        arguments = [str(folder), url, name, "1280", "800", str(scale)]
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.desktop_client.driver", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=os.environ | _environment(display),
        )
        try:
            yield Desk(process, display)
            assert process.stdin is not None
            print("end", file=process.stdin, flush=True)
            assert process.wait(PATIENCE) == 0
        finally:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                assert pipe is not None
                pipe.close()
