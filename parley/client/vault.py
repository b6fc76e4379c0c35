"""What a client keeps between its runs: who it is, what it has not sent, how far it has read.

Owns: the interface `Vault`, and its twin in memory for who gives no folder.
Never: what the changes mean; the file is in `parley.client.vault_file`.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from parley.client.outbox import Entry, State
from parley.client.outputs import (
    Change,
    DropEntry,
    SaveCursor,
    SaveEntry,
    SaveIdentity,
    SaveRefusal,
)
from parley.client.session import Kept
from parley.protocol.commands import Person
from parley.protocol.content import Sendable
from parley.protocol.entry import Position


class Vault(Protocol):
    """Keeps what a session must not forget."""

    @property
    def set_aside(self) -> Path | None:
        """The damaged file that this vault replaces; None: there was none."""

    async def load(self) -> Kept:
        """Return everything that is kept."""

    async def write(self, changes: Sequence[Change]) -> None:
        """Make changes durable, in order, all or none; on return they are.

        Raises FolderUnusable if that is not possible.
        """

    async def close(self) -> None:
        """Let go of the file, so that another process may open it."""


def kept_entry(cmid: str, room: str, content: Sendable, code: str, message: str) -> Entry:
    """Return an entry as it is after a restart: it may have been transmitted, or refused."""
    state = State.REFUSED if code else State.WAITING
    return Entry(cmid, room, content, state, tried=True, code=code, message=message)


class MemoryVault:
    """Keeps everything as long as the object lives."""

    set_aside: Path | None = None

    def __init__(self) -> None:
        self._person: Person | None = None
        self._token: str | None = None
        self._entries: dict[str, SaveEntry] = {}
        self._refusals: dict[str, SaveRefusal] = {}
        self._cursors: dict[str, Position] = {}

    async def load(self) -> Kept:
        entries = tuple(self._entry(saved) for saved in self._entries.values())
        return Kept(self._person, self._token, entries, dict(self._cursors))

    def _entry(self, saved: SaveEntry) -> Entry:
        refusal = self._refusals.get(saved.cmid)
        code, message = (refusal.code, refusal.message) if refusal else ("", "")
        return kept_entry(saved.cmid, saved.room, saved.content, code, message)

    async def write(self, changes: Sequence[Change]) -> None:
        for change in changes:
            self._apply(change)

    def _apply(self, change: Change) -> None:
        match change:
            case SaveEntry(cmid=cmid):
                self._entries[cmid] = change
            case SaveRefusal(cmid=cmid):
                self._refusals[cmid] = change
            case DropEntry(cmid=cmid):
                self._entries.pop(cmid, None)
                self._refusals.pop(cmid, None)
            case SaveIdentity(person=person, token=token):
                self._person, self._token = person, token
            case SaveCursor(room=room, cursor=cursor):
                self._cursors.pop(room, None)
                if cursor is not None:
                    self._cursors[room] = cursor

    async def close(self) -> None:
        pass
