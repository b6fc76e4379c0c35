"""A deployment for every test: each kind of Redis with each kind of database."""

from collections.abc import AsyncIterator

import pytest

from tests.conftest import RedisHome
from tests.integration.deployment import Deployment, deployed


@pytest.fixture
async def deployment(redis_home: RedisHome, database_url: str) -> AsyncIterator[Deployment]:
    """A Redis and a database, and nothing running on them yet."""
    async with deployed(redis_home, database_url) as fresh:
        yield fresh
