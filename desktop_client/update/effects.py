"""What is to be done: by the network, the disk, or the desktop.

Owns: the closed set of effects that `update` asks for.
Never: doing them (`desktop_client.network`, `desktop_client.loop`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class FindServer:
    """Look whether there is a server."""

    url: str


@dataclass(frozen=True, slots=True)
class Connect:
    """Sign in, or up, at a server; without a password, by the session that is kept."""

    url: str
    user: str = ""
    password: str | None = field(default=None, repr=False)
    sign_up: bool = False


@dataclass(frozen=True, slots=True)
class SignOut:
    """End this device's session."""


@dataclass(frozen=True, slots=True)
class LoadRooms:
    """Read the person's own rooms."""


@dataclass(frozen=True, slots=True)
class LoadPublicRooms:
    """Read the channels that are open to all."""


@dataclass(frozen=True, slots=True)
class Follow:
    """Receive what is said in a room."""

    room: str


@dataclass(frozen=True, slots=True)
class LoadHistory:
    """Read a page of a room's past."""

    room: str
    before: int | None = None


@dataclass(frozen=True, slots=True)
class LookUp:
    """Read who some people are."""

    people: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Post:
    """Say something."""

    room: str
    text: str


@dataclass(frozen=True, slots=True)
class Dismiss:
    """Forget a refused message."""

    cmid: str


@dataclass(frozen=True, slots=True)
class MakeChannel:
    """Make a channel and join it."""

    name: str


@dataclass(frozen=True, slots=True)
class Join:
    """Join a channel."""

    room: str


@dataclass(frozen=True, slots=True)
class Leave:
    """Leave a room."""

    room: str


NetworkEffect = (
    FindServer
    | Connect
    | SignOut
    | LoadRooms
    | LoadPublicRooms
    | Follow
    | LoadHistory
    | LookUp
    | Post
    | Dismiss
    | MakeChannel
    | Join
    | Leave
)


@dataclass(frozen=True, slots=True)
class Remember:
    """Keep what the next start should begin with; what is None stays as it is."""

    url: str | None = None
    user: str | None = None
    theme: str | None = None
    recent_emoji: tuple[str, ...] | None = None
    read: Mapping[str, int] | None = None


@dataclass(frozen=True, slots=True)
class OpenLink:
    """Show a page in the person's browser."""

    url: str


Effect = NetworkEffect | Remember | OpenLink
