"""Reading what is kept: the latest of every room at a start, and a part of one as somebody scrolls.

Owns: the queries of the cache's file, and turning its rows into what the rest works with.
Never: writing (`desktop_client.network.cache`).
"""

import sqlite3
from collections.abc import Iterable

import msgspec

from desktop_client.network.spans import Spans
from desktop_client.state.changes import begun
from desktop_client.state.history import TAIL, After, Around, Before, Place, Stretch
from desktop_client.state.talk import Entry, Standing
from desktop_client.update import events
from parley.client import (
    DeletedMessage,
    Message,
    NoticeShown,
    Person,
    Room,
    RoomEntry,
    Target,
    UnsupportedShown,
)
from parley.domain.timeline import MessageState

_KINDS: dict[str, type[RoomEntry]] = {
    kind.__name__: kind for kind in (Message, DeletedMessage, NoticeShown, UnsupportedShown)
}

_FIRST_OF = (
    "SELECT kind, entry FROM entries WHERE room = ? AND seq BETWEEN ? AND ? ORDER BY seq LIMIT ?"
)
_LAST_OF = _FIRST_OF.replace("BY seq", "BY seq DESC")


def recall(database: sqlite3.Connection) -> events.Recalled:
    """Return the rooms with the latest page of each, and people.

    Raises sqlite3.Error and msgspec.DecodeError if the file is damaged.
    """
    rows = database.execute("SELECT room, generation, stored, standing FROM rooms").fetchall()
    rooms = tuple((msgspec.json.decode(row[0], type=Room), (row[1], row[2])) for row in rows)
    standings = {
        room.id: msgspec.json.decode(row[3], type=Standing)
        for (room, _), row in zip(rooms, rows, strict=True)
        if row[3] is not None
    }
    spans = Spans(database, "kept")
    entries: list[RoomEntry] = []
    states: list[tuple[str, MessageState]] = []
    for room, _ in rooms:
        first, last = spans.latest(room.id) or (0, 0)
        latest = _entries(database, room.id, first, last, TAIL, from_end=True)
        entries += latest
        states += [(room.id, state) for state in states_among(database, room.id, latest)]
    people = database.execute("SELECT person FROM people")
    return events.Recalled(
        rooms,
        tuple(entries),
        tuple(msgspec.json.decode(person, type=Person) for (person,) in people),
        tuple(states),
        standings,
    )


def part_at(
    database: sqlite3.Connection, spans: Spans, room: str, place: Place, limit: int
) -> Stretch | None:
    """Return what is kept at a place, in one span; None: nothing."""
    match place:
        case Before(seq=seq):
            return _before(database, spans, room, seq, limit)
        case After(seq=seq):
            return _after(database, spans, room, seq, limit)
        case Around(seq=seq):
            earlier = _before(database, spans, room, seq, limit // 2)
            later = _after(database, spans, room, seq - 1, limit // 2)
            if later is None or earlier is None:
                return later
            both = (*earlier.entries, *later.entries)
            return Stretch(both, earlier.first, later.last, earlier.more_before, later.more_after)
    return None


def _before(
    database: sqlite3.Connection, spans: Spans, room: str, seq: int, limit: int
) -> Stretch | None:
    span = spans.around(room, seq - 1)
    if span is None:
        return None
    entries = _entries(database, room, span[0], seq - 1, limit, from_end=True)
    is_whole = len(entries) < limit
    first = span[0] if is_whole else entries[0].seq
    return Stretch(entries, first, seq - 1, not is_whole or span[0] > 0, more_after=True)


def _after(
    database: sqlite3.Connection, spans: Spans, room: str, seq: int, limit: int
) -> Stretch | None:
    span = spans.around(room, seq + 1)
    if span is None:
        return None
    entries = _entries(database, room, seq + 1, span[1], limit, from_end=False)
    last = span[1] if len(entries) < limit else entries[-1].seq
    # Whether it is the end, only the server knows; the latest entries are known besides.
    return Stretch(entries, seq + 1, last, more_before=True, more_after=True)


def _entries(
    database: sqlite3.Connection, room: str, first: int, last: int, limit: int, *, from_end: bool
) -> tuple[RoomEntry, ...]:
    query = _LAST_OF if from_end else _FIRST_OF
    rows = database.execute(query, (room, first, last, limit)).fetchall()
    found = tuple(msgspec.json.decode(entry, type=_KINDS[kind]) for kind, entry in rows)
    return found[::-1] if from_end else found


def states_among(
    database: sqlite3.Connection, room: str, entries: Iterable[Entry]
) -> tuple[MessageState, ...]:
    """Return what has become of some messages of a room, and of those that they answer."""
    said = [entry for entry in entries if isinstance(entry, Message)]
    here = {message.target for message in said}
    answered = {message.reply_to for message in said if message.reply_to} - here
    states = [_state(database, room, message.target) for message in said]
    states += [_state(database, room, t) or _as_said(database, room, t) for t in answered]
    return tuple(state for state in states if state is not None)


def _state(database: sqlite3.Connection, room: str, target: Target) -> MessageState | None:
    rows = database.execute(
        "SELECT state FROM states WHERE room = ? AND cmid = ?", (room, target.cmid)
    )
    found = (msgspec.json.decode(row[0], type=MessageState) for row in rows)
    return next((state for state in found if state.target == target), None)


def _as_said(database: sqlite3.Connection, room: str, target: Target) -> MessageState | None:
    rows = database.execute(
        "SELECT entry FROM entries WHERE room = ? AND cmid = ? AND kind = 'Message'",
        (room, target.cmid),
    )
    found = (msgspec.json.decode(row[0], type=Message) for row in rows)
    return next((begun(each) for each in found if each.target == target), None)
