"""The values about marks, counts and receipts that go into the store and come out of it.

Owns: one small record for each question and each answer. All times are Unix milliseconds.
Never: SQL, and what travels to clients.
"""

from dataclasses import dataclass

from parley.domain.receipts import Reach
from parley.domain.unread import Tally
from parley.protocol.commands import Room
from parley.protocol.entry import Entry
from parley.protocol.shapes import Draft


@dataclass(frozen=True, slots=True)
class NewMark:
    """How far a device has received a room, and its person has read it, in a shard's generation."""

    shard: int
    generation: int
    room_id: str
    account_id: str
    session_id: str
    reach: Reach


@dataclass(frozen=True, slots=True)
class Standing:
    """How far somebody has read a room, and what is unread; `generation` is the last entry's."""

    room_id: str
    generation: int
    tally: Tally
    marked_unread: bool


@dataclass(frozen=True, slots=True)
class MemberReach:
    """How far a member of a room has come. `tells`: others may know what they have read."""

    account_id: str
    tells: bool
    reach: Reach


@dataclass(frozen=True, slots=True)
class RecipientRow:
    """When somebody has received and read a message, at the latest; 0: not yet.

    `read` is the seq up to which they have read the room.
    """

    account_id: str
    tells: bool
    delivered_at: int
    read_at: int
    read: int


@dataclass(frozen=True, slots=True)
class RecipientCounts:
    """For how many people a message was, and how many have received it, and let know they read it.

    `asker_tells`: the asker lets others know.
    """

    people: int
    delivered: int
    read: int
    asker_tells: bool


@dataclass(frozen=True, slots=True)
class TracedMark:
    """That somebody has received, or read, what stands up to some place, at the latest then."""

    user: str
    device: str
    time: int


@dataclass(frozen=True, slots=True)
class Trace:
    """A message's life. `delivered` is of devices, `read` of people; both are others'."""

    room: str
    generation: int
    seq: int
    kind: str
    author: str
    accepted_by: str
    time: int
    stored_at: int
    delivered: list[TracedMark]
    read: list[TracedMark]


@dataclass(frozen=True, slots=True)
class StarredEntry:
    """A message that somebody has starred; `cursor` continues a listing after it."""

    room_id: str
    entry: Entry
    cursor: str


@dataclass(frozen=True, slots=True)
class OverviewRow:
    """One of somebody's rooms: how it ends, and how far they have come in it."""

    room: Room
    standing: Standing
    last: Entry | None
    edit: Entry | None
    first_unread: int
    draft: Draft | None
