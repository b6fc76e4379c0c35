"""How alembic meets the database: on the connection that `migrate` lends, in its transaction.

Owns: what alembic is told about that connection.
Never: an address or a configuration file.
"""

from alembic import context

from parley.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,  # for its naming convention
    transactional_ddl=True,
)
context.run_migrations()
