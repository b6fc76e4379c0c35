"""Signals that are a room's: that somebody is typing.

Owns: the step of this command. Presence is a connection's, and is told there.
Never: how a signal travels (`gateway.typing`).
"""

from gateway.accounts import Identity
from gateway.commands.tools import Handlers
from gateway.typing import TypingSignals
from parley.protocol.commands import Nothing, Typing


class SignalCommands:
    """The command `typing`."""

    def __init__(self, typing: TypingSignals) -> None:
        self._typing = typing

    def handlers(self) -> Handlers:
        """Return what carries out each command."""
        return {Typing: self._type}

    async def _type(self, who: Identity, command: Typing) -> Nothing:
        await self._typing.tell(who, command.room, on=command.on)
        return Nothing()
