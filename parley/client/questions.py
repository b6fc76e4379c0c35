"""The commands that were sent on the present connection and are not answered.

Owns: their numbers (`ref`), what each was asked for, and since when.
Never: what an answer means.
"""

from dataclasses import dataclass

from msgspec.structs import replace

from parley.client.outputs import Transmit
from parley.protocol.codec import encode
from parley.protocol.commands import AnyCommand


@dataclass(frozen=True, slots=True)
class SigningIn:
    """Who are we?"""


@dataclass(frozen=True, slots=True)
class Resuming:
    """Where do these rooms stand?"""

    rooms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sending:
    """Will you take this message?"""

    room: str
    cmid: str


@dataclass(frozen=True, slots=True)
class Checking:
    """What became of this message?"""

    room: str
    cmid: str


@dataclass(frozen=True, slots=True)
class Marking:
    """Will you note how far we have come in these rooms?"""

    rooms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Counting:
    """How much is unread in these rooms?"""

    rooms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asking:
    """The application's own command, with the ticket by which it knows the answer."""

    ticket: int
    command: AnyCommand


Purpose = SigningIn | Resuming | Sending | Checking | Marking | Counting | Asking


class Questions:
    """What is unanswered, oldest first."""

    def __init__(self) -> None:
        self._last_ref = 0
        self._open: dict[int, tuple[Purpose, float]] = {}

    def ask(self, command: AnyCommand, purpose: Purpose, now: float) -> Transmit:
        """Number a command, and remember what it is for."""
        self._last_ref += 1
        self._open[self._last_ref] = purpose, now
        return Transmit(encode(replace(command, ref=self._last_ref)))

    def answered(self, ref: int | None) -> Purpose | None:
        """Return what the command was for, once; None if nothing of that number is open."""
        return self._open.pop(ref, (None, 0.0))[0] if ref is not None else None

    def oldest(self) -> float | None:
        """Return since when the oldest question is open."""
        return next((asked for _, asked in self._open.values()), None)

    def drop(self) -> list[Purpose]:
        """Forget every question, since its connection is gone, and return what they were for."""
        dropped = [purpose for purpose, _ in self._open.values()]
        self._open.clear()
        return dropped
