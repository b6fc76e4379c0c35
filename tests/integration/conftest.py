"""A deployment for every test: each kind of Redis with each kind of database."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from tests.conftest import RedisHome
from tests.integration.deployment import Deployment, deployed
from tests.servers import PostgresServer, RedisServer


@pytest.fixture
async def deployment(redis_home: RedisHome, empty_database: str) -> AsyncIterator[Deployment]:
    """A Redis and a database, and nothing running on them yet."""
    async with deployed(redis_home, empty_database) as fresh:
        yield fresh


@pytest.fixture(
    scope="module",
    params=["fakeredis-sqlite", "fakeredis-postgresql", "redis-sqlite", "redis-postgresql"],
)
def shared_place(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[RedisHome, str]]:
    """Each kind of Redis with each kind of database in turn, for all tests of a module."""
    redis_kind, database_kind = request.param.split("-")
    redis_home = RedisHome("fakeredis", url=None)
    if redis_kind == "redis":
        redis: RedisServer = request.getfixturevalue("redis_server")
        redis.reset()
        redis_home = RedisHome("redis", url=redis.url)
    if database_kind == "sqlite":
        yield redis_home, f"sqlite:///{tmp_path_factory.mktemp('shared') / 'parley.db'}"
        return
    postgres: PostgresServer = request.getfixturevalue("postgres_server")
    url = postgres.create_database()
    yield redis_home, url
    postgres.drop_database(url)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared_deployment(shared_place: tuple[RedisHome, str]) -> AsyncIterator[Deployment]:
    """A deployment for all tests of a module, which run in the module's event loop.

    No test of that module may ask for a Redis of its own: it would empty this one.
    """
    async with deployed(*shared_place) as deployment:
        yield deployment
