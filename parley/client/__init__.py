"""The Python SDK: what an application, a bot or a client of any kind is built on.

Owns: the public names below, which `parley` offers as its own.
Never: a user interface.

    connecting  connect: how a chat begins
    chat        Chat: what an application holds       outgoing, directory, drafts, mailbox
    asking      what a chat may ask the server        room_calls, member_calls, people_calls,
                                                      account_calls
    connection  the asyncio shell                     transport
    session     the client's side of the protocol,    conversation, cursors, delivery, outbox,
                without I/O                           questions, backoff, showing
    vault       what is kept between runs             vault_file
"""

from parley.client.chat import Chat
from parley.client.connecting import connect
from parley.client.errors import (
    ChatClosed,
    ClientFault,
    ConnectionFailed,
    ConnectionLost,
    FolderError,
    FolderInUse,
    FolderUnusable,
    OutboxOfAnother,
    ParleyError,
    PersonNotFound,
    Refused,
    RoomNotFound,
    SignedOut,
    SignInFailed,
)
from parley.client.events import (
    Accepted,
    ChatEvent,
    DirectoryChanged,
    FolderRenewed,
    Known,
    Message,
    NoticeShown,
    Offline,
    Online,
    Overrun,
    Retracted,
    RoomEntry,
    RoomLive,
    RoomLost,
    RoomRestarted,
    SendRefused,
    Stored,
    StoredUpTo,
    UnsupportedShown,
    Withdrawn,
)
from parley.client.outgoing import Delivery, Outgoing
from parley.client.showing import HistoryPage
from parley.client.vault import MemoryVault, Vault
from parley.client.vault_file import FileVault
from parley.protocol.commands import (
    BannedPerson,
    Invite,
    Member,
    MessageStatus,
    Person,
    Room,
    RoomDetail,
    SessionInfo,
    TotpSecret,
)

__all__ = [
    "Accepted",
    "BannedPerson",
    "Chat",
    "ChatClosed",
    "ChatEvent",
    "ClientFault",
    "ConnectionFailed",
    "ConnectionLost",
    "Delivery",
    "DirectoryChanged",
    "FileVault",
    "FolderError",
    "FolderInUse",
    "FolderRenewed",
    "FolderUnusable",
    "HistoryPage",
    "Invite",
    "Known",
    "Member",
    "MemoryVault",
    "Message",
    "MessageStatus",
    "NoticeShown",
    "Offline",
    "Online",
    "OutboxOfAnother",
    "Outgoing",
    "Overrun",
    "ParleyError",
    "Person",
    "PersonNotFound",
    "Refused",
    "Retracted",
    "Room",
    "RoomDetail",
    "RoomEntry",
    "RoomLive",
    "RoomLost",
    "RoomNotFound",
    "RoomRestarted",
    "SendRefused",
    "SessionInfo",
    "SignInFailed",
    "SignedOut",
    "Stored",
    "StoredUpTo",
    "TotpSecret",
    "UnsupportedShown",
    "Vault",
    "Withdrawn",
    "connect",
]
