"""A store on each kind of database in turn, empty."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from parley.store.api import FullDirectory, Logs
from parley.store.database import Database, open_database
from parley.store.directory import SqlDirectory
from parley.store.logs import SqlLogs
from parley.store.migrate import migrate
from parley.store.schema import metadata
from tests.servers import PostgresServer

NOW = 1_700_000_000_000


@pytest.fixture(scope="session")
def shared_postgres_url(postgres_server: PostgresServer) -> str:
    """One database for the whole run: making one takes longer than most tests."""
    return postgres_server.create_database()


@pytest.fixture(params=["sqlite", "postgresql"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """Each kind of database in turn, migrated and empty."""
    url = f"sqlite:///{tmp_path / 'parley.db'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("shared_postgres_url")
    database = open_database(url, clock=lambda: NOW)
    await migrate(database)
    yield database
    await empty(database)
    await database.close()


async def empty(database: Database) -> None:
    """Remove every row."""
    async with database.write() as connection:
        for table in reversed(metadata.sorted_tables):
            await connection.execute(sa.delete(table))


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
