"""Reading, changing, and the clock."""

import asyncio
import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa

from parley.store.database import Database, open_database
from parley.store.errors import StoreUnavailable
from parley.store.sqlite import journal_mode
from tests.databases import NOW
from tests.store.samples import change, rows

ADD = "INSERT INTO server (key, value) VALUES (:key, 'x')"
KEYS = "SELECT key FROM server ORDER BY key"


async def test_a_change_is_seen_once_it_is_committed(database: Database) -> None:
    async with database.write() as connection:
        await connection.execute(sa.text(ADD), {"key": "a"})
        before = await rows(database, KEYS)

    assert before == []
    assert await rows(database, KEYS) == [("a",)]


async def test_an_exception_undoes_the_whole_change(database: Database) -> None:
    async def add_and_fail() -> None:
        async with database.write() as connection:
            await connection.execute(sa.text(ADD), {"key": "a"})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await add_and_fail()

    assert await rows(database, KEYS) == []


async def test_a_cancelled_change_is_undone_and_leaves_the_database_usable(
    database: Database,
) -> None:
    added = asyncio.Event()

    async def add_and_wait() -> None:
        async with database.write() as connection:
            await connection.execute(sa.text(ADD), {"key": "a"})
            added.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(add_and_wait())
    await added.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await change(database, ADD, key="b")

    assert await rows(database, KEYS) == [("b",)]


async def test_a_cancelled_read_stands_in_no_one_s_way(database: Database) -> None:
    for key in ("a", "b", "c"):
        await change(database, ADD, key=key)
    for steps in range(1, 16):
        task = asyncio.create_task(rows(database, KEYS))
        for _ in range(steps):
            await asyncio.sleep(0)
        task.cancel()
        kept = await asyncio.gather(task, return_exceptions=True)

        # A statement that is still open would hold its lock on SQLite's file, and this would fail.
        await change(database, ADD, key=f"after {steps:02}")
        del kept

    assert len(await rows(database, KEYS)) == 18


async def test_many_changes_at_once_are_all_made(database: Database) -> None:
    await asyncio.gather(*(change(database, ADD, key=f"{number:02}") for number in range(40)))

    assert len(await rows(database, KEYS)) == 40


async def test_a_mistake_in_a_statement_is_no_outage(database: Database) -> None:
    with pytest.raises(sa.exc.DBAPIError):
        await rows(database, "SELECT nothing FROM nowhere")


async def test_the_clock_is_given_to_sqlite_and_is_the_servers_own_on_postgresql(
    database_url: str,
) -> None:
    database = open_database(database_url, clock=lambda: NOW)
    async with database.read() as connection:
        now = (await connection.execute(sa.select(database.now_ms()))).scalar_one()
        again = (await connection.execute(sa.select(database.now_ms()))).scalar_one()
    await database.close()

    if database_url.startswith("sqlite"):
        assert now == NOW
    else:
        assert NOW < now <= again


# --- SQLite --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("version", "journal"),
    [((3, 40, 1), "TRUNCATE"), ((3, 51, 2), "TRUNCATE"), ((3, 51, 3), "WAL"), ((4, 0, 0), "WAL")],
)
def test_a_write_ahead_log_is_used_only_where_it_cannot_corrupt_the_file(
    version: tuple[int, ...], journal: str
) -> None:
    assert journal_mode(version) == journal


@pytest.mark.usefixtures("synced")
async def test_every_connection_to_the_file_is_set_for_safety(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'parley.db'}", clock=lambda: NOW)
    for lend in (database.write, database.read):
        async with lend() as connection:
            settings = [
                await connection.scalar(sa.text(f"PRAGMA {name}"))
                for name in ("journal_mode", "synchronous", "foreign_keys")
            ]
        full = 2
        assert settings == [journal_mode(sqlite3.sqlite_version_info).lower(), full, 1]
    await database.close()


async def test_a_file_that_somebody_else_has_locked_is_unavailable_until_they_let_go(
    tmp_path: Path,
) -> None:
    path = tmp_path / "parley.db"
    database = open_database(f"sqlite:///{path}", clock=lambda: NOW)
    await change(database, "CREATE TABLE server (key TEXT, value TEXT)")
    async with database.write() as connection:
        # The lock is refused at once, so that the test need not wait for it.
        await connection.execute(sa.text("PRAGMA busy_timeout = 0"))
    stranger = sqlite3.connect(path)
    stranger.execute("BEGIN EXCLUSIVE")

    with pytest.raises(StoreUnavailable) as refused:
        await change(database, ADD, key="a")
    stranger.close()
    await change(database, ADD, key="b")

    assert refused.value.what == "database is locked"
    assert await rows(database, KEYS) == [("b",)]
    await database.close()


async def test_a_folder_that_is_not_there_is_an_outage_that_says_so(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'nowhere' / 'parley.db'}", clock=lambda: NOW)

    with pytest.raises(StoreUnavailable, match="unable to open database file"):
        await change(database, ADD, key="a")
    await database.close()
