"""A server small enough to be seen through, with everything that can go wrong at hand.

Owns: the truth of one server: its rooms' logs, what of them is stored, and its generations; and
the answers that `parley.v1` promises.
Never: time, sockets, more than one client at once.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from msgspec import Raw, Struct
from msgspec.json import encode as to_json
from msgspec.structs import replace

from parley.protocol import events
from parley.protocol.codec import decode_command, encode
from parley.protocol.commands import (
    AnyCommand,
    BannedPerson,
    Bans,
    Command,
    ConfirmTotp,
    CountUnread,
    CreateInvite,
    CreateRoom,
    Cursor,
    Drafts,
    EditProfile,
    EditSettings,
    FindPeople,
    Hello,
    History,
    Hit,
    Hits,
    Invite,
    Invites,
    JoinByInvite,
    JoinRoom,
    LeaveRoom,
    ListBans,
    ListBlocks,
    ListDrafts,
    ListInvites,
    ListMembers,
    ListRooms,
    ListSessions,
    ListStarred,
    LookUp,
    Member,
    Members,
    MessageInfo,
    MessageReceipts,
    MessageStatus,
    Nothing,
    NotResumed,
    OpenDirect,
    Page,
    People,
    Person,
    Presence,
    Presences,
    Recipient,
    RecoveryCodes,
    Resume,
    Resumed,
    ResumedRooms,
    Room,
    RoomDetail,
    RoomInfo,
    RoomReceipts,
    Rooms,
    RoomStanding,
    Search,
    Send,
    Sent,
    SessionInfo,
    Sessions,
    Settings,
    ShowReceipts,
    SignIn,
    SignUp,
    Standings,
    Starred,
    StartTotp,
    Status,
    TotpSecret,
    Typing,
    Watch,
    Welcome,
)
from parley.protocol.content import Text
from parley.protocol.entry import Position
from parley.protocol.ids import LOBBY

ANN = Person("00000000000an", "ann", "Ann")
BOB = Person("00000000000bo", "bob", "Bob")
TOKEN = "a-token-of-ann-s-laptop"
PASSWORD = "correct horse battery"
HEARTBEAT_MS = 5000


_INVITE = Invite("a-secret", LOBBY, ANN.id, 0, 0, 3)
# The answers to commands that the model has no state for.
_ALWAYS: dict[type[Command], Struct] = {
    ListMembers: Members([Member(ANN, "owner", 0), Member(BOB, "member", 0)]),
    ListBans: Bans([BannedPerson(BOB, ANN.id, 0)]),
    ListBlocks: People([BOB]),
    ListSessions: Sessions([SessionInfo("0000000000ses", "laptop", "192.0.2.1", 0, 0, True)]),
    CreateInvite: _INVITE,
    ListInvites: Invites([_INVITE]),
    StartTotp: TotpSecret("SECRET", "otpauth://totp/ann"),
    ConfirmTotp: RecoveryCodes(["one", "two"]),
    CountUnread: Standings([RoomStanding("lobby", 1, 1, 4, 3, 1, [], False)]),
    EditSettings: Settings(read_receipts=True, quiet=None),
    ListDrafts: Drafts([]),
    ListStarred: Starred([]),
    MessageInfo: MessageReceipts(1, 1, 1, [Recipient(BOB.id, 1, 2, 1)]),
    ShowReceipts: RoomReceipts("lobby", 1, None, None),
    Search: Hits(
        [Hit("lobby", 7, 7, 0, BOB.id, "", "a pot of tea", [(9, 12)], before=True, after=False)]
    ),
    Typing: Nothing(),
    Watch: Presences([Presence(BOB.id, "online")]),
}


def ok(ref: int, result: Struct) -> bytes:
    """The answer to a command that was carried out."""
    return encode(events.Ok(ref, Raw(to_json(result))))


@dataclass
class Entry:
    """An entry of a room's log; its seq is its place there."""

    generation: int
    author: str
    cmid: str
    text: str


@dataclass
class RoomLog:
    """A room: its log, and how much of it is in the database."""

    id: str
    generation: int = 1
    entries: list[Entry] = field(default_factory=list)
    stored: int = 0

    @property
    def top(self) -> int:
        return len(self.entries)

    def append(self, author: str, cmid: str, text: str) -> int:
        self.entries.append(Entry(self.generation, author, cmid, text))
        return self.top

    def lose_unstored(self) -> None:
        """Redis is emptied: what was not stored is gone, and a new generation begins."""
        del self.entries[self.stored :]
        self.generation += 1

    def find(self, author: str, cmid: str, *, in_database: bool) -> int | None:
        """The seq of an entry. Redis alone knows of those that are not stored yet."""
        first = 0 if in_database else self.stored
        for place, entry in enumerate(self.entries[first:], start=first + 1):
            if (entry.author, entry.cmid) == (author, cmid):
                return place
        return None

    def survived(self, generation: int) -> int:
        """The last seq of what was appended in this generation or an earlier one."""
        later = (i for i, entry in enumerate(self.entries) if entry.generation > generation)
        return next(later, self.top)

    def event(self, seq: int) -> events.Event:
        """An entry as it is read now: it stands in the present generation, since it survived."""
        entry = self.entries[seq - 1]
        return events.Event(
            self.id, self.generation, seq, seq, seq, entry.author, entry.cmid, Text(entry.text)
        )


class ModelServer:
    """Answers Ann's commands, and writes frames to her as long as she is connected."""

    # A resume that would have to replay more starts the room afresh.
    replay_limit = 4

    def __init__(self, *rooms: str) -> None:
        self.rooms = {room: RoomLog(room) for room in rooms}
        self.joined = set(rooms)
        self.connected = False
        self.live: set[str] = set()
        # Up to where the gateway has told its readers of a room.
        self.seen: dict[str, Position] = {}
        self.to_client: list[bytes] = []
        # cmid -> the refusal that waits for it: retry or not.
        self.next_refusals: list[bool] = []
        self.refused: set[str] = set()
        self.code = ""
        """What the second factor shows; empty if there is none."""
        self.invitation = ""
        """What lets people sign up; empty if anyone may."""

    def connect(self) -> None:
        self.connected, self.to_client = True, []
        self.live.clear()

    def disconnect(self) -> None:
        self.connected, self.to_client = False, []
        self.live.clear()

    def tell(self, message: events.ServerMessage) -> None:
        if self.connected:
            self.to_client.append(encode(message))

    # --- commands --------------------------------------------------------------------------

    def receive(self, frame: bytes) -> None:
        command = decode_command(frame)
        answer = self.answer(command)
        if isinstance(answer, events.Error):
            self.tell(answer)
        else:
            self.to_client.append(ok(command.ref, answer))
        if isinstance(answer, ResumedRooms):
            self._replay(answer)
        if isinstance(command, Send) and isinstance(answer, Sent):
            self._publish_new(command)

    def answer(self, command: AnyCommand) -> Struct | events.Error:
        match command:
            case Hello() | SignIn() | SignUp():
                return self._welcome(command)
            case Resume(rooms=cursors):
                known = [self._resume(c) for c in cursors if c.room in self.rooms]
                lost = [c.room for c in cursors if c.room not in self.rooms]
                refused = [NotResumed(room, "unknown_room", "no such room", False) for room in lost]
                return ResumedRooms(known, refused)
            case Send():
                return self._send(command)
            case Status(room=room, cmid=cmid):
                return self._status(self.rooms[room], cmid)
            case History(room=room):
                return self._history(self.rooms[room], command)
            case LookUp(ids=ids):
                return People([person for person in (ANN, BOB) if person.id in ids])
            case FindPeople(query=query):
                return People([p for p in (ANN, BOB) if query.casefold() in p.user_name])
            case _:
                return self._change_rooms(command)

    def _welcome(self, command: Hello | SignIn | SignUp) -> Struct | events.Error:
        match command:
            case Hello(token=token) if token != TOKEN:
                return events.Error(command.ref, "token_refused", "the token is void", False)
            case SignIn(password=password) if password != PASSWORD:
                return events.Error(command.ref, "sign_in_refused", "wrong password", False)
            case SignUp(code="") if self.invitation:
                return events.Error(command.ref, "sign_up_closed", "by invitation alone", False)
            case SignUp(code=code) if self.invitation and code != self.invitation:
                return events.Error(command.ref, "invalid_invitation", "not valid", False)
            case SignIn(code="") if self.code:
                return events.Error(command.ref, "code_needed", "give the code as well", False)
            case SignIn(code=code) if self.code and code != self.code:
                return events.Error(command.ref, "code_refused", "the code is wrong", False)
        return Welcome(ANN, "0000000000ses", 0, HEARTBEAT_MS, TOKEN)

    def _change_rooms(self, command: AnyCommand) -> Struct:
        match command:
            case ListRooms():
                return Rooms([self.as_listed(room) for room in self.rooms])
            case CreateRoom(name=name):
                room = name.casefold()
                self.rooms[room] = RoomLog(room)
                self.joined.add(room)
                return self.as_listed(room)
            case JoinRoom(room=room):
                self.joined.add(room)
                return self.as_listed(room)
            case LeaveRoom(room=room):
                self.joined.discard(room)
                self.live.discard(room)
            case OpenDirect(person=person):
                self.rooms.setdefault(person, RoomLog(person))
                return Room(person, "direct", "Bob", "owner", other=person)
            case _:
                return self._told(command)
        return Nothing()

    def _told(self, command: AnyCommand) -> Struct:
        """Answer whatever the model has no state for."""
        match command:
            case RoomInfo(room=room):
                return RoomDetail(self.as_listed(room), "All of us", ANN.id, 0, 2)
            case EditProfile(display_name=name):
                return replace(ANN, display_name=name or ANN.display_name)
            case JoinByInvite():
                return self.as_listed(LOBBY)
        if type(command) in _ALWAYS:
            return _ALWAYS[type(command)]
        changed: str | None = getattr(command, "room", None)
        return Nothing() if changed is None else self.as_listed(changed)

    def as_listed(self, room: str) -> Room:
        """A room as Ann sees it: its name is its id, begun with a capital."""
        return Room(room, "channel", room.capitalize(), "member" if room in self.joined else None)

    def _history(self, room: RoomLog, command: History) -> Page:
        last = room.top if command.before is None else min(command.before - 1, room.top)
        first = max(last - command.limit + 1, 1)
        page = [room.event(seq) for seq in range(first, last + 1)]
        return Page(room.id, room.generation, page, first > 1)

    def _resume(self, cursor: Cursor) -> Resumed:
        room = self.rooms[cursor.room]
        since, recovered = room.top, True
        if cursor.generation is not None:
            since = min(cursor.seq, room.survived(cursor.generation))
            recovered = room.top - since <= self.replay_limit
            since = since if recovered else room.top
        self.live.add(room.id)
        self.seen[room.id] = Position(room.generation, room.top)
        return Resumed(room.id, room.generation, since, room.top, room.stored, room.top, recovered)

    def _replay(self, answer: ResumedRooms) -> None:
        for resumed in answer.rooms:
            room = self.rooms[resumed.room]
            for seq in range(resumed.since + 1, room.top + 1):
                self.tell(room.event(seq))

    def _send(self, command: Send) -> Sent | events.Error:
        room = self.rooms[command.room]
        if command.generation is not None and command.generation != room.generation:
            return events.Error(command.ref, "generation_changed", "resume first", True)
        seq = room.find(ANN.id, command.cmid, in_database=command.resend)
        self._is_new = seq is None
        if seq is None and self.next_refusals:
            retry = self.next_refusals.pop()
            if not retry:
                self.refused.add(command.cmid)
            return events.Error(command.ref, "unavailable" if retry else "no", "no", retry)
        if seq is None:
            assert isinstance(command.content, Text)
            seq = room.append(ANN.id, command.cmid, command.content.text)
        generation = room.entries[seq - 1].generation
        return Sent(room.id, command.cmid, generation, seq, seq, 0, seq <= room.stored)

    def _publish_new(self, command: Send) -> None:
        room = self.rooms[command.room]
        if self._is_new:
            self.publish(room, room.top)

    def _status(self, room: RoomLog, cmid: str) -> MessageStatus:
        seq = room.find(ANN.id, cmid, in_database=True)
        if seq is None:
            return MessageStatus(room.id, cmid, "unknown")
        if seq <= room.stored:
            return MessageStatus(room.id, cmid, "stored", room.generation, seq)
        return MessageStatus(room.id, cmid, "accepted", room.generation, seq)

    # --- what happens on the server --------------------------------------------------------

    def publish(self, room: RoomLog, seq: int) -> None:
        if room.id not in self.live:
            return
        self.tell(room.event(seq))
        if self.seen[room.id] == (room.generation, seq - 1):
            self.seen[room.id] = Position(room.generation, seq)

    def someone_says(self, room: RoomLog, cmid: str, *, is_heard: bool) -> None:
        seq = room.append(BOB.id, cmid, f"bob {cmid}")
        if is_heard:
            self.publish(room, seq)

    def store(self, room: RoomLog, up_to: int, *, is_heard: bool) -> None:
        room.stored = max(room.stored, min(up_to, room.top))
        if is_heard and room.id in self.live:
            self.tell(events.Stored(room.id, room.generation, room.stored))

    def rewind(self, room: RoomLog, *, is_heard: bool) -> None:
        """Lose what is not stored. A gateway that has noticed tells those who listen."""
        room.lose_unstored()
        if not is_heard or room.id not in self.live:
            return
        seen, top = self.seen[room.id], room.top
        since = min(seen.seq, room.survived(seen.generation))
        self.seen[room.id] = Position(room.generation, top)
        self.tell(events.Reset(room.id, room.generation, since, top, room.stored, top, True))
        for seq in range(since + 1, top + 1):
            self.tell(room.event(seq))

    def heartbeat(self) -> None:
        for room in self.rooms.values():
            if room.id in self.live:
                position = events.Position(room.id, room.generation, room.top, room.stored)
                self.tell(position)
        self.tell(events.Heartbeat(0))
