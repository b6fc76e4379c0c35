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
from desktop_client.state.changes import begun
from desktop_client.state.model import State
from desktop_client.state.talk import Outgoing
from desktop_client.view.messages import LIST
from desktop_client.view.window import Window
from parley.client import DeletedMessage, Message, Target
from parley.domain.timeline import MessageState

# Frames while nobody asks: drawing in software must not take the computer from the others.
FRAME_SECONDS = 0.1


def main(folder: str, url: str, profile: str, width: str, height: str, scale: str) -> None:
    size = int(width), int(height)
    options = DesktopOptions(Path(folder), url, profile, *size, scale=float(scale))
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
        case ["message", text]:
            return message(loop.state, text)
        case ["first", tag]:
            return first(tag)
        case ["card", room]:
            return card(loop.state, room)
        case ["clipboard", text]:
            dpg.set_clipboard_text(text)
            return True
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
    now = told(state)
    own = [e for e in shown if isinstance(e, Outgoing) or e.author == state.my_id]
    return {
        "stage": state.stage.name,
        "name": state.me.display_name if state.me is not None else "",
        "error": state.form.error,
        "busy": state.form.busy,
        "online": state.link.online,
        "notice": state.notice,
        "opened": state.opened,
        "theme": state.theme,
        "text_size": state.text_size,
        "dialog": state.dialog.name,
        "written": dpg.get_value("composer"),
        "size": [dpg.get_viewport_client_width(), dpg.get_viewport_client_height()],
        "rooms": {t.room.name: t.standing.unread for t in state.talks.values()},
        "marked": [t.room.name for t in state.talks.values() if t.standing.marked],
        "versions": len(state.pages.versions or ()),
        "texts": [entry.text for entry in now] + [o.text for o in (talk.outgoing if talk else ())],
        "reactions": [list(entry.reactions) for entry in now],
        "deleted": [entry.deleted for entry in now],
        "mode": None if state.mode is None else "edit" if state.mode.is_edit else "reply",
        "found": [person.user_name for person in state.found_people],
        "members": [member.person.user_name for member in state.members or ()],
        "hits": None if state.hits is None else [hit.text for hit in state.hits],
        "jumped": None if state.found is None else state.found.cmid,
        "progress": [talk.progress(entry, state.my_id).name for entry in own] if talk else [],
    }


def where(tag: str | int) -> list[int] | None:
    """The middle of an item, in pixels of the window; None: it is not there to be clicked."""
    if not dpg.does_item_exist(tag) or not dpg.is_item_visible(tag):
        return None
    (left, top), (width, height) = dpg.get_item_rect_min(tag), dpg.get_item_rect_size(tag)
    return [int(left + width / 2), int(top + height / 2)]


def message(state: State, text: str) -> list[int] | None:
    """A place within the message of the open room that has this word in it, where it is in view."""
    talk = state.talk
    (_, highest), (_, height_seen) = dpg.get_item_pos(LIST), dpg.get_item_rect_size(LIST)
    for item in dpg.get_item_children("rows_drawn", 1) or ():
        cmid = dpg.get_item_user_data(item)
        says = [now.text for now in told(state) if now.cmid == cmid] if talk else []
        if says and text in says[0]:
            left, top = dpg.get_item_rect_min(item)
            own = any(now.cmid == cmid and now.author == state.my_id for now in told(state))
            width, height = dpg.get_item_rect_size(item)
            middle = int(top + height / 2)
            # Rows beyond the view are drawn as well.
            if highest < middle < highest + height_seen:
                return [int(left + (width - 60 if own else 80)), middle]
    return None


def first(tag: str) -> list[int] | None:
    """The middle of the first item within another one."""
    items = dpg.get_item_children(tag, 1) if dpg.does_item_exist(tag) else ()
    return where(items[0]) if items else None


def told(state: State) -> list[MessageState]:
    """The messages of the open room as they are now."""
    talk = state.talk
    if talk is None:
        return []
    entries = [e for e in talk.entries if isinstance(e, Message | DeletedMessage)]
    return [talk.states.get(Target(e.author, e.cmid)) or begun(e) for e in entries]


def card(state: State, name: str) -> list[int] | None:
    """The middle of a room's card."""
    from desktop_client.state.listing import listed
    from desktop_client.view import sidebar

    names = [talk.room.name for talk in listed(state)]
    if name not in names or not dpg.is_item_shown(sidebar.LIST):
        return None
    # The filters stand before them, and the words for an empty list.
    return where(dpg.get_item_children(sidebar.LIST, 1)[2 + names.index(name)])


if __name__ == "__main__":
    main(*sys.argv[1:])
