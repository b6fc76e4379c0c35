"""What is done to a message, and asked about one."""

from dataclasses import dataclass

from desktop_client.state.pages import Listed
from parley.client import MessageReceipts, Target, Version


@dataclass(frozen=True, slots=True)
class PressedReply:
    """A message of the open room is to be answered."""

    target: Target


@dataclass(frozen=True, slots=True)
class PressedEdit:
    """A message of one's own is to get other words."""

    target: Target


@dataclass(frozen=True, slots=True)
class PressedUp:
    """The last message of one's own is to get other words."""


@dataclass(frozen=True, slots=True)
class LeftMode:
    """What is written is neither an answer nor an edit any more."""


@dataclass(frozen=True, slots=True)
class ToggledReaction:
    """An emoji is to be put to a message; one's own that is there, to be taken back."""

    target: Target
    emoji: str


@dataclass(frozen=True, slots=True)
class PressedReact:
    """An emoji for a message is to be chosen in the picker."""

    target: Target


@dataclass(frozen=True, slots=True)
class PressedPin:
    """A message is to be pinned for everyone, or no longer."""

    target: Target


@dataclass(frozen=True, slots=True)
class PressedStar:
    """A message is to be starred for oneself, or no longer."""

    target: Target


@dataclass(frozen=True, slots=True)
class PressedDelete:
    """A message is to be deleted, if that is meant."""

    target: Target


@dataclass(frozen=True, slots=True)
class ConfirmedDelete:
    """It is meant: for everyone, or for oneself alone."""

    for_everyone: bool


@dataclass(frozen=True, slots=True)
class PressedForward:
    """A message is to be said again elsewhere."""

    target: Target


@dataclass(frozen=True, slots=True)
class ChoseForward:
    """Where it is to be said again. `draft` is what stands in the composer."""

    room: str
    draft: str = ""


@dataclass(frozen=True, slots=True)
class PressedInfo:
    """It is asked who has received and read a message."""

    target: Target


@dataclass(frozen=True, slots=True)
class ClickedQuote:
    """The message that another one answers is to be shown."""

    target: Target


@dataclass(frozen=True, slots=True)
class GotInfo:
    """Who has received and read a message."""

    target: Target
    receipts: MessageReceipts


@dataclass(frozen=True, slots=True)
class GotStarred:
    """What one has starred, the latest star first."""

    messages: tuple[Listed, ...]


@dataclass(frozen=True, slots=True)
class GotPins:
    """What is pinned in a room, the last pinned first."""

    room: str
    messages: tuple[Listed, ...]


@dataclass(frozen=True, slots=True)
class ChoseListed:
    """A message of a list is to be shown. `draft` is what stands in the composer."""

    message: Listed
    draft: str = ""


@dataclass(frozen=True, slots=True)
class PressedVersions:
    """It is asked what a message has said before."""

    target: Target


@dataclass(frozen=True, slots=True)
class GotVersions:
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
    | GotInfo
    | GotStarred
    | GotPins
    | ChoseListed
    | PressedVersions
    | GotVersions
)
