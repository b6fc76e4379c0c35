"""PostgreSQL frozen, stopped, or refusing: a typed error each time, and no harm done."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from parley.store.database import Database, open_database
from parley.store.errors import StoreUnavailable
from parley.store.postgresql import PostgresBackend, Timeouts
from tests.conftest import running
from tests.servers import PostgresServer
from tests.store.samples import change, rows
from tests.store.wire import Wire

# As short as a frozen server may be waited for, and long enough for a healthy one.
IMPATIENT = Timeouts(connect=2.0, command=2.0, queue=2.0)
MORE_THAN_THE_POOL = 12
ONE = "SELECT 1"
# What the driver asks a connection whose life is in doubt.
ASK = ";"
A_WHILE_SECONDS = 60.0


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    """A server of this module's own, to be broken at will."""
    with running(PostgresServer()) as server:
        yield server


@pytest.fixture
async def database(server: PostgresServer) -> AsyncIterator[Database]:
    url = sa.make_url(server.create_database()).set(drivername="postgresql+asyncpg")
    database = Database(PostgresBackend(url, timeouts=IMPATIENT))
    yield database
    await database.close()


async def test_every_connection_is_set_for_safety(database: Database) -> None:
    # A frozen process must let go of what it holds, and a commit must be on disk.
    assert await rows(database, "SHOW synchronous_commit") == [("on",)]
    assert await rows(database, "SHOW idle_in_transaction_session_timeout") == [("10s",)]


async def test_a_server_that_freezes_within_a_change_is_unavailable_until_it_goes_on(
    server: PostgresServer, database: Database
) -> None:
    await change(database, "CREATE TABLE kept (value INTEGER)")

    async def add_two() -> None:
        async with database.write() as connection:
            await connection.execute(sa.text("INSERT INTO kept VALUES (1)"))
            server.pause()
            await connection.execute(sa.text("INSERT INTO kept VALUES (2)"))

    with pytest.raises(StoreUnavailable) as refused:
        await add_two()
    server.resume()

    assert refused.value.what == "it did not answer in time"
    assert await rows(database, "SELECT * FROM kept") == []


async def test_a_frozen_server_uses_up_no_connections(
    server: PostgresServer, database: Database
) -> None:
    await rows(database, ONE)
    server.pause()
    frozen = await asyncio.gather(
        *(rows(database, ONE) for _ in range(MORE_THAN_THE_POOL)), return_exceptions=True
    )
    server.resume()
    healthy = await asyncio.gather(*(rows(database, ONE) for _ in range(MORE_THAN_THE_POOL)))

    assert {type(outcome) for outcome in frozen} == {StoreUnavailable}
    assert healthy == [[(1,)]] * MORE_THAN_THE_POOL


async def test_a_server_that_was_restarted_is_found_again_at_once(
    server: PostgresServer, database: Database
) -> None:
    await rows(database, ONE)
    server.stop()
    server.start()

    assert await rows(database, ONE) == [(1,)]


async def test_a_stopped_server_is_unavailable(server: PostgresServer, database: Database) -> None:
    server.stop()
    with pytest.raises(StoreUnavailable):
        await rows(database, ONE)
    server.start()

    assert await rows(database, ONE) == [(1,)]


async def test_a_connection_that_went_dead_without_a_word_is_replaced(
    server: PostgresServer,
) -> None:
    address = sa.make_url(server.create_database())
    async with Wire.to(address.port or 0) as wire:
        near = address.set(drivername="postgresql+asyncpg", port=wire.port)
        database = Database(PostgresBackend(near, ssl="disable", timeouts=IMPATIENT))

        async def read_over_a_wire_that_is_cut() -> None:
            async with database.read() as connection:
                await connection.execute(sa.text(ONE))
                wire.cut()
                await connection.execute(sa.text(ONE))

        with pytest.raises(StoreUnavailable):
            await read_over_a_wire_that_is_cut()
        assert await rows(database, ONE) == [(1,)]
        await database.close()


async def test_a_connection_that_the_server_ends_within_a_change_is_an_outage(
    database: Database,
) -> None:
    async def end_oneself() -> None:
        async with database.write() as connection:
            me = await connection.scalar(sa.text("SELECT pg_backend_pid()"))
            await rows(database, f"SELECT pg_terminate_backend({me})")
            await connection.execute(sa.text(ONE))

    with pytest.raises(StoreUnavailable):
        await end_oneself()

    assert await rows(database, ONE) == [(1,)]


async def test_a_database_that_does_not_exist_is_named(server: PostgresServer) -> None:
    url = server.create_database()
    server.drop_database(url)
    database = open_database(url, clock=lambda: 0)

    with pytest.raises(StoreUnavailable, match="does not exist"):
        await rows(database, ONE)
    await database.close()


async def test_only_a_connection_that_lay_unused_is_asked_whether_it_is_alive(
    server: PostgresServer,
) -> None:
    url = sa.make_url(server.create_database()).set(drivername="postgresql+asyncpg")
    now, asked = [0.0], list[str]()
    database = Database(PostgresBackend(url, timeouts=IMPATIENT, clock=lambda: now[0]))

    def listen(connection: Any, _: Any) -> None:
        connection.driver_connection.add_query_logger(lambda done: asked.append(done.query))

    sa.event.listen(database._backend.writer.sync_engine, "connect", listen)
    await rows(database, ONE)
    await rows(database, ONE)
    at_work = list(asked)
    now[0] += A_WHILE_SECONDS
    await rows(database, ONE)
    await database.close()

    assert at_work.count(ASK) == 0
    assert asked.count(ASK) == 1
