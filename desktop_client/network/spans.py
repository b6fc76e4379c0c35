"""Which parts of rooms are kept without a hole.

Owns: one table of ranges of `seq`, by room; ranges of one kind that touch become one.
Never: what lies in them (`desktop_client.network.cache`).
"""

import sqlite3
from typing import Literal

TABLE = """
CREATE TABLE spans (
    kind TEXT NOT NULL, room TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
    PRIMARY KEY (kind, room, first)
) WITHOUT ROWID;
"""
# `sure` are those parts of which this run has heard every change since.
Kind = Literal["kept", "sure"]


class Spans:
    """The ranges of one kind. Everything happens in the caller's transaction."""

    def __init__(self, database: sqlite3.Connection, kind: Kind) -> None:
        self._execute, self._kind = database.execute, kind

    def cover(self, room: str, first: int, last: int) -> None:
        """Note that everything from `first` to `last` is kept."""
        touching = (self._kind, room, last + 1, first - 1)
        least, most = self._execute(
            "SELECT min(first), max(last) FROM spans"
            " WHERE kind = ? AND room = ? AND first <= ? AND last >= ?",
            touching,
        ).fetchone()
        if least is not None:
            self._execute(
                "DELETE FROM spans WHERE kind = ? AND room = ? AND first <= ? AND last >= ?",
                touching,
            )
            first, last = min(first, least), max(last, most)
        self._execute("INSERT INTO spans VALUES (?, ?, ?, ?)", (self._kind, room, first, last))

    def around(self, room: str, seq: int) -> tuple[int, int] | None:
        """Return the range that a place lies in; None: it is not kept."""
        found = self._execute(
            "SELECT first, last FROM spans"
            " WHERE kind = ? AND room = ? AND first <= ? AND last >= ?",
            (self._kind, room, seq, seq),
        ).fetchone()
        return None if found is None else (found[0], found[1])

    def latest(self, room: str) -> tuple[int, int] | None:
        """Return the last range of a room."""
        found = self._execute(
            "SELECT first, last FROM spans WHERE kind = ? AND room = ? ORDER BY first DESC LIMIT 1",
            (self._kind, room),
        ).fetchone()
        return None if found is None else (found[0], found[1])

    def cut_before(self, room: str, seq: int) -> None:
        """Note that nothing before a place is kept."""
        place = (self._kind, room, seq)
        self._execute("DELETE FROM spans WHERE kind = ? AND room = ? AND last < ?", place)
        self._execute(
            "UPDATE spans SET first = ? WHERE kind = ? AND room = ? AND first < ?", (seq, *place)
        )

    def cut_after(self, room: str, seq: int) -> None:
        """Note that nothing after a place is kept."""
        place = (self._kind, room, seq)
        self._execute("DELETE FROM spans WHERE kind = ? AND room = ? AND first > ?", place)
        self._execute(
            "UPDATE spans SET last = ? WHERE kind = ? AND room = ? AND last > ?", (seq, *place)
        )

    def forget(self, room: str) -> None:
        """Note that nothing of a room is kept."""
        self._execute("DELETE FROM spans WHERE kind = ? AND room = ?", (self._kind, room))

    def clear(self) -> None:
        """Note that nothing of this kind is kept."""
        self._execute("DELETE FROM spans WHERE kind = ?", (self._kind,))
