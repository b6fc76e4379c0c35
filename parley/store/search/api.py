"""What may be asked of a store about what was said.

Owns: the question, the answer, and the interface.
Never: how it is done.
"""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """What somebody looks for: at least one of `text`, `author`, `has_link`, `mentions_me`.

    `since` and, exclusive, `until` are Unix milliseconds. `after` is a page's `next`, or empty.
    """

    account_id: str
    text: str
    room_id: str | None = None
    author_id: str | None = None
    since: int | None = None
    until: int | None = None
    has_link: bool = False
    mentions_me: bool = False
    after: str = ""
    limit: int = 20


@dataclass(frozen=True, slots=True)
class FoundMessage:
    """A message that was found. `text` is what it shows now."""

    room_id: str
    seq: int
    n: int
    time: int
    author_id: str
    cmid: str
    text: str


@dataclass(frozen=True, slots=True)
class FoundPage:
    """Messages that were found, the latest first. `next` continues, None at the end."""

    messages: list[FoundMessage]
    next: str | None


class MessageSearch(Protocol):
    """Messages, found by what they say. Every method may raise `StoreUnavailable`."""

    async def search(self, query: SearchQuery) -> FoundPage:
        """Return a page of what somebody may find. Raises NotUnderstood for a wrong `after`."""

    async def first_since(self, room_id: str, time: int) -> int | None:
        """Return the seq of a room's first stored entry at or after a time; None if all are older.

        Where the clocks of gateways differ, it is right to within their difference.
        """


class SearchBacklog(Protocol):
    """What was stored before there was a search. Every method may raise `StoreUnavailable`."""

    async def index_some(self, entries: int) -> int | None:
        """Look at the next so many entries of a log, and make findable what is not.

        Returns how many messages that were; None: nothing is left. How far this has come is kept.
        """
