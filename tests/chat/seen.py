"""A screen to look at: what it prints, and what it asks.

Owns: a person's screen on a chat with the model server.
Never: a terminal.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC

import parley
from parley.chat import slash
from parley.chat.lines import Lines
from parley.chat.screen import Screen
from parley.protocol.commands import AnyCommand
from tests.client.loopback import Loopback

ROOM = "lobby"
NOON = 1_795_435_200_000


class Seen:
    """A screen, and the lines that it has printed."""

    def __init__(self, chat: parley.Chat, server: Loopback) -> None:
        self.chat, self.server, self.model = chat, server, server.model
        self.lines: list[str] = []
        self.answers: list[str] = []
        """What the person says when asked, in order."""
        self.questions: list[tuple[str, bool]] = []
        lines = Lines(UTC)
        lines.said(NOON, "nobody", "so that the day is known")
        self.screen = Screen(chat, self.lines.append, self._ask, lambda: NOON, lines)

    async def _ask(self, question: str, is_secret: bool) -> str:
        self.questions.append((question, is_secret))
        return self.answers.pop(0)

    @property
    def commands(self) -> list[AnyCommand]:
        """What the server was asked, in order."""
        return self.server.commands

    async def type(self, line: str) -> bool:
        typed = slash.read(line)
        assert typed is not None
        return await self.screen.do(typed)

    async def show_until(self, is_last: Callable[[parley.ChatEvent], bool]) -> None:
        """Show events as they come, up to this one."""
        async for event in self.chat.events():
            await self.screen.show(event)
            if is_last(event):
                return

    async def show_until_stored(self) -> None:
        await self.show_until(lambda event: isinstance(event, parley.Stored))
