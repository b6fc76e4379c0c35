"""Deliberate faults in the safeguards: the checker has to find each of them.

Owns: the faults, patched in from here and taken out again; Parley has no switch for any of them.
Never: the search for the seed that shows one (`hunt.py`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from msgspec import structs

from gateway import marking
from gateway.appender import Appender
from gateway.connection import Connection
from gateway.frames import message_frame
from gateway.hub import Hub
from gateway.reader import RoomReader
from gateway.room_view import Phase, RoomView
from gateway.sending import Sender
from gateway.states import StateReader
from logger.shard import HeldShard, LeaseLost
from logger.storing import Storage
from parley.client.cursors import Following
from parley.client.delivery import Delivery
from parley.client.marks import Marks
from parley.client.outbox import Lane, Outbox
from parley.client.outputs import Output
from parley.client.recent_changes import RecentChanges
from parley.client.showing import HistoryPage
from parley.client.vault import MemoryVault
from parley.protocol.commands import Send
from parley.protocol.entry import Position
from parley.protocol.events import DirectoryChanged, Event, Extent
from parley.store.mark_records import NewMark
from parley.store.records import Membership, ShardRow
from parley.stream.log import Draft
from tests.simulation import redis_twin
from tests.simulation.redis_twin import EntryArgs, RedisTwin, entries_in
from tests.simulation.store_data import Overlay, StoreData

Patch = Callable[[], AbstractContextManager[object]]


@dataclass(frozen=True)
class Mutant:
    """A safeguard that is taken away, and how."""

    name: str
    apply: Patch


def _replacing(owner: Any, name: str, stand_in: Any) -> Patch:
    return lambda: patch.object(owner, name, stand_in)


# --- in Redis ------------------------------------------------------------------------------


@contextmanager
def _no_dedupe() -> Iterator[None]:
    settled, insert = redis_twin._settled, Overlay._insert

    def forgetful(_: dict[str, Any], *rest: Any) -> Any:
        return settled({}, *rest)

    def unchecked(self: Overlay, new: Any) -> bool:
        data, self._data.names = self._data.names, {}
        names, self._names = self._names, {}
        try:
            return insert(self, new)
        finally:
            names |= self._names
            self._data.names, self._names = data, names

    with (
        patch.object(redis_twin, "_settled", forgetful),
        patch.object(Overlay, "_insert", unchecked),
        patch.object(Sender, "_earlier", _async(None)),
    ):
        yield


@contextmanager
def _publish_first() -> Iterator[None]:
    append = RedisTwin._append

    def eager(self: RedisTwin, keys: Sequence[str], args: Sequence[Any]) -> Any:
        held = self._keys.get(keys[4])
        if held is not None and not self._is_open(keys, args[0]):
            generation = int(args[0].split(" ")[0])
            place = (generation, held["seq"] + 1, held["n"] + 1, int(args[3]))
            for entry in entries_in(args):
                self._publish(args[2], b"E %d %d %d %d %b" % (*place, entry.body))
        return append(self, keys, args)

    def full(self: RedisTwin, name: str, count: int, *rest: Any) -> Any:
        if self.is_full and name == "parley1_append":
            eager_keys, args = rest[:count], rest[count:]
            fence, self.identity = self.identity, "none"
            eager(self, eager_keys, args)
            self.identity = fence
        return fcall(self, name, count, *rest)

    fcall = RedisTwin.fcall
    with patch.object(RedisTwin, "_append", eager), patch.object(RedisTwin, "fcall", full):
        yield


@contextmanager
def _no_identity() -> Iterator[None]:
    def by_fence_alone(self: RedisTwin, keys: Sequence[str], fence: str) -> bool:
        return bool(self._keys.get(keys[0]) == fence)

    def state(self: RedisTwin, keys: Sequence[str], _: Sequence[Any]) -> Any:
        fence: str = self._keys.get(keys[0], "")
        identity = fence.partition(" ")[2] or str(self.identity)
        return [fence.encode(), identity.encode()]

    with (
        patch.object(RedisTwin, "_is_open", by_fence_alone),
        patch.object(RedisTwin, "_state", state),
    ):
        yield


def _never_stale(sent: dict[str, Any], redacted: dict[int, Any], _: int, entry: EntryArgs) -> Any:
    return _settled(sent, redacted, 0, entry)


_settled = redis_twin._settled


@contextmanager
def _trim_too_far() -> Iterator[None]:
    stored = RedisTwin._stored

    def generous(self: RedisTwin, keys: Sequence[str], args: Sequence[Any]) -> Any:
        return stored(self, keys, [args[0], int(args[1]) + 1, *args[2:]])

    with patch.object(RedisTwin, "_stored", generous):
        yield


@contextmanager
def _no_drop_count() -> Iterator[None]:
    seed = RedisTwin._seed

    def blind(self: RedisTwin, keys: Sequence[str], args: Sequence[Any]) -> Any:
        drops = self._keys.get(keys[2], {}).get("drops", 0)
        return seed(self, keys, [*args[:2], drops, *args[3:]])

    with patch.object(RedisTwin, "_seed", blind):
        yield


# --- in the logger -------------------------------------------------------------------------


@contextmanager
def _ack_first() -> Iterator[None]:
    commit = Storage._commit

    async def hasty(self: Storage, batches: Sequence[Any], *, wait: bool) -> Any:
        for each in batches:
            marks = {entry.room: int(entry.record.split(b" ")[1]) for entry in each.entries}
            shard = each.shard
            await shard._room_log.stored(shard.shard, shard.fence, each.end, marks)
        return await commit(self, batches, wait=wait)

    with patch.object(Storage, "_commit", hasty):
        yield


def _whoever_has_it(_: HeldShard, __: ShardRow) -> bool:
    return True


async def _advance_first(self: Storage, batches: Sequence[Any], *, wait: bool) -> Any:
    numbers = [each.number for each in batches]
    async with self._logs.hold_some(numbers, wait=wait) as held:
        rows = dict(held.rows)
        mine = [each for each in batches if each.is_at(rows.get(each.number))]
        await held.advance({each.number: each.end for each in mine})
    async with self._logs.hold_some([each.number for each in mine], wait=True) as held:
        written = await held.write({each.number: each.readings for each in mine})
    for each in mine:
        each.shard.has_stored(each.entries, written[each.number])
    return written | {n: LeaseLost(row) for n, row in rows.items() if n not in written}


async def _begin_at_the_end(self: HeldShard) -> None:
    self.fence = await self._fences.refresh(self.shard)
    after = {self.shard: (self.fence.generation, 0)}
    entries = (await self._room_log.read_ingest(after, 1000, 0)).get(self.shard, [])
    self.checkpoint = entries[-1].ingest_id if entries else 0


@contextmanager
def _latest_mark() -> Iterator[None]:
    write = StoreData.write_marks

    def overwriting(self: StoreData, marks: Collection[NewMark]) -> list[NewMark]:
        for mark in marks:
            self.read_marks.pop((mark.room_id, mark.account_id), None)
        return write(self, marks)

    with patch.object(StoreData, "write_marks", overwriting):
        yield


# --- in the gateway ------------------------------------------------------------------------


def _skip_holes(self: RoomView, entry: Any) -> bool:
    if self.phase is not Phase.LIVE:
        self._wait(entry)
    elif entry.position > self.position:
        self._advance(entry)
        return True
    return False


@contextmanager
def _no_gaps() -> Iterator[None]:
    """Neither in the gateway nor in the client, which would notice it as well."""
    apply = Following.apply

    def trusting(self: Following, event: Event, now: float, chance: float) -> list[Output]:
        room = self._rooms.get(event.room)
        place = Position(event.generation, event.seq)
        if room is not None and room.cursor is not None and place > room.cursor:
            room.cursor = Position(place.generation, place.seq - 1)
        return apply(self, event, now, chance)

    with (
        patch.object(RoomView, "receive", _skip_holes),
        patch.object(Following, "apply", trusting),
    ):
        yield


@contextmanager
def _any_generation() -> Iterator[None]:
    submit = Appender.submit

    def whichever(self: Appender, room: str, draft: Draft, _: int | None = None) -> Any:
        return submit(self, room, draft)

    with (
        patch.object(Sender, "_check_generation", _async(None)),
        patch.object(Appender, "submit", whichever),
    ):
        yield


@contextmanager
def _any_rights() -> Iterator[None]:
    membership = Sender._membership

    async def whoever(self: Sender, command: Send) -> Membership:
        return await membership(self, structs.replace(command, rights=None))

    with patch.object(Sender, "_membership", whoever):
        yield


async def _only_tell(self: Connection) -> None:
    self._sender.forget()
    self._write(message_frame(DirectoryChanged()))


async def _by_seq_alone(_: RoomReader, __: str, ___: Any, cursor: Position) -> int:
    return cursor.seq


def _to_the_furthest(reached: Mapping[str, int]) -> Extent | None:
    if len(reached) < 2:
        return None
    (furthest, who), (following, _) = sorted(
        ((seq, person) for person, seq in reached.items()), reverse=True
    )[:2]
    return Extent(following, who, furthest)


def _async(answer: Any) -> Callable[..., Any]:
    async def ask(*_: Any, **__: Any) -> Any:
        await asyncio.sleep(0)
        return answer

    return ask


# --- in the client -------------------------------------------------------------------------


@contextmanager
def _clear_at_accept() -> Iterator[None]:
    accept = Delivery._accept

    def careless(self: Delivery, cmid: str, position: Position, now: float) -> list[Output]:
        outputs = accept(self, cmid, position, now)
        return [*outputs, *self._settle(cmid, position)]

    with patch.object(Delivery, "_accept", careless):
        yield


@contextmanager
def _forget_entries() -> Iterator[None]:
    write = MemoryVault.write

    async def partly(self: MemoryVault, changes: Iterable[Any]) -> None:
        await write(self, [change for change in changes if type(change).__name__ != "SaveEntry"])

    with patch.object(MemoryVault, "write", partly):
        yield


@contextmanager
def _mark_once() -> Iterator[None]:
    resumed = Marks.resumed

    def content(self: Marks, room: str, generation: int, since: int) -> None:
        untold = dict(self._untold)
        resumed(self, room, generation, since)
        self._untold = untold

    with patch.object(Marks, "resumed", content):
        yield


def _send_all_at_once(self: Delivery, lane: Lane) -> bool:
    is_known = lane.room not in self._following or self._following.live(lane.room)
    return is_known and lane.next() is not None


def _nothing(*_: Any, **__: Any) -> list[Output]:
    return []


def _as_it_is(_: Following, page: HistoryPage) -> tuple[HistoryPage, list[Output]]:
    return page, []


def _as_it_was_read(_: RecentChanges, page: HistoryPage, __: str) -> HistoryPage:
    return page


MUTANTS = (
    Mutant("skip dedupe", _no_dedupe),
    Mutant("publish before logging", _publish_first),
    Mutant("ignore which server a generation was begun on", _no_identity),
    Mutant("ignore the authority", _replacing(redis_twin, "_settled", _never_stale)),
    Mutant("trim past the watermark", _trim_too_far),
    Mutant("seed without the drop count", _no_drop_count),
    Mutant("tell of the commit before it", _ack_first),
    Mutant("commit without the lease check", _replacing(HeldShard, "is_at", _whoever_has_it)),
    Mutant("move the checkpoint before the commit", _replacing(Storage, "_commit", _advance_first)),
    Mutant("write marks without keeping the greatest", _latest_mark),
    Mutant("begin behind the backlog", _replacing(HeldShard, "begin", _begin_at_the_end)),
    Mutant("forget to fill a gap", _no_gaps),
    Mutant("never compare with Redis", _replacing(Hub, "compare", _async(None))),
    Mutant(
        "resume by seq without its generation", _replacing(RoomReader, "_survived", _by_seq_alone)
    ),
    Mutant("send whatever the generation", _any_generation),
    Mutant("take a send whatever rights it names", _any_rights),
    Mutant("refuse without shutting out", _replacing(Sender, "_shut_out", _async(None))),
    Mutant("fold what is stored alone", _replacing(StateReader, "tail", _async([]))),
    Mutant("deliver on after a removal", _replacing(Connection, "recheck", _only_tell)),
    Mutant("tell that all have read what one has", _replacing(marking, "extent", _to_the_furthest)),
    Mutant("clear the outbox at accepted", _clear_at_accept),
    Mutant("keep what is lost as accepted", _replacing(Outbox, "put_back_older", _nothing)),
    Mutant("keep the outbox in memory", _forget_entries),
    Mutant(
        "send without waiting for answers", _replacing(Delivery, "_may_send", _send_all_at_once)
    ),
    Mutant("forget what history has told", _replacing(Following, "read", _as_it_is)),
    Mutant(
        "show history as it was when it was read",
        _replacing(RecentChanges, "brought_up", _as_it_was_read),
    ),
    Mutant("make no marks again after a resume", _mark_once),
    Mutant("take nothing back", _replacing(Following, "_take_back", _nothing)),
)
"""Every deliberate fault."""
