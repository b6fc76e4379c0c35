"""The twin of the database does what the real one does.

Hypothesis writes a sequence of questions and changes; the twin and SQLite carry it out, and each
has the same answer or error on both.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, cast

from hypothesis import given, settings
from hypothesis import strategies as st

from parley.domain.receipts import Reach
from parley.protocol.content import Content, Notice, Text
from parley.protocol.entry import Entry, IngestEntry, encode_body, encode_content, format_record
from parley.protocol.ids import new_cmid
from parley.store.api import FullDirectory, Logs
from parley.store.database import open_database
from parley.store.directory import SqlDirectory
from parley.store.logs import SqlLogs
from parley.store.mark_records import NewMark
from parley.store.migrate import migrate
from parley.store.records import NewAccount, NewSession
from tests.simulation.clock import Process, VirtualLoop, virtual_loop
from tests.simulation.store_data import StoreData
from tests.simulation.store_twin import DatabaseServer, DirectoryTwin, LogsTwin, StoreLink

PEOPLE = ["0000000000ann", "0000000000bob"]
ROOMS = ["lobby", "0000000room1", "0000000room2"]
OWNERS = ["logger1", "logger2"]
SHARDS = 2


@dataclass
class Store:
    """A database under test; `clock` is a list of one number, Unix milliseconds."""

    directory: FullDirectory
    logs: Logs
    clock: list[int]


Step = Callable[[Store], Awaitable[Any]]


def cmid(number: int) -> str:
    return new_cmid(number, number)


def step(call: Callable[..., Awaitable[Any]], **arguments: st.SearchStrategy[Any]) -> Any:
    def bound(drawn: dict[str, Any]) -> Step:
        return lambda store: call(store, **drawn)

    return st.fixed_dictionaries(arguments).map(bound)


# --- calls ---------------------------------------------------------------------------------


async def wait(store: Store, ms: int) -> None:
    store.clock[0] += ms


async def sign_up(store: Store, person: str, name: str, session: int) -> Any:
    account = NewAccount(person, name, name, name.title(), "hash")
    new = NewSession(f"session{session}", bytes([session]) * 32, "laptop", "192.0.2.1")
    if await store.directory.credentials(name) is None and await store.directory.people([person]):
        return None  # the caller makes ids; none is made twice
    if await store.directory.session(new.token_hash) is not None:
        return None
    return await store.directory.sign_up(account, new)


async def create(store: Store, room: str, person: str, notice: int) -> Any:
    if not await store.directory.people([person]) or await store.directory.room(person, room):
        return None
    if await told(store, notice):
        return None
    return await store.directory.create_channel(room, f"Room {room[-1]}", person, cmid(notice))


async def join(store: Store, room: str, person: str, notice: int) -> Any:
    if not await store.directory.people([person]) or await told(store, notice):
        return None
    return await store.directory.join(person, room, cmid(notice))


async def leave(store: Store, room: str, person: str, notice: int) -> Any:
    if await told(store, notice):
        return None
    return await store.directory.leave(person, room, cmid(notice))


async def told(store: Store, notice: int) -> bool:
    """Whether the notice's id was used: the caller makes ids, and none twice."""
    waiting = await store.directory.due_notices(-(10**15), 100)
    return any(row.id == cmid(notice) for row in waiting)


async def look(store: Store, room: str, person: str) -> Any:
    directory, logs = store.directory, store.logs
    return [
        await directory.membership(person, room),
        sorted(await directory.memberships(person), key=lambda held: held.room_id),
        await directory.room(person, room),
        await directory.rooms_of(person, after="", limit=2),
        await directory.public_rooms(person, after="lobby", limit=5),
        await directory.changes(1000),
        await directory.due_notices(500, 3),
        await logs.seed(room),
        await logs.shards(),
        await directory.people(PEOPLE[:1]),
        *[await logs.survived(room, generation) for generation in range(4)],
        *[await logs.find(PEOPLE[0], cmid(number)) for number in range(8)],
    ]


async def page(store: Store, room: str, after: int | None, before: int | None, limit: int) -> Any:
    return await store.logs.page(room, after=after, before=before, limit=limit, max_bytes=300)


async def set_aside_reason(store: Store, person: str, number: int) -> Any:
    return bool(await store.logs.set_aside_reason(person, cmid(number)))


async def lease(store: Store, shard: int, owner: str, ms: int, force: bool) -> Any:
    return await store.logs.lease(shard, owner, ms, force=force)


async def release(store: Store, shard: int, owner: str) -> Any:
    return await store.logs.release(shard, owner)


async def attend(store: Store, logger: str, ms: int) -> Any:
    return sorted(await store.logs.attend(logger, ms))


async def depart(store: Store, logger: str) -> Any:
    return await store.logs.depart(logger)


async def session(store: Store, session: int) -> Any:
    return await store.directory.session(bytes([session]) * 32)


async def revoke(store: Store, session: int) -> Any:
    return await store.directory.revoke_session(f"session{session}")


@dataclass(frozen=True)
class Line:
    """An entry to be written: relative to the room's end, as the log has it or not."""

    ahead: int
    generation: int
    name: int
    content: Content
    is_broken: bool


async def write(store: Store, shard: int, lines: list[Line], begins: bool, undone: bool) -> Any:
    """Write in one transaction, twice as a drain does, perhaps with a new generation behind."""
    room = ROOMS[shard]
    try:
        async with store.logs.hold(shard) as held:
            row = held.row
            answers: list[Any] = []
            for half in (lines[::2], lines[1::2]):
                seed = await store.logs.seed(room)
                top = seed.seq if seed else 0
                entries = [
                    ingest(room, top, row.checkpoint, i, line) for i, line in enumerate(half)
                ]
                if entries:
                    written = await held.write(entries)
                    answers.append((written.stored, written.duplicates, len(written.refused)))
                    answers.append([(alarm.seq, alarm.reason) for alarm in written.alarms])
                    await held.advance(row.checkpoint + len(entries))
            if begins:
                answers.append(await held.begin_generation("server", above=0))
            answers.append(held.row)
            if undone:
                raise InterruptedError
    except InterruptedError:
        return "undone"
    return answers


def ingest(room: str, top: int, checkpoint: int, index: int, line: Line) -> IngestEntry:
    seq = max(1, top + 1 + index + line.ahead)
    body = encode_body(PEOPLE[0], cmid(line.name), encode_content(line.content))
    if line.is_broken:
        body = b"{}"
    record = format_record(Entry(line.generation, seq, seq, 1000 + line.name, body))
    return IngestEntry(checkpoint + 1 + index, room, PEOPLE[0], cmid(line.name), record)


async def mark(
    store: Store, shard: int, generation: int, person: str, session: int, reach: Reach
) -> Any:
    room = ROOMS[shard]
    if await store.directory.membership(person, room) is None:
        return None  # nobody else is let mark anything
    return await store.directory.write_marks(
        [NewMark(shard, generation, room, person, f"session{session}", reach)]
    )


async def reached(store: Store, room: str, person: str, told: int, limit: int) -> Any:
    members = await store.directory.reaches(room, limit)
    return [
        members and sorted(members, key=lambda each: each.account_id),
        await store.directory.room_standings(person, {room: told}),
    ]


people = st.sampled_from(PEOPLE)
rooms = st.sampled_from(ROOMS)
shards = st.integers(0, SHARDS - 1)
numbers = st.integers(0, 7)
lines = st.builds(
    Line,
    ahead=st.sampled_from([0] * 8 + [-1, 1]),
    generation=st.sampled_from([1] * 5 + [2, 3]),
    name=numbers,
    content=st.sampled_from([Text("hello"), Text("hello"), Notice("joined", PEOPLE[0])]),
    is_broken=st.sampled_from([False] * 9 + [True]),
)
steps = st.one_of(
    step(wait, ms=st.sampled_from([1, 400, 1500])),
    step(sign_up, person=people, name=st.sampled_from(["ann", "bob"]), session=st.integers(0, 3)),
    step(create, room=rooms, person=people, notice=numbers),
    step(join, room=rooms, person=people, notice=numbers),
    step(leave, room=rooms, person=people, notice=numbers),
    step(look, room=rooms, person=people),
    step(
        page,
        room=rooms,
        after=st.none() | st.integers(0, 4),
        before=st.none() | st.integers(0, 6),
        limit=st.integers(1, 4),
    ),
    step(set_aside_reason, person=people, number=numbers),
    step(
        lease,
        shard=shards,
        owner=st.sampled_from(OWNERS),
        ms=st.sampled_from([100, 1000]),
        force=st.booleans(),
    ),
    step(release, shard=shards, owner=st.sampled_from(OWNERS)),
    step(attend, logger=st.sampled_from(OWNERS), ms=st.sampled_from([100, 1000])),
    step(depart, logger=st.sampled_from(OWNERS)),
    step(
        mark,
        shard=shards,
        generation=st.sampled_from([0, 0, 1, 2]),
        person=people,
        session=st.integers(0, 3),
        reach=st.builds(Reach, delivered=st.integers(0, 4), read=st.integers(0, 4)),
    ),
    step(reached, room=rooms, person=people, told=st.integers(0, 3), limit=st.integers(1, 3)),
    step(session, session=st.integers(0, 3)),
    step(revoke, session=st.integers(0, 3)),
    step(
        write,
        shard=st.integers(0, SHARDS),
        lines=st.lists(lines, max_size=4),
        begins=st.booleans(),
        undone=st.sampled_from([False, False, False, True]),
    ),
)


# --- both ----------------------------------------------------------------------------------


@asynccontextmanager
async def sqlite(folder: Path) -> AsyncIterator[Store]:
    clock = [1_700_000_000_000]
    database = open_database(f"sqlite:///{folder / 'parley.db'}", clock=lambda: clock[0])
    await migrate(database)
    try:
        yield Store(SqlDirectory(database), SqlLogs(database), clock)
    finally:
        await database.close()


def twin(loop: VirtualLoop) -> Store:
    clock = [1_700_000_000_000]
    server = DatabaseServer(loop, StoreData(lambda: clock[0]))
    link = StoreLink(loop, Random(0), server, Process(loop, "test"))
    return Store(cast(FullDirectory, DirectoryTwin(link)), LogsTwin(link), clock)


async def outcomes(store: Store, calls: list[Step]) -> list[Any]:
    await store.directory.ensure_lobby()
    await store.logs.fix_shards(SHARDS)
    answers: list[Any] = []
    for call in calls:
        try:
            answers.append(await call(store))
        except Exception as error:
            answers.append(repr(error))
    return answers


async def on_sqlite(calls: list[Step]) -> list[Any]:
    with TemporaryDirectory() as folder:
        async with sqlite(Path(folder)) as store:
            return await outcomes(store, calls)


@settings(max_examples=60)
@given(calls=st.lists(steps, min_size=1, max_size=30))
def test_the_twin_answers_what_the_database_does(calls: list[Step]) -> None:
    loop = virtual_loop()
    assert loop.run(outcomes(twin(loop), calls), deadline=1e9) == asyncio.run(on_sqlite(calls))
