"""How far this gateway's clients have come in rooms: told to Redis at once, to others each second.

Owns: marks on their way, and what is published of them: how far all in a small room have come, and
to a person's own devices, what is unread now.
Never: the database's marks; the logger writes those. Nothing here is promised: a mark that is lost
is made again when its client resumes.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

import msgspec
import structlog
from msgspec.structs import replace

from gateway.accounts import Identity
from parley.domain.receipts import Reach, extent
from parley.domain.unread import Tally
from parley.protocol import codec
from parley.protocol.commands import RoomMark
from parley.protocol.events import Marked, Receipts, ServerMessage
from parley.protocol.limits import RECEIPTS_PEOPLE
from parley.protocol.refusals import UnknownRoom
from parley.recovery.fences import Fences
from parley.recovery.seeding import seed_room
from parley.store.api import FullDirectory, Logs
from parley.store.errors import StoreUnavailable
from parley.store.mark_records import MemberReach
from parley.stream.keys import room_channel, shard_of
from parley.stream.log import Fenced, LogUnavailable, RoomLog, Unseeded
from parley.stream.marks import DeviceMark, MarkLog
from parley.stream.published import ReceiptsTold, format_addressed, format_receipts

log = structlog.get_logger()

# How often a room is told of what was marked in it, in seconds.
TELL_SECONDS = 1.0
# How long it is remembered who is in a room, and how far they had come, in seconds: what has been
# marked since is in Redis for far longer.
_REMEMBERED = 5.0
# Rooms that are told at a time.
_AT_ONCE = 16


@dataclass(frozen=True)
class RoomReach:
    """How far each member of a room has come. `tells`: others may know what they have read."""

    reached: Mapping[str, Reach]
    tells: Mapping[str, bool]


class Marking:
    """The marks of one gateway's clients."""

    def __init__(
        self,
        mark_log: MarkLog,
        room_log: RoomLog,
        directory: FullDirectory,
        logs: Logs,
        fences: Fences,
        top_of: Callable[[str], int | None],
    ) -> None:
        """`top_of` returns the last seq of a room that is followed here."""
        self._mark_log, self._room_log = mark_log, room_log
        self._directory, self._logs, self._fences = directory, logs, fences
        self._top_of = top_of
        # Rooms in which something was marked, with those who have read further.
        self._news: defaultdict[str, set[str]] = defaultdict(set)
        self._remembered: dict[str, tuple[float, list[MemberReach] | None]] = {}

    # --- marks -----------------------------------------------------------------------------

    async def mark(self, who: Identity, marks: Collection[RoomMark]) -> None:
        """Take marks in rooms that the client follows. Raises LogUnavailable, StoreUnavailable.

        Of a position in an earlier generation that counts which has survived.
        """
        await asyncio.gather(*(self._mark(who, mark) for mark in marks))

    async def _mark(self, who: Identity, mark: RoomMark) -> None:
        room = mark.room
        fence = await self._fences.current(shard_of(room, self._room_log.shards))
        if mark.generation > fence.generation:
            return  # nobody has told this gateway yet; its client hears of it, and marks again
        if mark.generation < fence.generation:
            survived = await self._logs.survived(room, mark.generation)
            mark = replace(
                mark, delivered=min(mark.delivered, survived), read=min(mark.read, survived)
            )
        device = DeviceMark(who.person.id, who.session, mark.delivered, mark.read)
        try:
            risen = await self._mark_log.mark(room, fence, [device])
            if isinstance(risen, Unseeded):
                await seed_room(self._room_log, self._logs, room, fence)
                risen = await self._mark_log.mark(room, fence, [device])
        except Fenced as fenced:
            await self._fences.refresh(fenced.shard)
            return
        except UnknownRoom:  # it has been closed
            return
        if isinstance(risen, Unseeded):
            # It has left Redis again meanwhile. The client is refused for now, and marks again.
            raise LogUnavailable(f"{room} was idle, and has left the log")
        if risen:
            self._news[room].update([who.person.id] if mark.read else [])

    # --- telling ---------------------------------------------------------------------------

    async def tell(self) -> None:
        """Tell every room of what was marked in it since the last time."""
        news, self._news = self._news, defaultdict(set)
        self._forget()
        rooms = list(news)
        for first in range(0, len(rooms), _AT_ONCE):
            some = rooms[first : first + _AT_ONCE]
            await asyncio.gather(*(self._tell_again_if_lost(room, news[room]) for room in some))

    async def _tell_again_if_lost(self, room: str, readers: set[str]) -> None:
        try:
            await self._tell(room, readers)
        except (LogUnavailable, StoreUnavailable, Fenced) as error:
            log.info("marks_not_told", room=room, error=str(error))
            self._news[room] |= readers

    async def _tell(self, room: str, readers: Iterable[str]) -> None:
        generation = await self._generation(room)
        reach = await self._reach(room, generation)
        if reach is not None:
            silent = [account for account, tells in reach.tells.items() if not tells]
            told = ReceiptsTold(_receipts(room, generation, reach), silent)
            await self._publish(room, format_receipts(told))
        for account in readers:
            await self._tell_owner(account, room, generation)

    async def tell_count(self, account: str, room: str) -> None:
        """Tell a person's devices anew what is unread in a room."""
        await self._tell_owner(account, room, await self._generation(room))

    async def tell_devices(self, account: str, room: str, message: ServerMessage) -> None:
        """Tell those devices of a person that follow a room something that concerns them alone.

        One that does not hear it reads again on `directory`; of a draft, when it next connects.
        """
        try:
            await self._publish(room, format_addressed(account, codec.encode(message)))
        except LogUnavailable as error:
            log.info("devices_not_told", account=account, error=str(error))

    async def _tell_owner(self, account: str, room: str, generation: int) -> None:
        read = await self._mark_log.read_up_to(room, generation, account)
        tally = await self._tally(account, room, read)
        if tally is not None:
            marked = Marked(room, generation, *tally[:4], sorted(tally.hidden))
            await self._publish(room, format_addressed(account, codec.encode(marked)))

    async def _tally(self, account: str, room: str, read: int) -> Tally | None:
        top = self._top_of(room)
        if top is not None and read >= top:  # as most often: nothing is left to count
            return Tally(read, top)
        standings = await self._directory.room_standings(account, {room: read})
        return standings[0].tally if standings else None

    # --- asking ----------------------------------------------------------------------------

    async def receipts(self, room: str, asker: str) -> Receipts:
        """Return how far all have come, as far as the asker may know.

        Raises LogUnavailable, StoreUnavailable.
        """
        generation = await self._generation(room)
        reach = await self._reach(room, generation)
        if reach is None:
            return Receipts(room, generation, None, None)
        receipts = _receipts(room, generation, reach)
        return receipts if reach.tells.get(asker) else msgspec.structs.replace(receipts, read=None)

    async def reads(self, account: str, rooms: Iterable[str]) -> dict[str, int]:
        """Return how far somebody has read rooms, as far as it may not be written yet."""
        asked = list(dict.fromkeys(rooms))
        reads = await asyncio.gather(*(self._read_up_to(account, room) for room in asked))
        return dict(zip(asked, reads, strict=True))

    async def _read_up_to(self, account: str, room: str) -> int:
        return await self._mark_log.read_up_to(room, await self._generation(room), account)

    async def reached(self, room: str) -> dict[str, Reach]:
        """Return how far people have come, as far as it may not be written yet."""
        lately = await self._mark_log.marks(room, await self._generation(room))
        return _by_account(lately)

    async def _generation(self, room: str) -> int:
        return (await self._fences.current(shard_of(room, self._room_log.shards))).generation

    async def _reach(self, room: str, generation: int) -> RoomReach | None:
        members = await self._members(room)
        if members is None:
            return None
        marked = _by_account(await self._mark_log.marks(room, generation))
        return RoomReach(
            {
                each.account_id: _further(each.reach, marked.get(each.account_id))
                for each in members
            },
            {each.account_id: each.tells for each in members},
        )

    async def _members(self, room: str) -> list[MemberReach] | None:
        now = asyncio.get_running_loop().time()
        remembered = self._remembered.get(room)
        if remembered is None or remembered[0] < now:
            members = await self._directory.reaches(room, RECEIPTS_PEOPLE)
            remembered = self._remembered[room] = (now + _REMEMBERED, members)
        return remembered[1]

    def _forget(self) -> None:
        now = asyncio.get_running_loop().time()
        self._remembered = {
            room: (until, members)
            for room, (until, members) in self._remembered.items()
            if until >= now
        }

    async def _publish(self, room: str, message: bytes) -> None:
        shard = shard_of(room, self._room_log.shards)
        await self._room_log.publish(room_channel(shard, room), message)


def _by_account(marks: Iterable[DeviceMark]) -> dict[str, Reach]:
    reached: dict[str, Reach] = {}
    for mark in marks:
        reached[mark.account] = _further(
            Reach(mark.delivered, mark.read), reached.get(mark.account)
        )
    return reached


def _further(one: Reach, other: Reach | None) -> Reach:
    if other is None:
        return one
    return Reach(max(one.delivered, other.delivered), max(one.read, other.read))


def _receipts(room: str, generation: int, reach: RoomReach) -> Receipts:
    delivered = {account: each.delivered for account, each in reach.reached.items()}
    read = {account: each.read for account, each in reach.reached.items() if reach.tells[account]}
    return Receipts(room, generation, extent(delivered), extent(read))
