"""What a database holds, in plain Python: the directory and the logs.

Owns: the tables, each question and each change as one function that has its whole effect or
raises, and the overlay in which a transaction on a shard's row writes before it is committed.
Never: time that passes, connections, faults (`store_twin.py`). What becomes of a batch is decided
by Parley's own `parley.store.batch`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from parley.domain.names import room_key
from parley.domain.receipts import Reach
from parley.domain.timeline import begin, fold
from parley.domain.unread import Tally
from parley.protocol.commands import Person, Role, Room, Rooms
from parley.protocol.content import Delete, Edit, Notice, Stone, Text
from parley.protocol.entry import Entry, IngestEntry, encode_body, encode_content, event_of
from parley.protocol.ids import LOBBY
from parley.protocol.limits import UNREAD_MOST
from parley.protocol.refusals import (
    CannotLeave,
    LastOwner,
    NotAMember,
    RoomNameTaken,
    UnknownRoom,
    UserNameTaken,
)
from parley.store import batch
from parley.store.batch import Head, HeldBack, MessageRow, Reading, Readings, Unreadable
from parley.store.errors import ShardCountMismatch, UnknownShard
from parley.store.mark_records import MemberReach, NewMark, Standing
from parley.store.message_states_api import StatesRead
from parley.store.records import (
    LONGEST_LEASE_MS,
    Changed,
    Changes,
    Credentials,
    Found,
    Membership,
    NewAccount,
    NewSession,
    NoticeRow,
    RefusedEntry,
    RoomSeed,
    ShardRow,
    Signed,
    Written,
)

_NO_HEAD = Head(0, 0, 0)
_UNBOUNDED = 1 << 40
_TEXT, _EDIT, _DELETE = (str(kind.__struct_config__.tag) for kind in (Text, Edit, Delete))
_NOTICE = str(Notice.__struct_config__.tag)


@dataclass(slots=True)
class AccountRow:
    person: Person
    password_hash: str
    changed_at: int
    version: int = 0


@dataclass(slots=True)
class SessionRow:
    account: str
    token_hash: bytes
    revoked_at: int | None = None


@dataclass(slots=True)
class RoomRow:
    id: str
    name: str
    name_key: str
    authority: int = 1


@dataclass(slots=True)
class MemberRow:
    role: Role
    rights: int = 0
    joined_seq: int = 0
    """The end of the stored log when they joined."""
    has_left: bool = False


@dataclass(slots=True)
class LogRows:
    """One room's stored log."""

    head: Head = _NO_HEAD
    messages: list[MessageRow] = field(default_factory=list)
    """The row of `seq` is at the index `seq - 1`."""
    first_seqs: dict[int, int] = field(default_factory=dict)

    def copy(self) -> LogRows:
        return LogRows(self.head, self.messages.copy(), self.first_seqs.copy())


@dataclass(frozen=True, slots=True)
class SetAsideRow:
    shard: int
    generation: int
    ingest: IngestEntry
    reason: str
    refused: bool


class StoreData:
    """A database. `clock` gives Unix milliseconds."""

    def __init__(self, clock: Callable[[], int]) -> None:
        self.clock = clock
        self.accounts: dict[str, AccountRow] = {}
        self.sessions: dict[str, SessionRow] = {}
        self.rooms: dict[str, RoomRow] = {}
        self.members: dict[tuple[str, str], MemberRow] = {}
        self.notices: dict[str, NoticeRow] = {}
        self.shards: list[ShardRow] = []
        self.loggers: dict[str, int] = {}
        self.logs: dict[str, LogRows] = {}
        self.names: dict[tuple[str, str], MessageRow] = {}
        self.set_aside: dict[tuple[int, int, int], SetAsideRow] = {}
        self.read_marks: dict[tuple[str, str], int] = {}
        """How far in a room a person has read."""
        self.delivered_marks: dict[tuple[str, str, str], int] = {}
        """How far in a room a person's device has received."""

    # --- accounts --------------------------------------------------------------------------

    def ensure_lobby(self) -> None:
        self.rooms.setdefault(LOBBY, RoomRow(LOBBY, "Lobby", room_key("Lobby")))

    def sign_up(self, account: NewAccount, session: NewSession) -> Person:
        if any(row.person.user_name == account.user_name for row in self.accounts.values()):
            raise UserNameTaken(account.user_name)
        person = Person(account.id, account.user_name, account.display_name)
        self.accounts[account.id] = AccountRow(person, account.password_hash, self.clock())
        self.open_session(account.id, session)
        self._enter(LOBBY, account.id, "member")
        return person

    def credentials(self, user_name: str) -> Credentials | None:
        for row in self.accounts.values():
            if row.person.user_name == user_name:
                return Credentials(row.person, row.password_hash)
        return None

    def open_session(self, account_id: str, session: NewSession) -> None:
        self.sessions[session.id] = SessionRow(account_id, session.token_hash)

    def session(self, token_hash: bytes) -> Signed | None:
        for session_id, row in self.sessions.items():
            if row.token_hash == token_hash and row.revoked_at is None:
                account = self.accounts[row.account]
                return Signed(session_id, account.person, account.version)
        return None

    def standings(self, sessions: Collection[str]) -> dict[str, int]:
        found = ((session, self.sessions.get(session)) for session in sessions)
        return {
            session: self.accounts[row.account].version
            for session, row in found
            if row is not None and row.revoked_at is None
        }

    def revoke_session(self, session_id: str) -> None:
        row = self.sessions.get(session_id)
        if row is not None and row.revoked_at is None:
            row.revoked_at = self.clock()

    def revoke_sessions(self, account_id: str, except_session: str | None) -> list[str]:
        ended = [
            session_id
            for session_id, row in self.sessions.items()
            if row.account == account_id and row.revoked_at is None and session_id != except_session
        ]
        for session_id in ended:
            self.revoke_session(session_id)
        return ended

    def people(self, ids: Collection[str]) -> list[Person]:
        return [row.person for row in self.accounts.values() if row.person.id in ids]

    def changes(self, window_ms: int) -> Changes:
        since = self.clock() - window_ms
        return Changes(
            revoked_sessions=frozenset(
                session_id
                for session_id, row in self.sessions.items()
                if row.revoked_at is not None and row.revoked_at >= since
            ),
            changed_accounts={
                account: row.version
                for account, row in self.accounts.items()
                if row.changed_at >= since
            },
            disabled_accounts=frozenset(),
        )

    # --- rooms -----------------------------------------------------------------------------

    def _role(self, account_id: str, room_id: str) -> Role | None:
        row = self.members.get((room_id, account_id))
        return None if row is None or row.has_left else row.role

    def membership(self, account_id: str, room_id: str) -> Membership | None:
        role = self._role(account_id, room_id)
        if role is None:
            return None
        rights = self.members[room_id, account_id].rights
        return Membership(room_id, role, self.rooms[room_id].authority, rights=rights)

    def memberships(self, account_id: str) -> list[Membership]:
        held = (self.membership(account_id, room_id) for room_id in self.rooms)
        return [membership for membership in held if membership is not None]

    def room(self, account_id: str, room_id: str) -> Room | None:
        row = self.rooms.get(room_id)
        if row is None:
            return None
        return Room(row.id, "channel", row.name, self._role(account_id, room_id))

    def rooms_of(self, account_id: str, after: str, limit: int) -> Rooms:
        return self._listing(account_id, after, limit, own=True)

    def public_rooms(self, account_id: str, after: str, limit: int) -> Rooms:
        return self._listing(account_id, after, limit, own=False)

    def _listing(self, account_id: str, after: str, limit: int, *, own: bool) -> Rooms:
        by_name = sorted(self.rooms.values(), key=lambda row: (row.name_key, row.id))
        if after:
            last = self.rooms[after]
            by_name = [row for row in by_name if (row.name_key, row.id) > (last.name_key, last.id)]
        listed = [self.room(account_id, row.id) for row in by_name]
        found = [room for room in listed if room and (room.role is not None or not own)]
        shown = found[:limit]
        return Rooms(shown, next=shown[-1].id if len(found) > limit else None)

    def create_channel(self, room_id: str, name: str, owner: str, notice_id: str) -> Changed:
        key = room_key(name)
        if any(row.name_key == key for row in self.rooms.values()):
            raise RoomNameTaken(name)
        self.rooms[room_id] = RoomRow(room_id, name, key)
        self._enter(room_id, owner, "owner")
        notice = self._note(notice_id, room_id, Notice("created", owner))
        return Changed(Room(room_id, "channel", name, "owner"), notice)

    def join(self, account_id: str, room_id: str, notice_id: str) -> Changed:
        row = self.rooms.get(room_id)
        if row is None:
            raise UnknownRoom(room_id)
        notice = None
        if self._enter(room_id, account_id, "member"):
            notice = self._note(notice_id, room_id, Notice("joined", account_id))
        return Changed(Room(room_id, "channel", row.name, self._role(account_id, room_id)), notice)

    def _enter(self, room_id: str, account_id: str, role: Role) -> bool:
        if self._role(account_id, room_id) is not None:
            return False
        is_first = room_id != LOBBY and not self._roles(room_id)
        rights = 0 if room_id == LOBBY else self.rooms[room_id].authority
        role = "owner" if is_first else role
        self.members[room_id, account_id] = MemberRow(role, rights, self.head(room_id))
        return True

    def _roles(self, room_id: str) -> list[Role]:
        return [
            row.role
            for (room, _), row in self.members.items()
            if room == room_id and not row.has_left
        ]

    def leave(self, account_id: str, room_id: str, notice_id: str) -> Changed:
        if room_id == LOBBY:
            raise CannotLeave(room_id)
        if self._role(account_id, room_id) is None:
            raise NotAMember(room_id)
        if self._is_needed(account_id, room_id):
            raise LastOwner(room_id)
        self.members[room_id, account_id].has_left = True
        row = self.rooms[room_id]
        row.authority += 1
        notice = self._note(notice_id, room_id, Notice("left", account_id), raises=True)
        return Changed(Room(room_id, "channel", row.name, role=None), notice)

    def _is_needed(self, account_id: str, room_id: str) -> bool:
        """Whether others would be left in the room without an owner."""
        roles = self._roles(room_id)
        is_owner = self._role(account_id, room_id) == "owner"
        return is_owner and len(roles) > 1 and roles.count("owner") == 1

    def _note(
        self, notice_id: str, room_id: str, notice: Notice, *, raises: bool = False
    ) -> NoticeRow:
        account = self.accounts[notice.who]
        account.version += 1
        account.changed_at = self.clock()
        row = NoticeRow(
            notice_id,
            room_id,
            notice.who,
            self.rooms[room_id].authority,
            raises,
            encode_content(notice),
            self.clock(),
        )
        self.notices[notice_id] = row
        return row

    def due_notices(self, older_than_ms: int, limit: int) -> list[NoticeRow]:
        now = self.clock()
        due = [
            row
            for row in self.notices.values()
            if row.created_at <= now - older_than_ms or row.created_at > now
        ]
        return sorted(due, key=lambda row: (row.created_at, row.id))[:limit]

    # --- marks -----------------------------------------------------------------------------

    def write_marks(self, marks: Collection[NewMark]) -> list[NewMark]:
        valid = [m for m in marks if self._is_of_the_present(m)]
        for mark in valid:
            at, end = (mark.room_id, mark.account_id), self.head(mark.room_id)
            device = (*at, mark.session_id)
            delivered, read = (min(seq, end) for seq in mark.reach)
            self.delivered_marks[device] = max(self.delivered_marks.get(device, 0), delivered)
            if mark.reach.read:
                self.read_marks[at] = max(self.read_marks.get(at, 0), read)
        return [m for m in marks if m not in valid or m.reach.delivered <= self.head(m.room_id)]

    def _is_of_the_present(self, mark: NewMark) -> bool:
        is_there = mark.shard < len(self.shards)
        return is_there and self.shards[mark.shard].generation == mark.generation

    def room_standings(self, account_id: str, reads: Mapping[str, int]) -> list[Standing]:
        mine = [room for room in reads if self._role(account_id, room) is not None]
        return [self._standing(account_id, room, reads[room]) for room in mine]

    def _standing(self, account_id: str, room: str, told: int) -> Standing:
        log = self.logs.get(room, LogRows())
        read = max(told, self._reach(account_id, room).read)
        unread = sum(
            row.shown and row.kind == _TEXT and row.author_id != account_id
            for row in log.messages[read:]
        )
        tally = Tally(read, log.head.seq, min(unread, UNREAD_MOST))
        return Standing(room, log.head.generation, tally, marked_unread=False)

    def reaches(self, room_id: str, limit: int) -> list[MemberReach] | None:
        inside = [
            a for (room, a), row in self.members.items() if room == room_id and not row.has_left
        ]
        if len(inside) > limit:
            return None
        return [MemberReach(account, True, self._reach(account, room_id)) for account in inside]

    def _reach(self, account_id: str, room_id: str) -> Reach:
        joined = self.members[room_id, account_id].joined_seq
        read = max(joined, self.read_marks.get((room_id, account_id), 0))
        received = [
            seq
            for (room, account, _), seq in self.delivered_marks.items()
            if (room, account) == (room_id, account_id)
        ]
        return Reach(max([read, *received]), read)

    # --- shards ----------------------------------------------------------------------------

    def fix_shards(self, count: int) -> None:
        if self.shards and len(self.shards) != count:
            raise ShardCountMismatch(len(self.shards), count)
        self.shards = self.shards or [ShardRow(i, 0, None, 0, None, 0) for i in range(count)]

    def shard(self, shard: int) -> ShardRow:
        if not 0 <= shard < len(self.shards):
            raise UnknownShard(shard)
        return self.shards[shard]

    def lease(self, shard: int, owner: str, duration_ms: int, force: bool) -> ShardRow | None:
        row, now = self.shard(shard), self.clock()
        is_held = now < row.lease_until <= now + LONGEST_LEASE_MS
        if not force and row.owner not in (None, owner) and is_held:
            return None
        self.shards[shard] = replace(row, owner=owner, lease_until=now + duration_ms)
        return self.shards[shard]

    def release(self, shard: int, owner: str) -> None:
        if self.shards[shard].owner == owner:
            self.shards[shard] = replace(self.shards[shard], owner=None, lease_until=0)

    def attend(self, logger: str, duration_ms: int) -> list[str]:
        now = self.clock()
        said = {**self.loggers, logger: now + duration_ms}
        self.loggers = {
            name: until for name, until in said.items() if now < until <= now + LONGEST_LEASE_MS
        }
        return list(self.loggers)

    def depart(self, logger: str) -> None:
        self.loggers.pop(logger, None)

    # --- logs ------------------------------------------------------------------------------

    def seed(self, room: str) -> RoomSeed | None:
        row = self.rooms.get(room)
        if row is None:
            return None
        head = self.logs[room].head if room in self.logs else _NO_HEAD
        return RoomSeed(head.seq, head.n, row.authority, head.generation)

    def page(
        self,
        room: str,
        after: int | None,
        before: int | None,
        limit: int,
        max_bytes: int,
        *,
        shown: bool,
    ) -> list[Entry]:
        rows = self.logs[room].messages if room in self.logs else []
        if before is not None:
            rows = rows[: max(0, before - 1)]
        rows = [row for row in rows[after or 0 :] if row.shown or not shown]
        if after is not None:
            return _fitting(rows[:limit], max_bytes)
        return _fitting(rows[::-1][:limit], max_bytes)[::-1]

    def states(
        self, room: str, seqs: Collection[int], changed_among: Collection[int]
    ) -> StatesRead:
        rows = self.logs[room].messages if room in self.logs else []
        events = [event_of(room, entry) for entry in _fitting(rows, _UNBOUNDED)]
        asked = {*seqs, *changed_among}
        begun = {event.seq: begin(event) for event in events if event.seq in asked}
        now = {seq: fold(state, events) for seq, state in begun.items() if state is not None}
        told = {seq: state for seq, state in now.items() if seq in seqs or state.is_changed}
        return StatesRead(self.head(room), told)

    def head(self, room: str) -> int:
        """Return the last stored seq of a room; 0 if nothing is stored."""
        return self.logs[room].head.seq if room in self.logs else 0

    def survived(self, room: str, generation: int) -> int:
        log = self.logs.get(room)
        if log is None:
            return 0
        later = [first for begun, first in log.first_seqs.items() if begun > generation]
        return min(later) - 1 if later else log.head.seq

    def find(self, author: str, cmid: str) -> Found | None:
        row = self.names.get((author, cmid))
        if row is None:
            return None
        return Found(row.room_id, row.generation, row.seq, row.n, row.time, row.digest)

    def set_aside_reason(self, author: str, cmid: str) -> str | None:
        for row in self.set_aside.values():
            if row.refused and (row.ingest.author, row.ingest.cmid) == (author, cmid):
                return row.reason
        return None


def _fitting(rows: Iterable[MessageRow], max_bytes: int) -> list[Entry]:
    entries: list[Entry] = []
    for row in rows:
        derived = (row.derived or "").encode()
        body = encode_body(row.author_id, row.cmid, row.content.encode(), derived)
        max_bytes -= len(body)
        if max_bytes < 0 and entries:
            break
        entries.append(Entry(row.generation, row.seq, row.n, row.time, body))
    return entries


class Overlay:
    """What one transaction on some shards' rows has written; nobody sees it before `commit`."""

    def __init__(self, data: StoreData, shards: Iterable[int]) -> None:
        self._data = data
        self.rows = {shard: data.shard(shard) for shard in shards}
        self._logs: dict[str, LogRows] = {}
        self._names: dict[tuple[str, str], MessageRow] = {}
        self._set_aside: dict[tuple[int, int, int], SetAsideRow] = {}
        self._done_notices: list[tuple[str | None, str]] = []

    def advance(self, shard: int, checkpoint: int) -> ShardRow:
        self.rows[shard] = replace(self.rows[shard], checkpoint=checkpoint)
        return self.rows[shard]

    def begin_generation(self, shard: int, identity: str, above: int) -> ShardRow:
        row = self.rows[shard]
        generation = max(row.generation, above) + 1
        self.rows[shard] = replace(row, generation=generation, identity=identity, checkpoint=0)
        return self.rows[shard]

    def commit(self) -> None:
        """Make everything visible at once."""
        data = self._data
        for shard, row in self.rows.items():
            held = data.shards[shard]
            # The lease may have been renewed meanwhile; the transaction does not touch it.
            data.shards[shard] = replace(row, owner=held.owner, lease_until=held.lease_until)
        data.logs |= self._logs
        data.names |= self._names
        for key, aside in self._set_aside.items():
            data.set_aside.setdefault(key, aside)
        for cmid, room in self._done_notices:
            notice = data.notices.get(cmid or "")
            if notice is not None and notice.room_id == room:
                del data.notices[notice.id]

    # --- writing a batch -------------------------------------------------------------------

    def write(self, shard: int, readings: Readings) -> Written:
        rooms = {reading.ingest.room: None for reading in readings}
        heads = {room: log.head for room in rooms if (log := self._log(room)) is not None}
        todo = batch.sort(readings, heads, self._stored(readings))
        refused = [(new, new.fault) for new in todo.new if new.fault is not None]
        new_entries = batch.aimed(todo.new, self._places(batch.targets(todo.new)))
        duplicates = sum(self._insert(new) for new in new_entries)
        for new in new_entries:
            self._alter(new.row.room_id, new.row.seq)
        for room, head in todo.heads.items():
            self._own_log(room).head = head
        for (room, generation), seq in todo.first_seqs.items():
            self._own_log(room).first_seqs[generation] = seq
        self._keep(self.rows[shard], todo.held_back, refused)
        ends = {room: head.seq for room, head in (heads | todo.heads).items()}
        told = [_refused_entry(new, reason) for new, reason in refused]
        return Written(ends, told, duplicates, todo.alarms)

    def _log(self, room: str) -> LogRows | None:
        return self._logs.get(room) or self._data.logs.get(room)

    def _own_log(self, room: str) -> LogRows:
        if room not in self._logs:
            committed = self._data.logs.get(room)
            self._logs[room] = committed.copy() if committed else LogRows()
        return self._logs[room]

    def _stored(self, readings: Readings) -> dict[tuple[str, int], MessageRow]:
        stored = {}
        for reading in readings:
            if isinstance(reading, Unreadable):
                continue
            room, seq = reading.row.room_id, reading.row.seq
            log = self._log(room)
            if log is not None and seq <= log.head.seq:
                stored[room, seq] = log.messages[seq - 1]
        return stored

    def _places(self, names: Iterable[batch.Name]) -> dict[batch.Name, tuple[str, int]]:
        rows = {name: self._names.get(name) or self._data.names.get(name) for name in names}
        return {name: (row.room_id, row.seq) for name, row in rows.items() if row is not None}

    def _insert(self, new: Reading) -> bool:
        """Insert a row, or a stone if its name is taken; return whether it was."""
        row, taken = new.row, False
        if row.author_id is not None and row.cmid is not None:
            name = row.author_id, row.cmid
            taken = name in self._names or name in self._data.names
            if taken:
                row = row.as_stone(Stone("duplicate"))
            else:
                self._names[name] = row
        self._own_log(row.room_id).messages.append(row)
        if new.row.kind == _NOTICE:
            self._done_notices.append((new.row.cmid, new.row.room_id))
        return taken

    def _alter(self, room: str, seq: int) -> None:
        """Do what a new row says to the message that it is about."""
        messages = self._own_log(room).messages
        row = messages[seq - 1]
        if row.target_seq is None:
            return
        target = messages[row.target_seq - 1]
        if row.kind == _EDIT and target.kind == batch.STONE_KIND:
            self._withdraw(room, row, Stone("withdrawn"))
        if row.kind == _DELETE and target.kind == _TEXT:
            self._withdraw(room, target, Stone("deleted"))
            for edit in [m for m in messages if (m.kind, m.target_seq) == (_EDIT, target.seq)]:
                self._withdraw(room, edit, Stone("withdrawn"))

    def _withdraw(self, room: str, row: MessageRow, stone: Stone) -> None:
        content = encode_content(stone).decode()
        left = row._replace(
            kind=batch.STONE_KIND, content=content, digest=batch.DELETED_DIGEST, derived=None
        )
        self._own_log(room).messages[row.seq - 1] = left
        self._names[row.author_id or "", row.cmid or ""] = left

    def _keep(
        self,
        shard: ShardRow,
        held_back: Iterable[HeldBack],
        refused: Iterable[tuple[Reading, str]],
    ) -> None:
        kept = [(item.ingest, item.reason, False) for item in held_back]
        for new, reason in refused:
            kept.append((new.ingest, reason, True))
            self._done_notices.append((batch.storable_cmid(new.ingest.cmid), new.row.room_id))
        for ingest, reason, was_refused in kept:
            key = shard.shard, shard.generation, ingest.ingest_id
            self._set_aside.setdefault(
                key, SetAsideRow(*key[:2], ingest, reason, refused=was_refused)
            )


def _refused_entry(new: Reading, reason: str) -> RefusedEntry:
    row, ingest = new.row, new.ingest
    return RefusedEntry(row.room_id, row.generation, row.seq, ingest.author, ingest.cmid, reason)
