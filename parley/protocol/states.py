"""What a message has become: its words now, its reactions, whether it is pinned or deleted.

Owns: the shape in which a gateway says so, the same in every answer.
Never: how it came about (`parley.domain.timeline`).
"""

from msgspec import Struct, field

from parley.protocol.content import Target
from parley.protocol.derived import Derived


class Reaction(Struct, frozen=True, omit_defaults=True):
    """How many people have put an emoji to a message, and the first of them."""

    emoji: str
    count: int
    people: list[str] = field(default_factory=list)
    """At most 20, in the order in which they did."""
    mine: bool = False
    """Whether the asker is one of all of them."""


class State(Struct, frozen=True, omit_defaults=True):
    """A message as it is now. What is empty, false or null is left out.

    Of a deleted message there is no more than where it stood, whose it was and who deleted it.
    """

    seq: int
    n: int
    time: int
    author: str
    cmid: str
    text: str = ""
    derived: Derived | None = None
    """Of the words as they are now; whom they name is decided by the first version."""
    reply_to: Target | None = None
    forwarded: bool = False
    silent: bool = False
    edited_at: int = 0
    """When it got these words; 0: it has them from the beginning."""
    versions: int = 1
    reactions: list[Reaction] = field(default_factory=list)
    pinned: bool = False
    deleted: bool = False
    deleted_by: str | None = None
