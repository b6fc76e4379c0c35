"""What a client may ask of a gateway, and what each question is answered with.

Owns: the list of all commands, tagged by `type`, and of their results; and those commands that are
about a connection and a room's log. Those about rooms and members, and about accounts, have
modules of their own.
Never: what a gateway says unasked (`parley.protocol.events`).

New fields have defaults; unknown fields are ignored; an unknown type is refused by name.
"""

from typing import Annotated, ClassVar, Literal

from msgspec import Meta, Struct

from parley.protocol import limits
from parley.protocol.account_commands import (
    Block,
    ChangePassword,
    ConfirmTotp,
    DeleteAccount,
    DisableTotp,
    EditProfile,
    FindPeople,
    ListBlocks,
    ListSessions,
    LookUp,
    RecoveryCodes,
    RevokeOtherSessions,
    RevokeSession,
    SessionInfo,
    Sessions,
    StartTotp,
    TotpSecret,
    Unblock,
)
from parley.protocol.content import Sendable
from parley.protocol.events import Event
from parley.protocol.ids import Cmid, Id
from parley.protocol.room_commands import (
    AddMembers,
    Ban,
    BannedPerson,
    Bans,
    CloseRoom,
    CreateInvite,
    CreateRoom,
    EditRoom,
    Invite,
    Invites,
    JoinByInvite,
    JoinRoom,
    LeaveRoom,
    ListBans,
    ListInvites,
    ListMembers,
    Member,
    Members,
    OpenDirect,
    RemoveMember,
    RevokeInvite,
    RoomDetail,
    RoomInfo,
    SetRole,
    SetRoomPreferences,
    TransferOwnership,
    Unban,
)
from parley.protocol.shapes import (
    About,
    After,
    Code,
    Command,
    Counter,
    Description,
    DeviceName,
    DisplayName,
    Nothing,
    PageSize,
    Password,
    People,
    Person,
    Query,
    Ref,
    Role,
    Room,
    RoomKind,
    RoomName,
    TimeZone,
    Token,
    Topic,
    UserName,
)

__all__ = [
    "About",
    "AddMembers",
    "After",
    "AnyCommand",
    "Ban",
    "BannedPerson",
    "Bans",
    "Block",
    "ChangePassword",
    "CloseRoom",
    "Code",
    "Command",
    "ConfirmTotp",
    "Counter",
    "CreateInvite",
    "CreateRoom",
    "Cursor",
    "DeleteAccount",
    "Description",
    "DeviceName",
    "DisableTotp",
    "DisplayName",
    "EditProfile",
    "EditRoom",
    "FindPeople",
    "Hello",
    "History",
    "Invite",
    "Invites",
    "JoinByInvite",
    "JoinRoom",
    "LeaveRoom",
    "ListBans",
    "ListBlocks",
    "ListInvites",
    "ListMembers",
    "ListRooms",
    "ListSessions",
    "LookUp",
    "Member",
    "Members",
    "MessageStatus",
    "NotResumed",
    "Nothing",
    "OpenDirect",
    "Page",
    "PageSize",
    "Password",
    "People",
    "Person",
    "Query",
    "RecoveryCodes",
    "Ref",
    "RemoveMember",
    "Result",
    "Resume",
    "Resumed",
    "ResumedRooms",
    "RevokeInvite",
    "RevokeOtherSessions",
    "RevokeSession",
    "Role",
    "Room",
    "RoomDetail",
    "RoomInfo",
    "RoomKind",
    "RoomName",
    "Rooms",
    "Send",
    "Sent",
    "SessionInfo",
    "Sessions",
    "SetRole",
    "SetRoomPreferences",
    "SignIn",
    "SignOut",
    "SignUp",
    "StartTotp",
    "Status",
    "TimeZone",
    "Token",
    "Topic",
    "TotpSecret",
    "TransferOwnership",
    "Unban",
    "Unblock",
    "UserName",
    "Welcome",
]

# --- results -------------------------------------------------------------------------------


class Welcome(Struct, frozen=True):
    """Who the connection now is. `token` comes with sign_up and sign_in alone: keep it secret."""

    person: Person
    session: str
    time: int
    """The gateway's clock, Unix milliseconds."""
    heartbeat_ms: int
    """Expect a heartbeat this often; after three without one, reconnect."""
    token: str | None = None


class Resumed(Struct, frozen=True):
    """Where a room stands. The events after `since` follow at once, then the room is live.

    What the client has of the room beyond `since` was lost with an earlier generation: it is
    taken back. With `recovered` false the missed events are too many to follow: the client
    starts the room afresh from `since` and reads what it wants from `history`.
    """

    room: str
    generation: int
    since: int
    top: int
    stored: int
    n: int
    """How many messages the room has had, up to `top`."""
    recovered: bool


class NotResumed(Struct, frozen=True):
    """A room that was asked for and cannot be resumed, with the refusal's words."""

    room: str
    code: str
    message: str
    retry: bool


class ResumedRooms(Struct, frozen=True):
    """One answer for each room that was asked for."""

    rooms: list[Resumed]
    refused: list[NotResumed]


class Sent(Struct, frozen=True):
    """The message is in the room's log at this position. It is safe once `stored`."""

    room: str
    cmid: str
    generation: int
    seq: int
    n: int
    time: int
    stored: bool


class MessageStatus(Struct, frozen=True):
    """What became of a message. `unknown`: the server has no trace of it; send it again."""

    room: str
    cmid: str
    state: Literal["stored", "accepted", "refused", "unknown"]
    generation: int = 0
    seq: int = 0
    reason: str = ""


class Page(Struct, frozen=True):
    """Entries of a room in order, oldest first. `more`: there are others on the side asked for."""

    room: str
    generation: int
    events: list[Event]
    more: bool


class Rooms(Struct, frozen=True):
    """A page of rooms, by name. `next` continues the listing; null at its end."""

    rooms: list[Room]
    next: str | None = None


# --- commands ------------------------------------------------------------------------------


class Hello(Command, frozen=True, tag="hello"):
    """Continue a device's session by its token."""

    Result: ClassVar = Welcome
    token: Token


class SignUp(Command, frozen=True, tag="sign_up"):
    """Make an account, and a session for this device."""

    Result: ClassVar = Welcome
    user_name: UserName
    password: Password
    display_name: DisplayName = ""
    device: DeviceName = ""
    code: Code = ""
    """An invitation, where the server asks for one."""


class SignIn(Command, frozen=True, tag="sign_in"):
    """Make a session for this device."""

    Result: ClassVar = Welcome
    user_name: UserName
    password: Password
    device: DeviceName = ""
    code: Code = ""
    """Of an account with a second factor: its current code, or one of its recovery codes."""


class SignOut(Command, frozen=True, tag="sign_out"):
    """End this device's session: its token is void and its sockets are closed."""

    Result: ClassVar = Nothing


class Cursor(Struct, frozen=True):
    """How far a client has read a room's log. Without a position: from now on."""

    room: Id
    generation: Counter | None = None
    seq: Counter = 0


class Resume(Command, frozen=True, tag="resume"):
    """Follow rooms, each from where the client left it."""

    Result: ClassVar = ResumedRooms
    rooms: Annotated[list[Cursor], Meta(min_length=1, max_length=limits.RESUME_ROOMS)]


class Send(Command, frozen=True, tag="send"):
    """Say something. The same `cmid` is one message however often it is sent."""

    Result: ClassVar = Sent
    room: Id
    cmid: Cmid
    content: Sendable
    generation: Counter | None = None
    """The generation that the client has the room in. If the room has begun another, the command
    is refused, so that what the client must send again cannot be overtaken by what is new."""
    resend: bool = False
    """Set from the second try on: the server then looks for the first in the database as well."""


class Status(Command, frozen=True, tag="status"):
    """Ask what became of a message of one's own."""

    Result: ClassVar = MessageStatus
    room: Id
    cmid: Cmid


class History(Command, frozen=True, tag="history"):
    """Read entries before or after a sequence number (by default: the latest)."""

    Result: ClassVar = Page
    room: Id
    before: Counter | None = None
    after: Counter | None = None
    limit: PageSize = 50


class ListRooms(Command, frozen=True, tag="list_rooms"):
    """List one's own rooms, or the channels that are open to all; by name, or those found."""

    Result: ClassVar = Rooms
    scope: Literal["mine", "public"] = "mine"
    after: After = ""
    limit: PageSize = 100
    query: Query = ""
    """Part of a name or topic; letter case and accents make no difference."""


AnyCommand = (
    Hello
    | SignUp
    | SignIn
    | SignOut
    | Resume
    | Send
    | Status
    | History
    | ListRooms
    | CreateRoom
    | OpenDirect
    | JoinRoom
    | JoinByInvite
    | LeaveRoom
    | CloseRoom
    | RoomInfo
    | EditRoom
    | ListMembers
    | AddMembers
    | RemoveMember
    | SetRole
    | TransferOwnership
    | Ban
    | Unban
    | ListBans
    | CreateInvite
    | ListInvites
    | RevokeInvite
    | SetRoomPreferences
    | LookUp
    | FindPeople
    | EditProfile
    | Block
    | Unblock
    | ListBlocks
    | ListSessions
    | RevokeSession
    | RevokeOtherSessions
    | ChangePassword
    | StartTotp
    | ConfirmTotp
    | DisableTotp
    | DeleteAccount
)

Result = (
    Welcome
    | Nothing
    | ResumedRooms
    | Sent
    | MessageStatus
    | Page
    | Room
    | Rooms
    | RoomDetail
    | Members
    | Bans
    | Invite
    | Invites
    | Person
    | People
    | Sessions
    | TotpSecret
    | RecoveryCodes
)
