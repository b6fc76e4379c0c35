"""What each command does, for somebody who is known.

Owns: the checks and the steps of every command but `send` and `resume`, which live with the
connection (`gateway.sending`, `gateway.connection`).
Never: a socket. A command either has its whole effect or raises a refusal and has none.
"""

import asyncio
from collections.abc import Callable

import structlog

from gateway.accounts import Identity
from gateway.appender import Appender, Placed
from gateway.reader import RoomReader
from parley.domain import names
from parley.protocol import codec, limits
from parley.protocol.commands import (
    AnyCommand,
    CreateRoom,
    History,
    JoinRoom,
    LeaveRoom,
    ListRooms,
    LookUp,
    MessageStatus,
    Nothing,
    People,
    Result,
    Room,
    Rooms,
    SignOut,
    Status,
)
from parley.protocol.entry import Entry, event_json
from parley.protocol.ids import new_cmid, new_id
from parley.protocol.refusals import NotAMember, UnknownRoom
from parley.recovery.fences import Fences
from parley.recovery.notices import notice_draft
from parley.store.api import Directory, Logs
from parley.store.records import Changed
from parley.stream.keys import shard_of
from parley.stream.log import Fenced, RoomLog

log = structlog.get_logger()

# A page of history, in bytes of bodies: the frame around them stays below SERVER_FRAME_BYTES.
_PAGE_BYTES = limits.SERVER_FRAME_BYTES // 2


class Commands:
    """Carries out commands. `clock` gives Unix milliseconds, `random_bits` unguessable bits."""

    def __init__(
        self,
        directory: Directory,
        logs: Logs,
        room_log: RoomLog,
        reader: RoomReader,
        fences: Fences,
        appender: Appender,
        clock: Callable[[], int],
        random_bits: Callable[[int], int],
    ) -> None:
        self._directory, self._logs, self._room_log = directory, logs, room_log
        self._reader, self._fences, self._appender = reader, fences, appender
        self._clock, self._random_bits = clock, random_bits

    async def perform(self, who: Identity, command: AnyCommand) -> bytes:
        """Return the answer. Raises refusals, LogUnavailable, StoreUnavailable and Fenced."""
        try:
            return await self._perform(who, command)
        except Fenced as fenced:
            await self._fences.refresh(fenced.shard)
            return await self._perform(who, command)

    async def _perform(self, who: Identity, command: AnyCommand) -> bytes:
        match command:
            case History():
                return await self._history(who, command)
            case Status():
                return _ok(command, await self._status(who, command))
            case ListRooms():
                return _ok(command, await self._list_rooms(who, command))
            case CreateRoom():
                return _ok(command, await self._create_room(who, command))
            case JoinRoom():
                return _ok(command, await self._join_room(who, command))
            case LeaveRoom():
                return _ok(command, await self._leave_room(who, command))
            case LookUp():
                return _ok(command, People(await self._directory.people(command.ids)))
            case SignOut():
                await self._directory.revoke_session(who.session)
                return _ok(command, Nothing())
        raise AssertionError(f"no way to carry out {command!r}")

    async def _history(self, who: Identity, command: History) -> bytes:
        await self._require_membership(who, command.room)
        fence = await self._fences.current(shard_of(command.room, self._room_log.shards))
        top = (await self._reader.position(command.room, fence)).seq
        first, last = _range(command, top)
        entries = await self._reader.between(command.room, fence, first, last)
        if command.after is not None:
            entries = _fitting(entries)
            more = first + len(entries) <= top
        else:
            entries = _fitting(entries[::-1])[::-1]
            more = last - len(entries) > 0
        events = [event_json(command.room, entry) for entry in entries]
        return codec.encode_page(command.ref, command.room, fence.generation, events, more)

    async def _status(self, who: Identity, command: Status) -> MessageStatus:
        author, room = who.person.id, command.room
        fence = await self._fences.current(shard_of(room, self._room_log.shards))
        # Redis first: what is no longer there has reached the database before it left.
        accepted = await self._room_log.find(room, fence, author, command.cmid)
        found = await self._logs.find(author, command.cmid)
        if found is not None:
            if found.generation > fence.generation:
                raise Fenced(shard_of(room, self._room_log.shards), fence)
            return MessageStatus(room, command.cmid, "stored", fence.generation, found.seq)
        reason = await self._logs.set_aside_reason(author, command.cmid)
        if reason is not None:
            return MessageStatus(room, command.cmid, "refused", reason=reason)
        if accepted is not None:
            return MessageStatus(room, command.cmid, "accepted", fence.generation, accepted.seq)
        return MessageStatus(room, command.cmid, "unknown")

    async def _list_rooms(self, who: Identity, command: ListRooms) -> Rooms:
        listing = {"mine": self._directory.rooms_of, "public": self._directory.public_rooms}
        return await listing[command.scope](who.person.id, after=command.after, limit=command.limit)

    async def _create_room(self, who: Identity, command: CreateRoom) -> Room:
        room_id = new_id(self._clock(), self._random_bits(32))
        changed = await self._directory.create_channel(
            room_id, names.room_name(command.name), who.person.id, self._new_cmid()
        )
        return self._told(changed)

    async def _join_room(self, who: Identity, command: JoinRoom) -> Room:
        return self._told(await self._directory.join(who.person.id, command.room, self._new_cmid()))

    async def _leave_room(self, who: Identity, command: LeaveRoom) -> Nothing:
        try:
            changed = await self._directory.leave(who.person.id, command.room, self._new_cmid())
        except NotAMember:
            return Nothing()  # as after a first try whose answer was lost
        self._told(changed)
        return Nothing()

    def _told(self, changed: Changed) -> Room:
        """Append the notice of a change at once; if that fails, the logger finds it and does."""
        if changed.notice is not None:
            placed = self._appender.submit(changed.notice.room_id, notice_draft(changed.notice))
            placed.add_done_callback(_note_failure)
        return changed.room

    async def _require_membership(self, who: Identity, room: str) -> None:
        if await self._directory.membership(who.person.id, room) is not None:
            return
        if await self._directory.room(who.person.id, room) is None:
            raise UnknownRoom(room)
        raise NotAMember(room)

    def _new_cmid(self) -> str:
        return new_cmid(self._clock(), self._random_bits(80))


def _ok(command: AnyCommand, result: Result) -> bytes:
    return codec.encode_ok(command.ref, result)


def _range(command: History, top: int) -> tuple[int, int]:
    if command.after is not None:
        return command.after + 1, min(command.after + command.limit, top)
    last = top if command.before is None else min(command.before - 1, top)
    return max(last - command.limit + 1, 1), last


def _fitting(entries: list[Entry]) -> list[Entry]:
    """Return as many entries from the first on as one page may hold, at least one."""
    size = 0
    for count, entry in enumerate(entries):
        size += len(entry.body)
        if size > _PAGE_BYTES and count:
            return entries[:count]
    return entries


def _note_failure(placed: asyncio.Future[Placed]) -> None:
    if not placed.cancelled() and placed.exception() is not None:
        log.info("notice_delayed", error=str(placed.exception()))
