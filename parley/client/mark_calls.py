"""What an application asks about what was received and read.

Owns: one method for each command about marks, counts, receipts and the list of rooms.
Never: marks on their way (`parley.client.marks`).
"""

from collections.abc import AsyncIterator, Iterable

from parley.client.asking import Asking
from parley.protocol.commands import (
    CountUnread,
    ExplainUnread,
    MarkUnread,
    MessageInfo,
    MessageReceipts,
    Nothing,
    Overview,
    RoomOverview,
    RoomOverviews,
    RoomReceipts,
    RoomStanding,
    ShowReceipts,
    Standings,
    Unread,
)
from parley.protocol.content import Target
from parley.protocol.limits import PAGE_OVERVIEW


class MarkCalls(Asking):
    """The part of `Chat` that is about what was read. Every method raises Refused."""

    async def overview(self) -> AsyncIterator[RoomOverview]:
        """Yield one's rooms with what is last and unread in them, the latest first.

        From then on `UnreadChanged` tells how the counts of those that are followed change.
        """

        def after(last: str) -> Overview:
            return Overview(ref=0, after=last, limit=PAGE_OVERVIEW)

        async for page in self._pages(after, RoomOverviews):
            for room in page.rooms:
                yield room

    async def count_unread(self, rooms: Iterable[str]) -> dict[str, RoomStanding]:
        """Return how one stands in rooms, at most 200 of them; those one is not in are left out.

        From then on `UnreadChanged` tells how the counts of those that are followed change.
        """
        answer = await self._ask(CountUnread(ref=0, rooms=list(rooms)), Standings)
        return {standing.room: standing for standing in answer.rooms}

    async def explain_unread(self, room: str, *, after: int = 0, limit: int = 50) -> Unread:
        """Return the messages that a room's count is made of, after a `seq`."""
        return await self._ask(ExplainUnread(ref=0, room=room, after=after, limit=limit), Unread)

    async def mark_unread(self, room: str, *, on: bool = True) -> None:
        """Mark a room as unread, or take that back. How far one has read it stays as it is."""
        await self._ask(MarkUnread(ref=0, room=room, on=on), Nothing)

    async def receipts(self, room: str) -> RoomReceipts:
        """Return how far all have come in a room; `ReceiptsChanged` tells what changes.

        `parley.domain.receipts.tick` makes the tick of a message of them.
        """
        return await self._ask(ShowReceipts(ref=0, room=room), RoomReceipts)

    async def message_info(self, room: str, target: Target) -> MessageReceipts:
        """Return who has received and read a message, and up to which of its versions."""
        command = MessageInfo(ref=0, room=room, target=target)
        return await self._ask(command, MessageReceipts)
