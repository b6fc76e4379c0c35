"""How a database comes to the tables that the code works with."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from parley.store.database import Database, open_database
from parley.store.errors import NewerDatabase
from parley.store.migrate import migrate
from parley.store.schema import metadata
from tests.store.samples import change, rows


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A database of the test's own, migrated."""
    database = open_database(database_url, clock=lambda: 0)
    await migrate(database)
    yield database
    await database.close()


def differences(connection: sa.Connection) -> list[Any]:
    options = {"compare_type": True, "compare_server_default": True}
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))


def description(connection: sa.Connection) -> str:
    """All that the database says of its tables, collations and conditions of indexes included."""
    ask = sa.inspect(connection)
    tables = sorted(set(ask.get_table_names()) - {"alembic_version"})
    return "\n".join(
        f"{table}: {json.dumps(part, default=str)}"
        for table in tables
        for part in (
            *ask.get_columns(table),
            ask.get_pk_constraint(table),
            *sorted(ask.get_foreign_keys(table), key=repr),
            *sorted(ask.get_unique_constraints(table), key=repr),
            *sorted(ask.get_indexes(table), key=repr),
        )
    )


async def test_a_migrated_database_has_the_tables_of_the_schema(database: Database) -> None:
    async with database.write() as connection:
        assert await connection.run_sync(differences) == []


async def test_migrations_and_schema_make_the_same_database_to_the_last_detail(
    database: Database,
) -> None:
    async with database.write() as connection:
        migrated = await connection.run_sync(description)
        await connection.run_sync(metadata.drop_all)
        await connection.run_sync(metadata.create_all)
        made = await connection.run_sync(description)

    assert migrated == made


async def test_migrating_again_changes_nothing(database: Database) -> None:
    await change(database, "INSERT INTO server VALUES ('kept', 'yes')")

    await migrate(database)

    assert await rows(database, "SELECT * FROM server") == [("kept", "yes")]


async def test_processes_that_start_together_migrate_once(database_url: str) -> None:
    processes = [open_database(database_url, clock=lambda: 0) for _ in range(4)]

    await asyncio.gather(*map(migrate, processes))

    assert await rows(processes[0], "SELECT count(*) FROM alembic_version") == [(1,)]
    for process in processes:
        await process.close()


async def test_a_database_of_a_later_version_is_left_alone(database: Database) -> None:
    await change(database, "UPDATE alembic_version SET version_num = '9999'")

    with pytest.raises(NewerDatabase) as refused:
        await migrate(database)

    assert refused.value.revision == "9999"
    assert await rows(database, "SELECT version_num FROM alembic_version") == [("9999",)]
