"""What is done to a message, and asked about one."""

from dataclasses import dataclass

from parley.client import Target


@dataclass(frozen=True, slots=True)
class Edit:
    """Give a message of one's own other words."""

    room: str
    cmid: str
    text: str


@dataclass(frozen=True, slots=True)
class Delete:
    """Delete a message: for everyone, or for oneself alone."""

    room: str
    target: Target
    for_everyone: bool


@dataclass(frozen=True, slots=True)
class React:
    """Put an emoji to a message, or take it back."""

    room: str
    target: Target
    emoji: str
    on: bool


@dataclass(frozen=True, slots=True)
class Pin:
    """Pin a message for everyone, or no longer."""

    room: str
    target: Target
    on: bool


@dataclass(frozen=True, slots=True)
class Star:
    """Star a message for oneself, or no longer."""

    room: str
    target: Target
    on: bool


@dataclass(frozen=True, slots=True)
class LoadInfo:
    """Read who has received and read a message."""

    room: str
    target: Target


@dataclass(frozen=True, slots=True)
class LoadStarred:
    """Read what one has starred."""


@dataclass(frozen=True, slots=True)
class LoadPins:
    """Read what is pinned in a room."""

    room: str


@dataclass(frozen=True, slots=True)
class LoadVersions:
    """Read what a message has said before."""

    room: str
    target: Target


MessagesEffect = (
    LoadPins | LoadVersions | Edit | Delete | React | Pin | Star | LoadInfo | LoadStarred
)
