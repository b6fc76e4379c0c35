"""What people did and saw: all that the checker knows, beside the database at the end.

Owns: the record of every message that was written, of every change that was asked for, and of
every event that an application was given.
Never: what happened on the server.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from parley.client.events import ChatEvent, UnreadChanged
from tests.simulation.screen import RoomScreen


@dataclass(slots=True)
class Post:
    """A message that somebody wrote. Texts are unique: they name it before it has a cmid."""

    device: str
    room: str
    text: str
    asked_at: float
    cmid: str | None = None
    """None: nobody knows whether it reached the outbox."""
    is_impossible: bool = False
    """It was refused before it was kept."""

    def __str__(self) -> str:
        return f"{self.text!r}, written by {self.device} in {self.room},"


def edited(text: str) -> str:
    """Return what a post is edited to. It has the words that it replaces."""
    return f"{text} edited"


@dataclass(slots=True)
class Alteration:
    """An edit or a deletion of a post of one's own, or a reaction to anybody's."""

    device: str
    what: str
    post: Post
    cmid: str | None = None
    """None: nobody knows whether it reached the outbox."""

    def __str__(self) -> str:
        return f"to {self.what} {self.post} asked of {self.device},"


@dataclass(slots=True)
class Change:
    """A join or a leave that somebody asked for. `ok` None: nobody knows what became of it."""

    device: str
    person: str
    what: str
    room: str
    asked_at: float
    answered_at: float | None = None
    ok: bool | None = None

    def __str__(self) -> str:
        answer = {True: "was done", False: "was refused", None: "nobody knows"}[self.ok]
        return f"{self.device} asked to {self.what} {self.room} ({answer})"

    @property
    def may_be_done(self) -> bool:
        """Whether it was not refused."""
        return self.ok is not False

    def may_follow(self, other: Change) -> bool:
        """Whether it may have been carried out after the other one."""
        return self.answered_at is None or self.answered_at >= other.asked_at


@dataclass(frozen=True, slots=True)
class Read:
    """That somebody has read all that a device showed of a room, in which of its runs."""

    at: float
    device: str
    run: int
    room: str
    generation: int
    seq: int

    def __str__(self) -> str:
        return f"{self.device} has read {self.room} up to {self.generation}/{self.seq}"


@dataclass(frozen=True, slots=True)
class Seen:
    """An event that an application was given, in which of its runs."""

    at: float
    run: int
    event: ChatEvent


@dataclass(slots=True)
class Witness:
    """One device's record, over all its runs."""

    device: str
    person: str = ""
    seen: list[Seen] = field(default_factory=list)
    screens: dict[str, RoomScreen] = field(default_factory=dict)
    """Of the present run."""
    waiting: dict[str, str] = field(default_factory=dict)
    """The outbox at the end: cmid to the refusal's code, empty for what is not refused."""
    run: int = 0
    """The present one."""
    counts: dict[str, UnreadChanged] = field(default_factory=dict)
    """What it shows as unread, by room, in the present run."""


@dataclass(slots=True)
class Record:
    """Everybody's."""

    posts: list[Post] = field(default_factory=list)
    alterations: list[Alteration] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    reads: list[Read] = field(default_factory=list)
    witnesses: dict[str, Witness] = field(default_factory=dict)
    most_buffered: int = 0
    """Bytes that a gateway held for one client, at most."""
    buffer_limit: int = 0
    """Bytes that it may hold."""
    troubles: list[tuple[float, float]] = field(default_factory=list)
    """When something was broken, and until its consequences were over."""

    def is_calm(self, since: float, until: float) -> bool:
        """Return whether nothing was broken in between."""
        return all(until < began or ended < since for began, ended in self.troubles)
