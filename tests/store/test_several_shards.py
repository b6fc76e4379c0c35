"""Several shards in one transaction: each is written as it would be by itself."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import sqlalchemy as sa

from parley.protocol.content import Edit
from parley.protocol.derived import Derived
from parley.protocol.entry import IngestEntry
from parley.store.api import Logs
from parley.store.database import Database, open_database
from parley.store.logs import SqlLogs
from parley.store.preparing import prepare
from parley.store.records import Alarm, Written
from parley.store.search.ids import search_id
from tests.databases import NOW
from tests.store.samples import STONES, cmid, entry, log_of, rows, said, seqs_of, with_bad_body

SHARDS = 8


@pytest.fixture
async def logs(database: Database) -> Logs:
    logs = SqlLogs(database)
    await logs.fix_shards(SHARDS)
    return logs


async def write_all(logs: Logs, batches: dict[int, list[IngestEntry]]) -> dict[int, Written]:
    """Write a batch of each of these shards in one transaction."""
    readings = {shard: await prepare(entries) for shard, entries in batches.items()}
    async with logs.hold_some(batches, wait=False) as held:
        written = await held.write(readings)
        await held.advance({shard: each[-1].ingest_id for shard, each in batches.items()})
    return written


async def checkpoints(logs: Logs) -> dict[int, int]:
    return {row.shard: row.checkpoint for row in await logs.shards() if row.checkpoint}


# --- the rows ------------------------------------------------------------------------------


async def test_every_shard_s_row_is_held(logs: Logs) -> None:
    before = await logs.shards()
    async with logs.hold_some([5, 0, 3], wait=False) as held:
        assert held.rows == {row.shard: row for row in before if row.shard in (0, 3, 5)}


async def test_a_shard_that_was_never_made_is_left_out(logs: Logs) -> None:
    async with logs.hold_some([1, 99], wait=True) as held:
        assert list(held.rows) == [1]


async def test_each_checkpoint_moves_and_no_other(logs: Logs) -> None:
    async with logs.hold_some([1, 2, 4], wait=False) as held:
        await held.advance({1: 10, 4: 40})
        assert [held.rows[n].checkpoint for n in (1, 2, 4)] == [10, 0, 40]

    assert await checkpoints(logs) == {1: 10, 4: 40}


async def test_a_locked_row_is_left_out_and_nobody_waits_for_it(empty_postgres: str) -> None:
    """PostgreSQL alone locks rows: in SQLite whoever writes waits for all who do."""
    database = open_database(empty_postgres, clock=lambda: NOW)
    logs = SqlLogs(database)
    await logs.fix_shards(SHARDS)

    async with logs.hold(1), logs.hold_some([0, 1, 2], wait=False) as held:
        assert list(held.rows) == [0, 2]

    await database.close()


async def test_a_locked_row_can_be_waited_for(logs: Logs) -> None:
    async def seen() -> int:
        async with logs.hold_some([0, 1], wait=True) as held:
            return held.rows[1].checkpoint

    async with logs.hold(1) as held:
        second = asyncio.create_task(seen())
        # Only a second that was not kept out could end before the first does.
        ended, _ = await asyncio.wait({second}, timeout=0.3)
        await held.advance(5)

    assert ended == set()
    assert await second == 5


# --- writing -------------------------------------------------------------------------------


async def test_what_is_written_for_several_shards_is_committed_together(
    logs: Logs, database: Database
) -> None:
    written = await write_all(logs, {0: [said(1), said(2)], 3: [said(1, room="room2", name=9)]})

    assert written == {
        0: Written({"room1": 2}, [], 0, []),
        3: Written({"room2": 1}, [], 0, []),
    }
    assert await seqs_of(database, "room1") == [1, 2]
    assert await seqs_of(database, "room2") == [1]
    assert await checkpoints(logs) == {0: 2, 3: 1}


async def test_what_is_written_for_several_shards_is_undone_together(
    logs: Logs, database: Database
) -> None:
    readings = {0: await prepare([said(1)]), 3: await prepare([said(1, room="room2", name=9)])}

    async def write_and_fail() -> None:
        async with logs.hold_some(readings, wait=False) as held:
            await held.write(readings)
            await held.advance({0: 1, 3: 1})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await write_and_fail()

    assert await seqs_of(database, "room1") == await seqs_of(database, "room2") == []
    assert await checkpoints(logs) == {}


async def test_each_shard_is_told_what_became_of_its_own(logs: Logs) -> None:
    """One has a hole, one an entry that cannot be read, one a message that another has too."""
    written = await write_all(
        logs,
        {
            1: [said(1, name=1), said(3, name=3)],
            2: [with_bad_body(said(1, room="room2", name=2))],
            3: [said(1, room="room3", name=1), said(2, room="room3", name=4)],
        },
    )

    reason = "there is a hole: only 1 are stored before it"
    assert written[1] == Written({"room1": 1}, [], 0, [Alarm("room1", 3, reason)])
    assert [(each.room, each.seq, each.cmid) for each in written[2].refused] == [
        ("room2", 1, cmid(2))
    ]
    assert written[3] == Written({"room3": 2}, [], 1, [])


async def test_what_is_set_aside_is_kept_under_its_own_shard(
    logs: Logs, database: Database
) -> None:
    await write_all(
        logs,
        {
            1: [said(3, room="room1", name=1)],
            2: [with_bad_body(said(1, room="room2", name=2))],
        },
    )

    kept = await rows(database, "SELECT shard, room_id, refused FROM set_aside ORDER BY shard")
    assert [(shard, room, bool(refused)) for shard, room, refused in kept] == [
        (1, "room1", False),
        (2, "room2", True),
    ]


async def test_a_message_that_two_shards_have_is_stored_once(
    logs: Logs, database: Database
) -> None:
    await write_all(logs, {0: [said(1, "first")], 1: [said(1, "second", room="room2")]})

    contents = [text for room in ("room1", "room2") for _, text in await log_of(database, room)]
    assert contents.count(STONES["duplicate"]) == 1


async def test_messages_of_several_shards_are_found_by_their_own_rows(
    logs: Logs, database: Database
) -> None:
    """One is changed in the same batch: it is found by its new words alone."""
    edit = entry(2, Edit(cmid(1), "changed"), name=3, derived=Derived(seq=1))
    await write_all(
        logs, {0: [said(1, "before"), edit], 1: [said(1, "other", room="room2", name=2)]}
    )

    found = await rows(database, "SELECT room_id, seq, folded FROM search ORDER BY room_id")
    assert found == [("room1", 1, "changed"), ("room2", 1, "other")]


async def test_a_message_s_number_in_the_index_is_one_of_its_own_shard_s(
    logs: Logs, database: Database
) -> None:
    await write_all(logs, {0: [said(1)], 5: [said(1, room="room2", name=2)]})

    found = await rows(database, "SELECT id FROM search ORDER BY room_id")
    assert [at for (at,) in found] == [search_id(1001, 0, 1), search_id(1001, 5, 1)]


async def test_a_transaction_takes_as_many_statements_however_many_shards_it_has(
    logs: Logs, database: Database
) -> None:
    await write_all(logs, {n: [said(1, room=f"room{n}", name=100 + n)] for n in range(SHARDS)})
    noted: list[str] = []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        noted.append(statement)

    sa.event.listen(database._backend.writer.sync_engine, "before_cursor_execute", note)

    await write_all(logs, {0: [said(2, room="room0", name=200)]})
    of_one = len(noted)
    await write_all(logs, {n: [said(2, room=f"room{n}", name=200 + n)] for n in range(1, SHARDS)})

    assert len(noted) - of_one == of_one, noted[of_one:]
