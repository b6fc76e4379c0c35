"""What is to be done: by the network, the disk, or the desktop.

Owns: the closed set of effects that `update` asks for.
Never: doing them (`desktop_client.network`, `desktop_client.loop`).
"""

from dataclasses import dataclass, field

from parley.client import Target
from parley.protocol.shapes import Notify, Role


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
    """Read a page of a room's past; a `wide` one has more of it."""

    room: str
    before: int | None = None
    wide: bool = False


@dataclass(frozen=True, slots=True)
class LoadOverview:
    """Read how one's rooms stand: what is last and what is unread in them."""


@dataclass(frozen=True, slots=True)
class LoadReceipts:
    """Read how far all have come in a room."""

    room: str


@dataclass(frozen=True, slots=True)
class LoadMessages:
    """Read messages as they are now."""

    room: str
    targets: tuple[Target, ...]


@dataclass(frozen=True, slots=True)
class LoadStarred:
    """Read what one has starred."""


@dataclass(frozen=True, slots=True)
class LoadSettings:
    """Read how one wants to be told."""


@dataclass(frozen=True, slots=True)
class Search:
    """Look for messages."""

    query: str


@dataclass(frozen=True, slots=True)
class LoadInfo:
    """Read who has received and read a message."""

    room: str
    target: Target


@dataclass(frozen=True, slots=True)
class Watch:
    """Hear how people are."""

    people: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TellTyping:
    """Tell a room that one is typing."""

    room: str


@dataclass(frozen=True, slots=True)
class MarkRead:
    """Tell that a room was read, all that has come of it."""

    room: str
    was_marked: bool = False
    """Whether it was marked as unread, which ends as well."""


@dataclass(frozen=True, slots=True)
class LookUp:
    """Read who some people are."""

    people: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Post:
    """Say something."""

    room: str
    text: str
    reply_to: Target | None = None
    forwarded: bool = False


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
class Dismiss:
    """Forget a refused message."""

    cmid: str


@dataclass(frozen=True, slots=True)
class MakeRoom:
    """Make a channel, or a group, and join it."""

    name: str
    is_group: bool = False


@dataclass(frozen=True, slots=True)
class OpenDirect:
    """Have the one room that two people have."""

    person: str


@dataclass(frozen=True, slots=True)
class FindPeople:
    """Look for people by a part of their names."""

    query: str


@dataclass(frozen=True, slots=True)
class LoadMembers:
    """Read who is in a room."""

    room: str


@dataclass(frozen=True, slots=True)
class LoadBlocks:
    """Read whom one has blocked."""


@dataclass(frozen=True, slots=True)
class SetPreferences:
    """Change how one has a room oneself; what is None stays. `muted_until`: Unix milliseconds."""

    room: str
    muted_until: int | None = None
    pinned: bool | None = None
    notify: Notify | None = None


@dataclass(frozen=True, slots=True)
class EditRoom:
    """Change a room's name and topic."""

    room: str
    name: str
    topic: str


@dataclass(frozen=True, slots=True)
class AddMember:
    """Put somebody into a room, by user name."""

    room: str
    user_name: str


@dataclass(frozen=True, slots=True)
class RemoveMember:
    """Take somebody out of a room."""

    room: str
    person: str


@dataclass(frozen=True, slots=True)
class SetRole:
    """Say what somebody is in a room."""

    room: str
    person: str
    role: Role


@dataclass(frozen=True, slots=True)
class Block:
    """Have nothing to do with somebody, or again."""

    person: str
    on: bool


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
    | LoadOverview
    | LoadReceipts
    | LoadMessages
    | LoadStarred
    | LoadSettings
    | Search
    | LoadInfo
    | Watch
    | TellTyping
    | MarkRead
    | LookUp
    | Post
    | Edit
    | Delete
    | React
    | Pin
    | Star
    | Dismiss
    | MakeRoom
    | OpenDirect
    | FindPeople
    | LoadMembers
    | LoadBlocks
    | SetPreferences
    | EditRoom
    | AddMember
    | RemoveMember
    | SetRole
    | Block
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


@dataclass(frozen=True, slots=True)
class OpenLink:
    """Show a page in the person's browser."""

    url: str


@dataclass(frozen=True, slots=True)
class Tell:
    """Tell somebody who is not looking."""

    title: str
    text: str


Effect = NetworkEffect | Remember | OpenLink | Tell
