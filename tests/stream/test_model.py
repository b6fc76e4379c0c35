"""Any sequence of calls: the room log answers and publishes as a few lists and dicts would.

What one call does is tested one by one beside this; here it is what they do to one another.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any, ClassVar, NamedTuple, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from parley.protocol.entry import Entry
from parley.stream.keys import room_channel
from parley.stream.log import (
    Appended,
    Conflicting,
    Draft,
    Fenced,
    Outcome,
    RoomPosition,
    Seed,
    ShardPositions,
    Stale,
    Unseeded,
)
from parley.stream.published import Published, StoredUpTo
from tests.conftest import RedisHome
from tests.stream.homes import (
    AUTHOR,
    KEPT,
    NOW,
    Home,
    Listener,
    clients_of,
    draft,
    listening,
    new_log,
    notice,
    open_generation,
)

T = TypeVar("T")
ROOMS = ("attic", "garden")


class Logged(NamedTuple):
    """An entry as the model keeps it."""

    seq: int
    n: int
    draft: Draft


@dataclass
class ModelRoom:
    """A seeded room."""

    seq: int
    n: int
    authority: int
    stored: int
    kept: list[Logged] = field(default_factory=list)

    def take(self, said: Draft) -> Outcome:
        for logged in self.kept:
            if (logged.draft.author, logged.draft.cmid) == (said.author, said.cmid):
                if logged.draft.digest != said.digest:
                    return Conflicting()
                return Appended(logged.seq, logged.n, NOW, new=False)
        if not said.fact and said.authority < self.authority:
            return Stale(self.authority)
        self.seq += 1
        self.n += said.counts
        self.authority = max(self.authority, said.authority)
        self.kept.append(Logged(self.seq, self.n, said))
        return Appended(self.seq, self.n, NOW, new=True)

    def store(self, seq: int) -> bool:
        if seq <= self.stored:
            return False
        self.stored = seq
        bound = min(seq, self.seq - KEPT)
        self.kept = [logged for logged in self.kept if logged.seq > bound]
        return True


@dataclass
class Model:
    """One generation."""

    rooms: dict[str, ModelRoom] = field(default_factory=dict)
    ingest: list[tuple[int, str, int]] = field(default_factory=list)
    ingested: int = 0
    drops: int = 0

    def append(self, room: str, drafts: Sequence[Draft]) -> list[Outcome] | Unseeded:
        held = self.rooms.get(room)
        if held is None:
            return Unseeded()
        outcomes = [held.take(said) for said in drafts]
        for outcome in outcomes:
            if isinstance(outcome, Appended) and outcome.new:
                self.ingested += 1
                self.ingest.append((self.ingested, room, outcome.seq))
        return outcomes


cmids = st.integers(1, 8)
messages = st.builds(draft, cmids, st.sampled_from(["a", "b"]), authority=st.integers(1, 3))
notices = st.builds(notice, cmids.map(lambda number: number + 100), authority=st.integers(1, 3))
rooms = st.sampled_from(ROOMS)


class RoomLogMachine(RuleBasedStateMachine):
    """The room log of a home beside the model."""

    redis_home: ClassVar[RedisHome]

    def __init__(self) -> None:
        super().__init__()
        self._runner = asyncio.Runner()
        self._stack = AsyncExitStack()
        self.model, self.expected = Model(), list[Published]()
        self.home, self.listener = self._run(self._open())

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return self._runner.run(work)

    async def _open(self) -> tuple[Home, Listener]:
        clients = await self._stack.enter_async_context(clients_of(self.redis_home))
        await clients.commands.flushall()
        log = await new_log(clients)
        channels = [room_channel(0, room) for room in ROOMS]
        listener = await self._stack.enter_async_context(listening(clients, *channels))
        return Home(clients, log, await open_generation(log)), listener

    def teardown(self) -> None:
        self._run(self._stack.aclose())
        self._runner.close()

    # --- what may be done --------------------------------------------------------------

    @rule(room=rooms, drafts=st.lists(messages | notices, max_size=4))
    def append(self, room: str, drafts: list[Draft]) -> None:
        outcome = self._run(self.home.outcome(*drafts, room=room))

        assert outcome == self.model.append(room, drafts)
        if isinstance(outcome, list):
            for said, each in zip(drafts, outcome, strict=True):
                if isinstance(each, Appended) and each.new:
                    self.expected.append(self._entry(Logged(each.seq, each.n, said)))

    @rule(drafts=st.lists(messages, max_size=2), room=rooms, age=st.integers(1, 2))
    def append_late(self, drafts: list[Draft], room: str, age: int) -> None:
        late = self.home.fence._replace(generation=self.home.fence.generation - age)

        assert isinstance(self._run(self.home.outcome(*drafts, room=room, fence=late)), Fenced)

    @rule(room=rooms, seq=st.integers(0, 9), authority=st.integers(1, 3), late=st.booleans())
    def seed(self, room: str, seq: int, authority: int, late: bool) -> None:
        drops = self.model.drops - late
        seeded = self._run(
            self.home.log.seed(room, self.home.fence, Seed(drops, seq, 0, authority))
        )

        assert seeded == (room in self.model.rooms or not late)
        if seeded:
            held = self.model.rooms.setdefault(room, ModelRoom(seq, 0, authority, stored=seq))
            held.authority = max(held.authority, authority)

    @rule(share=st.integers(0, 4))
    def store(self, share: int) -> None:
        """Do as a logger does: take the first of what waits, and tell how far each room is."""
        count = len(self.model.ingest) * share // 4
        done, self.model.ingest = self.model.ingest[:count], self.model.ingest[count:]
        through = done[-1][0] if done else 0
        marks = {room: seq for _, room, seq in done}
        self._run(self.home.log.stored(0, self.home.fence, through, marks))

        for room, seq in marks.items():
            held = self.model.rooms.get(room)
            if held is not None and held.store(seq):
                self.expected.append(StoredUpTo(self.home.fence.generation, seq))

    @rule(room=rooms)
    def drop(self, room: str) -> None:
        dropped = self._run(self.home.log.drop(room, self.home.fence))

        held = self.model.rooms.get(room)
        assert dropped == (held is None or held.stored == held.seq)
        if dropped:
            self.model.rooms.pop(room, None)
            self.model.drops += 1

    @rule()
    def begin(self) -> None:
        closed = self.home.fence.generation
        self.home.fence = self._run(open_generation(self.home.log, closed + 1))
        self._run(self.home.log.purge(0, closed))
        self.model = Model()

    # --- what must be so ---------------------------------------------------------------

    @invariant()
    def rooms_stand_where_they_should(self) -> None:
        positions = self._run(self.home.log.positions(0, self.home.fence, ROOMS))
        stand = {
            room: RoomPosition(held.seq, held.n, held.stored)
            for room, held in self.model.rooms.items()
        }

        assert positions == ShardPositions(
            self.model.drops, len(self.model.ingest), {room: stand.get(room) for room in ROOMS}
        )
        generation = self.home.fence.generation
        assert self._run(self.home.log.live_rooms(0, generation)) == set(stand)

    @invariant()
    def rooms_keep_what_they_should(self) -> None:
        for room, held in self.model.rooms.items():
            kept = list(map(self._entry, held.kept))
            assert self._run(self.home.entries(room)) == kept

    @invariant()
    def the_ingest_stream_has_what_is_not_stored(self) -> None:
        after = {0: (self.home.fence.generation, 0)}
        read = self._run(self.home.log.read_ingest(after, 1000, block_ms=0)).get(0, [])

        assert [(entry.ingest_id, entry.room) for entry in read] == [
            (ingest_id, room) for ingest_id, room, _ in self.model.ingest
        ]
        assert all(entry.author in (AUTHOR, None) for entry in read)

    @invariant()
    def everything_is_published_once_in_order(self) -> None:
        for expected in self.expected:
            assert self._run(self.listener.published()) == expected
        self.expected.clear()
        assert self.listener.is_silent()

    def _entry(self, logged: Logged) -> Entry:
        generation = self.home.fence.generation
        return Entry(generation, logged.seq, logged.n, NOW, logged.draft.body)


def test_the_room_log_is_what_the_model_says(redis_home: RedisHome) -> None:
    run_state_machine_as_test(
        type("Machine", (RoomLogMachine,), {"redis_home": redis_home}),
        settings=settings(
            max_examples=25,
            stateful_step_count=20,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
