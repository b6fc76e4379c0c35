"""Accounts, sessions, rooms, members, and the logs.

Owns: the tables as the first version made them. Later changes have files of their own.
Never: what changes with the code: nothing of Parley's is imported here.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

Name = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
Number = sa.BigInteger()
Time = sa.BigInteger()
Cmid = sa.Uuid(as_uuid=False)
Empty = sa.text("''")
Serial = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _directory()
    _logs()


def _directory() -> None:
    op.create_table(
        "server",
        sa.Column("key", Name, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )
    op.create_table(
        "accounts",
        sa.Column("id", Name, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False, server_default="person"),
        sa.Column("user_name", Name, nullable=False, unique=True),
        sa.Column("skeleton", Name, nullable=False),
        sa.Column("display_name", sa.Text, nullable=False),
        sa.Column("about", sa.Text, nullable=False, server_default=Empty),
        sa.Column("time_zone", sa.Text, nullable=False, server_default=Empty),
        sa.Column("password_hash", sa.Text),
        sa.Column("is_admin", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("created_at", Time, nullable=False),
        sa.Column("changed_at", Time, nullable=False, index=True),
        sa.Column("disabled_at", Time, index=True),
        sa.Column("deleted_at", Time, index=True),
        sa.Column("directory_version", Number, nullable=False, server_default="0"),
    )
    op.create_table(
        "sessions",
        sa.Column("id", Name, primary_key=True),
        sa.Column("account_id", Name, sa.ForeignKey("accounts.id"), nullable=False, index=True),
        sa.Column("token_hash", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("device", sa.Text, nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("created_at", Time, nullable=False),
        sa.Column("last_seen_at", Time, nullable=False),
        sa.Column("revoked_at", Time, index=True),
    )
    op.create_table(
        "rooms",
        sa.Column("id", Name, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("name_key", Name, nullable=False),
        sa.Column("topic", sa.Text, nullable=False, server_default=Empty),
        sa.Column("description", sa.Text, nullable=False, server_default=Empty),
        sa.Column("created_by", Name, sa.ForeignKey("accounts.id")),
        sa.Column("created_at", Time, nullable=False),
        sa.Column("authority", Number, nullable=False, server_default="1"),
        sa.Column("closed_at", Time),
    )
    is_channel = sa.text("kind = 'channel'")
    op.create_index(
        "uq_rooms_channel_name_key",
        "rooms",
        ["name_key"],
        unique=True,
        sqlite_where=is_channel,
        postgresql_where=is_channel,
    )
    op.create_table(
        "direct_rooms",
        sa.Column("low_id", Name, sa.ForeignKey("accounts.id"), primary_key=True),
        sa.Column("high_id", Name, sa.ForeignKey("accounts.id"), primary_key=True),
        sa.Column("room_id", Name, sa.ForeignKey("rooms.id"), nullable=False, unique=True),
    )
    op.create_table(
        "members",
        sa.Column("room_id", Name, sa.ForeignKey("rooms.id"), primary_key=True),
        sa.Column("account_id", Name, sa.ForeignKey("accounts.id"), primary_key=True, index=True),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("joined_seq", Number, nullable=False),
        sa.Column("joined_n", Number, nullable=False),
        sa.Column("joined_at", Time, nullable=False),
        sa.Column("left_at", Time),
    )
    op.create_table(
        "notices",
        sa.Column("id", Cmid, primary_key=True),
        sa.Column("room_id", Name, sa.ForeignKey("rooms.id"), nullable=False),
        sa.Column("author_id", Name, sa.ForeignKey("accounts.id"), nullable=False),
        sa.Column("authority", Number, nullable=False),
        sa.Column("raises", sa.Boolean, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("created_at", Time, nullable=False, index=True),
    )


def _logs() -> None:
    op.create_table(
        "shards",
        sa.Column("shard", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("generation", Number, nullable=False, server_default="0"),
        sa.Column("identity", sa.Text),
        sa.Column("checkpoint", Number, nullable=False, server_default="0"),
        sa.Column("owner", sa.Text),
        sa.Column("lease_until", Time, nullable=False, server_default="0"),
    )
    op.create_table(
        "room_logs",
        sa.Column("room_id", Name, primary_key=True),
        sa.Column("generation", Number, nullable=False),
        sa.Column("seq", Number, nullable=False),
        sa.Column("n", Number, nullable=False),
    )
    op.create_table(
        "room_generations",
        sa.Column("room_id", Name, primary_key=True),
        sa.Column("generation", Number, primary_key=True, autoincrement=False),
        sa.Column("first_seq", Number, nullable=False),
    )
    op.create_table(
        "messages",
        sa.Column("room_id", Name, primary_key=True),
        sa.Column("seq", Number, primary_key=True, autoincrement=False),
        sa.Column("generation", Number, nullable=False),
        sa.Column("n", Number, nullable=False),
        sa.Column("time", Time, nullable=False),
        sa.Column("author_id", Name),
        sa.Column("cmid", Cmid),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.UniqueConstraint("author_id", "cmid"),
    )
    op.create_table(
        "set_aside",
        sa.Column("id", Serial, primary_key=True),
        sa.Column("shard", sa.Integer, nullable=False),
        sa.Column("generation", Number, nullable=False),
        sa.Column("ingest_id", Number, nullable=False),
        sa.Column("room_id", Name, nullable=False),
        sa.Column("author_id", Name),
        sa.Column("cmid", Cmid),
        sa.Column("refused", sa.Boolean, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("record", sa.LargeBinary, nullable=False),
        sa.Column("time", Time, nullable=False),
        sa.UniqueConstraint("shard", "generation", "ingest_id"),
    )
    op.create_index("ix_set_aside_author_id_cmid", "set_aside", ["author_id", "cmid"])
