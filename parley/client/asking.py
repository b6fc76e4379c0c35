"""How the parts of `Chat` ask the server something.

Owns: the one way to ask, which every part shares, and the turning of pages.
Never: what is asked.
"""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable
from typing import Protocol, TypeVar

from parley.protocol.commands import AnyCommand

Answer = TypeVar("Answer")
Page = TypeVar("Page", bound="Continued")


class Continued(Protocol):
    """A page of a listing."""

    @property
    def next(self) -> str | None:
        """What goes into `after` for the next page; None at the end."""


class Asking(ABC):
    """Something that can ask."""

    @abstractmethod
    async def _ask(self, command: AnyCommand, answer: type[Answer]) -> Answer:
        """Return the answer. Raises Refused, ConnectionLost, or what ended the chat."""

    async def _pages(
        self, command: Callable[[str], AnyCommand], page: type[Page]
    ) -> AsyncIterator[Page]:
        """Yield every page of a listing; `command` asks for the one after another."""
        after: str | None = ""
        while after is not None:
            turned = await self._ask(command(after), page)
            yield turned
            after = turned.next
