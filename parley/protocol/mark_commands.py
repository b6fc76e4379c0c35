"""Commands about how far somebody has come in a room, and their results.

Owns: marks of what was received and read, counts of what was not, receipts, the list of rooms.
Never: what is said (`commands.py`), and what is one person's alone (`personal_commands.py`).
"""

from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from parley.protocol import limits
from parley.protocol.content import Target
from parley.protocol.events import Event, Extent
from parley.protocol.ids import Id
from parley.protocol.shapes import After, Command, Counter, Draft, Nothing, PageSize, Room

# --- results -------------------------------------------------------------------------------


class RoomStanding(Struct, frozen=True):
    """How far one has read a room, and what is unread in it of the entries up to `as_of`.

    `hidden`: the seqs above `read` that one has hidden. Counts end at 1000: so many or more.
    """

    room: str
    generation: int
    read: int
    as_of: int
    unread: int
    mentions: int
    hidden: list[int]
    marked_unread: bool


class Standings(Struct, frozen=True):
    """One answer for each room that was asked for and that one is in."""

    rooms: list[RoomStanding]


class Unread(Struct, frozen=True):
    """The messages that a count is made of, oldest first. `more`: there are later ones."""

    standing: RoomStanding
    events: list[Event]
    more: bool


class RoomReceipts(Struct, frozen=True):
    """How far all have come in a room; null where that is not told."""

    room: str
    generation: int
    delivered: Extent | None
    read: Extent | None


class Recipient(Struct, frozen=True):
    """Somebody for whom a message was. Times are in Unix milliseconds, 0: not yet.

    A person's marks only say how far they have come: a time is that of the mark which includes the
    message, so that it was received, or read, then at the latest.
    """

    person: str
    delivered_at: int
    read_at: int
    version: int = 0
    """Up to which version they have read, counted from 1: whose mark lies before an edit has not
    seen it. 0: none, or it is not told."""


class MessageReceipts(Struct, frozen=True):
    """Who has received and read a message, of `people` for whom it was.

    `read` counts those who let it be known; -1: the asker does not, and is not told.
    `recipients` is empty in rooms where more than 256 are.
    """

    people: int
    delivered: int
    read: int
    recipients: list[Recipient]


class RoomOverview(Struct, frozen=True):
    """One of one's rooms: how it ends, and how far one has come in it."""

    room: Room
    standing: RoomStanding
    last: Event | None
    """The last entry up to `standing.as_of` that is to be seen."""
    edit: Event | None
    """Its latest edit."""
    first_unread: int
    """The seq of the first unread message; 0 if there is none."""
    draft: Draft | None


class RoomOverviews(Struct, frozen=True):
    """A page of one's rooms, the one with the latest entry first."""

    rooms: list[RoomOverview]
    next: str | None = None


# --- commands ------------------------------------------------------------------------------


class RoomMark(Struct, frozen=True):
    """How far this device has received a room, and its person has read it."""

    room: Id
    generation: Counter
    read: Counter = 0
    delivered: Counter = 0


class Mark(Command, frozen=True, tag="mark"):
    """Tell how far one has come in rooms that this connection follows; the greatest counts."""

    Result: ClassVar = Nothing
    rooms: Annotated[list[RoomMark], Meta(min_length=1, max_length=limits.RESUME_ROOMS)]


class MarkUnread(Command, frozen=True, tag="mark_unread"):
    """Mark a room as unread, or take that back. How far one has read it stays as it is."""

    Result: ClassVar = Nothing
    room: Id
    on: bool = True


class CountUnread(Command, frozen=True, tag="count_unread"):
    """Ask how much is unread in rooms."""

    Result: ClassVar = Standings
    rooms: Annotated[list[Id], Meta(min_length=1, max_length=limits.RESUME_ROOMS)]


class ExplainUnread(Command, frozen=True, tag="explain_unread"):
    """Ask for the messages that a room's count is made of, after a seq."""

    Result: ClassVar = Unread
    room: Id
    after: Counter = 0
    limit: PageSize = 50


class ShowReceipts(Command, frozen=True, tag="receipts_of"):
    """Ask how far all have come in a room; what changes is told by `receipts`."""

    Result: ClassVar = RoomReceipts
    room: Id


class MessageInfo(Command, frozen=True, tag="message_info"):
    """Ask who has received and read a message."""

    Result: ClassVar = MessageReceipts
    room: Id
    target: Target


class Overview(Command, frozen=True, tag="overview"):
    """List one's rooms with what is last and unread in them, the latest first."""

    Result: ClassVar = RoomOverviews
    after: After = ""
    limit: Annotated[int, Meta(ge=1, le=limits.PAGE_OVERVIEW)] = 50
