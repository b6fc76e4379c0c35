"""What the command line asks of a server, and what it is answered.

Owns: the requests, tagged by `do`, their answers, and the line of JSON for each. Times are Unix
milliseconds.
Never: how they travel, and what they do.
"""

from typing import Any

import msgspec
from msgspec import Raw, Struct

from parley.store.records import AccountRow, Invitation, RoomRow

# --- answers -------------------------------------------------------------------------------


class Users(Struct, frozen=True):
    """A page of accounts; `next` continues it, None at the end."""

    users: list[AccountRow]
    next: str | None


class Rooms(Struct, frozen=True):
    """A page of rooms; `next` continues it, None at the end."""

    rooms: list[RoomRow]
    next: str | None


class Ended(Struct, frozen=True):
    """How many sessions have ended."""

    sessions: int


class NewInvitation(Struct, frozen=True):
    """An invitation, and its code, which is told this once."""

    invitation: Invitation
    code: str


class Invitations(Struct, frozen=True):
    """The invitations that are still valid."""

    invitations: list[Invitation]


class Nothing(Struct, frozen=True):
    """It was done, and there is no more to say."""


# --- requests ------------------------------------------------------------------------------
# People are named by their user names, rooms by their ids.


class ListUsers(Struct, frozen=True, tag_field="do", tag="list_users"):
    """Users: all, or those with this in one of their names."""

    query: str = ""
    after: str = ""


class CreateUser(Struct, frozen=True, tag_field="do", tag="create_user"):
    """AccountRow: make an account."""

    user: str
    password: str
    display_name: str = ""
    is_admin: bool = False


class SetDisabled(Struct, frozen=True, tag_field="do", tag="set_disabled"):
    """AccountRow: shut somebody out, or let them in again."""

    user: str
    disabled: bool


class ResetPassword(Struct, frozen=True, tag_field="do", tag="reset_password"):
    """Ended: give somebody another password, which ends their sessions."""

    user: str
    password: str


class SetAdmin(Struct, frozen=True, tag_field="do", tag="set_admin"):
    """AccountRow: make somebody an administrator, or take that back."""

    user: str
    is_admin: bool


class ListRooms(Struct, frozen=True, tag_field="do", tag="list_rooms"):
    """Rooms: all, or those with this in their names."""

    query: str = ""
    after: str = ""


class ShowRoom(Struct, frozen=True, tag_field="do", tag="show_room"):
    """RoomRow: a room."""

    room: str


class CloseRoom(Struct, frozen=True, tag_field="do", tag="close_room"):
    """RoomRow: close a room for everybody, for good."""

    room: str


class ListSessions(Struct, frozen=True, tag_field="do", tag="list_sessions"):
    """parley.protocol's Sessions: somebody's devices."""

    user: str


class RevokeSessions(Struct, frozen=True, tag_field="do", tag="revoke_sessions"):
    """Ended: sign one of somebody's devices out, or all."""

    user: str
    session: str | None = None


class CreateInvitation(Struct, frozen=True, tag_field="do", tag="create_invitation"):
    """NewInvitation: a way for so many to sign up. `lasts_ms` 0: it never expires."""

    uses: int = 1
    lasts_ms: int = 0


class ListInvitations(Struct, frozen=True, tag_field="do", tag="list_invitations"):
    """Invitations: those that are still valid."""


class RevokeInvitation(Struct, frozen=True, tag_field="do", tag="revoke_invitation"):
    """Nothing: make an invitation void."""

    invitation: str


Request = (
    ListUsers
    | CreateUser
    | SetDisabled
    | ResetPassword
    | SetAdmin
    | ListRooms
    | ShowRoom
    | CloseRoom
    | ListSessions
    | RevokeSessions
    | CreateInvitation
    | ListInvitations
    | RevokeInvitation
)

# --- replies -------------------------------------------------------------------------------


class Done(Struct, frozen=True, tag="done"):
    """The request was carried out; the answer has the form that it asked for."""

    answer: Raw


class Failed(Struct, frozen=True, tag="failed"):
    """The request had no effect, for this reason."""

    reason: str


Reply = Done | Failed

_requests: msgspec.json.Decoder[Request] = msgspec.json.Decoder(Request)
_replies: msgspec.json.Decoder[Reply] = msgspec.json.Decoder(Reply)


def encode(message: Request | Reply) -> bytes:
    """Return the line of a request or of a reply."""
    return msgspec.json.encode(message) + b"\n"


def done(answer: Any) -> Done:
    """Return the reply with an answer."""
    return Done(Raw(msgspec.json.encode(answer)))


def decode_request(line: bytes) -> Request:
    """Return the request in a line. Raises msgspec.DecodeError."""
    return _requests.decode(line)


def decode_reply(line: bytes) -> Reply:
    """Return the reply in a line. Raises msgspec.DecodeError."""
    return _replies.decode(line)
