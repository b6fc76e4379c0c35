"""Commands about what is one person's alone, in step on all their devices, and their results.

Owns: drafts, stars, what was deleted for oneself, and how one wants to be told and seen.
Never: what others see. Other devices hear of every change by `directory`, and read again.
"""

from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from parley.protocol import limits
from parley.protocol.content import Target
from parley.protocol.events import Event
from parley.protocol.ids import Id
from parley.protocol.shapes import After, Command, Counter, Draft, Nothing, PageSize

# --- results -------------------------------------------------------------------------------


class Drafts(Struct, frozen=True):
    """What one has begun to write, the latest first."""

    drafts: list[Draft]


class Starred(Struct, frozen=True):
    """A page of the messages that one has starred, the latest star first."""

    messages: list[Event]
    next: str | None = None


class Quiet(Struct, frozen=True):
    """Hours in which one is not to be disturbed, in one's own time zone, as minutes of the day.

    From `since` up to, and without, `until`; past midnight if that comes first.
    """

    since: Annotated[int, Meta(ge=0, le=limits.DAY_MINUTES - 1)]
    until: Annotated[int, Meta(ge=0, le=limits.DAY_MINUTES - 1)]


class Settings(Struct, frozen=True):
    """How one wants to be told and seen. `quiet` is null without such hours."""

    read_receipts: bool
    """Others are told what one has read, and one is told what they have."""
    quiet: Quiet | None
    show_last_seen: bool = True
    """Others are told when one was last there."""


# --- commands ------------------------------------------------------------------------------


class SaveDraft(Command, frozen=True, tag="save_draft"):
    """Keep what one has begun to write in a room. An empty text forgets it."""

    Result: ClassVar = Draft
    room: Id
    text: Annotated[str, Meta(max_length=limits.TEXT_BYTES)]
    reply_to: Target | None = None
    version: Counter = 0
    """That of the draft that was changed; 0 if there was none."""


class ListDrafts(Command, frozen=True, tag="list_drafts"):
    """List one's drafts."""

    Result: ClassVar = Drafts


class Star(Command, frozen=True, tag="star"):
    """Star a message for oneself, or take that back."""

    Result: ClassVar = Nothing
    room: Id
    target: Target
    on: bool = True


class ListStarred(Command, frozen=True, tag="list_starred"):
    """List what one has starred, in one room or in all that one is in."""

    Result: ClassVar = Starred
    room: Id | None = None
    after: After = ""
    limit: PageSize = 50


class Hide(Command, frozen=True, tag="hide"):
    """Delete a message for oneself alone, on all one's devices."""

    Result: ClassVar = Nothing
    room: Id
    target: Target


class EditSettings(Command, frozen=True, tag="edit_settings"):
    """Change how one wants to be told and seen, or ask how it is. What is null stays as it is."""

    Result: ClassVar = Settings
    read_receipts: bool | None = None
    quiet: Quiet | None = None
    no_quiet: bool = False
    """End the quiet hours."""
    show_last_seen: bool | None = None
