"""Databases to test on, sooner than by migrating one for each test.

Owns: migrating one, copying it, removing its rows, what a service puts there when it starts, and
SQLite without its syncs.
Never: what a test's folder puts into one.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import asyncpg
from sqlalchemy.engine.interfaces import DBAPIConnection

from parley.store.database import Database, open_database
from parley.store.directory import SqlDirectory
from parley.store.logs import SqlLogs
from parley.store.migrate import migrate
from parley.store.schema import metadata

Configure = Callable[[DBAPIConnection], None]

NOW = 1_700_000_000_000

_REMOVE_ALL = "; ".join(f"DELETE FROM {table.name}" for table in reversed(metadata.sorted_tables))


def without_syncs(configure: Configure) -> Configure:
    """Make a SQLite connection's setting up end with one that leaves writing to the system.

    What a test has written is read back all the same; only a power cut would lose it.
    """

    def configure_for_tests(connection: DBAPIConnection) -> None:
        configure(connection)
        cursor = connection.cursor()
        cursor.execute("PRAGMA synchronous=OFF")
        cursor.close()

    return configure_for_tests


async def make_tables(url: str) -> None:
    """Migrate an empty database."""
    database = open_database(url, clock=lambda: NOW)
    await migrate(database)
    await database.close()


async def prepare(url: str, shards: int = 1) -> None:
    """Make a migrated database ready for use, as a service does when it starts."""
    database = open_database(url, clock=lambda: NOW)
    await SqlLogs(database).fix_shards(shards)
    await SqlDirectory(database).ensure_lobby()
    await database.close()


def copy_of(template: Path, folder: Path) -> str:
    """Return the URL of a SQLite file of the test's own, with all that the template has."""
    return f"sqlite:///{shutil.copy(template, folder / 'parley.db')}"


async def remove_rows(database: Database) -> None:
    """Make a migrated database as good as new, in one call: some do so before every example."""
    async with database.write() as connection:
        driver: Any = (await connection.get_raw_connection()).driver_connection
        # SQLite's driver takes several statements by this name alone; it commits what was begun.
        run = getattr(driver, "executescript", driver.execute)
        await run(f"BEGIN; {_REMOVE_ALL}; COMMIT")


async def remove_rows_at(url: str) -> None:
    """Do so in a PostgreSQL database, all at once: before every test, it must not take long."""
    connection = await asyncpg.connect(url)
    await connection.execute(_REMOVE_ALL)
    await connection.close()
