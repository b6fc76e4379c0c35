"""A store on each kind of database in turn, empty."""

from collections.abc import AsyncIterator

import pytest

from parley.store.api import FullDirectory, Logs
from parley.store.database import Database, open_database
from parley.store.directory import SqlDirectory
from parley.store.logs import SqlLogs
from tests.databases import NOW


@pytest.fixture
async def database(empty_database: str) -> AsyncIterator[Database]:
    """Each kind of database in turn, migrated and empty."""
    database = open_database(empty_database, clock=lambda: NOW)
    yield database
    await database.close()


@pytest.fixture
async def directory(database: Database) -> FullDirectory:
    directory = SqlDirectory(database)
    await directory.ensure_lobby()
    return directory


@pytest.fixture
async def logs(database: Database) -> Logs:
    logs = SqlLogs(database)
    await logs.fix_shards(2)
    return logs
