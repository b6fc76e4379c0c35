"""The process that is measured: `python -m bench.desktop.client FOLDER MEASURE`, on a display.

Owns: the real client, offline, on a profile whose cache holds a long room; and its own figures.
Never: what they are to be (`bench.desktop.__main__`). It prints one JSON object.
"""

from __future__ import annotations

import json
import os
import random
import statistics
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import dearpygui.dearpygui as dpg

from bench.desktop.room import PROFILE, ROOM, URL, said
from bench.measure import memory_bytes
from desktop_client.launch import open_client
from desktop_client.loop import Loop
from desktop_client.options import DesktopOptions
from desktop_client.update.events import Happened, OpenedRoom
from desktop_client.view.messages import LIST
from desktop_client.view.window import Window

WIDTH, HEIGHT = 1280, 800
# A client that is not there by then, in seconds, never will be.
_PATIENCE = 60.0
_SCROLL_FRAMES, _SCROLL_STEP = 600, 120.0
_ARRIVING, _ARRIVE_SECONDS = 1_000, 1.0
# Longer than the window is lively after something has happened, and than its longest rest.
_IDLE_BEFORE, _IDLE_SECONDS, _IDLE_TRIES = 4.5, 13.0, 6
_FRAME_SECONDS = 1 / 60


@dataclass(slots=True)
class Client:
    """The client and its window."""

    loop: Loop
    window: Window

    def step(self) -> float:
        """Draw a frame; return what it took of the main thread's time, in seconds."""
        began = time.thread_time()
        self.loop.step()
        return time.thread_time() - began

    def until(self, condition: Callable[[], object]) -> None:
        """Draw frames until something is so."""
        deadline = time.monotonic() + _PATIENCE
        while not condition():
            self.step()
            if time.monotonic() > deadline:
                raise TimeoutError("the client did not come so far")

    def pause(self) -> None:
        """Let the other threads work, as between two frames."""
        time.sleep(_FRAME_SECONDS / 4)


def memory() -> int:
    """Return the process's resident memory in bytes."""
    return memory_bytes({"client": [os.getpid()]})["client"]


def opened(client: Client) -> dict[str, float]:
    """Open the room; return how long it takes until its messages are on the screen."""
    client.until(lambda: ROOM.id in client.loop.state.talks)
    began = time.monotonic()
    client.loop.tell(OpenedRoom(ROOM.id))
    client.until(lambda: _is_at_end(client))
    return {"open_s": time.monotonic() - began}


def _is_at_end(client: Client) -> bool:
    if client.loop.state.opened != ROOM.id or not dpg.is_item_shown(LIST):
        return False
    most = dpg.get_y_scroll_max(LIST)
    return bool(most > 0 and dpg.get_y_scroll(LIST) >= most - 1)


def scrolled(client: Client) -> dict[str, float]:
    """Scroll back through the room, page after page from the cache."""
    opened(client)
    first = client.loop.state.talks[ROOM.id].first or 0
    frames: list[float] = []
    for _ in range(_SCROLL_FRAMES):
        top = max(0.0, dpg.get_y_scroll(LIST) - _SCROLL_STEP)
        dpg.set_y_scroll(LIST, top, when=dpg.mvSetScrollFlags_Both)
        frames.append(client.step())
        client.pause()
    talk = client.loop.state.talks[ROOM.id]
    return {
        "frame_ms": statistics.median(frames) * 1000,
        "frame_p95_ms": _percentile(frames, 95) * 1000,
        "frame_worst_ms": max(frames) * 1000,
        "passed": first - (talk.first or 0),
        "at_hand": len(talk.entries),
        "memory_mb": memory() / 2**20,
    }


def arrived(client: Client) -> dict[str, float]:
    """Have a thousand messages come within a second, while the end of the room is in view."""
    opened(client)
    random_, begun = random.Random(3), time.monotonic()
    last = client.loop.state.talks[ROOM.id].entries[-1].seq
    frames: list[float] = []
    threads: list[float] = []
    told = 0
    while told < _ARRIVING or client.loop.state.talks[ROOM.id].entries[-1].seq < last + _ARRIVING:
        due = int((time.monotonic() - begun) / _ARRIVE_SECONDS * _ARRIVING)
        for _ in range(told, min(due, _ARRIVING)):
            told += 1
            now = time.time_ns() // 1_000_000
            client.loop.tell(Happened(said(last + told, random_, now), now))
        began = time.monotonic()
        threads.append(client.step())
        frames.append(time.monotonic() - began)
        client.pause()
    return {
        "arriving_thread_worst_ms": max(threads) * 1000,
        "arriving_s": time.monotonic() - begun,
        "arriving_frame_ms": statistics.median(frames) * 1000,
        "arriving_worst_ms": max(frames) * 1000,
    }


def idle(client: Client) -> dict[str, float]:
    """Leave the client alone with the room open, for a while in which nothing is told.

    Offline, it is told from time to time that there is still no connection; the pauses grow.
    """
    opened(client)
    for _ in range(_IDLE_TRIES):
        _turn(client, _IDLE_BEFORE)
        told, cpu, began = client.loop.state.now, time.process_time(), time.monotonic()
        _turn(client, _IDLE_SECONDS)
        if client.loop.state.now == told:
            took = time.monotonic() - began  # the last rest ends when it ends
            return {"idle_percent": (time.process_time() - cpu) / took * 100}
    raise TimeoutError("the client was never left alone")


def _turn(client: Client, seconds: float) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        client.loop.turn()


def _percentile(values: list[float], percent: int) -> float:
    return statistics.quantiles(values, n=100)[percent - 1]


def painted(client: Client) -> dict[str, float]:
    """Draw until the first frame with the rooms of the last time is on the screen."""
    client.step()
    first = time.monotonic()
    client.until(lambda: ROOM.id in client.loop.state.talks)
    client.step()
    return {"first_paint_at": first, "rooms_at": time.monotonic()}


_MEASURES: dict[str, Callable[[Client], dict[str, float]]] = {
    "painted": painted,
    "opened": opened,
    "scrolled": scrolled,
    "arrived": arrived,
    "idle": idle,
}


def main(folder: str, measure: str) -> None:
    options = DesktopOptions(Path(folder), URL, PROFILE, WIDTH, HEIGHT)
    with ExitStack() as stack:
        loop, window = stack.enter_context(open_client(options))
        print(json.dumps(_MEASURES[measure](Client(loop, window))), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
