"""What an entry of a room's log says.

Owns: the kinds of content, a tagged union on `kind`. A kind that a client does not know is shown
as "not supported by this version", never as an error.
Never: who said it, when and where; that is the entry around it.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from parley.protocol.ids import Cmid, Id
from parley.protocol.limits import EMOJI_BYTES, TEXT_BYTES

Words = Annotated[str, Meta(min_length=1, max_length=TEXT_BYTES)]
"""At most 16 KiB in UTF-8."""
Emoji = Annotated[str, Meta(min_length=1, max_length=EMOJI_BYTES)]
"""One emoji, as a reader counts them; at most 64 bytes in UTF-8."""


class Target(Struct, frozen=True):
    """The message that something is about, by the names that stay its own under any number."""

    author: Id
    cmid: Cmid


class Text(Struct, frozen=True, tag_field="kind", tag="text", omit_defaults=True):
    """Words of a person."""

    text: Words
    reply_to: Target | None = None
    forwarded: bool = False
    silent: bool = False
    """Whether nobody is to be notified."""


class Edit(Struct, frozen=True, tag_field="kind", tag="edit"):
    """Other words for a message of one's own."""

    cmid: Cmid
    text: Words


class Delete(Struct, frozen=True, tag_field="kind", tag="delete"):
    """A message is deleted, for everyone."""

    of: Target


class React(Struct, frozen=True, tag_field="kind", tag="react", omit_defaults=True):
    """Somebody has put an emoji to a message; or, with `on` false, taken it back."""

    of: Target
    emoji: Emoji
    on: bool = True


class Pin(Struct, frozen=True, tag_field="kind", tag="pin", omit_defaults=True):
    """A message is pinned for all in the room; or, with `on` false, no longer."""

    of: Target
    on: bool = True


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
    `deleted`: the message was deleted for everyone. Its entry keeps its author and cmid.
    `withdrawn`: it was an edit of such a message, and keeps them too.
    """

    reason: Literal["duplicate", "set_aside", "deleted", "withdrawn"]


Sendable = Text | Edit | Delete | React | Pin
"""What a client may send."""

Content = Text | Edit | Delete | React | Pin | Notice | Stone
"""What a client may receive."""


def counts_as_message(content: Content) -> bool:
    """Return whether the entry raises the room's message count `n`."""
    return isinstance(content, Text)


def target_of(author: str, content: Content) -> Target | None:
    """Return the message that an entry of `author` changes; None if it changes none."""
    match content:
        case Edit(cmid=cmid):
            return Target(author, cmid)
        case Delete(of=target) | React(of=target) | Pin(of=target):
            return target
        case _:
            return None
