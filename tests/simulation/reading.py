"""Reading the database at the end, for the checker.

Owns: the rows by place and by name, what they say, and the form of an answer.
Never: which of it is right.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from parley.protocol.content import Content, Edit, Notice, React, Stone, Text, target_of
from parley.protocol.entry import decode_content
from parley.store.batch import MessageRow
from tests.simulation.screen import Line
from tests.simulation.store_data import StoreData


@dataclass(frozen=True, slots=True)
class Broken:
    """A promise that was not kept: its number and short name, and how."""

    promise: str
    how: str

    def __str__(self) -> str:
        return f"{self.promise}: {self.how}"


class Rows:
    """The stored logs of all rooms."""

    def __init__(self, data: StoreData) -> None:
        self.logs = {room: log.messages for room, log in data.logs.items()}
        self.names = data.names

    def all(self) -> Iterator[MessageRow]:
        """Yield every row."""
        for rows in self.logs.values():
            yield from rows

    def at(self, room: str, seq: int) -> MessageRow | None:
        """Return the row at a place; None if the log does not reach so far."""
        rows = self.logs.get(room, [])
        return rows[seq - 1] if 0 < seq <= len(rows) else None

    def lines(self, room: str) -> list[Line]:
        """Return what a screen shows of a room that it has read from the beginning."""
        lines: dict[tuple[str | None, str | None], Line] = {}
        for row in self.logs.get(room, []):
            content, line = content_of(row), line_of_row(row)
            if line is not None:
                # Notices have no name, so each is under its place.
                lines[line.author, line.cmid or str(line.seq)] = line
            elif content is not None and row.author_id is not None:
                target = target_of(row.author_id, content)
                name = (target.author, target.cmid) if target is not None else (None, None)
                if name in lines:
                    lines[name] = _altered(lines[name], row.author_id, content)
        return list(lines.values())


def _altered(line: Line, person: str, content: Content) -> Line:
    match content:
        case Edit(text=text):
            return line.edited(text)
        case React(emoji=emoji, on=on):
            return line.reacted(person, emoji, on=on)
        case _:
            return line


def content_of(row: MessageRow) -> Content | None:
    """Return what a row says; None if this version cannot read it."""
    try:
        return decode_content(row.content.encode())
    except msgspec.DecodeError:
        return None


def text_of(row: MessageRow) -> str | None:
    """Return a message's text; None for what is no message."""
    content = content_of(row)
    return content.text if isinstance(content, Text) else None


def line_of_row(row: MessageRow) -> Line | None:
    """Return what a screen shows of a row; None for a stone."""
    at = (row.generation, row.seq, row.author_id)
    match content_of(row):
        case Text(text=text):
            return Line(*at, row.cmid, text)
        case Stone(reason="deleted"):
            return Line(*at, row.cmid, "")
        case Notice(what=what, who=who):
            return Line(*at, None, f"{what} {who}")
    return None
