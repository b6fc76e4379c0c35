"""What is done to a message, and asked about one."""

from msgspec import Struct

from desktop_client.state.pages import Listed
from parley.client import MessageReceipts, Target, Version


class PressedReply(Struct, frozen=True):
    """A message of the open room is to be answered."""

    target: Target


class PressedEdit(Struct, frozen=True):
    """A message of one's own is to get other words."""

    target: Target


class PressedUp(Struct, frozen=True):
    """The last message of one's own is to get other words."""


class LeftMode(Struct, frozen=True):
    """What is written is neither an answer nor an edit any more."""


class ToggledReaction(Struct, frozen=True):
    """An emoji is to be put to a message; one's own that is there, to be taken back."""

    target: Target
    emoji: str


class PressedReact(Struct, frozen=True):
    """An emoji for a message is to be chosen in the picker."""

    target: Target


class PressedPin(Struct, frozen=True):
    """A message is to be pinned for everyone, or no longer."""

    target: Target


class PressedStar(Struct, frozen=True):
    """A message is to be starred for oneself, or no longer."""

    target: Target


class PressedDelete(Struct, frozen=True):
    """A message is to be deleted, if that is meant."""

    target: Target


class ConfirmedDelete(Struct, frozen=True):
    """It is meant: for everyone, or for oneself alone."""

    for_everyone: bool


class PressedForward(Struct, frozen=True):
    """A message is to be said again elsewhere."""

    target: Target


class ChoseForward(Struct, frozen=True):
    """Where it is to be said again. `draft` is what stands in the composer."""

    room: str
    draft: str = ""


class PressedInfo(Struct, frozen=True):
    """It is asked who has received and read a message."""

    target: Target


class ClickedQuote(Struct, frozen=True):
    """The message that another one answers is to be shown."""

    target: Target


class PressedUnread(Struct, frozen=True):
    """The first message that was not read is to be shown: in the open room, then in another.

    `draft` is what stands in the composer.
    """

    draft: str = ""


class GotInfo(Struct, frozen=True):
    """Who has received and read a message."""

    target: Target
    receipts: MessageReceipts


class GotStarred(Struct, frozen=True):
    """What one has starred, the latest star first."""

    messages: tuple[Listed, ...]


class GotPins(Struct, frozen=True):
    """What is pinned in a room, the last pinned first."""

    room: str
    messages: tuple[Listed, ...]


class ChoseListed(Struct, frozen=True):
    """A message of a list is to be shown. `draft` is what stands in the composer."""

    message: Listed
    draft: str = ""


class PressedVersions(Struct, frozen=True):
    """It is asked what a message has said before."""

    target: Target


class GotVersions(Struct, frozen=True):
    """What a message has said, the first version first."""

    target: Target
    versions: tuple[Version, ...]


MessagesEvent = (
    PressedReply
    | PressedEdit
    | PressedUp
    | LeftMode
    | ToggledReaction
    | PressedReact
    | PressedPin
    | PressedStar
    | PressedDelete
    | ConfirmedDelete
    | PressedForward
    | ChoseForward
    | PressedInfo
    | ClickedQuote
    | PressedUnread
    | GotInfo
    | GotStarred
    | GotPins
    | ChoseListed
    | PressedVersions
    | GotVersions
)
