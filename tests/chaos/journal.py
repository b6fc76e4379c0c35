"""What people did and saw, written down at once: it outlives the SIGKILL of who wrote it.

Owns: the kinds of notes, and a file of them.
Never: what they amount to (`evidence.py`).

Times are of the monotonic clock, which all processes of a machine share, in seconds.
"""

from __future__ import annotations

import os
import pickle
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from parley.client.events import ChatEvent
from tests.simulation.screen import RoomScreen


@dataclass(frozen=True, slots=True)
class Writes:
    """Somebody is about to write a message. Texts are unique: they name it."""

    device: str
    at: float
    room: str
    text: str


@dataclass(frozen=True, slots=True)
class Wrote:
    """The message is in the outbox; `cmid` None: it was refused before it was kept."""

    device: str
    text: str
    cmid: str | None


@dataclass(frozen=True, slots=True)
class Asks:
    """Somebody asks to join or to leave a room."""

    device: str
    at: float
    what: str
    room: str
    number: int
    """Among the device's own in this run."""
    run: int


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of it. `ok` None: nobody knows."""

    device: str
    at: float
    number: int
    run: int
    ok: bool | None


@dataclass(frozen=True, slots=True)
class Saw:
    """An application was given an event, in which of its runs."""

    device: str
    at: float
    run: int
    event: ChatEvent


@dataclass(frozen=True, slots=True)
class Stands:
    """How a device stands: who it is, what waits in its outbox, what it shows."""

    device: str
    at: float
    run: int
    question: int
    """Which look this answers."""
    is_online: bool
    waiting: Mapping[str, str]
    """cmid to the refusal's code, empty for what is not refused."""
    screens: Mapping[str, RoomScreen]


Note = Writes | Wrote | Asks | Answered | Saw | Stands


class Journal:
    """A file of notes that one process writes."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)

    def add(self, note: Note) -> None:
        """Write a note; on return the kernel has it."""
        whole = pickle.dumps(note)
        while whole:
            whole = whole[os.write(self._file, whole) :]

    def close(self) -> None:
        """Write no more."""
        os.close(self._file)


class JournalReader:
    """Reads what was added to a journal since the last time."""

    def __init__(self, path: Path) -> None:
        self._path, self._place = path, 0

    def new(self) -> Iterator[Note]:
        """Yield the notes that are whole; what a killed process has left half-written is none."""
        with self._path.open("rb") as file:
            file.seek(self._place)
            while True:
                try:
                    note: Note = pickle.load(file)
                except (EOFError, pickle.UnpicklingError):
                    return
                self._place = file.tell()
                yield note
