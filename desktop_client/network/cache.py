"""What was last seen of a server, so that the next start has something to show at once.

Owns: one SQLite file for a profile and server: rooms, what was fetched of each, people's names.
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

from desktop_client.network.reading import part_at, recall, states_among
from desktop_client.network.spans import TABLE, Spans
from desktop_client.state.changes import as_event, begun
from desktop_client.state.history import Place, stretch_of
from desktop_client.state.talk import Standing
from desktop_client.update import events
from parley.client import (
    Deleted,
    DeletedMessage,
    HistoryPage,
    Message,
    MessageChange,
    MessageHidden,
    PeopleChanged,
    Person,
    Retracted,
    Room,
    RoomEntry,
    RoomOverview,
    RoomRestarted,
    StoredUpTo,
    Target,
    UnreadChanged,
    Withdrawn,
)
from parley.domain.timeline import MessageState, apply, seen
from parley.protocol.limits import INTEGER_MAX

FILE_NAME = "cache.db"
# Raised when the tables change; a file of another number is begun anew.
FORMAT = 3
# Entries that are kept, of all rooms together; some 100 MB. Beyond them the earliest of the room
# with the most are given up, a share of them at once.
KEPT_ENTRIES = 250_000
_GIVEN_UP = 20
# Faults of the file, not of the disk or of who else holds it.
_DAMAGE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR}

_TABLES = """
CREATE TABLE owner (person TEXT NOT NULL);
CREATE TABLE rooms (
    id TEXT PRIMARY KEY, room BLOB NOT NULL,
    generation INTEGER NOT NULL DEFAULT 0, stored INTEGER NOT NULL DEFAULT 0, standing BLOB
);
CREATE TABLE entries (
    room TEXT NOT NULL, seq INTEGER NOT NULL, generation INTEGER NOT NULL,
    kind TEXT NOT NULL, cmid TEXT, entry BLOB NOT NULL, PRIMARY KEY (room, seq)
) WITHOUT ROWID;
CREATE INDEX entry_names ON entries (room, cmid);
CREATE TABLE states (
    room TEXT NOT NULL, seq INTEGER NOT NULL, as_of INTEGER NOT NULL,
    cmid TEXT NOT NULL, state BLOB NOT NULL, PRIMARY KEY (room, seq)
) WITHOUT ROWID;
CREATE INDEX state_names ON states (room, cmid);
CREATE TABLE people (id TEXT PRIMARY KEY, person BLOB NOT NULL);
"""


class Cache:
    """The file, open. Every method may be called from one thread at a time."""

    def __init__(
        self, path: Path, database: sqlite3.Connection, person: str, kept_entries: int
    ) -> None:
        self._path, self._database = path, database
        self._me, self._kept_entries = person, kept_entries
        self._spans, self._sure = Spans(database, "kept"), Spans(database, "sure")
        # Up to where each room was heard without a hole, by what comes live.
        self._heard: dict[str, int] = {}
        self._count = self._counted()

    @classmethod
    def open(cls, folder: Path, person: str, kept_entries: int = KEPT_ENTRIES) -> Self:
        """Open a person's cache, emptied if it was another's. Raises OSError, sqlite3.Error."""
        path = folder / FILE_NAME
        try:
            return cls(path, _open(path, person), person, kept_entries)
        except (sqlite3.DatabaseError, msgspec.DecodeError) as error:
            if not is_damage(error):
                raise
            _set_aside(path)
            return cls(path, _open(path, person), person, kept_entries)

    def renewed(self) -> Self:
        """Return a new cache in place of this one, which was damaged and is set aside."""
        self._database.close()
        _set_aside(self._path)
        database = _open(self._path, self._me)
        return type(self)(self._path, database, self._me, self._kept_entries)

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    def erase(self) -> None:
        """Forget everything. Raises sqlite3.Error."""
        _begin(self._database, "")

    def recall(self) -> events.Recalled:
        """Return what is kept. Raises sqlite3.Error and msgspec.DecodeError if it is damaged."""
        return recall(self._database)

    def page(self, room: str, place: Place, limit: int) -> events.GotKept | None:
        """Return what is kept at a place; None: nothing, or not without a hole.

        Raises sqlite3.Error and msgspec.DecodeError if it is damaged.
        """
        found = part_at(self._database, self._spans, room, place, limit)
        if found is None:
            return None
        sure = self._sure.around(room, found.last)
        is_sure = sure is not None and sure[0] <= found.first
        states = states_among(self._database, room, found.entries)
        return events.GotKept(room, place, found, states, is_sure)

    def note(self, event: events.Event) -> None:
        """Keep what an event tells. Raises sqlite3.Error."""
        with _transaction(self._database):
            match event:
                case events.GotRooms(rooms=rooms):
                    self._keep_rooms(rooms)
                case events.GotPeople(people=people):
                    self._keep_people(people.values())
                case events.GotOverview(rooms=rooms):
                    self._keep_overview(rooms)
                case events.GotHistory(page=page, place=place):
                    self._keep_page(page, place)
                case events.Happened():
                    self._happened(event)

    def _keep_page(self, page: HistoryPage, place: Place) -> None:
        part = stretch_of(page, place)
        if part is None:
            return
        self._forget(page.room, part.first, part.last)
        self._keep(page.entries)
        told = (*page.states.values(), *page.quoted.values())
        self._keep_states(page.room, [seen(s, self._me, page.as_of) for s in told])
        self._cover(page.room, part.first if part.more_before else 0, part.last)

    def _cover(self, room: str, first: int, last: int) -> None:
        self._spans.cover(room, first, last)
        self._sure.cover(room, first, last)

    def _happened(self, happened: events.Happened) -> None:
        event = happened.event
        if isinstance(event, MessageChange):
            self._change(event)
        elif isinstance(event, RoomEntry):
            self._keep([event])
        if isinstance(event, MessageChange | RoomEntry):
            self._cover(event.room, self._heard.get(event.room, event.seq), event.seq)
            self._heard[event.room] = event.seq
        match event:
            case MessageHidden(room=room, seq=seq) | Withdrawn(room=room, seq=seq):
                self._forget(room, seq, seq)
            case StoredUpTo(room=room, generation=generation, seq=seq):
                statement = "UPDATE rooms SET generation = ?, stored = ? WHERE id = ?"
                self._database.execute(statement, (generation, seq, room))
            case Retracted(room=room, generation=generation, after=after):
                self._take_back(room, generation, after)
            case RoomRestarted(room=room):
                # What has become of it meanwhile is not known: a text that was deleted must go.
                self._forget_room(room)
            case UnreadChanged(room=room, read=read, unread=unread, mentions=mentions):
                stands = Standing(read, unread, mentions, event.marked_unread)
                self._keep_standing(room, stands)
            case PeopleChanged(people=people):
                self._keep_people(people)

    def _take_back(self, room: str, generation: int, after: int) -> None:
        statement = "DELETE FROM entries WHERE room = ? AND generation < ? AND seq > ?"
        self._database.execute(statement, (room, generation, after))
        # Without them messages are as their entries say, until the server tells.
        self._database.execute("DELETE FROM states WHERE room = ? AND as_of > ?", (room, after))
        self._spans.cut_after(room, after)
        # Messages of any place may have been changed by what was lost.
        self._sure.forget(room)
        self._heard.pop(room, None)

    def _keep_overview(self, rooms: Iterable[RoomOverview]) -> None:
        for each in rooms:
            told = each.standing
            stands = Standing(told.read, told.unread, told.mentions, told.marked_unread)
            self._keep_standing(each.room.id, stands)

    def _keep_standing(self, room: str, standing: Standing) -> None:
        row = (msgspec.json.encode(standing), room)
        self._database.execute("UPDATE rooms SET standing = ? WHERE id = ?", row)

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
        for (room,) in gone:
            self._forget_room(room)
        statement = (
            "INSERT INTO rooms (id, room) VALUES (?, ?)"
            " ON CONFLICT (id) DO UPDATE SET room = excluded.room"
        )
        self._many(statement, [(room.id, msgspec.json.encode(room)) for room in rooms])

    def _keep(self, entries: Iterable[RoomEntry]) -> None:
        rows = [
            (e.room, e.seq, e.generation, type(e).__name__, _cmid(e), msgspec.json.encode(e))
            for e in entries
        ]
        self._many("INSERT OR REPLACE INTO entries VALUES (?, ?, ?, ?, ?, ?)", rows)
        self._count += len(rows)
        if self._count > self._kept_entries:
            self._give_up()

    def _give_up(self) -> None:
        """Forget the earliest of the room that has the most, if there is too much."""
        self._count = self._counted()  # what was replaced counted twice
        if self._count <= self._kept_entries:
            return
        many = self._count - self._kept_entries + self._kept_entries // _GIVEN_UP
        room, count = self._database.execute(
            "SELECT room, count(*) FROM entries GROUP BY room ORDER BY 2 DESC LIMIT 1"
        ).fetchone()
        statement = "SELECT seq FROM entries WHERE room = ? ORDER BY seq LIMIT 1 OFFSET ?"
        (seq,) = self._database.execute(statement, (room, min(many, count - 1))).fetchone()
        self._forget(room, 0, seq - 1)
        self._spans.cut_before(room, seq)
        self._sure.cut_before(room, seq)
        self._count = self._counted()

    def _counted(self) -> int:
        (count,) = self._database.execute("SELECT count(*) FROM entries").fetchone()
        return int(count)

    def _forget(self, room: str, first: int, last: int) -> None:
        place = (room, first, last)
        execute = self._database.execute
        execute("DELETE FROM entries WHERE room = ? AND seq BETWEEN ? AND ?", place)
        execute("DELETE FROM states WHERE room = ? AND seq BETWEEN ? AND ?", place)

    def _forget_room(self, room: str) -> None:
        self._forget(room, 0, INTEGER_MAX)
        self._spans.forget(room)
        self._sure.forget(room)
        self._heard.pop(room, None)

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
        rows = [(room, s.seq, s.as_of, s.cmid, msgspec.json.encode(s)) for s in states]
        self._many("INSERT OR REPLACE INTO states VALUES (?, ?, ?, ?, ?)", rows)


def _cmid(entry: RoomEntry) -> str | None:
    return entry.cmid if isinstance(entry, Message | DeletedMessage) else None


def is_damage(error: Exception) -> bool:
    """Return whether an error says that what is in the file cannot be read."""
    if isinstance(error, msgspec.DecodeError):
        return True
    return getattr(error, "sqlite_errorcode", None) in _DAMAGE


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
        # Nothing of a deleted message stays in the file, where it is free again either.
        database.execute("PRAGMA secure_delete = ON")
        if not _is_of(database, person):
            _begin(database, person)
        Spans(database, "sure").clear()
        recall(database)
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
    for table in ("owner", "rooms", "entries", "states", "spans", "people"):
        database.execute(f"DROP TABLE IF EXISTS {table}")
    database.executescript(f"BEGIN; {_TABLES} {TABLE} PRAGMA user_version = {FORMAT}; COMMIT;")
    database.execute("INSERT INTO owner VALUES (?)", (person,))


def _set_aside(path: Path) -> None:
    number = 1
    while (aside := path.with_name(f"{FILE_NAME}.damaged-{number}")).exists():
        number += 1
    path.rename(aside)
    # A journal that belongs to the damaged file must not be played into the new one.
    path.with_name(f"{FILE_NAME}-journal").unlink(missing_ok=True)
