"""What becomes of messages: edits, deletions, reactions, pins, and whom they name.

Owns: what this version added to the fourth one's tables.
Never: what changes with the code: nothing of Parley's is imported here.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
NUMBER = sa.BigInteger()
EMPTY = sa.text("''")


def upgrade() -> None:
    _extend_messages()
    _make_tables()


def _extend_messages() -> None:
    for column in (
        sa.Column("shown", sa.Boolean, nullable=False, server_default=sa.true()),
        sa.Column("target_seq", NUMBER),
        sa.Column("edited_seq", NUMBER),
        sa.Column("derived", sa.Text),
        sa.Column("accepted_by", sa.Text, nullable=False, server_default=EMPTY),
        sa.Column("stored_at", NUMBER, nullable=False, server_default="0"),
    ):
        op.add_column("messages", column)
    op.execute("UPDATE messages SET shown = FALSE WHERE kind = 'stone'")
    for name, columns, condition in (
        ("ix_messages_shown", ["room_id", "seq"], "shown"),
        ("ix_messages_target", ["room_id", "target_seq", "seq"], "target_seq IS NOT NULL"),
    ):
        where = sa.text(condition)
        op.create_index(name, "messages", columns, sqlite_where=where, postgresql_where=where)


def _make_tables() -> None:
    op.create_table(
        "reactions",
        sa.Column("room_id", NAME, primary_key=True),
        sa.Column("seq", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("account_id", NAME, primary_key=True),
        sa.Column("emoji", NAME, primary_key=True),
        sa.Column("at_seq", NUMBER, nullable=False),
    )
    op.create_table(
        "pins",
        sa.Column("room_id", NAME, primary_key=True),
        sa.Column("seq", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("by", NAME, nullable=False),
        sa.Column("at_seq", NUMBER, nullable=False),
    )
    op.create_table(
        "mentions",
        sa.Column("account_id", NAME, primary_key=True),
        sa.Column("room_id", NAME, primary_key=True),
        sa.Column("seq", NUMBER, primary_key=True, autoincrement=False),
    )
    op.create_index("ix_mentions_room_id_seq", "mentions", ["room_id", "seq"])
