"""A database over a wire: `Directory` and `Logs` that are slow, lost, unavailable or read-only.

Owns: round trips, transactions that hold a shard's row, their end when their process or the
server dies, and what is not known after an outage.
Never: what a question or a change does (`store_data.py`).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from random import Random
from typing import Any

from parley.protocol.commands import Person, Room, Rooms
from parley.protocol.entry import Entry, IngestEntry
from parley.store.batch import Readings
from parley.store.errors import StoreUnavailable
from parley.store.mark_records import MemberReach, NewMark, Standing
from parley.store.message_states_api import StatesRead
from parley.store.preparing import prepare
from parley.store.records import (
    Changed,
    Changes,
    Credentials,
    Found,
    Membership,
    NewAccount,
    NewRoom,
    NewSession,
    NoticeRow,
    RoomSeed,
    ShardRow,
    Signed,
    Written,
)
from tests.simulation.clock import Process, VirtualLoop
from tests.simulation.store_data import Overlay, StoreData
from tests.simulation.wire import Broken, Call, Machine, TimedOut, Wire

# As parley.store.postgresql has them, in seconds.
_COMMAND_SECONDS = 10.0
_IDLE_SECONDS = 10.0


class ReadOnly(Exception):
    """The database takes no changes just now."""


class Aborted(Exception):
    """The transaction was ended by the server."""


class Transaction:
    """A transaction that holds the rows of some shards, or waits for them."""

    def __init__(self, shards: Collection[int]) -> None:
        self.shards = shards
        self.overlay: Overlay | None = None
        self.is_over = False
        self.used_at = 0.0


class _MustWait:
    """The row is locked by another transaction: the request is carried out after it."""

    def __init__(self, shard: int) -> None:
        self.shard = shard


class DatabaseServer(Machine):
    """The database of everyone."""

    def __init__(self, loop: VirtualLoop, data: StoreData) -> None:
        super().__init__()
        self.data = data
        self.is_read_only = False
        self._loop = loop
        self._holders: dict[int, Transaction] = {}
        self._queue: list[tuple[Call, int]] = []

    def conclude(self, call: Call, result: Any) -> None:
        if isinstance(result, _MustWait):
            self._queue.append((call, result.shard))
            call.wire.expire(call)
        else:
            super().conclude(call, result)

    def change(self, work: Callable[[], Any]) -> Any:
        """Carry out a change in a transaction of its own."""
        if self.is_read_only:
            raise ReadOnly("the database is read-only")
        return work()

    def change_row(self, shard: int, work: Callable[[], Any]) -> Any:
        """Carry out a change of a shard's row, which may have to wait for whoever holds it."""
        if shard in self._holders:
            return _MustWait(shard)
        return self.change(work)

    # --- transactions ----------------------------------------------------------------------

    def hold(self, transaction: Transaction, *, wait: bool) -> Any:
        """Lock shards' rows; those that are locked are waited for, or left out."""
        if transaction.is_over:
            raise Aborted("the connection has gone")
        locked = [shard for shard in transaction.shards if shard in self._holders]
        if wait and locked:
            return _MustWait(locked[0])
        transaction.shards = [shard for shard in transaction.shards if shard not in locked]
        transaction.overlay = Overlay(self.data, transaction.shards)
        self._holders |= dict.fromkeys(transaction.shards, transaction)
        self._use(transaction)
        return dict(transaction.overlay.rows)

    def within(self, transaction: Transaction, work: Callable[[Overlay], Any]) -> Any:
        """Carry out something in a transaction that holds its rows."""
        overlay = transaction.overlay
        if transaction.is_over or overlay is None:
            raise Aborted("the transaction was ended")
        self._use(transaction)
        return self.change(lambda: work(overlay))

    def commit(self, transaction: Transaction) -> None:
        """Make what the transaction did visible, and unlock its rows."""
        self.within(transaction, Overlay.commit)
        self.end(transaction)

    def end(self, transaction: Transaction) -> None:
        """End a transaction; what was not committed is undone."""
        transaction.is_over = True
        held = [shard for shard in transaction.shards if self._holders.get(shard) is transaction]
        for shard in held:
            del self._holders[shard]
        for shard in held:
            self._go_on(shard)

    def _use(self, transaction: Transaction) -> None:
        transaction.used_at = self._loop.time()
        self._loop.world_later(_IDLE_SECONDS, self._end_if_idle, transaction, transaction.used_at)

    def _end_if_idle(self, transaction: Transaction, since: float) -> None:
        if transaction.used_at == since and not transaction.is_over:
            self.end(transaction)

    def _go_on(self, shard: int) -> None:
        """Carry out what has waited for the row, until somebody holds it again."""
        waiting = [item for item in self._queue if item[1] == shard]
        self._queue = [item for item in self._queue if item[1] != shard]
        for call, _ in waiting:
            if not call.outcome.done():
                self.receive(call)

    def go_down(self) -> None:
        """Crash: every transaction that is not committed is undone."""
        super().go_down()
        for transaction in self._holders.values():
            transaction.is_over = True
        self._holders.clear()
        self._queue.clear()


class StoreLink:
    """What one process has of the database."""

    def __init__(
        self, loop: VirtualLoop, dice: Random, server: DatabaseServer, process: Process
    ) -> None:
        self._loop, self._server = loop, server
        self.wire = Wire(loop, dice, lambda: server, comes_late=False)
        self._transactions: list[Transaction] = []
        process.at_death += [self.wire.close, self.lose_transactions]

    def lose_transactions(self) -> None:
        """The connections are gone, and the server notices."""
        for transaction in self._transactions:
            self._server.end(transaction)

    def cut(self) -> None:
        """Lose every connection, and refuse new ones."""
        self.wire.cut()
        self.lose_transactions()

    async def ask(self, work: Callable[[StoreData], Any]) -> Any:
        """Read something."""
        return await self._asked(lambda: work(self._server.data))

    async def change(self, work: Callable[[StoreData], Any]) -> Any:
        """Change something, in a transaction of its own."""
        server = self._server
        return await self._asked(lambda: server.change(lambda: work(server.data)))

    async def change_row(self, shard: int, work: Callable[[StoreData], Any]) -> Any:
        """Change something of a shard's row."""
        server = self._server
        return await self._asked(lambda: server.change_row(shard, lambda: work(server.data)))

    async def _asked(self, work: Callable[[], Any]) -> Any:
        try:
            return await self.wire.ask(work, _COMMAND_SECONDS)
        except (Broken, TimedOut, ReadOnly, Aborted) as error:
            raise StoreUnavailable(str(error)) from None

    @asynccontextmanager
    async def hold(self, shard: int) -> AsyncIterator[HeldShardTwin]:
        """Lock a shard's row for one transaction."""
        async with self.hold_some([shard], wait=True) as held:
            yield HeldShardTwin(held, shard)

    @asynccontextmanager
    async def hold_some(
        self, shards: Collection[int], *, wait: bool
    ) -> AsyncIterator[HeldShardsTwin]:
        """Lock the rows of some shards for one transaction."""
        server, transaction = self._server, Transaction(shards)
        self._transactions = [other for other in self._transactions if not other.is_over]
        self._transactions.append(transaction)
        try:
            rows = await self._asked(lambda: server.hold(transaction, wait=wait))
            yield HeldShardsTwin(partial(self._within, transaction), rows)
            await self._asked(lambda: server.commit(transaction))
        except BaseException:
            # A rollback, or a connection that is closed since nobody knows its state.
            self._loop.world_later(0.001, server.end, transaction)
            raise

    async def _within(self, transaction: Transaction, work: Callable[[Overlay], Any]) -> Any:
        return await self._asked(lambda: self._server.within(transaction, work))


class HeldShardsTwin:
    """Some shards' rows under lock; implements `parley.store.api.HeldShards`."""

    def __init__(
        self, within: Callable[[Callable[[Overlay], Any]], Any], rows: dict[int, ShardRow]
    ) -> None:
        self._within, self._rows = within, rows

    @property
    def rows(self) -> Mapping[int, ShardRow]:
        return self._rows

    async def write(self, batches: Mapping[int, Readings]) -> dict[int, Written]:
        written: dict[int, Written] = await self._within(
            lambda overlay: {
                shard: overlay.write(shard, readings) for shard, readings in batches.items()
            }
        )
        return written

    async def advance(self, checkpoints: Mapping[int, int]) -> None:
        moved: list[ShardRow] = await self._within(
            lambda overlay: [overlay.advance(*each) for each in checkpoints.items()]
        )
        self._rows |= {row.shard: row for row in moved}

    async def begin_generation(self, shard: int, identity: str, above: int) -> int:
        """Begin a shard's next generation."""
        row: ShardRow = await self._within(
            lambda overlay: overlay.begin_generation(shard, identity, above)
        )
        self._rows[shard] = row
        return row.generation


class HeldShardTwin:
    """A shard's row under lock; implements `parley.store.api.HeldShard`."""

    def __init__(self, held: HeldShardsTwin, shard: int) -> None:
        self._held, self._shard = held, shard

    @property
    def row(self) -> ShardRow:
        return self._held.rows[self._shard]

    async def write(self, entries: Sequence[IngestEntry]) -> Written:
        return (await self._held.write({self._shard: await prepare(entries)}))[self._shard]

    async def advance(self, checkpoint: int) -> None:
        await self._held.advance({self._shard: checkpoint})

    async def begin_generation(self, identity: str, *, above: int = 0) -> int:
        return await self._held.begin_generation(self._shard, identity, above)


class DirectoryTwin:
    """Implements `parley.store.api.Directory`."""

    def __init__(self, link: StoreLink) -> None:
        self._ask, self._change = link.ask, link.change

    async def ensure_lobby(self) -> None:
        await self._change(StoreData.ensure_lobby)

    async def sign_up(self, account: NewAccount, session: NewSession) -> Person:
        person: Person = await self._change(lambda data: data.sign_up(account, session))
        return person

    async def credentials(self, user_name: str) -> Credentials | None:
        found: Credentials | None = await self._ask(lambda data: data.credentials(user_name))
        return found

    async def open_session(self, account_id: str, session: NewSession) -> None:
        await self._change(lambda data: data.open_session(account_id, session))

    async def session(self, token_hash: bytes) -> Signed | None:
        found: Signed | None = await self._ask(lambda data: data.session(token_hash))
        return found

    async def revoke_session(self, session_id: str) -> None:
        await self._change(lambda data: data.revoke_session(session_id))

    async def revoke_sessions(
        self, account_id: str, *, except_session: str | None = None
    ) -> list[str]:
        ended: list[str] = await self._change(
            lambda data: data.revoke_sessions(account_id, except_session)
        )
        return ended

    async def membership(self, account_id: str, room_id: str) -> Membership | None:
        found: Membership | None = await self._ask(
            lambda data: data.membership(account_id, room_id)
        )
        return found

    async def memberships(self, account_id: str) -> list[Membership]:
        found: list[Membership] = await self._ask(lambda data: data.memberships(account_id))
        return found

    async def room(self, account_id: str, room_id: str) -> Room | None:
        found: Room | None = await self._ask(lambda data: data.room(account_id, room_id))
        return found

    async def rooms_of(self, account_id: str, *, query: str = "", after: str, limit: int) -> Rooms:
        assert not query, "nobody searches in the simulation"
        found: Rooms = await self._ask(lambda data: data.rooms_of(account_id, after, limit))
        return found

    async def public_rooms(
        self, account_id: str, *, query: str = "", after: str, limit: int
    ) -> Rooms:
        assert not query, "nobody searches in the simulation"
        found: Rooms = await self._ask(lambda data: data.public_rooms(account_id, after, limit))
        return found

    async def create_channel(self, room_id: str, name: str, owner: str, notice_id: str) -> Changed:
        changed: Changed = await self._change(
            lambda data: data.create_channel(room_id, name, owner, notice_id)
        )
        return changed

    async def join(self, account_id: str, room_id: str, notice_id: str) -> Changed:
        changed: Changed = await self._change(
            lambda data: data.join(account_id, room_id, notice_id)
        )
        return changed

    async def leave(self, account_id: str, room_id: str, notice_id: str) -> Changed:
        changed: Changed = await self._change(
            lambda data: data.leave(account_id, room_id, notice_id)
        )
        return changed

    async def people(self, ids: Collection[str]) -> list[Person]:
        found: list[Person] = await self._ask(lambda data: data.people(ids))
        return found

    async def changes(self, window_ms: int) -> Changes:
        found: Changes = await self._ask(lambda data: data.changes(window_ms))
        return found

    async def due_notices(self, older_than_ms: int, limit: int) -> list[NoticeRow]:
        found: list[NoticeRow] = await self._ask(
            lambda data: data.due_notices(older_than_ms, limit)
        )
        return found

    # Of the rest of `parley.store.api.FullDirectory`, what simulated gateways ask for.

    async def create_room(self, room: NewRoom, notice_id: str) -> Changed:
        assert room.kind == "channel", "nobody makes a group in the simulation"
        return await self.create_channel(room.id, room.name, room.owner, notice_id)

    async def standings(self, sessions: Collection[str]) -> dict[str, int]:
        found: dict[str, int] = await self._ask(lambda data: data.standings(sessions))
        return found

    async def record(self, event: str, **what: Any) -> None:
        """Take what is written down about security; no test of this folder reads it."""

    async def write_marks(self, marks: Sequence[NewMark]) -> list[NewMark]:
        written: list[NewMark] = await self._change(lambda data: data.write_marks(marks))
        return written

    async def room_standings(self, account_id: str, reads: Mapping[str, int]) -> list[Standing]:
        found: list[Standing] = await self._ask(lambda data: data.room_standings(account_id, reads))
        return found

    async def reaches(self, room_id: str, limit: int) -> list[MemberReach] | None:
        found: list[MemberReach] | None = await self._ask(lambda data: data.reaches(room_id, limit))
        return found

    async def hidden(self, account_id: str, room_id: str, first: int, last: int) -> set[int]:
        """Nobody in the simulation hides what was said."""
        return set()

    async def states(
        self,
        room_id: str,
        seqs: Collection[int],
        people: Collection[str],
        *,
        changed_among: Collection[int] = (),
    ) -> StatesRead:
        read: StatesRead = await self._ask(lambda data: data.states(room_id, seqs, changed_among))
        return read

    async def note_seen(self, session_ids: Collection[str]) -> None:
        """Nobody in the simulation looks at who was there."""

    async def purge_sessions(self, older_than_ms: int, limit: int) -> int:
        """Keep those that have ended: no run is long enough for it to matter."""
        return 0

    async def purge_audit(self, older_than_ms: int, limit: int) -> int:
        """Remove what `record` has not kept."""
        return 0


class LogsTwin:
    """Implements `parley.store.api.Logs`."""

    def __init__(self, link: StoreLink) -> None:
        self._link = link

    async def fix_shards(self, count: int) -> None:
        await self._link.change(lambda data: data.fix_shards(count))

    async def shards(self) -> list[ShardRow]:
        rows: list[ShardRow] = await self._link.ask(lambda data: list(data.shards))
        return rows

    async def lease(
        self, shard: int, owner: str, duration_ms: int, *, force: bool = False
    ) -> ShardRow | None:
        row: ShardRow | None = await self._link.change_row(
            shard, lambda data: data.lease(shard, owner, duration_ms, force)
        )
        return row

    async def release(self, shard: int, owner: str) -> None:
        await self._link.change_row(shard, lambda data: data.release(shard, owner))

    async def attend(self, logger: str, duration_ms: int) -> list[str]:
        names: list[str] = await self._link.change(lambda data: data.attend(logger, duration_ms))
        return names

    async def depart(self, logger: str) -> None:
        await self._link.change(lambda data: data.depart(logger))

    def hold(self, shard: int) -> AbstractAsyncContextManager[HeldShardTwin]:
        return self._link.hold(shard)

    def hold_some(
        self, shards: Collection[int], *, wait: bool
    ) -> AbstractAsyncContextManager[HeldShardsTwin]:
        return self._link.hold_some(shards, wait=wait)

    async def seed(self, room: str) -> RoomSeed | None:
        seed: RoomSeed | None = await self._link.ask(lambda data: data.seed(room))
        return seed

    async def page(
        self,
        room: str,
        *,
        after: int | None = None,
        before: int | None = None,
        limit: int,
        max_bytes: int,
        shown: bool = False,
        reader: str | None = None,
    ) -> list[Entry]:
        entries: list[Entry] = await self._link.ask(
            lambda data: data.page(room, after, before, limit, max_bytes, shown=shown)
        )
        return entries

    async def survived(self, room: str, generation: int) -> int:
        survived: int = await self._link.ask(lambda data: data.survived(room, generation))
        return survived

    async def find(self, author: str, cmid: str) -> Found | None:
        found: Found | None = await self._link.ask(lambda data: data.find(author, cmid))
        return found

    async def set_aside_reason(self, author: str, cmid: str) -> str | None:
        reason: str | None = await self._link.ask(lambda data: data.set_aside_reason(author, cmid))
        return reason
