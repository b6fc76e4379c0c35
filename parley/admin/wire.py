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


class Step(Struct, frozen=True):
    """A step of a message's life: what was done, by which process, device or person, and where.

    `time`: Unix milliseconds; of what was delivered or read, at the latest.
    """

    time: int
    step: str
    by: str
    detail: str


class Traced(Struct, frozen=True):
    """What has become of a message, in order."""

    steps: list[Step]


class NewInvitation(Struct, frozen=True):
    """An invitation, and its code, which is told this once."""

    invitation: Invitation
    code: str


class Invitations(Struct, frozen=True):
    """The invitations that are still valid."""

    invitations: list[Invitation]


class Event(Struct, frozen=True):
    """Something that concerned safety; of people the user names, where there are any.

    `actor` empty: the operator, or nobody who is known. `detail`: the rest, as `name=value`.
    """

    id: int
    time: int
    event: str
    actor: str
    subject: str
    address: str
    detail: str


class Events(Struct, frozen=True):
    """A page of what has happened, the latest first; `next` continues it, None at the end."""

    events: list[Event]
    next: int | None


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


class DisableTotp(Struct, frozen=True, tag_field="do", tag="disable_totp"):
    """AccountRow: take the second factor from somebody who has lost it."""

    user: str


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


class ListEvents(Struct, frozen=True, tag_field="do", tag="list_events"):
    """Events: all, or what concerns somebody. `before` is the `next` of an earlier page."""

    limit: int
    user: str | None = None
    before: int | None = None


class Trace(Struct, frozen=True, tag_field="do", tag="trace"):
    """Traced: what has become of a message of that name."""

    cmid: str


Request = (
    ListUsers
    | CreateUser
    | SetDisabled
    | ResetPassword
    | SetAdmin
    | DisableTotp
    | ListRooms
    | ShowRoom
    | CloseRoom
    | ListSessions
    | RevokeSessions
    | CreateInvitation
    | ListInvitations
    | RevokeInvitation
    | ListEvents
    | Trace
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
