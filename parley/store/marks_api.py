"""What may be asked of a store about how far people have come in rooms.

Owns: the interface. Every method may raise `StoreUnavailable`.
Never: how it is done; and whether the asker is in the room, which the gateway has found out.
"""

from collections.abc import Mapping
from typing import Protocol

from parley.protocol.entry import Entry
from parley.store.mark_records import (
    MemberReach,
    OverviewRow,
    RecipientCounts,
    RecipientRow,
    Standing,
    Trace,
)


class Marks(Protocol):
    """Marks, counts of what is unread, receipts, and the list of rooms that is made of them."""

    async def set_marked_unread(self, account_id: str, room_id: str, on: bool) -> None:
        """Mark a room as unread, or take that back."""

    async def room_standings(self, account_id: str, reads: Mapping[str, int]) -> list[Standing]:
        """Return how somebody stands in those of the rooms that they are in.

        `reads`, by room: how far they are known to have read, if that is further than is written.
        """

    async def unread_entries(
        self, account_id: str, room_id: str, *, after: int, limit: int
    ) -> list[Entry]:
        """Return the messages that are unread, and stand after a seq, in order."""

    async def reaches(self, room_id: str, limit: int) -> list[MemberReach] | None:
        """Return how far each member has come; None if they are more than `limit`."""

    async def recipients(self, room_id: str, author_id: str, seq: int) -> list[RecipientRow]:
        """Return who has received and read a message, of those for whom it was."""

    async def count_recipients(
        self, asker: str, room_id: str, author_id: str, seq: int
    ) -> RecipientCounts:
        """Return how many have received and read a message."""

    async def overview(self, account_id: str, *, after: str, limit: int) -> list[OverviewRow]:
        """Return a page of somebody's rooms, the one with the latest entry first.

        `after` is what `overview_cursor` returns for the last row of the page before, or empty.
        Raises NotUnderstood if it is neither.
        """

    async def trace(self, cmid: str) -> list[Trace]:
        """Return the lives of the stored messages of that name: one, but for a strange client's."""

    async def set_aside_since(self, cmid: str) -> list[tuple[str, int, str]]:
        """Return the rooms in which an entry of that name was set aside, when, and why."""

    def overview_cursor(self, row: OverviewRow) -> str:
        """Return what continues the listing after a row."""
