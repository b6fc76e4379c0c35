"""What messages are found by, and whether others see when somebody was last there.

Owns: what this version added to the sixth one's tables.
Never: what changes with the code: nothing of Parley's is imported here.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"

_FTS5 = (
    "CREATE VIRTUAL TABLE search_index USING fts5(tokens, content='search', content_rowid='id', "
    "detail='none', columnsize=0, tokenize='ascii')",
    "CREATE TRIGGER search_inserted AFTER INSERT ON search BEGIN "
    "INSERT INTO search_index (rowid, tokens) VALUES (new.id, new.tokens); END",
    "CREATE TRIGGER search_deleted AFTER DELETE ON search BEGIN "
    "INSERT INTO search_index (search_index, rowid, tokens) "
    "VALUES ('delete', old.id, old.tokens); END",
    "CREATE TRIGGER search_updated AFTER UPDATE ON search BEGIN "
    "INSERT INTO search_index (search_index, rowid, tokens) "
    "VALUES ('delete', old.id, old.tokens); "
    "INSERT INTO search_index (rowid, tokens) VALUES (new.id, new.tokens); END",
)


def upgrade() -> None:
    name = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    serial = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    tokens = sa.Text().with_variant(postgresql.ARRAY(sa.Integer()), "postgresql")
    op.create_table(
        "search",
        sa.Column("id", serial, autoincrement=False, nullable=False),
        sa.Column("room_id", name, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("author_id", name, nullable=False),
        sa.Column("has_link", sa.Boolean(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column("tokens", tokens, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_search"),
        sa.UniqueConstraint("room_id", "seq", name="uq_search_room_id_seq"),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.create_index("ix_search_tokens", "search", ["tokens"], postgresql_using="gin")
    else:
        for statement in _FTS5:
            op.execute(statement)
    op.add_column(
        "accounts",
        sa.Column("show_last_seen", sa.Boolean(), nullable=False, server_default=sa.true()),
    )
