"""The real servers keep their word: they start, break, come back, and leave nothing behind."""

from __future__ import annotations

from pathlib import Path

import asyncpg
import pytest
import redis

from tests.conftest import running
from tests.servers import MissingProgram, PostgresServer, RedisServer
from tests.servers.process import find_program


def connect(server: RedisServer, **options: float) -> redis.Redis:
    return redis.Redis.from_url(server.url, decode_responses=True, retry=None, **options)


def test_a_restarted_redis_keeps_its_data_when_asked_to(own_redis_server: RedisServer) -> None:
    connect(own_redis_server).set("name", "ann")

    own_redis_server.restart(keep_data=True)

    assert connect(own_redis_server).get("name") == "ann"


def test_a_restarted_redis_can_come_back_empty(own_redis_server: RedisServer) -> None:
    connect(own_redis_server).set("name", "ann")

    own_redis_server.restart(keep_data=False)

    assert connect(own_redis_server).get("name") is None


def test_a_killed_redis_answers_nobody_until_it_is_started(own_redis_server: RedisServer) -> None:
    own_redis_server.kill()
    with pytest.raises(redis.ConnectionError):
        connect(own_redis_server).ping()

    own_redis_server.start()

    assert connect(own_redis_server).ping()


def test_a_paused_redis_is_silent_until_it_is_resumed(own_redis_server: RedisServer) -> None:
    own_redis_server.pause()
    with pytest.raises(redis.TimeoutError):
        connect(own_redis_server, socket_timeout=0.1).ping()

    own_redis_server.resume()

    assert connect(own_redis_server).ping()


def test_a_paused_redis_can_be_stopped(own_redis_server: RedisServer) -> None:
    own_redis_server.pause()

    own_redis_server.stop()

    assert not own_redis_server.running


def test_a_reset_redis_is_empty_and_answers_again(own_redis_server: RedisServer) -> None:
    connect(own_redis_server).set("name", "ann")
    own_redis_server.pause()

    own_redis_server.reset()

    assert connect(own_redis_server).dbsize() == 0


async def test_a_new_database_is_empty(database_url: str) -> None:
    """Seen through PostgreSQL's own client; SQLite's file does not even exist yet."""
    if database_url.startswith("sqlite:///"):
        assert not Path(database_url.removeprefix("sqlite:///")).exists()
        return
    connection = await asyncpg.connect(database_url)
    tables = await connection.fetch("SELECT * FROM pg_tables WHERE schemaname = 'public'")
    await connection.close()
    assert tables == []


async def test_a_database_in_use_can_be_dropped(postgres_server: PostgresServer) -> None:
    url = postgres_server.create_database()
    connection = await asyncpg.connect(url)

    postgres_server.drop_database(url)

    with pytest.raises(asyncpg.InvalidCatalogNameError):
        await asyncpg.connect(url)
    connection.terminate()


async def test_a_paused_postgres_is_silent_until_it_is_resumed() -> None:
    """Its connections too, each of which is a process of its own."""
    with running(PostgresServer()) as server:
        connection = await asyncpg.connect(server.create_database())

        server.pause()
        with pytest.raises(TimeoutError):
            await connection.fetchval("SELECT 1", timeout=0.1)
        server.resume()

        assert await connection.fetchval("SELECT 2") == 2
        await connection.close()


def test_a_killed_postgres_comes_back_with_its_databases() -> None:
    with running(PostgresServer()) as server:
        url = server.create_database()
        server.kill()

        server.start()

        server.drop_database(url)


def test_a_closed_server_leaves_no_folder() -> None:
    with running(RedisServer()) as server:
        folder = server.folder

    assert not folder.exists()


def test_a_missing_program_says_what_to_install() -> None:
    with pytest.raises(MissingProgram, match="sudo apt install some-package"):
        find_program("no-such-program", "some-package")
