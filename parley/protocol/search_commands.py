"""Looking for messages by what they say.

Owns: the question and the form of what is found.
Never: what counts as found (`parley.domain.searching`).
"""

from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from parley.protocol import limits
from parley.protocol.ids import Id
from parley.protocol.shapes import After, Command, Counter

SearchText = Annotated[str, Meta(max_length=limits.SEARCH_CHARACTERS)]
HitCount = Annotated[int, Meta(ge=1, le=limits.PAGE_HITS)]


class Hit(Struct, frozen=True):
    """A message that was found, and part of its text as it is shown: without marks.

    `found` are the places in `text` where the query is: from a character up to, and without,
    another one, counted in Unicode code points. `before` and `after`: the text goes on there.
    """

    room: str
    seq: int
    n: int
    time: int
    author: str
    cmid: str
    text: str
    found: list[tuple[int, int]]
    before: bool
    after: bool


class Hits(Struct, frozen=True):
    """A page of messages that were found, the latest first. `next` continues; null at its end."""

    hits: list[Hit]
    next: str | None = None


class Search(Command, frozen=True, tag="search"):
    """Find messages in one's own rooms: those that match everything that is asked for.

    What is deleted, for all or for oneself, is not found; nor is what is not stored yet. At least
    one of `query`, `author`, `has_link` and `mentions_me` is needed.
    """

    Result: ClassVar = Hits
    query: SearchText = ""
    """Part of the text, in any script, of one character or more; letter case, accents and width
    make no difference."""
    room: Id | None = None
    """Search this room alone."""
    author: Id | None = None
    since: Counter | None = None
    """Messages from this time on; Unix milliseconds."""
    until: Counter | None = None
    """Messages before this time; Unix milliseconds."""
    has_link: bool = False
    mentions_me: bool = False
    """Messages that mention the asker, or everyone."""
    after: After = ""
    limit: HitCount = 20
