"""The vault in a folder: one SQLite file, of which this process is the only user.

Owns: the file's form, its lock, its durability, and what happens to a damaged one.
Never: the event loop; every call that may touch the disk runs in the vault's own thread.

The file holds the device's token, so only its owner may read it. Its lock is SQLite's own: it is
held as long as the vault is open, and the operating system lifts it if the process is killed.
"""

import asyncio
import contextlib
import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Self, TypeVar

import msgspec

from parley.client.errors import FolderInUse, FolderUnusable
from parley.client.outputs import (
    Change,
    DropEntry,
    SaveCursor,
    SaveEntry,
    SaveIdentity,
    SaveRefusal,
)
from parley.client.session import Kept
from parley.client.vault import kept_entry
from parley.protocol.commands import Person
from parley.protocol.content import Sendable
from parley.protocol.entry import Position, encode_content

FILE_NAME = "vault.db"
# Raised when the tables change; a file of a higher number is left alone.
FORMAT = 1

_TABLES = """
CREATE TABLE identity (one INTEGER PRIMARY KEY CHECK (one = 1), person BLOB NOT NULL, token TEXT);
CREATE TABLE outbox (
    place INTEGER PRIMARY KEY AUTOINCREMENT,
    cmid TEXT NOT NULL UNIQUE,
    room TEXT NOT NULL,
    content BLOB NOT NULL,
    code TEXT NOT NULL DEFAULT '',
    message TEXT NOT NULL DEFAULT ''
);
CREATE TABLE cursors (room TEXT PRIMARY KEY, generation INTEGER NOT NULL, seq INTEGER NOT NULL);
"""
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}

T = TypeVar("T")


class _Damaged(Exception):
    """The file cannot be read as what it should be."""


class FileVault:
    """A vault in a folder. `set_aside` names the damaged file that it replaces, if there was one.

    Opening it may raise FolderInUse or FolderUnusable.
    """

    def __init__(self, folder: Path, database: sqlite3.Connection, set_aside: Path | None) -> None:
        self.folder, self.set_aside = folder, set_aside
        self._database = database
        # One thread, so that writes keep their order and the closing comes last.
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="parley-vault")

    @classmethod
    async def open(cls, folder: Path) -> Self:
        """Open the vault in a folder, which is made if it is missing."""
        database, set_aside = await asyncio.to_thread(_open, folder)
        return cls(folder, database, set_aside)

    async def load(self) -> Kept:
        return await self._run(lambda: _load(self._database))

    async def write(self, changes: Sequence[Change]) -> None:
        await self._run(lambda: _write(self._database, changes))

    async def close(self) -> None:
        await self._run(self._database.close)
        self._thread.shutdown()

    async def _run(self, work: Callable[[], T]) -> T:
        def guarded() -> T:
            with _explained(self.folder):
                return work()

        # Shielded: a write that has begun is not left half-known by a caller that is cancelled.
        running = asyncio.get_running_loop().run_in_executor(self._thread, guarded)
        return await asyncio.shield(running)


@contextlib.contextmanager
def _explained(folder: Path) -> Iterator[None]:
    """Turn what SQLite and the file system say into what a person can act on."""
    try:
        yield
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY:
            raise FolderInUse(folder) from None
        raise FolderUnusable(folder, str(error)) from error
    except OSError as error:
        raise FolderUnusable(folder, error.strerror or str(error)) from error


def _open(folder: Path) -> tuple[sqlite3.Connection, Path | None]:
    with _explained(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = folder / FILE_NAME
        try:
            return _open_file(path), None
        except _Damaged:
            set_aside = _set_aside(path)
            return _open_file(path), set_aside


def _open_file(path: Path) -> sqlite3.Connection:
    _create(path)
    database = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
    try:
        _lock(database)
        _prepare(path.parent, database)
        _load(database)
    except BaseException as error:
        database.close()
        if isinstance(error, (msgspec.DecodeError, _Damaged)):
            raise _Damaged from error
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGED:
            raise _Damaged from error
        raise
    return database


def _create(path: Path) -> None:
    # Only a file that is not there is opened here: closing a file drops the POSIX locks that
    # another vault of this process may hold on it.
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))


def _lock(database: sqlite3.Connection) -> None:
    # A rollback journal at FULL is durable when COMMIT returns, and needs no second file that
    # outlives the process. EXCLUSIVE keeps the lock that the first transaction takes.
    database.execute("PRAGMA locking_mode = EXCLUSIVE")
    database.execute("PRAGMA synchronous = FULL")
    database.execute("BEGIN EXCLUSIVE")
    database.execute("COMMIT")
    database.execute("PRAGMA journal_mode = TRUNCATE")


def _prepare(folder: Path, database: sqlite3.Connection) -> None:
    (found,) = database.execute("PRAGMA user_version").fetchone()
    if found > FORMAT:
        raise FolderUnusable(folder, "a newer version of Parley wrote it")
    if found == 0:
        database.executescript(f"BEGIN; {_TABLES} PRAGMA user_version = {FORMAT}; COMMIT;")
    if database.execute("PRAGMA quick_check").fetchone() != ("ok",):
        raise _Damaged


def _set_aside(path: Path) -> Path:
    number = 1
    while (aside := path.with_name(f"{FILE_NAME}.damaged-{number}")).exists():
        number += 1
    path.rename(aside)
    # A journal that belongs to the damaged file must not be played into the new one.
    path.with_name(f"{FILE_NAME}-journal").unlink(missing_ok=True)
    return aside


def _load(database: sqlite3.Connection) -> Kept:
    identity = database.execute("SELECT person, token FROM identity").fetchone()
    entries = database.execute(
        "SELECT cmid, room, content, code, message FROM outbox ORDER BY place"
    )
    cursors = database.execute("SELECT room, generation, seq FROM cursors")
    return Kept(
        msgspec.json.decode(identity[0], type=Person) if identity else None,
        identity[1] if identity else None,
        tuple(
            kept_entry(cmid, room, msgspec.json.decode(content, type=Sendable), code, message)
            for cmid, room, content, code, message in entries
        ),
        {room: Position(generation, seq) for room, generation, seq in cursors},
    )


def _write(database: sqlite3.Connection, changes: Sequence[Change]) -> None:
    database.execute("BEGIN IMMEDIATE")
    try:
        for change in changes:
            database.execute(*_statement(change))
        database.execute("COMMIT")
    except BaseException:
        if database.in_transaction:  # some failures of COMMIT have rolled it back already
            database.execute("ROLLBACK")
        raise


def _statement(change: Change) -> tuple[str, tuple[object, ...]]:
    match change:
        case SaveEntry(cmid=cmid, room=room, content=content):
            entry = "INSERT INTO outbox (cmid, room, content) VALUES (?, ?, ?)"
            return entry, (cmid, room, encode_content(content))
        case SaveRefusal(cmid=cmid, code=code, message=message):
            refusal = "UPDATE outbox SET code = ?, message = ? WHERE cmid = ?"
            return refusal, (code, message, cmid)
        case DropEntry(cmid=cmid):
            return "DELETE FROM outbox WHERE cmid = ?", (cmid,)
        case SaveIdentity(person=person, token=token):
            identity = "INSERT OR REPLACE INTO identity (one, person, token) VALUES (1, ?, ?)"
            return identity, (msgspec.json.encode(person), token)
        case SaveCursor(room=room, cursor=cursor):
            return _cursor_statement(room, cursor)


def _cursor_statement(room: str, cursor: Position | None) -> tuple[str, tuple[object, ...]]:
    if cursor is None:
        return "DELETE FROM cursors WHERE room = ?", (room,)
    statement = "INSERT OR REPLACE INTO cursors (room, generation, seq) VALUES (?, ?, ?)"
    return statement, (room, *cursor)
