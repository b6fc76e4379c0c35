"""Many rows go to a database in one statement, and are what they would be one by one."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from parley.store.api import Logs
from parley.store.batch import MessageRow
from parley.store.database import Database
from parley.store.schema import messages, search
from tests.databases import NOW
from tests.store.samples import change, cmid, rows, said, write

_ROWS = [
    MessageRow("room1", 1, 3, 1, 5, "ann", cmid(1), "d1", "text", '{"text":"\\u0000 \\" \\\\"}'),
    MessageRow("room1", 2, 3, 1, 6, None, None, "", "stone", "{}", shown=False, derived="{}"),
    MessageRow("räume 👍", 1, 2**62, 1, 2**53 + 1, "ä", cmid(2), "", "react", "{'}", target_seq=9),
]
# As it is kept: a query of SQLAlchemy's would make the same of what is not.
_ALL = "SELECT * FROM messages ORDER BY room_id, seq"
_SEARCH = ("id", "room_id", "seq", "author_id", "has_link", "folded", "tokens")
_FOUND = [
    (2**62 + 1, "room1", 1, "ann", True, "quote \" ' {} \\ 東京", {-(2**31), 0, 7}),
    (5, "room1", 2, "", False, "", {2**31 - 1}),
    (6, "room1", 3, "", False, "none", set()),
]


async def stored(database: Database, table: sa.Table) -> list[Any]:
    async with database.read() as connection:
        return list(await connection.execute(sa.select(*table.c).order_by(*table.primary_key)))


async def test_messages_are_what_they_would_be_one_by_one(database: Database) -> None:
    async with database.write() as connection:
        await connection.execute(sa.insert(messages), [row._asdict() for row in _ROWS])
    expected = await rows(database, _ALL)
    await change(database, "DELETE FROM messages")

    async with database.write() as connection:
        await connection.execute(database.insert_rows(messages, MessageRow._fields, _ROWS))

    assert await rows(database, _ALL) == expected
    assert len(expected) == len(_ROWS)


async def test_sets_of_tokens_of_any_size_are_kept(database: Database) -> None:
    async with database.write() as connection:
        await connection.execute(database.insert_rows(search, _SEARCH, _FOUND))

    assert [tuple(row) for row in await stored(database, search)] == sorted(_FOUND)


async def test_what_all_rows_have_in_common_is_said_once(database: Database) -> None:
    async with database.write() as connection:
        later = sa.literal(NOW + 1, sa.BigInteger)
        insert = database.insert_rows(messages, MessageRow._fields, _ROWS, stored_at=later)
        await connection.execute(insert)

    assert {row.stored_at for row in await stored(database, messages)} == {NOW + 1}


async def test_no_rows_are_no_error(database: Database) -> None:
    async with database.write() as connection:
        await connection.execute(database.insert_rows(search, _SEARCH, []))

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
