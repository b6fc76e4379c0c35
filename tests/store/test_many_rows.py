"""Many rows go to a database in one statement, and are what they would be one by one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from parley.store.api import Logs
from parley.store.batch import MessageRow
from parley.store.database import Database, open_database
from parley.store.schema import messages, search
from parley.store.search.tokens import group
from tests.databases import NOW, copy_of
from tests.store.samples import change, cmid, rows, said, write

_ROWS = [
    MessageRow("room1", 1, 3, 1, 5, "ann", cmid(1), "d1", "text", '{"text":"\\u0000 \\" \\\\"}'),
    MessageRow("room1", 2, 3, 1, 6, None, None, "", "stone", "{}", shown=False, derived="{}"),
    MessageRow("räume 👍", 1, 2**62, 1, 2**53 + 1, "ä", cmid(2), "", "react", "{'}", target_seq=9),
]
# As it is kept: a query of SQLAlchemy's would make the same of what is not.
_ALL = "SELECT * FROM messages ORDER BY room_id, seq"
_COLUMNS = [messages.c[name] for name in MessageRow._fields]
_SEARCH = list(search.c)
_FOUND = [
    (
        2**62 + 1,
        "room1",
        1,
        "ann",
        True,
        "quote \" ' {} \\ 東京",
        [group([-(2**31), 0]), group([7, 0])],
    ),
    (5, "room1", 2, "", False, "", [group([2**31 - 1])]),
    (6, "room1", 3, "", False, "none", []),
]


async def insert(
    database: Database,
    columns: Sequence[sa.Column[Any]],
    rows: Sequence[Sequence[Any]],
    **same: sa.ColumnElement[Any],
) -> None:
    async with database.write() as connection:
        statement = database.insert_rows(columns[0].table, columns, **same)
        await connection.execute(statement, database.row_parameters(columns, rows))


async def stored(database: Database, table: sa.Table) -> list[Any]:
    async with database.read() as connection:
        return list(await connection.execute(sa.select(*table.c).order_by(*table.primary_key)))


async def test_messages_are_what_they_would_be_one_by_one(database: Database) -> None:
    async with database.write() as connection:
        await connection.execute(sa.insert(messages), [row._asdict() for row in _ROWS])
    expected = await rows(database, _ALL)
    await change(database, "DELETE FROM messages")

    await insert(database, _COLUMNS, _ROWS)

    assert await rows(database, _ALL) == expected
    assert len(expected) == len(_ROWS)


async def test_groups_of_tokens_of_any_size_are_kept_as_a_set(database: Database) -> None:
    await insert(database, _SEARCH, _FOUND)

    tokens = [row.tokens for row in await stored(database, search)]
    assert tokens == [{2**31 - 1}, set(), {-(2**31), 0, 7}]


async def test_what_all_rows_have_in_common_is_said_once(database: Database) -> None:
    await insert(database, _COLUMNS, _ROWS, stored_at=sa.literal(NOW + 1, sa.BigInteger))

    assert {row.stored_at for row in await stored(database, messages)} == {NOW + 1}


async def test_the_time_in_a_statement_that_is_made_once_is_that_of_each_execution(
    migrated_file: Path, tmp_path: Path
) -> None:
    times = iter((NOW, NOW + 1))
    database = open_database(copy_of(migrated_file, tmp_path), clock=lambda: next(times))
    insert = database.insert_rows(messages, _COLUMNS, stored_at=database.now_ms())
    async with database.write() as connection:
        for row in _ROWS[:2]:
            await connection.execute(insert, database.row_parameters(_COLUMNS, [row]))

    assert [row.stored_at for row in await stored(database, messages)] == [NOW, NOW + 1]
    await database.close()


async def test_no_rows_are_no_error(database: Database) -> None:
    await insert(database, _SEARCH, [])

    assert await stored(database, search) == []


async def test_a_batch_takes_as_many_statements_however_many_entries_it_has(
    database: Database, logs: Logs
) -> None:
    await write(logs, said(1))
    noted: list[str] = []
    once: list[bool] = []

    def note(_: Any, __: Any, statement: str, ___: Any, ____: Any, many: bool) -> None:
        noted.append(statement)
        once.append(not many)

    sa.event.listen(database._backend.writer.sync_engine, "before_cursor_execute", note)

    await write(logs, said(2))
    of_one = len(noted)
    await write(logs, *(said(seq) for seq in range(3, 1203)))

    assert len(noted) - of_one == of_one, noted[of_one:]
    assert all(once)
