"""Each kind of Redis with each kind of database, ready and empty."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.conftest import RedisHome
from tests.recovery.ground import Ground, copy_of, empty, prepare, process, sqlite_template
from tests.servers import PostgresServer


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sqlite_template(tmp_path_factory.mktemp("template"))


@pytest.fixture(scope="module")
def postgres_database(postgres_server: PostgresServer) -> Iterator[str]:
    """A database that is ready, one for the module's tests in turn."""
    url = postgres_server.create_database()
    asyncio.run(prepare(url))
    yield url
    postgres_server.drop_database(url)


@pytest.fixture(params=["sqlite", "postgresql"])
def ready_database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Each kind of database in turn, ready for use and empty."""
    if request.param == "sqlite":
        return copy_of(request.getfixturevalue("template"), tmp_path)
    url: str = request.getfixturevalue("postgres_database")
    asyncio.run(empty(url))
    return url


@pytest.fixture
async def ground(redis_home: RedisHome, ready_database: str) -> AsyncIterator[Ground]:
    async with process(redis_home, ready_database) as ground:
        yield ground


@pytest.fixture
async def embedded(template: Path, tmp_path: Path) -> AsyncIterator[Ground]:
    """The quickest ground there is, for what does not depend on it."""
    async with process(RedisHome("fakeredis", url=None), copy_of(template, tmp_path)) as ground:
        yield ground
