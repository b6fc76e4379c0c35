"""However a log is cut into batches, and however much is read again, one table comes of it."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parley.protocol.entry import IngestEntry
from parley.store.api import Logs
from parley.store.database import Database
from parley.store.schema import messages, room_generations, room_logs, set_aside
from tests.databases import remove_rows
from tests.store.samples import noticed, rows, said, with_bad_body

ROOMS = ("room1", "room2", "room3")
# Few names, so that many entries are duplicates.
NAMES = 12


@st.composite
def streams(draw: st.DrawFn) -> list[IngestEntry]:
    """A shard's ingest stream: rooms interleaved, generations moving on, poison and duplicates."""
    seqs = dict.fromkeys(ROOMS, 0)
    generations = dict.fromkeys(ROOMS, 1)
    stream = []
    for ingest_id in range(1, draw(st.integers(0, 30)) + 1):
        room = draw(st.sampled_from(ROOMS))
        seqs[room] += 1
        generations[room] += draw(st.sampled_from((0, 0, 0, 1, 3)))
        make = draw(st.sampled_from((said, said, noticed)))
        entry = make(
            seqs[room],
            room=room,
            generation=generations[room],
            author=draw(st.sampled_from(("ann", "bob"))),
            name=draw(st.integers(1, NAMES)),
            ingest_id=ingest_id,
        )
        is_poison = draw(st.integers(0, 9)) == 0
        stream.append(with_bad_body(entry) if is_poison else entry)
    return stream


@st.composite
def readings(draw: st.DrawFn, length: int) -> list[tuple[int, int]]:
    """Ranges that cover a stream in order, each beginning at or before the end of the last."""
    ranges, end = [], 0
    while end < length:
        start = draw(st.integers(0, end))
        end = draw(st.integers(end + 1, length))
        ranges.append((start, end))
    return ranges


# What depends on when, and in which order, it was written.
_NOT_OF_THE_LOG = ("id", "time", "stored_at")


async def table(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Return all that was stored, whatever the order in which it was written."""
    found = {}
    for each in (messages, room_logs, room_generations, set_aside):
        columns = ", ".join(column.name for column in each.c if column.name not in _NOT_OF_THE_LOG)
        found[each.name] = sorted(
            await rows(database, f"SELECT {columns} FROM {each.name}"), key=repr
        )
    return found


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), stream=streams())
async def test_any_split_of_a_log_into_batches_gives_the_same_table(
    database: Database, logs: Logs, data: st.DataObject, stream: list[IngestEntry]
) -> None:
    tables = []
    for cuts in ([(0, len(stream))], data.draw(readings(len(stream)))):
        await remove_rows(database)
        await logs.fix_shards(1)
        for start, end in cuts:
            async with logs.hold(0) as held:
                written = await held.write(stream[start:end])
            assert written.alarms == []
        tables.append(await table(database))

    assert tables[0] == tables[1]


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(stream=streams())
async def test_a_stored_log_is_contiguous_and_has_each_message_once(
    database: Database, logs: Logs, stream: list[IngestEntry]
) -> None:
    await remove_rows(database)
    await logs.fix_shards(1)
    async with logs.hold(0) as held:
        await held.write(stream)

    for room in ROOMS:
        seqs = await rows(
            database, "SELECT seq FROM messages WHERE room_id = :room ORDER BY seq", room=room
        )
        expected = len([entry for entry in stream if entry.room == room])
        assert seqs == [(seq,) for seq in range(1, expected + 1)]
    assert (
        await rows(
            database,
            "SELECT author_id, cmid FROM messages WHERE cmid IS NOT NULL "
            "GROUP BY author_id, cmid HAVING count(*) > 1",
        )
        == []
    )
