"""Reading a room's log: pages of its history, and what became of a message.

Owns: which entries a page has, and how large it may be.
Never: how the log is read (`gateway.reader`).
"""

from gateway.accounts import Identity
from gateway.authorising import authorise
from gateway.commands.tools import Handlers
from gateway.reader import RoomReader
from parley.domain.permissions import Action
from parley.protocol import codec, limits
from parley.protocol.commands import History, MessageStatus, Status
from parley.protocol.entry import Entry, event_json
from parley.recovery.fences import Fences
from parley.store.api import Directory, Logs
from parley.stream.keys import shard_of
from parley.stream.log import Fenced, RoomLog

# A page of history, in bytes of bodies: the frame around them stays below SERVER_FRAME_BYTES.
_PAGE_BYTES = limits.SERVER_FRAME_BYTES // 2


class ReadingCommands:
    """Commands about what was said."""

    def __init__(
        self,
        directory: Directory,
        logs: Logs,
        room_log: RoomLog,
        reader: RoomReader,
        fences: Fences,
    ) -> None:
        self._directory, self._logs, self._room_log = directory, logs, room_log
        self._reader, self._fences = reader, fences

    def handlers(self) -> Handlers:
        """Return what carries out each command."""
        return {History: self._history, Status: self._status}

    async def _history(self, who: Identity, command: History) -> bytes:
        await authorise(self._directory, who.person.id, command.room, Action.READ)
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
