"""What a logger works on: all in one process, or a real Redis and a real PostgreSQL."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.conftest import RedisHome
from tests.databases import copy_of
from tests.recovery.ground import Ground, process
from tests.servers import RedisServer


@pytest.fixture(params=["embedded", "scaled"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[RedisHome, str]:
    """Where Redis and the database are, ready and empty."""
    if request.param == "embedded":
        template: Path = request.getfixturevalue("template")
        return RedisHome("fakeredis", url=None), copy_of(template, tmp_path)
    server: RedisServer = request.getfixturevalue("redis_server")
    server.reset()
    return RedisHome("redis", server.url), request.getfixturevalue("ready_postgres")


@pytest.fixture
async def ground(place: tuple[RedisHome, str]) -> AsyncIterator[Ground]:
    async with process(*place) as ground:
        yield ground


@pytest.fixture
async def embedded(template: Path, tmp_path: Path) -> AsyncIterator[Ground]:
    """The quickest ground there is; the database's clock is the test's."""
    async with process(RedisHome("fakeredis", url=None), copy_of(template, tmp_path)) as ground:
        yield ground
