"""How a run is told to whoever reads its trace.

Owns: events, rows and lines in words, and the names that stand for ids.
Never: what is told, and when (`world.py`, `checker.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import unified_diff

from parley.client.events import (
    Accepted,
    ChatEvent,
    DirectoryChanged,
    Message,
    NoticeShown,
    Offline,
    Online,
    Retracted,
    RoomLive,
    RoomLost,
    RoomRestarted,
    SendRefused,
    Stored,
    StoredUpTo,
)
from parley.store.batch import MessageRow
from tests.simulation.screen import Line

_PADDING = re.compile(r"\.{10,}")


_WORDS: dict[type, str] = {
    Message: "{0.text!r} at {0.generation}/{0.seq} of {0.room}",
    NoticeShown: "the notice that {0.who} {0.what}, at {0.generation}/{0.seq} of {0.room}",
    RoomLive: "{0.room} live, from behind {0.generation}/{0.seq} on",
    StoredUpTo: "{0.room} stored up to {0.generation}/{0.seq}",
    Accepted: "{0.cmid} accepted at {0.generation}/{0.seq} of {0.room}",
    Stored: "{0.cmid} stored at {0.generation}/{0.seq} of {0.room}",
    SendRefused: "{0.cmid} refused in {0.room}: {0.code}",
    Retracted: "generation {0.generation} of {0.room} begin; what stood behind {0.after} is gone",
    RoomRestarted: "{0.room} begin afresh behind {0.generation}/{0.seq}",
    RoomLost: "{0.room} no more: {0.code}",
    Online: "itself online, as {0.person.id}",
    Offline: "itself offline: {0.reason}",
    DirectoryChanged: "that its rooms have changed",
    MessageRow: "{0.content} of {0.author_id} at {0.generation}/{0.seq} of {0.room_id}",
    type(None): "nothing",
}


def in_words(what: ChatEvent | MessageRow | None) -> str:
    """Return an event that an application saw, or a row of the database."""
    words = _WORDS.get(type(what))
    return str(what) if words is None else words.format(what)


def difference(shown: Iterable[Line], stored: Iterable[Line]) -> str:
    """Return what is only in the database (-), and what is only on a screen (+)."""
    lines = unified_diff(
        list(map(_line_in_words, stored)),
        list(map(_line_in_words, shown)),
        "in the database",
        "on the screen",
        n=1,
        lineterm="",
    )
    return "".join(f"\n    {line}" for line in lines)


def _line_in_words(line: Line) -> str:
    return f"{line.seq} {line.author}: {line.text}"


def shortened(text: str) -> str:
    """Return the text without the padding of large messages."""
    return _PADDING.sub("…", text)


def named(text: str, names: Mapping[str, str]) -> str:
    """Return the text with names in the place of ids."""
    if not names:
        return text
    return re.sub("|".join(map(re.escape, names)), lambda found: names[found[0]], text)
