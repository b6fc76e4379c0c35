"""What may be asked of a store about what has become of messages.

Owns: the interface. Every method may raise `StoreUnavailable`.
Never: how it is done; whether the asker is in the room, which the gateway has found out; and what
is not stored yet.
"""

from collections.abc import Collection
from typing import NamedTuple, Protocol

from parley.domain.timeline import MessageState
from parley.protocol.commands import Reactor, Version
from parley.protocol.content import Target


class StatesRead(NamedTuple):
    """Messages by seq, after all that is stored: everything up to `as_of`."""

    as_of: int
    states: dict[int, MessageState]


class MessageStates(Protocol):
    """Messages, and the stones of those that were deleted, by where they stand."""

    async def states(
        self,
        room_id: str,
        seqs: Collection[int],
        people: Collection[str],
        *,
        changed_among: Collection[int] = (),
    ) -> StatesRead:
        """Return those of the messages that are stored; and of `changed_among` those that are no
        longer as their entries say.

        Of each reaction, whether one of `people` is among those who have it is known.
        """

    async def located(self, room_id: str, targets: Collection[Target]) -> dict[Target, int]:
        """Return where those of the messages stand that are stored in this room."""

    async def versions(self, room_id: str, seq: int) -> list[Version]:
        """Return what a message has said, the first version first; none of a deleted one."""

    async def reactors(
        self, room_id: str, seq: int, *, after: int, limit: int
    ) -> list[tuple[int, Reactor]]:
        """Return who has reacted to a message after a seq, each with the seq at which."""

    async def pinned(self, room_id: str, limit: int) -> list[int]:
        """Return where the pinned messages stand, the last pinned first."""
