"""What an entry of a room's log says.

Owns: the kinds of content, a tagged union on `kind`. A kind that a client does not know is shown
as "not supported by this version", never as an error.
Never: who said it, when and where; that is the entry around it.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from parley.protocol.ids import Id
from parley.protocol.limits import TEXT_BYTES


class Text(Struct, frozen=True, tag_field="kind", tag="text"):
    """Words of a person. At most 16 KiB in UTF-8."""

    text: Annotated[str, Meta(min_length=1, max_length=TEXT_BYTES)]


NoticeOf = Literal[
    "created",
    "joined",
    "left",
    "added",
    "removed",
    "banned",
    "unbanned",
    "made_owner",
    "made_admin",
    "made_member",
    "renamed",
    "topic",
    "description",
    "read_only",
    "writable",
    "closed",
]


class Notice(Struct, frozen=True, tag_field="kind", tag="notice", omit_defaults=True):
    """A change that the room should see: the author did `what` to `who`.

    Of a change to the room itself, `who` is the author.
    """

    what: NoticeOf
    who: Id
    more: list[Id] = field(default_factory=list)
    """Those to whom the same was done in one go."""
    text: str = ""
    """The new name or topic."""


class Stone(Struct, frozen=True, tag_field="kind", tag="stone"):
    """Keeps a sequence number whose entry was withdrawn, so that the log has no hole.

    `duplicate`: the entry was already there under an earlier number.
    `set_aside`: the entry could not be stored; its sender is told that it was refused.
    """

    reason: Literal["duplicate", "set_aside"]


Sendable = Text
"""What a client may send. A union once there are more kinds."""

Content = Text | Notice | Stone
"""What a client may receive."""


def counts_as_message(content: Content) -> bool:
    """Return whether the entry raises the room's message count `n`."""
    return isinstance(content, Text)
