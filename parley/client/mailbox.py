"""Events on their way to the application.

Owns: their order, their bound, and how their end is told.
Never: what they mean.
"""

import asyncio
from collections import deque

from parley.client.errors import ParleyError
from parley.client.events import ChatEvent, Overrun

# Events that may wait for an application. One that takes none at all costs no more than these.
MAILBOX_EVENTS = 10_000


class MailboxClosed(Exception):
    """No event follows; `error` says why, None if the chat was closed."""

    def __init__(self, error: ParleyError | None) -> None:
        super().__init__(error)
        self.error = error


class Mailbox:
    """A bounded queue for one reader. When it is full, all of it becomes one `Overrun`."""

    def __init__(self, limit: int = MAILBOX_EVENTS) -> None:
        self._limit = limit
        self._events: deque[ChatEvent] = deque()
        self._dropped = 0
        self._ended: MailboxClosed | None = None
        self._changed = asyncio.Event()

    def put(self, event: ChatEvent) -> None:
        """Add an event."""
        if len(self._events) >= self._limit:
            self._dropped += len(self._events)
            self._events.clear()
        self._events.append(event)
        self._changed.set()

    def close(self, error: ParleyError | None) -> None:
        """End the mailbox behind what is in it. The first reason stands."""
        self._ended = self._ended or MailboxClosed(error)
        self._changed.set()

    async def take(self) -> ChatEvent:
        """Return the next event. Raises MailboxClosed at the end."""
        while not self._events:
            if self._ended is not None:
                raise self._ended
            self._changed.clear()
            await self._changed.wait()
        if self._dropped:
            dropped, self._dropped = self._dropped, 0
            return Overrun(dropped)
        return self._events.popleft()
