"""Reading a room's log: pages of its history, and what became of a message.

Owns: putting a page together: its entries, and what has become of them.
Never: how either is read (`gateway.history`, `gateway.states`).
"""

import msgspec

from gateway.accounts import Identity
from gateway.authorising import authorise
from gateway.commands.tools import Handlers
from gateway.history import HistoryPage, HistoryReader
from gateway.marking import Marking
from gateway.paging import Pages
from gateway.reader import RoomReader
from gateway.states import StateReader
from parley.domain.permissions import Action
from parley.domain.timeline import view
from parley.protocol import codec
from parley.protocol.codec import EncodedPage
from parley.protocol.commands import History, MessageStatus, Status
from parley.protocol.entry import Entry, decode_body, decode_derived, event_json
from parley.recovery.fences import Fences
from parley.store.api import FullDirectory, Logs
from parley.stream.fence import Fence
from parley.stream.keys import shard_of
from parley.stream.log import Fenced, RoomLog, RoomPosition


class ReadingCommands:
    """Commands about what was said."""

    def __init__(
        self,
        directory: FullDirectory,
        marking: Marking,
        logs: Logs,
        room_log: RoomLog,
        reader: RoomReader,
        states: StateReader,
        fences: Fences,
    ) -> None:
        self._directory, self._logs, self._room_log = directory, logs, room_log
        self._pages = Pages(directory, marking, HistoryReader(reader, logs, directory))
        self._reader, self._states, self._fences = reader, states, fences

    def handlers(self) -> Handlers:
        """Return what carries out each command."""
        return {History: self._history, Status: self._status}

    async def _history(self, who: Identity, command: History) -> bytes:
        me, room = who.person.id, command.room
        await authorise(self._directory, me, room, Action.READ)
        fence = await self._fences.current(shard_of(room, self._room_log.shards))
        position = await self._reader.position(room, fence)
        page = await self._pages.page(me, fence, position, command)
        told = await self._with_states(me, room, fence, position, page)
        return codec.encode_page(command.ref, told)

    async def _with_states(
        self, me: str, room: str, fence: Fence, position: RoomPosition, page: HistoryPage
    ) -> EncodedPage:
        """Return a page with what has become of its messages, and of those that they answer."""
        quoted = {seq for entry in page.entries if (seq := _answered(entry))}
        on_page = {entry.seq for entry in page.entries}
        now = await self._states.of_page(room, fence, position, on_page, quoted, me)
        told = {seq: view(state, me) for seq, state in sorted(now.states.items())}
        return EncodedPage(
            room,
            fence.generation,
            [msgspec.Raw(event_json(room, entry)) for entry in page.entries],
            page.more,
            page.first,
            page.last,
            page.around,
            page.more_after,
            now.as_of,
            [told[seq] for seq in told if seq in on_page and now.states[seq].is_changed],
            [told[seq] for seq in told if seq not in on_page],
        )

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


def _answered(entry: Entry) -> int:
    """Return where the message stands that this one answers; 0 if it answers none."""
    derived = decode_body(entry.body).derived
    try:
        return decode_derived(derived).seq
    except msgspec.DecodeError:
        return 0  # of a later version
