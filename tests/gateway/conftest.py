"""A gateway on the quickest ground there is: an embedded Redis, and SQLite."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.service import Gateway
from tests.conftest import RedisHome
from tests.databases import copy_of
from tests.gateway.parts import gateway_on
from tests.gateway.stopped import Stopped, StoppedLog, appending
from tests.recovery.ground import Ground, process


@pytest.fixture
async def ground(template: Path, tmp_path: Path) -> AsyncIterator[Ground]:
    async with process(RedisHome("fakeredis", url=None), copy_of(template, tmp_path)) as ground:
        yield ground


@pytest.fixture
async def gateway(ground: Ground) -> AsyncIterator[Gateway]:
    """A gateway at which ann and bob have accounts."""
    await ground.sign_up("ann", "bob")
    async with gateway_on(ground) as gateway:
        yield gateway


@pytest.fixture
def shared_database(template: Path, tmp_path: Path) -> str:
    """A database that several processes may share."""
    return copy_of(template, tmp_path)


@pytest.fixture
async def stopped(template: Path, tmp_path: Path) -> AsyncIterator[Stopped]:
    home = RedisHome("fakeredis", url=None)
    async with process(home, copy_of(template, tmp_path), log=StoppedLog) as ground:
        assert isinstance(ground.room_log, StoppedLog)
        async with appending(ground) as appender:
            yield Stopped(ground, ground.room_log, appender)
