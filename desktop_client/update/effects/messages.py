"""What is done to a message, and asked about one."""

from msgspec import Struct

from parley.client import Target


class Edit(Struct, frozen=True):
    """Give a message of one's own other words."""

    room: str
    cmid: str
    text: str


class Delete(Struct, frozen=True):
    """Delete a message: for everyone, or for oneself alone."""

    room: str
    target: Target
    for_everyone: bool


class React(Struct, frozen=True):
    """Put an emoji to a message, or take it back."""

    room: str
    target: Target
    emoji: str
    on: bool


class Pin(Struct, frozen=True):
    """Pin a message for everyone, or no longer."""

    room: str
    target: Target
    on: bool


class Star(Struct, frozen=True):
    """Star a message for oneself, or no longer."""

    room: str
    target: Target
    on: bool


class LoadInfo(Struct, frozen=True):
    """Read who has received and read a message."""

    room: str
    target: Target


class LoadStarred(Struct, frozen=True):
    """Read what one has starred."""


class LoadPins(Struct, frozen=True):
    """Read what is pinned in a room."""

    room: str


class LoadVersions(Struct, frozen=True):
    """Read what a message has said before."""

    room: str
    target: Target


MessagesEffect = (
    LoadPins | LoadVersions | Edit | Delete | React | Pin | Star | LoadInfo | LoadStarred
)
