"""What a client may ask of a gateway, and what each question is answered with.

Owns: the list of all commands, tagged by `type`, and of their results. Each has its form in the
module of its subject (`..._commands.py`), and is to be had from here.
Never: what a gateway says unasked (`parley.protocol.events`).

New fields have defaults; unknown fields are ignored; an unknown type is refused by name.
"""

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
from parley.protocol.log_commands import (
    Cursor,
    History,
    MessageStatus,
    NotResumed,
    Page,
    Resume,
    Resumed,
    ResumedRooms,
    Send,
    Sent,
    Status,
)
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
    ListRooms,
    Member,
    Members,
    OpenDirect,
    RemoveMember,
    RevokeInvite,
    RoomDetail,
    RoomInfo,
    Rooms,
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
from parley.protocol.signing_in_commands import Hello, SignIn, SignOut, SignUp, Welcome
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
