"""How a database comes to the tables that the code works with."""

import asyncio
import json
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext

import parley.store
from parley.domain import names
from parley.store.database import Database, open_database
from parley.store.directory import SqlDirectory
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


def upgrade(connection: sa.Connection, revision: str) -> None:
    """Bring a database to one version, as `migrate` brings it to the latest."""
    config = Config()
    folder = Path(str(parley.store.__file__)).parent / "migrations"
    config.set_main_option("script_location", str(folder))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def is_on_both(_: object, name: str | None, kind: str, *__: object) -> bool:
    """Return whether every database has it: each has an index of texts in its own way."""
    return name != "ix_search_tokens" and not (kind == "table" and "search_index" in str(name))


def differences(connection: sa.Connection) -> list[Any]:
    options = {
        "compare_type": True,
        "compare_server_default": True,
        "include_object": is_on_both,
    }
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


# --- from the first version ----------------------------------------------------------------


@pytest.fixture
async def first_version(database_url: str) -> AsyncIterator[Database]:
    """A database as the first version left it, with people and a room in it."""
    database = open_database(database_url, clock=lambda: 0)
    async with database.migrate() as connection:
        await connection.run_sync(partial(upgrade, revision="0001"))
    for number, (name, skeleton) in enumerate([("zoe", "zoe"), ("zoé", "zoe")]):
        await change(
            database,
            "INSERT INTO accounts (id, user_name, skeleton, display_name, created_at, changed_at)"
            " VALUES (:id, :name, :skeleton, :shown, 0, 0)",
            id=f"person{number}",
            name=name,
            skeleton=skeleton,
            shown=name.title(),
        )
    await change(
        database,
        "INSERT INTO rooms (id, kind, name, name_key, created_at)"
        " VALUES ('room1', 'channel', 'Zoés Garten', 'zoés garten', 0)",
    )
    for number, left_at in ((0, None), (1, 5)):
        await change(
            database,
            "INSERT INTO members (room_id, account_id, role, joined_seq, joined_n, joined_at,"
            " left_at) VALUES ('room1', :who, 'owner', 0, 0, 0, :left_at)",
            who=f"person{number}",
            left_at=left_at,
        )
    yield database
    await database.close()


async def test_people_of_the_first_version_are_found_and_told_apart(
    first_version: Database,
) -> None:
    await migrate(first_version)

    directory = SqlDirectory(first_version)
    found = await directory.find_people("person0", "ZOE", after="", limit=9)
    assert [person.id for person in found.people] == ["person0", "person1"]
    assert await rows(first_version, "SELECT skeleton FROM accounts ORDER BY id") == [
        ("zoe",),
        ("zoe person1",),
    ]


async def test_rooms_of_the_first_version_are_found_and_counted(first_version: Database) -> None:
    await migrate(first_version)

    directory = SqlDirectory(first_version)
    found = await directory.public_rooms("person0", query="zoes g", after="", limit=9)
    assert [(room.id, room.role) for room in found.rooms] == [("room1", "owner")]
    assert (await directory.room_detail("person0", "room1")).members == 1


async def test_what_a_migration_writes_is_what_the_rules_of_today_write(
    first_version: Database,
) -> None:
    await migrate(first_version)

    for shown, name, sort, search in await rows(
        first_version, "SELECT display_name, user_name, name_key, search_key FROM accounts"
    ):
        assert (sort, search) == (names.room_key(shown), names.search_key(shown, name))
