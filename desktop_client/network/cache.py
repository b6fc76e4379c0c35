"""What was last seen of a server, so that the next start has something to show at once.

Owns: one SQLite file for a profile and server: rooms, the latest entries of each, people's names.
Never: anything that would be missed: it is all on the server, and the outbox is the SDK's.

What is recalled from here is shown until the server has answered, and then replaced: so it need not
be complete, nor durable. A file that is damaged is set aside, and a new one begun.
"""

import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self

import msgspec

from desktop_client.state.changes import as_event, begun
from desktop_client.update import events
from parley.client import (
    Deleted,
    DeletedMessage,
    Message,
    MessageChange,
    MessageHidden,
    NoticeShown,
    PeopleChanged,
    Person,
    Retracted,
    Room,
    RoomEntry,
    RoomRestarted,
    StoredUpTo,
    Target,
    UnsupportedShown,
    Withdrawn,
)
from parley.domain.timeline import MessageState, apply, seen
from parley.protocol.limits import INTEGER_MAX

FILE_NAME = "cache.db"
# Raised when the tables change; a file of another number is begun anew.
FORMAT = 2
# Entries of a room that are kept: a few screens of them.
KEPT_ENTRIES = 120

_TABLES = """
CREATE TABLE owner (person TEXT NOT NULL);
CREATE TABLE rooms (
    id TEXT PRIMARY KEY, room BLOB NOT NULL,
    generation INTEGER NOT NULL DEFAULT 0, stored INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE entries (
    room TEXT NOT NULL, seq INTEGER NOT NULL, generation INTEGER NOT NULL,
    kind TEXT NOT NULL, entry BLOB NOT NULL, PRIMARY KEY (room, seq)
) WITHOUT ROWID;
CREATE TABLE states (
    room TEXT NOT NULL, seq INTEGER NOT NULL, as_of INTEGER NOT NULL, state BLOB NOT NULL,
    PRIMARY KEY (room, seq)
) WITHOUT ROWID;
CREATE TABLE people (id TEXT PRIMARY KEY, person BLOB NOT NULL);
"""
_KINDS: dict[str, type[RoomEntry]] = {
    kind.__name__: kind for kind in (Message, DeletedMessage, NoticeShown, UnsupportedShown)
}


class Cache:
    """The file, open. Every method may be called from one thread at a time."""

    def __init__(self, database: sqlite3.Connection, person: str) -> None:
        self._database, self._me = database, person

    @classmethod
    def open(cls, folder: Path, person: str) -> Self:
        """Open a person's cache, emptied if it was another's. Raises OSError, sqlite3.Error."""
        path = folder / FILE_NAME
        try:
            return cls(_open(path, person), person)
        except (sqlite3.DatabaseError, msgspec.DecodeError):
            _set_aside(path)
            return cls(_open(path, person), person)

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    def erase(self) -> None:
        """Forget everything. Raises sqlite3.Error."""
        _begin(self._database, "")

    def recall(self) -> events.Recalled:
        """Return what is kept. Raises sqlite3.Error and msgspec.DecodeError if it is damaged."""
        return _recall(self._database)

    def note(self, event: events.Event) -> None:
        """Keep what an event tells. Raises sqlite3.Error."""
        with _transaction(self._database):
            match event:
                case events.GotRooms(rooms=rooms):
                    self._keep_rooms(rooms)
                case events.GotPeople(people=people):
                    self._keep_people(people.values())
                case events.GotHistory(page=page, before=None):
                    # What came as an event while the page was on its way stays.
                    self._forget(page.room, up_to=page.last)
                    self._keep(page.entries)
                    told = (*page.states.values(), *page.quoted.values())
                    self._keep_states(page.room, [seen(s, self._me, page.as_of) for s in told])
                case events.Happened():
                    self._happened(event)

    def _happened(self, happened: events.Happened) -> None:
        if isinstance(happened.event, MessageChange):
            self._change(happened.event)
        match happened.event:
            case Message() | DeletedMessage() | NoticeShown() | UnsupportedShown():
                self._keep([happened.event])
            case MessageHidden(room=room, seq=seq):
                self._database.execute(
                    "DELETE FROM entries WHERE room = ? AND seq = ?", (room, seq)
                )
            case StoredUpTo(room=room, generation=generation, seq=seq):
                statement = "UPDATE rooms SET generation = ?, stored = ? WHERE id = ?"
                self._database.execute(statement, (generation, seq, room))
            case Retracted(room=room, generation=generation, after=after):
                statement = "DELETE FROM entries WHERE room = ? AND generation < ? AND seq > ?"
                self._database.execute(statement, (room, generation, after))
                # Without them messages are as their entries say, until the server tells.
                statement = "DELETE FROM states WHERE room = ? AND as_of > ?"
                self._database.execute(statement, (room, after))
            case Withdrawn(room=room, seq=seq):
                self._database.execute(
                    "DELETE FROM entries WHERE room = ? AND seq = ?", (room, seq)
                )
            case RoomRestarted(room=room):
                self._forget(room, up_to=INTEGER_MAX)
            case PeopleChanged(people=people):
                self._keep_people(people)

    def _keep_people(self, people: Iterable[Person]) -> None:
        rows = [(person.id, msgspec.json.encode(person)) for person in people]
        self._many("INSERT OR REPLACE INTO people VALUES (?, ?)", rows)

    def _many(self, statement: str, rows: Iterable[Sequence[object]]) -> None:
        self._database.executemany(statement, rows)

    def _keep_rooms(self, rooms: Sequence[Room]) -> None:
        known = {room.id for room in rooms}
        gone = [
            row for row in self._database.execute("SELECT id FROM rooms") if row[0] not in known
        ]
        self._many("DELETE FROM rooms WHERE id = ?", gone)
        self._many("DELETE FROM entries WHERE room = ?", gone)
        self._many("DELETE FROM states WHERE room = ?", gone)
        statement = (
            "INSERT INTO rooms (id, room) VALUES (?, ?)"
            " ON CONFLICT (id) DO UPDATE SET room = excluded.room"
        )
        self._many(statement, [(room.id, msgspec.json.encode(room)) for room in rooms])

    def _keep(self, entries: Iterable[RoomEntry]) -> None:
        rows = [
            (e.room, e.seq, e.generation, type(e).__name__, msgspec.json.encode(e)) for e in entries
        ]
        self._many("INSERT OR REPLACE INTO entries VALUES (?, ?, ?, ?, ?)", rows)
        for room in {row[0] for row in rows}:
            self._database.execute(
                "DELETE FROM entries WHERE room = ? AND seq <="
                " (SELECT max(seq) FROM entries WHERE room = ?) - ?",
                (room, room, KEPT_ENTRIES),
            )

    def _forget(self, room: str, up_to: int) -> None:
        self._database.execute("DELETE FROM entries WHERE room = ? AND seq <= ?", (room, up_to))
        self._database.execute("DELETE FROM states WHERE room = ? AND seq <= ?", (room, up_to))

    # --- what has become of messages -------------------------------------------------------

    def _change(self, change: MessageChange) -> None:
        before = self._state(change)
        if before is not None:
            self._keep_states(change.room, [apply(before, as_event(change))])
        if isinstance(change, Deleted):
            self._erase(change)

    def _state(self, change: MessageChange) -> MessageState | None:
        place = (change.room, change.target_seq)
        found = self._database.execute(
            "SELECT state FROM states WHERE room = ? AND seq = ?", place
        ).fetchone()
        if found is not None:
            return msgspec.json.decode(found[0], type=MessageState)
        message = self._message(change)
        return begun(message) if message is not None else None

    def _message(self, change: MessageChange) -> Message | None:
        row = self._database.execute(
            "SELECT entry FROM entries WHERE room = ? AND seq = ? AND kind = 'Message'",
            (change.room, change.target_seq),
        ).fetchone()
        message = msgspec.json.decode(row[0], type=Message) if row is not None else None
        is_it = message is not None and Target(message.author, message.cmid) == change.target
        return message if is_it else None

    def _erase(self, change: Deleted) -> None:
        """Keep nothing of a deleted message but its place."""
        e = self._message(change)
        if e is not None:
            place = (e.room, e.generation, e.seq, e.n, e.time, e.author, e.cmid)
            self._keep([DeletedMessage(*place)])

    def _keep_states(self, room: str, states: Iterable[MessageState]) -> None:
        rows = [(room, s.seq, s.as_of, msgspec.json.encode(s)) for s in states]
        self._many("INSERT OR REPLACE INTO states VALUES (?, ?, ?, ?)", rows)


@contextmanager
def _transaction(database: sqlite3.Connection) -> Iterator[None]:
    database.execute("BEGIN")
    try:
        yield
        database.execute("COMMIT")
    except BaseException:
        if database.in_transaction:
            database.execute("ROLLBACK")
        raise


def _open(path: Path, person: str) -> sqlite3.Connection:
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    # Opened by one thread, used by another, never by two at once.
    database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    try:
        # What a crash spoils here can be had again.
        database.execute("PRAGMA synchronous = OFF")
        database.execute("PRAGMA journal_mode = TRUNCATE")
        if database.execute("PRAGMA quick_check").fetchone() != ("ok",):
            raise sqlite3.DatabaseError("the file is damaged")
        if not _is_of(database, person):
            _begin(database, person)
        _recall(database)
    except BaseException:
        database.close()
        raise
    return database


def _is_of(database: sqlite3.Connection, person: str) -> bool:
    (found,) = database.execute("PRAGMA user_version").fetchone()
    if found != FORMAT:
        return False
    return bool(database.execute("SELECT person FROM owner").fetchone() == (person,))


def _begin(database: sqlite3.Connection, person: str) -> None:
    for table in ("owner", "rooms", "entries", "states", "people"):
        database.execute(f"DROP TABLE IF EXISTS {table}")
    database.executescript(f"BEGIN; {_TABLES} PRAGMA user_version = {FORMAT}; COMMIT;")
    database.execute("INSERT INTO owner VALUES (?)", (person,))


def _recall(database: sqlite3.Connection) -> events.Recalled:
    rooms = database.execute("SELECT room, generation, stored FROM rooms").fetchall()
    entries = database.execute("SELECT kind, entry FROM entries ORDER BY room, seq")
    people = database.execute("SELECT person FROM people")
    states = database.execute("SELECT room, state FROM states ORDER BY room, seq")
    return events.Recalled(
        tuple(
            (msgspec.json.decode(room, type=Room), (generation, stored))
            for room, generation, stored in rooms
        ),
        tuple(msgspec.json.decode(entry, type=_KINDS[kind]) for kind, entry in entries),
        tuple(msgspec.json.decode(person, type=Person) for (person,) in people),
        tuple((room, msgspec.json.decode(state, type=MessageState)) for room, state in states),
    )


def _set_aside(path: Path) -> None:
    number = 1
    while (aside := path.with_name(f"{FILE_NAME}.damaged-{number}")).exists():
        number += 1
    path.rename(aside)
    # A journal that belongs to the damaged file must not be played into the new one.
    path.with_name(f"{FILE_NAME}-journal").unlink(missing_ok=True)
