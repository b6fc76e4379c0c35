"""What a logger works on: all in one process, or a real Redis and a real PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.conftest import RedisHome
from tests.recovery.ground import Ground, copy_of, empty, prepare, process, sqlite_template
from tests.servers import PostgresServer, RedisServer


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


@pytest.fixture(params=["embedded", "scaled"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[RedisHome, str]:
    """Where Redis and the database are, ready and empty."""
    if request.param == "embedded":
        template: Path = request.getfixturevalue("template")
        return RedisHome("fakeredis", url=None), copy_of(template, tmp_path)
    server: RedisServer = request.getfixturevalue("redis_server")
    url: str = request.getfixturevalue("postgres_database")
    server.reset()
    asyncio.run(empty(url))
    return RedisHome("redis", server.url), url


@pytest.fixture
async def ground(place: tuple[RedisHome, str]) -> AsyncIterator[Ground]:
    async with process(*place) as ground:
        yield ground


@pytest.fixture
async def embedded(template: Path, tmp_path: Path) -> AsyncIterator[Ground]:
    """The quickest ground there is; the database's clock is the test's."""
    async with process(RedisHome("fakeredis", url=None), copy_of(template, tmp_path)) as ground:
        yield ground
