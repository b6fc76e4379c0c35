"""The parts that commands and their results are made of.

Owns: the bounds of each field, and the people and rooms that many results show.
Never: a command (`commands.py`, `room_commands.py`, `account_commands.py`).
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from parley.protocol import limits
from parley.protocol.content import Target

Ref = Annotated[int, Meta(ge=0, le=limits.INTEGER_MAX)]
Counter = Annotated[int, Meta(ge=0, le=limits.INTEGER_MAX)]
UserName = Annotated[str, Meta(min_length=1, max_length=limits.USER_NAME_CHARACTERS)]
DisplayName = Annotated[str, Meta(max_length=limits.DISPLAY_NAME_CHARACTERS)]
About = Annotated[str, Meta(max_length=limits.ABOUT_CHARACTERS)]
TimeZone = Annotated[str, Meta(max_length=64)]
RoomName = Annotated[str, Meta(min_length=1, max_length=limits.ROOM_NAME_CHARACTERS)]
Topic = Annotated[str, Meta(max_length=limits.TOPIC_CHARACTERS)]
Description = Annotated[str, Meta(max_length=limits.DESCRIPTION_CHARACTERS)]
DeviceName = Annotated[str, Meta(max_length=limits.DEVICE_CHARACTERS)]
Password = Annotated[str, Meta(max_length=limits.PASSWORD_MAX_CHARACTERS)]
Token = Annotated[str, Meta(min_length=16, max_length=128)]
Code = Annotated[str, Meta(pattern=r"^[ -~]{0,128}\Z")]
"""An invitation, or what a second factor shows: plain ASCII."""
Query = Annotated[str, Meta(max_length=limits.QUERY_CHARACTERS)]
After = Annotated[str, Meta(max_length=256)]
"""The `next` of an earlier page; empty for the first."""
PageSize = Annotated[int, Meta(ge=1, le=limits.PAGE_ENTRIES)]

RoomKind = Literal["channel", "group", "direct"]
Role = Literal["owner", "admin", "member"]
Notify = Literal["all", "mentions", "nothing"]
"""Of which messages of a room one wants to be told at once."""


class Command(Struct, frozen=True, kw_only=True):
    """A question with a number of the client's choice, by which its answer is known."""

    ref: Ref


class Nothing(Struct, frozen=True):
    """The command was carried out, and there is no more to say."""


class Person(Struct, frozen=True, omit_defaults=True):
    """Somebody with an account on this server, or who had one."""

    id: str
    user_name: str
    display_name: str
    about: str = ""
    time_zone: str = ""
    """An IANA name, such as `Europe/Vienna`; empty if it was not told."""
    is_admin: bool = False
    """Administers this server."""
    is_deleted: bool = False
    """The account is gone: it has no names any more, and its messages stay."""


class Room(Struct, frozen=True, omit_defaults=True):
    """A room, as the asker may see it. `role` is null for who is not in it."""

    id: str
    kind: RoomKind
    name: str
    """Of a direct room: the other's display name."""
    role: Role | None
    topic: str = ""
    read_only: bool = False
    """Only its owners and admins may say something. Channels alone can be so."""
    other: str | None = None
    """With whom a direct room is; oneself, in the room for notes to oneself."""
    muted_until: int = 0
    """The asker's own choice, as are the next three. Unix milliseconds; 0 is not muted."""
    pinned: bool = False
    archived: bool = False
    notify: Notify = "all"


class People(Struct, frozen=True):
    """Those of the asked-for people that exist, or a page of those found."""

    people: list[Person]
    next: str | None = None


class Draft(Struct, frozen=True):
    """What one has begun to write in a room. `version` rises with every change of it."""

    room: str
    text: str
    reply_to: Target | None
    version: int
    time: int
    """Unix milliseconds."""
