"""The real client in a process of its own, which answers what a test asks about its screen.

Owns: the process that `tests.desktop_client.desk` starts, and its answers: JSON, one a line.
Never: pressing anything: a test does that with keyboard and mouse.
"""

import json
import sys
import threading
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

import dearpygui.dearpygui as dpg

from desktop_client.launch import open_client
from desktop_client.loop import Loop
from desktop_client.options import DesktopOptions
from desktop_client.state.model import State
from desktop_client.state.talk import Outgoing
from desktop_client.view.window import Window
from parley.client import Message

# Frames while nobody asks: drawing in software must not take the computer from the others.
FRAME_SECONDS = 0.1


def main(folder: str, url: str, profile: str, width: str, height: str) -> None:
    options = DesktopOptions(Path(folder), url, profile, int(width), int(height))
    asked: SimpleQueue[str] = SimpleQueue()
    threading.Thread(target=read_questions, args=(asked,), daemon=True).start()
    with open_client(options) as (loop, window):
        print("ready", flush=True)
        while window.is_open:
            loop.step()
            with suppress(Empty):
                question = asked.get(timeout=FRAME_SECONDS).split()
                if question == ["end"]:
                    return
                print(json.dumps(answer(question, loop, window)), flush=True)


def read_questions(asked: SimpleQueue[str]) -> None:
    for line in sys.stdin:
        asked.put(line)


def answer(question: list[str], loop: Loop, window: Window) -> Any:
    match question:
        case ["state"]:
            return described(loop.state)
        case ["where", tag]:
            return where(tag)
        case ["corner", tag]:
            left, top = dpg.get_item_rect_min(tag)
            return [int(left) + 12, int(top) + 12]
        case ["card", room]:
            return card(loop.state, room)
        case ["picture", path]:
            window.picture(Path(path))
            for _ in range(4):
                loop.step()
            return True
    raise ValueError(question)


def described(state: State) -> dict[str, Any]:
    """What a person can see of the state."""
    talk = state.talk
    entries = (*talk.entries, *talk.outgoing) if talk is not None else ()
    shown = [entry for entry in entries if isinstance(entry, Message | Outgoing)]
    own = [e for e in shown if isinstance(e, Outgoing) or e.author == state.my_id]
    return {
        "stage": state.stage.name,
        "error": state.form.error,
        "busy": state.form.busy,
        "online": state.link.online,
        "notice": state.notice,
        "opened": state.opened,
        "theme": state.theme,
        "dialog": state.dialog.name,
        "written": dpg.get_value("composer"),
        "size": [dpg.get_viewport_client_width(), dpg.get_viewport_client_height()],
        "rooms": {t.room.name: t.unread(state.my_id) for t in state.talks.values()},
        "texts": [entry.text for entry in shown],
        "progress": [talk.progress(entry).name for entry in own] if talk else [],
    }


def where(tag: str) -> list[int] | None:
    """The middle of an item, in pixels of the window; None: it is not there to be clicked."""
    if not dpg.does_item_exist(tag) or not dpg.is_item_visible(tag):
        return None
    (left, top), (width, height) = dpg.get_item_rect_min(tag), dpg.get_item_rect_size(tag)
    return [int(left + width / 2), int(top + height / 2)]


def card(state: State, name: str) -> list[int] | None:
    """The middle of a room's card."""
    from desktop_client.layout.card import HEIGHT
    from desktop_client.view.sidebar import LIST, listed

    names = [talk.room.name for talk in listed(state)]
    if name not in names or not dpg.is_item_shown(LIST):
        return None
    left, top = dpg.get_item_pos(LIST)
    return [int(left + 80), int(top + (names.index(name) + 0.5) * HEIGHT)]


if __name__ == "__main__":
    main(*sys.argv[1:])
