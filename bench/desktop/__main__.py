"""How the desktop client fares with a long room: `python -m bench.desktop [--messages 100000]`.

Owns: a profile in a folder of its own, one process for each measurement, and the goals beside what
was measured.
Never: a figure that was not measured in this run.

What it cannot show: a graphics card. Everything is drawn in software on a display that nobody looks
at (Xvfb), whose frames wait for no screen; so the main thread's time holds what the driver does
there, which the bare window's frame gives an idea of. Nor does it show a server: the client is
offline, and its past comes from its cache. The wheel is not turned: the scroll bar is moved, by 120
pixels a frame.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.desktop.room import fill
from bench.machine import commit, load_before, machine

# The measure at rest may need six tries of half a minute.
_LIMIT_SECONDS = 300
# A start is over in less than a second, and one is not like another.
_STARTS = 3
_MISSING = "Xvfb is missing; install it with: sudo apt install xvfb"


def main() -> int:
    """Measure, print, and return how many goals were missed; 2 if there is no display to be had."""
    options = _options()
    print(f"{machine()}; {load_before()}; {commit()}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        fill(Path(folder), options.messages)
        try:
            with _display() as display:
                missed = _report(options.messages, Path(folder), display)
        except FileNotFoundError:
            print(_MISSING, file=sys.stderr)
            return 2
    return 1 if missed else 0


def _report(messages: int, folder: Path, display: str) -> int:
    """Print each figure as soon as it is measured; return how many goals were missed."""
    missed = 0
    for text, is_met in _lines(messages, folder, display):
        print(text, flush=True)
        missed += not is_met
    return missed


def _lines(messages: int, folder: Path, display: str) -> Iterator[tuple[str, bool]]:
    bare = _run(display, "bench.desktop.bare")
    yield from _start_lines(folder, display)
    opened = _client(folder, display, "opened")
    yield line(f"a room of {messages:,} opens in", opened["open_s"], 0.3, "s")
    scrolled = _client(folder, display, "scrolled")
    yield line(
        f"a frame while scrolling back {scrolled['passed']:,.0f} messages, main thread",
        scrolled["frame_ms"],
        4,
        "ms",
        f"95 of 100 below {scrolled['frame_p95_ms']:.1f} ms,"
        f" worst {scrolled['frame_worst_ms']:.1f} ms;"
        f" a bare window's: {bare['bare_frame_ms']:.1f} ms",
    )
    yield line(
        f"resident memory with {scrolled['at_hand']:,.0f} of them at hand",
        scrolled["memory_mb"],
        200,
        "MB",
        f"a bare window's: {bare['bare_memory_mb']:.0f} MB",
    )
    arrived = _client(folder, display, "arrived")
    yield line(
        "1,000 messages within a second, the longest frame of the main thread",
        arrived["arriving_thread_worst_ms"],
        100,
        "ms",
        f"on the clock, with what draws in other threads:"
        f" median {arrived['arriving_frame_ms']:.0f} ms,"
        f" longest {arrived['arriving_worst_ms']:.0f} ms;"
        f" all shown after {arrived['arriving_s']:.2f} s",
    )
    idle = _client(folder, display, "idle")
    yield line("idle, woken by events, of a core", idle["idle_percent"], 3, "%")


def _start_lines(folder: Path, display: str) -> Iterator[tuple[str, bool]]:
    starts = [_painted(folder, display) for _ in range(_STARTS)]
    for what, name in (("first paint", "first"), ("first paint with the rooms", "rooms")):
        seconds = sorted(start[name] for start in starts)
        note = f"the median of {_STARTS} starts, the longest {seconds[-1]:.2f} s"
        yield line(what, seconds[_STARTS // 2], 1, "s", note)


def line(what: str, value: float, goal: float, unit: str, note: str = "") -> tuple[str, bool]:
    """Return a figure beside what it is to be less than, and whether it is."""
    is_met = value < goal
    words = "" if is_met else "  MISSED"
    return f"{what}: {value:.3g} {unit} (goal: < {goal:g} {unit}){words} {note}".rstrip(), is_met


def _painted(folder: Path, display: str) -> dict[str, float]:
    """Return how many seconds after its start a client had its first frames."""
    began = time.monotonic()
    at = _client(folder, display, "painted")
    return {
        "first": at["first_paint_at"] - began,
        "rooms": at["rooms_at"] - began,
    }


def _client(folder: Path, display: str, measure: str) -> dict[str, float]:
    return _run(display, "bench.desktop.client", str(folder), measure)


def _run(display: str, module: str, *arguments: str) -> dict[str, float]:
    ran = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        env=os.environ | {"DISPLAY": display, "LIBGL_ALWAYS_SOFTWARE": "1"},
        stdout=subprocess.PIPE,
        check=True,
        timeout=_LIMIT_SECONDS,
    )
    figures: dict[str, float] = json.loads(ran.stdout)
    return figures


@contextmanager
def _display() -> Iterator[str]:
    """A display that nobody looks at, by its name. Raises FileNotFoundError."""
    read, write = os.pipe()
    size = ["-screen", "0", "1400x1000x24", "-nolisten", "tcp"]
    try:
        process = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write), *size], pass_fds=[write], stderr=subprocess.DEVNULL
        )
    finally:
        os.close(write)
    try:
        with os.fdopen(read) as told:
            yield f":{told.readline().strip()}"
    finally:
        process.terminate()
        process.wait()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.desktop", description=__doc__)
    parser.add_argument("--messages", type=int, default=100_000)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
