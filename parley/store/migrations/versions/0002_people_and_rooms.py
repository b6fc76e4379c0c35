"""People and rooms: blocks, bans, invitations, preferences, the second factor, the audit record.

Owns: what this version added to the first one's tables.
Never: what changes with the code: nothing of Parley's is imported here.
"""

import unicodedata
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

Name = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
Number = sa.BigInteger()
Time = sa.BigInteger()
Empty = sa.text("''")
Serial = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

_accounts = sa.table(
    "accounts",
    *map(sa.column, ("id", "user_name", "display_name", "skeleton", "name_key", "search_key")),
)
_rooms = sa.table("rooms", *map(sa.column, ("id", "name", "topic", "search_key")))


def upgrade() -> None:
    _add_columns()
    _fill_accounts()
    _fill_rooms()
    _add_indexes()
    _add_people_tables()
    _add_room_tables()
    _add_audit()


def _add_columns() -> None:
    columns: tuple[sa.Column[Any], ...] = (
        sa.Column("personal_version", Number, nullable=False, server_default="0"),
        sa.Column("name_key", Name, nullable=False, server_default=Empty),
        sa.Column("search_key", Name, nullable=False, server_default=Empty),
        sa.Column("totp_secret", sa.LargeBinary),
        sa.Column("totp_enabled_at", Time),
        sa.Column("totp_step", Number, nullable=False, server_default="0"),
    )
    for column in columns:
        op.add_column("accounts", column)
    columns = (
        sa.Column("read_only", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("member_count", Number, nullable=False, server_default="0"),
        sa.Column("search_key", Name, nullable=False, server_default=Empty),
    )
    for column in columns:
        op.add_column("rooms", column)


def _fill_accounts() -> None:
    connection, taken = op.get_bind(), set[str]()
    for row in connection.execute(sa.select(_accounts).order_by(_accounts.c.id)).all():
        # Two names that look alike were no mistake before: the later one keeps a look of its own.
        skeleton = row.skeleton if row.skeleton not in taken else f"{row.skeleton} {row.id}"
        taken.add(skeleton)
        connection.execute(
            sa.update(_accounts)
            .where(_accounts.c.id == row.id)
            .values(
                skeleton=skeleton,
                name_key=_sort_key(row.display_name),
                search_key=f"{_search_key(row.display_name)}\n{_search_key(row.user_name)}",
            )
        )


def _fill_rooms() -> None:
    connection = op.get_bind()
    for row in connection.execute(sa.select(_rooms)).all():
        key = f"{_search_key(row.name)}\n{_search_key(row.topic)}"
        connection.execute(sa.update(_rooms).where(_rooms.c.id == row.id).values(search_key=key))
    op.execute(
        "UPDATE rooms SET member_count = (SELECT count(*) FROM members"
        " WHERE members.room_id = rooms.id AND members.left_at IS NULL)"
    )


def _sort_key(name: str) -> str:
    key = unicodedata.normalize("NFD", name)
    for _ in range(2):
        key = unicodedata.normalize("NFKC", key.casefold())
    return key


def _search_key(text: str) -> str:
    letters = unicodedata.normalize("NFKD", _sort_key(text))
    bare = "".join(letter for letter in letters if not "\u0300" <= letter <= "\u036f")
    return unicodedata.normalize("NFC", bare)


def _add_indexes() -> None:
    op.create_index("uq_accounts_skeleton", "accounts", ["skeleton"], unique=True)
    op.create_index("ix_accounts_name_key_id", "accounts", ["name_key", "id"])
    # The name of a closed channel is free again.
    op.drop_index("uq_rooms_channel_name_key", "rooms")
    is_open_channel = sa.text("kind = 'channel' AND closed_at IS NULL")
    op.create_index(
        "uq_rooms_channel_name_key",
        "rooms",
        ["name_key"],
        unique=True,
        sqlite_where=is_open_channel,
        postgresql_where=is_open_channel,
    )


def _add_people_tables() -> None:
    op.create_table(
        "recovery_codes",
        sa.Column("account_id", Name, sa.ForeignKey("accounts.id"), primary_key=True),
        sa.Column("code_hash", sa.LargeBinary, primary_key=True),
    )
    op.create_table(
        "blocks",
        sa.Column("account_id", Name, sa.ForeignKey("accounts.id"), primary_key=True),
        sa.Column("blocked_id", Name, sa.ForeignKey("accounts.id"), primary_key=True, index=True),
        sa.Column("created_at", Time, nullable=False),
    )
    op.create_table(
        "invitations",
        sa.Column("id", Name, primary_key=True),
        sa.Column("code_hash", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("made_by", Name, sa.ForeignKey("accounts.id")),
        sa.Column("created_at", Time, nullable=False),
        sa.Column("expires_at", Time, nullable=False),
        sa.Column("uses_left", Number, nullable=False),
    )


def _add_room_tables() -> None:
    op.create_table(
        "room_preferences",
        sa.Column("account_id", Name, sa.ForeignKey("accounts.id"), primary_key=True),
        sa.Column("room_id", Name, sa.ForeignKey("rooms.id"), primary_key=True),
        sa.Column("muted_until", Time, nullable=False, server_default="0"),
        sa.Column("pinned", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("archived", sa.Boolean, nullable=False, server_default=sa.false()),
    )
    op.create_table(
        "bans",
        sa.Column("room_id", Name, sa.ForeignKey("rooms.id"), primary_key=True),
        sa.Column("account_id", Name, sa.ForeignKey("accounts.id"), primary_key=True, index=True),
        sa.Column("banned_by", Name, sa.ForeignKey("accounts.id"), nullable=False),
        sa.Column("created_at", Time, nullable=False),
    )
    op.create_table(
        "room_invites",
        sa.Column("code", Name, primary_key=True),
        sa.Column("room_id", Name, sa.ForeignKey("rooms.id"), nullable=False, index=True),
        sa.Column("made_by", Name, sa.ForeignKey("accounts.id"), nullable=False),
        sa.Column("created_at", Time, nullable=False),
        sa.Column("expires_at", Time, nullable=False),
        sa.Column("uses_left", Number),
    )


def _add_audit() -> None:
    op.create_table(
        "audit",
        sa.Column("id", Serial, primary_key=True),
        sa.Column("time", Time, nullable=False),
        sa.Column("event", sa.Text, nullable=False),
        sa.Column("actor_id", Name, index=True),
        sa.Column("subject_id", Name, index=True),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
    )
