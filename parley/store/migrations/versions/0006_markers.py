"""How far people have come in rooms, and what is theirs alone.

Owns: what this version added to the fifth one's tables.
Never: what changes with the code: nothing of Parley's is imported here.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    name = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    cmid = sa.Uuid(as_uuid=False)
    op.create_table(
        "read_marks",
        sa.Column("room_id", name, nullable=False),
        sa.Column("account_id", name, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("time", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("marked_unread", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.PrimaryKeyConstraint("room_id", "account_id", name="pk_read_marks"),
    )
    op.create_table(
        "delivered_marks",
        sa.Column("room_id", name, nullable=False),
        sa.Column("account_id", name, nullable=False),
        sa.Column("session_id", name, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("time", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("room_id", "account_id", "session_id", name="pk_delivered_marks"),
    )
    for marks in ("read_marks", "delivered_marks"):
        op.create_index(f"ix_{marks}_account_id", marks, ["account_id"])
    op.create_table(
        "hidden",
        sa.Column("account_id", name, nullable=False),
        sa.Column("room_id", name, nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "room_id", "seq", name="pk_hidden"),
    )
    op.create_table(
        "stars",
        sa.Column("account_id", name, nullable=False),
        sa.Column("room_id", name, nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("time", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "room_id", "seq", name="pk_stars"),
    )
    op.create_index("ix_stars_account_id_time", "stars", ["account_id", "time"])
    op.create_table(
        "drafts",
        sa.Column("account_id", name, nullable=False),
        sa.Column("room_id", name, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("reply_author_id", name),
        sa.Column("reply_cmid", cmid),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("time", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "room_id", name="pk_drafts"),
    )
    op.add_column(
        "accounts",
        sa.Column("read_receipts", sa.Boolean(), nullable=False, server_default=sa.true()),
    )
    op.add_column("accounts", sa.Column("quiet_since", sa.Integer()))
    op.add_column("accounts", sa.Column("quiet_until", sa.Integer()))
    op.add_column(
        "room_preferences",
        sa.Column("notify", sa.Text(), nullable=False, server_default="all"),
    )
