"""What is to be done: by the network, the disk, or the desktop.

Owns: the closed set of effects that `update` asks for, a module for each subject.
Never: doing them (`desktop_client.network`, `desktop_client.loop`).
"""

from desktop_client.update.effects.account import (
    AccountEffect,
    ChangePassword,
    ConfirmTotp,
    DeleteAccount,
    DisableTotp,
    EditProfile,
    EditSettings,
    LoadDevices,
    LoadSettings,
    RevokeDevice,
    RevokeOthers,
    StartTotp,
)
from desktop_client.update.effects.desktop import (
    DesktopEffect,
    LookAtTheme,
    OpenLink,
    Remember,
    Tell,
)
from desktop_client.update.effects.messages import (
    Delete,
    Edit,
    LoadInfo,
    LoadPins,
    LoadStarred,
    LoadVersions,
    MessagesEffect,
    Pin,
    React,
    Star,
)
from desktop_client.update.effects.people import (
    Block,
    FindPeople,
    LoadBlocks,
    LookUp,
    PeopleEffect,
    Watch,
)
from desktop_client.update.effects.room_settings import (
    AddMember,
    Ban,
    CloseRoom,
    EditRoom,
    LoadBans,
    LoadDetail,
    LoadInvites,
    LoadMembers,
    MakeInvite,
    RemoveMember,
    RevokeInvite,
    RoomSettingsEffect,
    SetPreferences,
    SetReadOnly,
    SetRole,
    TransferOwnership,
    Unban,
)
from desktop_client.update.effects.rooms import (
    Follow,
    Join,
    Leave,
    LoadOverview,
    LoadPublicRooms,
    LoadReceipts,
    LoadRooms,
    MakeRoom,
    MarkUnread,
    OpenDirect,
    RoomsEffect,
    UseInvite,
)
from desktop_client.update.effects.searching import (
    Search,
    SearchingEffect,
)
from desktop_client.update.effects.signing import (
    Connect,
    FindServer,
    SigningEffect,
    SignOut,
)
from desktop_client.update.effects.talking import (
    Dismiss,
    LoadHistory,
    LoadMessages,
    MarkRead,
    Post,
    SaveDraft,
    TalkingEffect,
    TellTyping,
)

NetworkEffect = (
    SigningEffect
    | RoomsEffect
    | TalkingEffect
    | MessagesEffect
    | PeopleEffect
    | RoomSettingsEffect
    | AccountEffect
    | SearchingEffect
)

Effect = NetworkEffect | DesktopEffect

__all__ = [
    "AddMember",
    "Ban",
    "Block",
    "ChangePassword",
    "CloseRoom",
    "ConfirmTotp",
    "Connect",
    "Delete",
    "DeleteAccount",
    "DisableTotp",
    "Dismiss",
    "Edit",
    "EditProfile",
    "EditRoom",
    "EditSettings",
    "Effect",
    "FindPeople",
    "FindServer",
    "Follow",
    "Join",
    "Leave",
    "LoadBans",
    "LoadBlocks",
    "LoadDetail",
    "LoadDevices",
    "LoadHistory",
    "LoadInfo",
    "LoadInvites",
    "LoadMembers",
    "LoadMessages",
    "LoadOverview",
    "LoadPins",
    "LoadPublicRooms",
    "LoadReceipts",
    "LoadRooms",
    "LoadSettings",
    "LoadStarred",
    "LoadVersions",
    "LookAtTheme",
    "LookUp",
    "MakeInvite",
    "MakeRoom",
    "MarkRead",
    "MarkUnread",
    "NetworkEffect",
    "OpenDirect",
    "OpenLink",
    "Pin",
    "Post",
    "React",
    "Remember",
    "RemoveMember",
    "RevokeDevice",
    "RevokeInvite",
    "RevokeOthers",
    "SaveDraft",
    "Search",
    "SetPreferences",
    "SetReadOnly",
    "SetRole",
    "SignOut",
    "Star",
    "StartTotp",
    "Tell",
    "TellTyping",
    "TransferOwnership",
    "Unban",
    "UseInvite",
    "Watch",
]
