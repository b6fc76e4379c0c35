"""What the commands of a person at a terminal work with.

Owns: the interface (`parley.chat.screen` implements it), and reading their arguments.
Never: a command itself.
"""

from collections.abc import Awaitable, Callable
from typing import Protocol

from parley.client import Chat, Room, Target


class Misused(Exception):
    """What was typed after a command cannot be right; `str()` says what was expected."""


class Stage(Protocol):
    """Where a person is, and how to show them something."""

    @property
    def chat(self) -> Chat:
        """The person's chat."""

    @property
    def room(self) -> Room:
        """The present room."""

    def now(self) -> int:
        """Return the time, Unix milliseconds."""

    def say(self, lines: str) -> None:
        """Print lines. Others' text in them has been cleaned."""

    def note(self, sentence: str) -> None:
        """Print a sentence about what has happened."""

    async def post(self, text: str, *, reply_to: Target | None = None) -> None:
        """Say something in the present room, in answer to a message perhaps."""

    async def go_to(self, room: Room) -> None:
        """Make a room the present one."""

    def renew(self, room: Room) -> None:
        """Take what is new about a room."""

    async def go_home(self) -> None:
        """Leave the present room behind, for the lobby."""

    async def ask(self, question: str, *, secret: bool = False) -> str:
        """Ask the person something. Raises Misused if there is no answer."""


Handler = Callable[[str], Awaitable[None]]
Handlers = dict[str, Handler]


def whole(typed: str, what: str) -> int:
    """Return a whole number above 0. Raises Misused."""
    if typed.isascii() and typed.isdigit() and 0 < int(typed) < 1_000_000:
        return int(typed)
    raise Misused(f"{typed!r} is no number of {what}")


def is_on(typed: str) -> bool:
    """Return whether `on` was typed, not `off`. Raises Misused."""
    match typed.casefold():
        case "on":
            return True
        case "off":
            return False
    raise Misused("type on or off after it")
