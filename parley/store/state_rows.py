"""The one question about what has become of messages, as far as the log is stored.

Owns: the statement, and what its rows are.
Never: what a state is (`message_states.py`).

One statement, because it sees one moment: nothing can be stored between its parts. Of what is among
`seqs` and not in `whole` it finds only what is no longer as its entry says; of each reaction the
first, and those of `people`.
"""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from parley.domain.timeline import SHOWN_PEOPLE
from parley.protocol.content import Delete, Edit, Stone, Text
from parley.protocol.events import Event
from parley.store.among import among
from parley.store.message_rows import said
from parley.store.schema import messages, pins, reactions, room_logs

# What a row is, in its column `part`: a message, somebody's reaction to one, or, as its `seq`, how
# far the room's log is stored.
MESSAGE, REACTION, END = range(3)

_TEXT, _EDIT, _DELETE, _STONE = (
    str(kind.__struct_config__.tag) for kind in (Text, Edit, Delete, Stone)
)
# The room that is asked about.
_ROOM = sa.bindparam("room", type_=messages.c.room_id.type)


def latest_edit(room: str, row: sa.Row[Any]) -> Event:
    """Return the edit that a message's words are from. Its own name and `n` are not read."""
    place = (room, row.generation, row.edited_seq, 0, row.edited_at, row.author_id, None)
    return Event(*place, *said(row.edit, row.edit_derived))


def _statement() -> sa.CompoundSelect[Any]:
    reacted = _reacted()
    found = _messages(reacted)
    kinds = found.selected_columns
    reaction = {
        "part": sa.literal_column(str(REACTION)),
        "seq": reacted.c.seq,
        "emoji": reacted.c.emoji,
        "person": reacted.c.account_id,
        "place": reacted.c.place,
        "of": reacted.c.of,
    }
    end = {"part": sa.literal_column(str(END)), "seq": room_logs.c.seq}
    return sa.union_all(
        found,
        _padded(kinds, reaction).where(
            (reacted.c.place <= SHOWN_PEOPLE) | among(reacted.c.account_id, "people")
        ),
        _padded(kinds, end).where(room_logs.c.room_id == _ROOM),
    )


def _reacted() -> sa.CTE:
    each = (reactions.c.seq, reactions.c.emoji)
    place = sa.func.row_number().over(partition_by=each, order_by=reactions.c.at_seq)
    of = sa.func.count().over(partition_by=each)
    return (
        sa.select(*each, reactions.c.account_id, place.label("place"), of.label("of"))
        .where(reactions.c.room_id == _ROOM, among(reactions.c.seq, "seqs"))
        .cte("reacted")
    )


def _messages(reacted: sa.CTE) -> sa.Select[Any]:
    edit, change = messages.alias("edit"), messages.alias("change")
    about = (change.c.room_id == _ROOM, change.c.target_seq == messages.c.seq)
    edits = sa.select(sa.func.count()).where(*about, change.c.kind == _EDIT).scalar_subquery()
    deleted_by = (
        sa.select(change.c.author_id)
        .where(*about, change.c.kind == _DELETE)
        .order_by(change.c.seq)
        .limit(1)
        .scalar_subquery()
    )
    is_stone, is_edited = messages.c.kind == _STONE, messages.c.edited_seq.is_not(None)
    is_pinned = pins.c.seq.is_not(None)
    is_reacted = messages.c.seq.in_(sa.select(reacted.c.seq))
    columns = ("seq", "generation", "n", "time", "author_id", "cmid", "content", "derived")
    return (
        sa.select(
            sa.literal_column(str(MESSAGE), sa.Integer).label("part"),
            *(messages.c[name] for name in columns),
            messages.c.edited_seq,
            sa.case((is_edited, edits), else_=0).label("edits"),
            edit.c.time.label("edited_at"),
            edit.c.content.label("edit"),
            edit.c.derived.label("edit_derived"),
            sa.case((is_stone, deleted_by)).label("deleted_by"),
            is_pinned.label("pinned"),
            *(sa.cast(sa.null(), sa.Text).label(name) for name in ("emoji", "person")),
            *(sa.cast(sa.null(), sa.BigInteger).label(name) for name in ("place", "of")),
        )
        .select_from(messages)
        .outerjoin(edit, (edit.c.room_id == _ROOM) & (edit.c.seq == messages.c.edited_seq))
        .outerjoin(pins, (pins.c.room_id == _ROOM) & (pins.c.seq == messages.c.seq))
        .where(
            messages.c.room_id == _ROOM,
            among(messages.c.seq, "seqs"),
            messages.c.kind.in_((_TEXT, _STONE)),
            messages.c.shown,
            sa.or_(among(messages.c.seq, "whole"), is_stone, is_edited, is_pinned, is_reacted),
        )
    )


def _padded(
    kinds: sa.ColumnCollection[Any, Any], own: Mapping[str, sa.ColumnElement[Any]]
) -> sa.Select[Any]:
    """Return a query of some of the columns; the others are NULL."""
    return sa.select(
        *(
            own.get(name, sa.cast(sa.null(), column.type)).label(name)
            for name, column in kinds.items()
        )
    )


# Made once: to put it together takes longer than to carry it out.
STATES = _statement()
