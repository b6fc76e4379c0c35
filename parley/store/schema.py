"""The tables.

Owns: every table, key and index, as the latest migration leaves them (a test compares the two).
Never: how a database gets here; that is in `migrations/`.

Times are Unix milliseconds. Ids and names are compared byte by byte: the order of a locale may
change with the system's libraries, under an index that was sorted by the old one.
"""

import sqlalchemy as sa

from parley.store.search.index import Tokens

Name = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
Number = sa.BigInteger()
Time = sa.BigInteger()
Cmid = sa.Uuid(as_uuid=False)
Empty = sa.text("''")
# SQLite counts up a key by itself only if it is a plain INTEGER.
Serial = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

metadata = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)

# --- directory -----------------------------------------------------------------------------

server = sa.Table(
    "server",
    metadata,
    sa.Column("key", Name, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)

accounts = sa.Table(
    "accounts",
    metadata,
    sa.Column("id", Name, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False, server_default="person"),
    sa.Column("user_name", Name, nullable=False, unique=True),
    # What the name looks like at a glance: no two accounts are mistaken for one another.
    sa.Column("skeleton", Name, nullable=False),
    sa.Column("display_name", sa.Text, nullable=False),
    sa.Column("about", sa.Text, nullable=False, server_default=Empty),
    sa.Column("time_zone", sa.Text, nullable=False, server_default=Empty),
    # NULL: nobody signs in to this account by password.
    sa.Column("password_hash", sa.Text),
    sa.Column("is_admin", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("created_at", Time, nullable=False),
    # The last time that the account, or what rooms it is in, was changed.
    sa.Column("changed_at", Time, nullable=False, index=True),
    sa.Column("disabled_at", Time, index=True),
    sa.Column("deleted_at", Time, index=True),
    # Raised with every such change, so that a client can tell that it missed one.
    sa.Column("directory_version", Number, nullable=False, server_default="0"),
    # Raised with every change of what is the account's alone: how it has its rooms, whom it blocks.
    sa.Column("personal_version", Number, nullable=False, server_default="0"),
    # What the display name sorts by, and what is searched for a part of a name.
    sa.Column("name_key", Name, nullable=False, server_default=Empty),
    sa.Column("search_key", Name, nullable=False, server_default=Empty),
    # The second factor: it counts once it is enabled, and a code no later than the step is used up.
    sa.Column("totp_secret", sa.LargeBinary),
    sa.Column("totp_enabled_at", Time),
    sa.Column("totp_step", Number, nullable=False, server_default="0"),
    # The last time that what others see of them was changed; NULL: never since they signed up.
    sa.Column("profile_changed_at", Time, index=True),
    # Whether others are told what they have read; and when they are not to be disturbed, as minutes
    # of the day where they are (NULL: never).
    sa.Column("read_receipts", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Column("quiet_since", sa.Integer),
    sa.Column("quiet_until", sa.Integer),
    # Whether others are told when they were last there.
    sa.Column("show_last_seen", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Index("uq_accounts_skeleton", "skeleton", unique=True),
    sa.Index("ix_accounts_name_key_id", "name_key", "id"),
)

recovery_codes = sa.Table(
    "recovery_codes",
    metadata,
    sa.Column("account_id", Name, sa.ForeignKey("accounts.id"), primary_key=True),
    sa.Column("code_hash", sa.LargeBinary, primary_key=True),
)

blocks = sa.Table(
    "blocks",
    metadata,
    sa.Column("account_id", Name, sa.ForeignKey("accounts.id"), primary_key=True),
    sa.Column("blocked_id", Name, sa.ForeignKey("accounts.id"), primary_key=True, index=True),
    sa.Column("created_at", Time, nullable=False),
)

# Ways to sign up.
invitations = sa.Table(
    "invitations",
    metadata,
    sa.Column("id", Name, primary_key=True),
    sa.Column("code_hash", sa.LargeBinary, nullable=False, unique=True),
    # NULL: the server's operator.
    sa.Column("made_by", Name, sa.ForeignKey("accounts.id")),
    sa.Column("created_at", Time, nullable=False),
    sa.Column("expires_at", Time, nullable=False),
    sa.Column("uses_left", Number, nullable=False),
)

sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("id", Name, primary_key=True),
    sa.Column("account_id", Name, sa.ForeignKey("accounts.id"), nullable=False, index=True),
    sa.Column("token_hash", sa.LargeBinary, nullable=False, unique=True),
    sa.Column("device", sa.Text, nullable=False),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("created_at", Time, nullable=False),
    sa.Column("last_seen_at", Time, nullable=False),
    sa.Column("revoked_at", Time, index=True),
)

rooms = sa.Table(
    "rooms",
    metadata,
    sa.Column("id", Name, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    # What the name sorts by, and what two channels may not share.
    sa.Column("name_key", Name, nullable=False),
    sa.Column("topic", sa.Text, nullable=False, server_default=Empty),
    sa.Column("description", sa.Text, nullable=False, server_default=Empty),
    sa.Column("created_by", Name, sa.ForeignKey("accounts.id")),
    sa.Column("created_at", Time, nullable=False),
    # Raised whenever somebody loses a right: an append names the number it was allowed under.
    sa.Column("authority", Number, nullable=False, server_default="1"),
    sa.Column("closed_at", Time),
    sa.Column("read_only", sa.Boolean, nullable=False, server_default=sa.false()),
    # Those who are in it, counted with every change: the bound on a room costs no counting.
    sa.Column("member_count", Number, nullable=False, server_default="0"),
    # What is searched for a part of the name or topic.
    sa.Column("search_key", Name, nullable=False, server_default=Empty),
    # The authority at which everybody in it last gained a right to speak that some had not.
    sa.Column("rights", Number, nullable=False, server_default="0"),
)

# Written out: PostgreSQL finds a partial index by its condition, which must not be a parameter.
is_channel = rooms.c.kind == sa.literal_column("'channel'")
is_open = rooms.c.closed_at.is_(None)
sa.Index(
    "uq_rooms_channel_name_key",
    rooms.c.name_key,
    unique=True,
    sqlite_where=is_channel & is_open,
    postgresql_where=is_channel & is_open,
)

# One room for each two people; the lower id comes first.
direct_rooms = sa.Table(
    "direct_rooms",
    metadata,
    sa.Column("low_id", Name, sa.ForeignKey("accounts.id"), primary_key=True),
    sa.Column("high_id", Name, sa.ForeignKey("accounts.id"), primary_key=True),
    sa.Column("room_id", Name, sa.ForeignKey("rooms.id"), nullable=False, unique=True),
)

members = sa.Table(
    "members",
    metadata,
    sa.Column("room_id", Name, sa.ForeignKey("rooms.id"), primary_key=True),
    sa.Column("account_id", Name, sa.ForeignKey("accounts.id"), primary_key=True, index=True),
    sa.Column("role", sa.Text, nullable=False),
    # Where the room's log stood: nothing before it counts as unread.
    sa.Column("joined_seq", Number, nullable=False),
    sa.Column("joined_n", Number, nullable=False),
    sa.Column("joined_at", Time, nullable=False),
    sa.Column("left_at", Time),
    # The room's authority when this member last gained a right, or may have.
    sa.Column("rights", Number, nullable=False, server_default="0"),
)

# How each account has a room: a row only where something was chosen.
room_preferences = sa.Table(
    "room_preferences",
    metadata,
    sa.Column("account_id", Name, sa.ForeignKey("accounts.id"), primary_key=True),
    sa.Column("room_id", Name, sa.ForeignKey("rooms.id"), primary_key=True),
    sa.Column("muted_until", Time, nullable=False, server_default="0"),
    sa.Column("pinned", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("archived", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("notify", sa.Text, nullable=False, server_default="all"),
)

bans = sa.Table(
    "bans",
    metadata,
    sa.Column("room_id", Name, sa.ForeignKey("rooms.id"), primary_key=True),
    sa.Column("account_id", Name, sa.ForeignKey("accounts.id"), primary_key=True, index=True),
    sa.Column("banned_by", Name, sa.ForeignKey("accounts.id"), nullable=False),
    sa.Column("created_at", Time, nullable=False),
)

# Ways into a room. The code is kept as it is: those who may invite can show it again.
room_invites = sa.Table(
    "room_invites",
    metadata,
    sa.Column("code", Name, primary_key=True),
    sa.Column("room_id", Name, sa.ForeignKey("rooms.id"), nullable=False, index=True),
    sa.Column("made_by", Name, sa.ForeignKey("accounts.id"), nullable=False),
    sa.Column("created_at", Time, nullable=False),
    # 0: never.
    sa.Column("expires_at", Time, nullable=False),
    # NULL: as many as the room has places.
    sa.Column("uses_left", Number),
)

# Notices that wait to be appended to their room's log, and go once they are stored in it.
notices = sa.Table(
    "notices",
    metadata,
    sa.Column("id", Cmid, primary_key=True),
    sa.Column("room_id", Name, sa.ForeignKey("rooms.id"), nullable=False),
    sa.Column("author_id", Name, sa.ForeignKey("accounts.id"), nullable=False),
    sa.Column("authority", Number, nullable=False),
    sa.Column("raises", sa.Boolean, nullable=False),
    sa.Column("content", sa.Text, nullable=False),
    sa.Column("created_at", Time, nullable=False, index=True),
)

# What happened to the safety of accounts, rooms and the server. It outlives whom it speaks of.
audit = sa.Table(
    "audit",
    metadata,
    sa.Column("id", Serial, primary_key=True),
    sa.Column("time", Time, nullable=False),
    sa.Column("event", sa.Text, nullable=False),
    sa.Column("actor_id", Name, index=True),
    sa.Column("subject_id", Name, index=True),
    sa.Column("address", sa.Text, nullable=False),
    # A JSON object.
    sa.Column("detail", sa.Text, nullable=False),
)

# --- logs ----------------------------------------------------------------------------------
# No foreign keys from here on: a log outlives the accounts and rooms it speaks of, and each
# would cost a look-up for every message.

# The lease, the fence and the offset of a shard: whoever holds the row may write its rooms.
shards = sa.Table(
    "shards",
    metadata,
    sa.Column("shard", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("generation", Number, nullable=False, server_default="0"),
    sa.Column("identity", sa.Text),
    sa.Column("checkpoint", Number, nullable=False, server_default="0"),
    sa.Column("owner", sa.Text),
    sa.Column("lease_until", Time, nullable=False, server_default="0"),
)

# The loggers at work, each until it has to say so again: how many share the shards.
loggers = sa.Table(
    "loggers",
    metadata,
    sa.Column("name", Name, primary_key=True),
    sa.Column("until", Time, nullable=False),
)

# Where each room's log ends.
room_logs = sa.Table(
    "room_logs",
    metadata,
    sa.Column("room_id", Name, primary_key=True),
    sa.Column("generation", Number, nullable=False),
    sa.Column("seq", Number, nullable=False),
    sa.Column("n", Number, nullable=False),
)

# The first seq of each generation in which something was stored.
room_generations = sa.Table(
    "room_generations",
    metadata,
    sa.Column("room_id", Name, primary_key=True),
    sa.Column("generation", Number, primary_key=True, autoincrement=False),
    sa.Column("first_seq", Number, nullable=False),
)

messages = sa.Table(
    "messages",
    metadata,
    sa.Column("room_id", Name, primary_key=True),
    sa.Column("seq", Number, primary_key=True, autoincrement=False),
    sa.Column("generation", Number, nullable=False),
    sa.Column("n", Number, nullable=False),
    sa.Column("time", Time, nullable=False),
    # Both are NULL on a stone.
    sa.Column("author_id", Name),
    sa.Column("cmid", Cmid),
    # Of the content as it was sent; of what could not be read, on the stone in its place.
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    # JSON, as the accepting gateway encoded it.
    sa.Column("content", sa.Text, nullable=False),
    # Whether it is something to read: text, a notice, the stone of a deleted message.
    sa.Column("shown", sa.Boolean, nullable=False, server_default=sa.true()),
    # Of what changes a message (an edit, a deletion, a reaction, a pin): where that stands.
    sa.Column("target_seq", Number),
    # Of a message: its latest edit.
    sa.Column("edited_seq", Number),
    # JSON, what the accepting gateway found out about it; NULL if nothing.
    sa.Column("derived", sa.Text),
    sa.Column("accepted_by", sa.Text, nullable=False, server_default=Empty),
    # When it was written here; 0: by a version that did not note it.
    sa.Column("stored_at", Time, nullable=False, server_default="0"),
    sa.UniqueConstraint("author_id", "cmid"),
)

# What pages of history are made of, and what has become of one message. Written out: PostgreSQL
# finds a partial index by its condition.
is_shown = sa.text("shown")
sa.Index(
    "ix_messages_shown",
    messages.c.room_id,
    messages.c.seq,
    sqlite_where=is_shown,
    postgresql_where=is_shown,
)
is_about = messages.c.target_seq.is_not(None)
sa.Index(
    "ix_messages_target",
    messages.c.room_id,
    messages.c.target_seq,
    messages.c.seq,
    sqlite_where=is_about,
    postgresql_where=is_about,
)

# Who has put which emoji to which message, and by which entry.
reactions = sa.Table(
    "reactions",
    metadata,
    sa.Column("room_id", Name, primary_key=True),
    sa.Column("seq", Number, primary_key=True, autoincrement=False),
    sa.Column("account_id", Name, primary_key=True),
    sa.Column("emoji", Name, primary_key=True),
    sa.Column("at_seq", Number, nullable=False),
)

pins = sa.Table(
    "pins",
    metadata,
    sa.Column("room_id", Name, primary_key=True),
    sa.Column("seq", Number, primary_key=True, autoincrement=False),
    sa.Column("by", Name, nullable=False),
    sa.Column("at_seq", Number, nullable=False),
)

# Whom a message names; the empty id stands for all who are in the room.
mentions = sa.Table(
    "mentions",
    metadata,
    sa.Column("account_id", Name, primary_key=True),
    sa.Column("room_id", Name, primary_key=True),
    sa.Column("seq", Number, primary_key=True, autoincrement=False),
    sa.Index("ix_mentions_room_id_seq", "room_id", "seq"),
)

# What was not stored, whole: `refused` entries left a stone, the others are alarms.
set_aside = sa.Table(
    "set_aside",
    metadata,
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
    sa.Index("ix_set_aside_author_id_cmid", "author_id", "cmid"),
)

# --- markers, and what is one person's alone -----------------------------------------------
# No foreign keys here either: they are written as often as messages are.

# How far people have read rooms, and since when; and whether they marked one as unread.
read_marks = sa.Table(
    "read_marks",
    metadata,
    sa.Column("room_id", Name, primary_key=True),
    sa.Column("account_id", Name, primary_key=True, index=True),
    sa.Column("seq", Number, nullable=False, server_default="0"),
    sa.Column("time", Time, nullable=False, server_default="0"),
    sa.Column("marked_unread", sa.Boolean, nullable=False, server_default=sa.false()),
)

# How far each device has received rooms.
delivered_marks = sa.Table(
    "delivered_marks",
    metadata,
    sa.Column("room_id", Name, primary_key=True),
    sa.Column("account_id", Name, primary_key=True, index=True),
    sa.Column("session_id", Name, primary_key=True),
    sa.Column("seq", Number, nullable=False),
    sa.Column("time", Time, nullable=False),
)

# What people have deleted for themselves.
hidden = sa.Table(
    "hidden",
    metadata,
    sa.Column("account_id", Name, primary_key=True),
    sa.Column("room_id", Name, primary_key=True),
    sa.Column("seq", Number, primary_key=True, autoincrement=False),
)

stars = sa.Table(
    "stars",
    metadata,
    sa.Column("account_id", Name, primary_key=True),
    sa.Column("room_id", Name, primary_key=True),
    sa.Column("seq", Number, primary_key=True, autoincrement=False),
    sa.Column("time", Time, nullable=False),
    sa.Index("ix_stars_account_id_time", "account_id", "time"),
)

# What people have begun to write. A forgotten one stays, empty: its version goes on.
drafts = sa.Table(
    "drafts",
    metadata,
    sa.Column("account_id", Name, primary_key=True),
    sa.Column("room_id", Name, primary_key=True),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("reply_author_id", Name),
    sa.Column("reply_cmid", Cmid),
    sa.Column("version", Number, nullable=False),
    sa.Column("time", Time, nullable=False),
)

# --- search --------------------------------------------------------------------------------

# One row for each message that can be found; it says what the message says now.
search = sa.Table(
    "search",
    metadata,
    # Made by `parley.store.search.ids`: it sorts by time.
    sa.Column("id", Serial, primary_key=True, autoincrement=False),
    sa.Column("room_id", Name, nullable=False),
    sa.Column("seq", Number, nullable=False),
    sa.Column("author_id", Name, nullable=False),
    sa.Column("has_link", sa.Boolean, nullable=False),
    # The text without what makes no difference, and what the index has of it.
    sa.Column("folded", sa.Text, nullable=False),
    sa.Column("tokens", Tokens, nullable=False),
    sa.UniqueConstraint("room_id", "seq"),
)
sa.Index("ix_search_tokens", search.c.tokens, postgresql_using="gin").ddl_if(dialect="postgresql")

# SQLite's index of the tokens follows the rows by itself. It keeps no copy of them.
for _statement in (
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
):
    _made = sa.DDL(_statement).execute_if(dialect="sqlite")  # type: ignore[no-untyped-call]
    sa.event.listen(search, "after_create", _made)
_gone = sa.DDL("DROP TABLE search_index")  # type: ignore[no-untyped-call]
sa.event.listen(search, "before_drop", _gone.execute_if(dialect="sqlite"))
