"""Appending entries to the rooms' logs, in batches.

Owns: one queue a shard: while a call to Redis is under way, the next is gathered. Entries of a
room keep the order in which they were submitted.
Never: who may say what, and a second try of an append whose effect is unknown.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from typing import NamedTuple, Protocol

import structlog

from gateway.tasks import Tasks
from parley.protocol.refusals import (
    Conflict,
    GenerationChanged,
    Overloaded,
    Refusal,
    Unavailable,
    UnknownMessage,
    UnknownRoom,
)
from parley.recovery.fences import Fences
from parley.recovery.seeding import seed_room
from parley.store.api import Logs
from parley.store.errors import StoreUnavailable
from parley.stream.fence import Fence
from parley.stream.keys import shard_of
from parley.stream.log import (
    Appended,
    Batch,
    BatchOutcome,
    Conflicting,
    Draft,
    Fenced,
    Gone,
    LogFull,
    LogUnavailable,
    Outcome,
    RoomLog,
    Stale,
    Unseeded,
)

log = structlog.get_logger()

# Drafts taken into one pipeline, so that no call keeps Redis and this process busy for long.
_BATCH_DRAFTS = 512


class AppendMetrics(Protocol):
    """What is measured of appends."""

    def append_time(self) -> AbstractContextManager[object]:
        """Measure one call to Redis."""
        ...


class AuthorityStale(Exception):
    """The room's authority has been raised since the author was authorised."""


class Placed(NamedTuple):
    """Where an entry is in its room's log."""

    generation: int
    seq: int
    n: int
    time: int


class _Waiting(NamedTuple):
    room: str
    draft: Draft
    generation: int | None
    placed: asyncio.Future[Placed]


class Appender:
    """Appends drafts. `clock` gives Unix milliseconds."""

    def __init__(
        self,
        room_log: RoomLog,
        logs: Logs,
        fences: Fences,
        metrics: AppendMetrics,
        clock: Callable[[], int],
    ) -> None:
        self._room_log, self._logs, self._fences = room_log, logs, fences
        self._metrics, self._clock = metrics, clock
        self._queues: dict[int, list[_Waiting]] = {}
        # Drafts for rooms that are being seeded: what is slow for them must not hold up others.
        self._parked: dict[str, list[_Waiting]] = {}
        self._tasks = Tasks()
        self._is_closed = False

    def submit(
        self, room: str, draft: Draft, generation: int | None = None
    ) -> asyncio.Future[Placed]:
        """Queue a draft; the future tells where it was placed.

        With a `generation` it is appended in that one or not at all. The future raises
        AuthorityStale, or a refusal: Conflict, GenerationChanged, Overloaded, UnknownMessage,
        UnknownRoom, Unavailable. After Unavailable the entry may be there or not.
        """
        placed = asyncio.get_running_loop().create_future()
        waiting = _Waiting(room, draft, generation, placed)
        if self._is_closed:  # its sender has been told to go elsewhere, and sends it again there
            _fail([waiting], Unavailable("the room's log"))
        else:
            self._enqueue([waiting])
        return placed

    async def drain(self) -> None:
        """Return once everything that was submitted has its outcome."""
        await self._tasks.join()

    async def close(self) -> None:
        """Stop; what has no outcome yet is unavailable, and so is what comes later."""
        self._is_closed = True
        await self._tasks.close()
        # A task that had not begun leaves what it was made for.
        for left in (*self._queues.values(), *self._parked.values()):
            _fail(left, Unavailable("the room's log"))

    def _enqueue(self, waiting: list[_Waiting], *, first: bool = False) -> None:
        shard = shard_of(waiting[0].room, self._room_log.shards)
        queue = self._queues.get(shard)
        if queue is None:
            queue = self._queues[shard] = []
            self._tasks.spawn(self._work(shard, queue), name=f"append to shard {shard}")
        place = 0 if first else len(queue)
        queue[place:place] = waiting

    async def _work(self, shard: int, queue: list[_Waiting]) -> None:
        try:
            while queue:
                taken, queue[:_BATCH_DRAFTS] = queue[:_BATCH_DRAFTS], []
                try:
                    await self._append(shard, taken)
                except BaseException:
                    _fail(taken, Unavailable("the room's log"))
                    raise
        finally:
            del self._queues[shard]
            _fail(queue, Unavailable("the room's log"))

    async def _append(self, shard: int, taken: list[_Waiting]) -> None:
        try:
            fence = await self._fences.current(shard)
        except (LogUnavailable, StoreUnavailable):
            _fail(taken, Unavailable("the room's log"))
            return
        by_room: defaultdict[str, list[_Waiting]] = defaultdict(list)
        for waiting in taken:
            if waiting.generation not in (None, fence.generation):
                # It waited here while the generation moved on: what that undid goes first.
                _fail([waiting], GenerationChanged(waiting.room, fence.generation))
            elif waiting.room in self._parked:
                # It was queued before its room was parked: it stays behind those that were.
                self._parked[waiting.room].append(waiting)
            else:
                by_room[waiting.room].append(waiting)
        batches = [
            Batch(room, [waiting.draft for waiting in group]) for room, group in by_room.items()
        ]
        with self._metrics.append_time():
            outcomes = await self._room_log.append(shard, fence, batches, self._clock())
        for group, outcome in zip(by_room.values(), outcomes, strict=True):
            self._settle(fence, group, outcome)
        if any(isinstance(outcome, Fenced) for outcome in outcomes):
            await self._refresh(shard)

    def _settle(self, fence: Fence, group: list[_Waiting], outcome: BatchOutcome) -> None:
        match outcome:
            case Unseeded():
                self._parked[group[0].room] = group
                self._tasks.spawn(self._seed(group[0].room, fence), name=f"seed {group[0].room}")
            case LogFull():
                _fail(group, Overloaded())
            case Fenced() | LogUnavailable():
                # Only the sender's outbox tries again: the effect may be unknown.
                _fail(group, Unavailable("the room's log"))
            case outcomes:
                for waiting, each in zip(group, outcomes, strict=True):
                    _resolve(waiting, fence, each)

    async def _seed(self, room: str, fence: Fence) -> None:
        refusal: Refusal = Unavailable("the room's log")
        seeded = False
        try:
            await seed_room(self._room_log, self._logs, room, fence)
            seeded = True
        except UnknownRoom as error:
            refusal = error
        except Fenced:
            await self._refresh(shard_of(room, self._room_log.shards))
        except (LogUnavailable, StoreUnavailable) as error:
            log.info("seeding_failed", room=room, error=str(error))
        finally:
            parked = self._parked.pop(room)
            if seeded:
                self._enqueue(parked, first=True)
            else:
                _fail(parked, refusal)

    async def _refresh(self, shard: int) -> None:
        try:
            await self._fences.refresh(shard)
        except (LogUnavailable, StoreUnavailable) as error:
            log.info("fence_unknown", shard=shard, error=str(error))


def _resolve(waiting: _Waiting, fence: Fence, outcome: Outcome) -> None:
    if waiting.placed.done():
        return  # whoever waited has gone
    match outcome:
        case Appended(seq, n, time):
            waiting.placed.set_result(Placed(fence.generation, seq, n, time))
        case Stale():
            waiting.placed.set_exception(AuthorityStale())
        case Gone():
            waiting.placed.set_exception(UnknownMessage(waiting.draft.cmid))
        case Conflicting():
            waiting.placed.set_exception(Conflict(waiting.draft.cmid))


def _fail(group: Iterable[_Waiting], refusal: Refusal) -> None:
    for waiting in group:
        if not waiting.placed.done():
            waiting.placed.set_exception(refusal)
