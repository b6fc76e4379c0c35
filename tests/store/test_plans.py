"""What must cost the same however long a room's log is: the databases' own plans tell."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from parley.protocol.ids import LOBBY
from parley.store.api import FullDirectory, Logs
from parley.store.database import Database
from parley.store.search.api import SearchQuery
from tests.store.samples import sign_up

ROWS = 100_000
# Three of four entries are reactions, which no page of history shows.
_FILL = (
    "INSERT INTO messages (room_id, seq, generation, n, time, digest, kind, content, shown) "
    "WITH RECURSIVE numbers (seq) AS "
    f"(SELECT 1 UNION ALL SELECT seq + 1 FROM numbers WHERE seq < {ROWS}) "
    f"SELECT '{LOBBY}', seq, 1, seq, 1000 * seq, '', 'text', :content, seq % 4 = 0 FROM numbers"
)
_END = f"INSERT INTO room_logs VALUES ('{LOBBY}', 1, {ROWS}, {ROWS})"


class Watched:
    """A database whose queries are noted, to be explained afterwards."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._noted: list[tuple[str, Any]] = []
        reader, searcher = database._backend.reader, database._backend.searcher
        self._explain = "EXPLAIN QUERY PLAN" if reader.dialect.name == "sqlite" else "EXPLAIN"
        for engine in (reader, searcher):
            sa.event.listen(engine.sync_engine, "before_cursor_execute", self._note)

    def _note(self, _: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        if not statement.startswith("EXPLAIN"):
            self._noted.append((statement, parameters))

    async def plans(self) -> str:
        """Return the plans of the queries noted."""
        lines = []
        for statement, parameters in tuple(self._noted):
            async with self._database.search() as connection:
                rows = await connection.exec_driver_sql(f"{self._explain} {statement}", parameters)
                lines += [str(row[-1]) for row in rows]
        return "".join(f"{line}\n" for line in lines)


def assert_by_index(plans: str) -> None:
    """No plan reads a table of messages from end to end."""
    assert plans
    for reads_all in (
        "SCAN messages",
        "SCAN search\n",
        "SCAN search USING",
        "Seq Scan on messages",
        "Seq Scan on search",
    ):
        assert reads_all not in plans, plans


@pytest.fixture
async def long_room(database: Database, directory: FullDirectory) -> Watched:
    """The lobby, with a hundred thousand entries."""
    await sign_up(directory, "ann")
    async with database.write() as connection:
        await connection.execute(sa.text("DELETE FROM room_logs"))
        await connection.execute(sa.text(_FILL), {"content": '{"kind":"text","text":"hello"}'})
        await connection.execute(sa.text(_END))
        await connection.execute(sa.text("ANALYZE"))
    return Watched(database)


@pytest.mark.parametrize("place", [{"before": 99_000}, {"after": 98_000}, {"before": 60}, {}])
async def test_a_page_of_history_is_read_by_an_index(
    long_room: Watched, logs: Logs, place: dict[str, int]
) -> None:
    page = await logs.page(LOBBY, **place, limit=50, max_bytes=1 << 20, shown=True, reader="idann")

    assert [entry.seq % 4 for entry in page] == [0] * len(page)
    assert_by_index(await long_room.plans())


async def test_what_has_become_of_a_page_is_read_by_indices(
    long_room: Watched, directory: FullDirectory
) -> None:
    page = range(50_000, 50_200, 4)

    read = await directory.states(LOBBY, [4], ["idann"], changed_among=page)

    assert list(read.states) == [4]
    assert_by_index(await long_room.plans())


async def test_a_date_is_found_by_halving_the_log(
    long_room: Watched, directory: FullDirectory
) -> None:
    found = [await directory.first_since(LOBBY, time) for time in (0, 1000, 77_777_001, 10**9)]

    assert found == [1, 1, 77_778, None]
    assert_by_index(await long_room.plans())


async def test_a_search_begins_without_reading_all_that_can_be_found(
    long_room: Watched, directory: FullDirectory
) -> None:
    await directory.search(SearchQuery("idann", "hello"))

    assert_by_index(await long_room.plans())
