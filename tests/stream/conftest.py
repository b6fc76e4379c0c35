"""A room log on each kind of Redis in turn, with one room in it."""

from collections.abc import AsyncIterator

import pytest

from tests.conftest import RedisHome, empty_home
from tests.servers import RedisServer
from tests.stream.homes import Home, opened


@pytest.fixture(params=["fakeredis", "redis", "cluster"])
def redis_home(request: pytest.FixtureRequest) -> RedisHome:
    """Each kind of Redis in turn, empty; here on a Cluster too."""
    return empty_home(request, request.param)


@pytest.fixture
async def home(redis_home: RedisHome) -> AsyncIterator[Home]:
    async with opened(redis_home) as home:
        yield home


@pytest.fixture
async def own_home(own_redis_server: RedisServer) -> AsyncIterator[Home]:
    """A real Redis of the test's own, to be broken."""
    async with opened(RedisHome("redis", own_redis_server.url)) as home:
        yield home
