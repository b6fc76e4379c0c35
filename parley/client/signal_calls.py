"""What an application tells and asks of the moment: who is typing, and who is there.

Owns: one method for each signal, and what has to be told again on a new connection.
Never: what comes of it: `TypingShown` and `PresenceChanged` are events.
"""

import asyncio
from collections.abc import Iterable
from contextlib import suppress

from parley.client.asking import Asking
from parley.client.errors import ParleyError
from parley.protocol.commands import BeAway, Nothing, Presence, Presences, Typing, Watch

# A room is told no more often that one is typing: what comes sooner, no server passes on.
TYPING_SECONDS = 3.0


class SignalCalls(Asking):
    """The part of `Chat` that is about the moment. Every method raises Refused."""

    def __init__(self) -> None:
        self._typed_at: dict[str, float] = {}
        self._watching: tuple[str, ...] = ()
        self._away = False

    async def typing(self, room: str, on: bool = True) -> None:
        """Tell a room that one is typing, at every key if that is easiest; or no longer.

        Saying something tells it as well.
        """
        now = asyncio.get_running_loop().time()
        told = self._typed_at.get(room)
        if on and told is not None and now < told + TYPING_SECONDS:
            return
        if on:
            self._typed_at[room] = now
        elif self._typed_at.pop(room, None) is None:
            return
        await self._ask(Typing(ref=0, room=room, on=on), Nothing)

    async def watch(self, people: Iterable[str]) -> list[Presence]:
        """Return how people are who are on the screen, and hear of changes until the next call.

        An empty list ends it. It holds over reconnects.
        """
        self._watching = tuple(people)
        command = Watch(ref=0, people=list(self._watching))
        return (await self._ask(command, Presences)).people

    async def be_away(self, away: bool = True) -> None:
        """Tell whether the person is away from this device. It holds over reconnects."""
        self._away = away
        await self._ask(BeAway(ref=0, away=away), Nothing)

    @property
    def _has_signalled(self) -> bool:
        return self._away or bool(self._watching)

    async def _signal_again(self) -> list[Presence]:
        """Tell a new connection what the last one knew; return how those are who are watched."""
        with suppress(ParleyError):
            if self._away:
                await self._ask(BeAway(ref=0), Nothing)
            if self._watching:
                return await self.watch(self._watching)
        return []
