"""What every test may ask for: a Redis and a database, each embedded or real.

Owns: the fixtures below, how many tests run at once, and the rule that nothing is skipped in CI.
Never: Parley's own objects but for its tables; each folder of tests makes those.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar

import hypothesis
import pytest

from parley.store import sqlite
from tests.databases import (
    Configure,
    copy_of,
    make_tables,
    prepare,
    remove_rows_at,
    without_syncs,
)
from tests.servers import (
    MissingProgram,
    PostgresServer,
    RedisClusterServer,
    RedisServer,
    Server,
)

AnyServer = TypeVar("AnyServer", bound=Server | RedisClusterServer)
AnyReport = TypeVar("AnyReport", pytest.TestReport, pytest.CollectReport)

IN_CI = os.environ.get("CI") == "true"

# A slow machine is no failure, so an example has no deadline. CI takes the same examples each
# time, so that a red run is about the change; everyone else's runs look for new ones.
hypothesis.settings.register_profile("parley", deadline=None, print_blob=True)
hypothesis.settings.register_profile("parley-ci", deadline=None, derandomize=True)
hypothesis.settings.load_profile("parley-ci" if IN_CI else "parley")


RedisKind = Literal["fakeredis", "redis", "cluster"]


@dataclass(frozen=True)
class RedisHome:
    """Where a test's room logs live. Only a real Redis has a URL."""

    kind: RedisKind
    url: str | None


@pytest.fixture(scope="session", autouse=True)
def _unsynced() -> Iterator[Configure]:
    """SQLite in this process waits for no disk: the syncs of a commit outlast many a test.

    Yields how a connection is set up when Parley runs.
    """
    with pytest.MonkeyPatch.context() as patch:
        configure = sqlite._configure
        patch.setattr(sqlite, "_configure", without_syncs(configure))
        yield configure


@pytest.fixture
def synced(_unsynced: Configure, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite does wait for the disk in this test."""
    monkeypatch.setattr(sqlite, "_configure", _unsynced)


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RedisServer]:
    """A real Redis, one for the whole run."""
    with running(RedisServer()) as server:
        yield server


@pytest.fixture
def own_redis_server() -> Iterator[RedisServer]:
    """A real Redis for one test, to be broken at will."""
    with running(RedisServer()) as server:
        yield server


@pytest.fixture(scope="session")
def redis_cluster() -> Iterator[RedisClusterServer]:
    """A real Redis Cluster, one for the whole run."""
    with running(RedisClusterServer()) as cluster:
        yield cluster


@pytest.fixture
def own_redis_cluster() -> Iterator[RedisClusterServer]:
    """A real Redis Cluster for one test, to be broken at will."""
    with running(RedisClusterServer()) as cluster:
        yield cluster


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A real PostgreSQL, one for the whole run."""
    with running(PostgresServer()) as server:
        yield server


@pytest.fixture(params=["fakeredis", "redis"])
def redis_home(request: pytest.FixtureRequest) -> RedisHome:
    """Each kind of Redis in turn, empty."""
    return empty_home(request, request.param)


def empty_home(request: pytest.FixtureRequest, kind: RedisKind) -> RedisHome:
    """A kind of Redis, empty: the one that all tests of a run share."""
    if kind == "fakeredis":
        return RedisHome(kind, url=None)
    name = "redis_server" if kind == "redis" else "redis_cluster"
    server: RedisServer | RedisClusterServer = request.getfixturevalue(name)
    server.reset()
    return RedisHome(kind, url=server.url)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Each kind of database in turn, new and without a table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'parley.db'}"
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    url = server.create_database()
    yield url
    server.drop_database(url)


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with every table and no row, to be copied."""
    file = tmp_path_factory.mktemp("migrated") / "parley.db"
    asyncio.run(make_tables(f"sqlite:///{file}"))
    return file


@pytest.fixture(scope="session")
def template(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file that is ready for use, to be copied."""
    folder = tmp_path_factory.mktemp("template")
    asyncio.run(prepare(copy_of(migrated_file, folder)))
    return folder / migrated_file.name


@pytest.fixture(scope="session")
def migrated_postgres(postgres_server: PostgresServer) -> str:
    """A database with every table, one for the whole run: making one takes longer than most tests.

    It holds what the last test has left there.
    """
    url = postgres_server.create_database()
    asyncio.run(make_tables(url))
    return url


@pytest.fixture
def empty_postgres(migrated_postgres: str) -> str:
    """A PostgreSQL database with every table and no row."""
    asyncio.run(remove_rows_at(migrated_postgres))
    return migrated_postgres


@pytest.fixture
def ready_postgres(empty_postgres: str) -> str:
    """A PostgreSQL database that is ready for use."""
    asyncio.run(prepare(empty_postgres))
    return empty_postgres


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Each kind of database in turn, with every table and no row."""
    if request.param == "sqlite":
        return copy_of(request.getfixturevalue("migrated_file"), tmp_path)
    return str(request.getfixturevalue("empty_postgres"))


@pytest.fixture(params=["sqlite", "postgresql"])
def ready_database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Each kind of database in turn, ready for use: with a lobby, and one shard."""
    if request.param == "sqlite":
        return copy_of(request.getfixturevalue("template"), tmp_path)
    return str(request.getfixturevalue("ready_postgres"))


@contextmanager
def running(server: AnyServer) -> Iterator[AnyServer]:
    """The server, started, for as long as the block; a skip if its program is missing."""
    try:
        with server:
            yield server
    except MissingProgram as missing:
        pytest.skip(str(missing))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One more than there are processors: while a test waits, another one works."""
    return (os.cpu_count() or 1) + 1


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    return failed_if_skipped((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    return failed_if_skipped((yield))


def failed_if_skipped(report: AnyReport) -> AnyReport:
    """The report, but in CI, where every server is installed, a skip is a failure."""
    if IN_CI and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"nothing may be skipped in CI: {report.longrepr}"
    return report
