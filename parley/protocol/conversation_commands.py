"""Commands about messages and what has become of them.

Owns: asking for messages by name, for their earlier versions, for who has reacted, for what is
pinned. To change a message is to `send` something about it (`parley.protocol.content`).
Never: pages of history (`log_commands.py`).
"""

from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from parley.protocol import limits
from parley.protocol.content import Target
from parley.protocol.derived import Derived
from parley.protocol.ids import Id
from parley.protocol.shapes import After, Command, PageSize
from parley.protocol.states import State


class Messages(Struct, frozen=True):
    """Messages as they are at `as_of`: what happened up to that seq is in them."""

    room: str
    generation: int
    as_of: int
    messages: list[State]


class Version(Struct, frozen=True, omit_defaults=True):
    """What a message said from `time` on."""

    seq: int
    time: int
    text: str
    derived: Derived | None = None


class Versions(Struct, frozen=True):
    """All versions of a message, the first one first."""

    versions: list[Version]


class Reactor(Struct, frozen=True):
    """Somebody who has put an emoji to a message."""

    person: str
    emoji: str


class Reactors(Struct, frozen=True):
    """A page of who has reacted, the first one first. `next` continues it; null at its end."""

    reactors: list[Reactor]
    next: str | None = None


class ReadMessages(Command, frozen=True, tag="messages"):
    """Read messages by name, as they are now. Those that are not there are left out."""

    Result: ClassVar = Messages
    room: Id
    targets: Annotated[list[Target], Meta(min_length=1, max_length=limits.TARGETS)]


class ReadVersions(Command, frozen=True, tag="versions"):
    """Read what a message has said, before and after each edit."""

    Result: ClassVar = Versions
    room: Id
    target: Target


class ListReactions(Command, frozen=True, tag="reactions"):
    """List who has reacted to a message, and how."""

    Result: ClassVar = Reactors
    room: Id
    target: Target
    after: After = ""
    limit: PageSize = 100


class ListPins(Command, frozen=True, tag="pins"):
    """Read the pinned messages of a room, the last pinned first; at most 100."""

    Result: ClassVar = Messages
    room: Id
