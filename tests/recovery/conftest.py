"""Each kind of Redis with each kind of database, ready and empty."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.conftest import RedisHome
from tests.databases import copy_of
from tests.recovery.ground import Ground, process


@pytest.fixture
async def ground(redis_home: RedisHome, ready_database: str) -> AsyncIterator[Ground]:
    async with process(redis_home, ready_database) as ground:
        yield ground


@pytest.fixture
async def embedded(template: Path, tmp_path: Path) -> AsyncIterator[Ground]:
    """The quickest ground there is, for what does not depend on it."""
    async with process(RedisHome("fakeredis", url=None), copy_of(template, tmp_path)) as ground:
        yield ground
