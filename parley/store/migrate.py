"""Bringing a database to the tables that this version works with.

Owns: running the migrations, one process at a time, all of them or none.
Never: the migrations themselves.
"""

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from parley.store.database import Database
from parley.store.errors import NewerDatabase

_MIGRATIONS = Path(__file__).parent / "migrations"


async def migrate(database: Database) -> None:
    """Bring the database up to date; another process that is at it is waited for.

    Raises NewerDatabase and StoreUnavailable. The database is then as it was.
    """
    async with database.migrate() as connection:
        await connection.run_sync(_upgrade)


def _upgrade(connection: sa.Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    migrations = ScriptDirectory.from_config(config)
    present = set(MigrationContext.configure(connection).get_current_heads())
    for unknown in present - {migration.revision for migration in migrations.walk_revisions()}:
        raise NewerDatabase(unknown)
    if present != set(migrations.get_heads()):
        command.upgrade(config, "head")
