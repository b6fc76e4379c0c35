"""A deployment for every test: each kind of Redis with each kind of database."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import cast

import pytest
import pytest_asyncio
from argon2 import PasswordHasher

from tests.conftest import RedisHome, RedisKind, empty_home
from tests.databases import copy_of
from tests.integration.deployment import Deployment, deployed
from tests.integration.places import EACH_KIND, ON_A_CLUSTER
from tests.servers import PostgresServer

PLACES = [
    "fakeredis-sqlite",
    "fakeredis-postgresql",
    "redis-sqlite",
    "redis-postgresql",
    ON_A_CLUSTER,
]

# A password's hash costs what it does to who guesses; the rest is done once in a while, to be done
# seldom. A test is neither.
_QUICK = {
    "gateway.passwords._ARGON2ID": PasswordHasher(memory_cost=8, time_cost=1, parallelism=1),
    "gateway.service._RECONNECT_SPREAD_MS": 100,
    "gateway.service.LOOK_SECONDS": 0.2,
    "gateway.service.TELL_SECONDS": 0.1,
    "gateway.service.WATCH_SECONDS": 0.1,
    "logger.service._MARKS_SECONDS": 0.1,
    "parley.client.marks.MARK_SECONDS": 0.1,
}


@pytest.fixture(scope="module", autouse=True)
def _without_delays() -> Iterator[None]:
    """What takes its time on purpose takes little."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in _QUICK.items():
            patch.setattr(name, value)
        yield


@pytest.fixture(params=PLACES)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[RedisHome, str]:
    """A Redis and a database, both empty."""
    redis_kind, database_kind = request.param.split("-")
    home = empty_home(request, cast(RedisKind, redis_kind))
    if database_kind == "sqlite":
        return home, copy_of(request.getfixturevalue("migrated_file"), tmp_path)
    return home, request.getfixturevalue("empty_postgres")


@pytest.fixture
async def deployment(place: tuple[RedisHome, str]) -> AsyncIterator[Deployment]:
    """A Redis and a database, and nothing running on them yet."""
    async with deployed(*place) as fresh:
        yield fresh


@pytest.fixture(scope="module", params=EACH_KIND)
def shared_place(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[RedisHome, str]]:
    """Each kind of Redis and each kind of database, for all tests of a module."""
    redis_kind, database_kind = request.param.split("-")
    home = empty_home(request, cast(RedisKind, redis_kind))
    if database_kind == "sqlite":
        yield home, f"sqlite:///{tmp_path_factory.mktemp('shared') / 'parley.db'}"
        return
    postgres: PostgresServer = request.getfixturevalue("postgres_server")
    url = postgres.create_database()
    yield home, url
    postgres.drop_database(url)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared_deployment(shared_place: tuple[RedisHome, str]) -> AsyncIterator[Deployment]:
    """A deployment for all tests of a module, which run in the module's event loop.

    No test of that module may ask for a Redis of its own: it would empty this one.
    """
    async with deployed(*shared_place) as deployment:
        yield deployment
