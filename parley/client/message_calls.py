"""What an application does to messages that are there, and asks about them.

Owns: editing, deleting, reacting and pinning, which go through the outbox as a message does; and
one method for each command that reads messages by name.
Never: saying something new, and pages of history (`parley.client.chat`).
"""

from abc import abstractmethod
from collections.abc import AsyncIterator, Sequence

from parley.client.asking import Asking
from parley.client.outgoing import Outgoing
from parley.protocol.commands import (
    ListPins,
    ListReactions,
    Messages,
    Reactor,
    Reactors,
    ReadMessages,
    ReadVersions,
    State,
    Version,
    Versions,
)
from parley.protocol.content import Delete, Edit, Pin, React, Sendable, Target
from parley.protocol.limits import TARGETS


class MessageCalls(Asking):
    """The part of `Chat` that is about messages. Every method raises Refused.

    What changes a message returns once it is in the outbox; `stored()` of what is returned waits
    until it is safe.
    """

    @abstractmethod
    async def _say(self, room: str, content: Sendable) -> Outgoing:
        """Put content into the outbox."""

    async def edit(self, room: str, cmid: str, text: str) -> Outgoing:
        """Give a message of one's own other words."""
        return await self._say(room, Edit(cmid, text))

    async def delete(self, room: str, target: Target) -> Outgoing:
        """Delete a message for everyone."""
        return await self._say(room, Delete(target))

    async def react(self, room: str, target: Target, emoji: str, *, on: bool = True) -> Outgoing:
        """Put one emoji to a message, or take it back."""
        return await self._say(room, React(target, emoji, on))

    async def pin(self, room: str, target: Target, *, on: bool = True) -> Outgoing:
        """Pin a message for everyone, or no longer."""
        return await self._say(room, Pin(target, on))

    # --- reading ---------------------------------------------------------------------------

    async def messages(self, room: str, targets: Sequence[Target]) -> list[State]:
        """Return messages as they are now; those that are not there are left out."""
        found: list[State] = []
        for first in range(0, len(targets), TARGETS):
            some = list(targets[first : first + TARGETS])
            answer = await self._ask(ReadMessages(ref=0, room=room, targets=some), Messages)
            found += answer.messages
        return found

    async def versions(self, room: str, target: Target) -> list[Version]:
        """Return what a message has said, the first version first."""
        command = ReadVersions(ref=0, room=room, target=target)
        return (await self._ask(command, Versions)).versions

    async def reactors(self, room: str, target: Target) -> AsyncIterator[Reactor]:
        """Yield who has reacted to a message, and how, the first one first."""

        def after(last: str) -> ListReactions:
            return ListReactions(ref=0, room=room, target=target, after=last)

        async for page in self._pages(after, Reactors):
            for reactor in page.reactors:
                yield reactor

    async def pins(self, room: str) -> list[State]:
        """Return the pinned messages of a room, the last pinned first."""
        return (await self._ask(ListPins(ref=0, room=room), Messages)).messages
