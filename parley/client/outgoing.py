"""A message on its way, for who wants to wait for it.

Owns: the handle that `Chat.post` returns.
Never: the way itself (`parley.client.delivery`).
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from parley.client.errors import ParleyError, Refused
from parley.client.events import Accepted, SendRefused, Stored


@dataclass(frozen=True, slots=True)
class Delivery:
    """Where a message stands in its room's log."""

    room: str
    cmid: str
    generation: int
    seq: int


class Outgoing:
    """A message in the outbox. It is delivered whether or not anybody waits here."""

    def __init__(self, room: str, cmid: str, dismiss: Callable[[str], None]) -> None:
        self.room, self.cmid = room, cmid
        self._dismiss = dismiss
        loop = asyncio.get_running_loop()
        # Outcomes are results, never exceptions: nobody has to be there to retrieve them.
        self._accepted: asyncio.Future[Delivery | ParleyError] = loop.create_future()
        self._stored: asyncio.Future[Delivery | ParleyError] = loop.create_future()

    async def accepted(self) -> Delivery:
        """Return once the server has the message, though it may not be safe yet.

        Raises Refused, which is then forgotten, or what ended the chat.
        """
        return self._outcome(await asyncio.shield(self._accepted))

    async def stored(self) -> Delivery:
        """Return once the message is safe. Raises as `accepted` does."""
        return self._outcome(await asyncio.shield(self._stored))

    def _outcome(self, outcome: Delivery | ParleyError) -> Delivery:
        if isinstance(outcome, Refused):
            self._dismiss(self.cmid)  # whoever gets the exception has seen the reason
        if isinstance(outcome, ParleyError):
            raise outcome
        return outcome

    def note(self, event: Accepted | Stored | SendRefused) -> None:
        """Take an event that names this message."""
        match event:
            case SendRefused(code=code, message=message):
                self.end(Refused(code, message, retry=False))
            case Accepted():
                _settle(self._accepted, _delivery(event))
            case Stored():
                _settle(self._accepted, _delivery(event))
                _settle(self._stored, _delivery(event))

    def end(self, error: ParleyError) -> None:
        """Tell whoever waits that no other outcome will come."""
        _settle(self._accepted, error)
        _settle(self._stored, error)


def _delivery(event: Accepted | Stored) -> Delivery:
    return Delivery(event.room, event.cmid, event.generation, event.seq)


def _settle(future: asyncio.Future[Delivery | ParleyError], value: Delivery | ParleyError) -> None:
    if not future.done():
        future.set_result(value)
