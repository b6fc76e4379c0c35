"""What a client may ask of a gateway, and what each question is answered with.

Owns: the list of all commands, tagged by `type`, and of their results; and those commands that are
about a connection and a room's log. Those about rooms and members, about accounts, about marks, and
about what is one's own, have modules of their own.
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
from parley.protocol.conversation_commands import (
    ListPins,
    ListReactions,
    Messages,
    Reactor,
    Reactors,
    ReadMessages,
    ReadVersions,
    Version,
    Versions,
)
from parley.protocol.events import Event
from parley.protocol.ids import Cmid, Id
from parley.protocol.mark_commands import (
    CountUnread,
    ExplainUnread,
    Mark,
    MarkUnread,
    MessageInfo,
    MessageReceipts,
    Overview,
    Recipient,
    RoomMark,
    RoomOverview,
    RoomOverviews,
    RoomReceipts,
    RoomStanding,
    ShowReceipts,
    Standings,
    Unread,
)
from parley.protocol.personal_commands import (
    Drafts,
    EditSettings,
    Hide,
    ListDrafts,
    ListStarred,
    Quiet,
    SaveDraft,
    Settings,
    Star,
    Starred,
)
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
from parley.protocol.search_commands import Hit, Hits, Search
from parley.protocol.shapes import (
    About,
    After,
    Code,
    Command,
    Counter,
    Description,
    DeviceName,
    DisplayName,
    Draft,
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
from parley.protocol.signal_commands import BeAway, Presence, Presences, Typing, Watch
from parley.protocol.states import Reaction, State

__all__ = [
    "About",
    "AddMembers",
    "After",
    "AnyCommand",
    "Ban",
    "BannedPerson",
    "Bans",
    "BeAway",
    "Block",
    "ChangePassword",
    "CloseRoom",
    "Code",
    "Command",
    "ConfirmTotp",
    "CountUnread",
    "Counter",
    "CreateInvite",
    "CreateRoom",
    "Cursor",
    "DeleteAccount",
    "Description",
    "DeviceName",
    "DisableTotp",
    "DisplayName",
    "Draft",
    "Drafts",
    "EditProfile",
    "EditRoom",
    "EditSettings",
    "ExplainUnread",
    "FindPeople",
    "Hello",
    "Hide",
    "History",
    "Hit",
    "Hits",
    "Invite",
    "Invites",
    "JoinByInvite",
    "JoinRoom",
    "LeaveRoom",
    "ListBans",
    "ListBlocks",
    "ListDrafts",
    "ListInvites",
    "ListMembers",
    "ListPins",
    "ListReactions",
    "ListRooms",
    "ListSessions",
    "ListStarred",
    "LookUp",
    "Mark",
    "MarkUnread",
    "Member",
    "Members",
    "MessageInfo",
    "MessageReceipts",
    "MessageStatus",
    "Messages",
    "NotResumed",
    "Nothing",
    "OpenDirect",
    "Overview",
    "Page",
    "PageSize",
    "Password",
    "People",
    "Person",
    "Presence",
    "Presences",
    "Query",
    "Quiet",
    "Reaction",
    "Reactor",
    "Reactors",
    "ReadMessages",
    "ReadVersions",
    "Recipient",
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
    "RoomMark",
    "RoomName",
    "RoomOverview",
    "RoomOverviews",
    "RoomReceipts",
    "RoomStanding",
    "Rooms",
    "SaveDraft",
    "Search",
    "Send",
    "Sent",
    "SessionInfo",
    "Sessions",
    "SetRole",
    "SetRoomPreferences",
    "Settings",
    "ShowReceipts",
    "SignIn",
    "SignOut",
    "SignUp",
    "Standings",
    "Star",
    "Starred",
    "StartTotp",
    "State",
    "Status",
    "TimeZone",
    "Token",
    "Topic",
    "TotpSecret",
    "TransferOwnership",
    "Typing",
    "Unban",
    "Unblock",
    "Unread",
    "UserName",
    "Version",
    "Versions",
    "Watch",
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
    rights: int = 0
    """What a `send` to the room has to name: it rises when one gains, or regains, a right."""


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
    """Entries of a room that can be read, oldest first.

    From `first` to `last` everything has been looked at, what only changes messages included: go
    on before the one, or after the other, while there is `more` on that side.
    """

    room: str
    generation: int
    events: list[Event]
    more: bool
    first: int = 0
    last: int = 0
    around: int = 0
    """Of a page around a place: the first entry that is there. `more` is then about what lies
    before the page, and `more_after` about what follows it."""
    more_after: bool = False
    as_of: int = 0
    """The states are those after everything up to this seq."""
    states: list[State] = []
    """Those messages of the page that are no longer as their events say."""
    quoted: list[State] = []
    """Those messages outside the page that messages in it answer."""


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
    rights: Counter | None = None
    """The room's number of that name, as the client knows it; 0 if it does not. If one has gained
    a right since, the command is refused: what was sent before that, and was refused elsewhere,
    then comes to nothing however late it arrives."""
    resend: bool = False
    """Set from the second try on: the server then looks for the first in the database as well."""


class Status(Command, frozen=True, tag="status"):
    """Ask what became of a message of one's own."""

    Result: ClassVar = MessageStatus
    room: Id
    cmid: Cmid


class History(Command, frozen=True, tag="history"):
    """Read entries before or after a sequence number, or around a place; by default, the latest.

    Of several places the first of these counts: `around`, `at`, `first_unread`, `after`, `before`.
    """

    Result: ClassVar = Page
    room: Id
    before: Counter | None = None
    after: Counter | None = None
    around: Counter | None = None
    """As many entries before this sequence number as from it on."""
    at: Counter | None = None
    """Around the first entry at or after this time, Unix milliseconds."""
    first_unread: bool = False
    """Around the first message that one has not read; the latest, if there is none."""
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
    | Mark
    | MarkUnread
    | CountUnread
    | ExplainUnread
    | ShowReceipts
    | MessageInfo
    | Overview
    | SaveDraft
    | ListDrafts
    | Star
    | ListStarred
    | Hide
    | EditSettings
    | Search
    | Typing
    | Watch
    | BeAway
    | ReadMessages
    | ReadVersions
    | ListReactions
    | ListPins
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
    | Standings
    | Unread
    | RoomReceipts
    | MessageReceipts
    | RoomOverviews
    | Draft
    | Drafts
    | Starred
    | Settings
    | Hits
    | Presences
    | Messages
    | Versions
    | Reactors
)
