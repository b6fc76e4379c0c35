"""What counts as unread, as SQL.

Owns: the conditions, the counts and the row of a standing; a test holds them equal to
`parley.domain.unread`.
Never: a connection.
"""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from parley.domain.unread import Tally
from parley.protocol.limits import UNREAD_MOST
from parley.store.mark_records import Standing
from parley.store.schema import hidden, is_shown, members, mentions, messages, read_marks, room_logs

# Who is named by a message that names all.
_EVERYONE = ""

# Every member, with the mark of what they have read, if they have made one.
STANDING = members.outerjoin(
    read_marks,
    sa.and_(
        read_marks.c.room_id == members.c.room_id,
        read_marks.c.account_id == members.c.account_id,
    ),
)


def read_position(reads: Mapping[str, int]) -> sa.ColumnElement[int]:
    """Return how far a member has read: at least to where the log ended when they joined."""
    known = {room: read for room, read in reads.items() if read}
    told = sa.case(known, value=members.c.room_id, else_=0) if known else sa.literal(0)
    written = sa.func.coalesce(read_marks.c.seq, 0)
    furthest = sa.case((told > written, told), else_=written)
    return sa.case((furthest > members.c.joined_seq, furthest), else_=members.c.joined_seq)


def is_unread(account_id: str, room_id: Any, read: sa.ColumnElement[int]) -> tuple[Any, ...]:
    """Return the conditions for a row of `messages` to count as unread."""
    is_hidden = sa.exists().where(
        hidden.c.account_id == account_id,
        hidden.c.room_id == messages.c.room_id,
        hidden.c.seq == messages.c.seq,
    )
    return (
        messages.c.room_id == room_id,
        messages.c.seq > read,
        is_shown,
        messages.c.kind == sa.literal_column("'text'"),
        messages.c.author_id != account_id,
        ~is_hidden,
    )


def select_standings(account_id: str, reads: Mapping[str, int]) -> sa.Select[Any]:
    """Return the query of how an account stands in the rooms that it is in."""
    read = read_position(reads)
    unread = sa.select(sa.literal(1).label("one")).where(
        *is_unread(account_id, members.c.room_id, read)
    )
    is_named = sa.exists().where(
        mentions.c.account_id.in_([account_id, _EVERYONE]),
        mentions.c.room_id == messages.c.room_id,
        mentions.c.seq == messages.c.seq,
    )
    return (
        sa.select(
            members.c.room_id,
            sa.func.coalesce(room_logs.c.generation, 0).label("generation"),
            read.label("read"),
            sa.func.coalesce(room_logs.c.seq, 0).label("as_of"),
            _count(unread).label("unread"),
            _count(unread.where(is_named)).label("mentions"),
            sa.func.coalesce(read_marks.c.marked_unread, sa.false()).label("marked_unread"),
        )
        .select_from(STANDING.outerjoin(room_logs, room_logs.c.room_id == members.c.room_id))
        .where(members.c.account_id == account_id, members.c.left_at.is_(None))
    )


def first_unread(account_id: str, reads: Mapping[str, int]) -> sa.ColumnElement[int]:
    """Return the first unread message's seq in the rooms of `select_standings`; NULL: none."""
    return (
        sa.select(messages.c.seq)
        .where(*is_unread(account_id, members.c.room_id, read_position(reads)))
        .order_by(messages.c.seq)
        .limit(1)
        .correlate(members, read_marks)
        .scalar_subquery()
    )


def standing_of(row: sa.Row[Any]) -> Standing:
    """Return the standing of a row that has the columns of `select_standings`."""
    tally = Tally(row.read, row.as_of, row.unread, row.mentions)
    return Standing(row.room_id, row.generation, tally, bool(row.marked_unread))


def _count(found: sa.Select[Any]) -> sa.ColumnElement[int]:
    """Return how many there are, as far as anybody needs to know."""
    bounded = found.limit(UNREAD_MOST).correlate(members, read_marks).subquery()
    return sa.select(sa.func.count()).select_from(bounded).scalar_subquery()
