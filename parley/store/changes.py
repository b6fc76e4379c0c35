"""What a batch does to messages that are there: edits, deletions, reactions, pins; and mentions.

Owns: the tables `reactions`, `pins` and `mentions`, and what becomes of a row of `messages` whose
message is edited or deleted.
Never: which entries are written (`batch.py`, `writing.py`), and whether somebody may: the log holds
only what a gateway has authorised.

It is the fold of `parley.domain.timeline`, in SQL; a property test holds the two equal. Of what a
batch does to one thing only the last counts, and deletions come at the end.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from parley.protocol.content import Delete, Edit, Pin, React, Stone, Text
from parley.protocol.entry import decode_content, decode_named, encode_content
from parley.store.batch import DELETED_DIGEST, STONE_KIND, MessageRow
from parley.store.database import Database
from parley.store.schema import mentions, messages, pins, reactions, search, stars

# Parameters in one statement: far below what either database takes.
_CHUNK = 200
_TEXT, _EDIT = (str(kind.__struct_config__.tag) for kind in (Text, Edit))
_DELETED, _WITHDRAWN = (
    encode_content(Stone(reason)).decode() for reason in ("deleted", "withdrawn")
)
# In `mentions`: everyone who is in the room.
EVERYONE = ""

# What `_at` asks for.
_PLACE = ("at_room", "at_seq")

Place = tuple[str, int]
"""A room and a seq."""
Reacting = tuple[str, int, str, str]
"""A room and a seq, who reacted there, and with which emoji."""


@dataclass(slots=True)
class Changes:
    """What is left at the end of all that a batch does to messages.

    `reactions` by room, seq, person and emoji: the entry that put them there; of `taken` ones what
    was there before is gone. `pins` by room and seq: the entry that did it, who that was of, and
    whether it put them there.
    """

    mentions: list[tuple[str, str, int]] = field(default_factory=list)
    edits: dict[Place, int] = field(default_factory=dict)
    reactions: dict[Reacting, int] = field(default_factory=dict)
    taken: set[Reacting] = field(default_factory=set)
    pins: dict[Place, tuple[int, str, bool]] = field(default_factory=dict)
    deleted: set[Place] = field(default_factory=set)

    def add(self, row: MessageRow) -> None:
        """Take the next row that was written."""
        if row.kind == _TEXT:
            if row.derived is not None:
                self._add_mentions(row)
        elif row.target_seq is not None:
            self._add_change(row, (row.room_id, row.target_seq))

    def _add_mentions(self, row: MessageRow) -> None:
        found = decode_named((row.derived or "").encode())
        named = [*found.mentions, *([EVERYONE] if found.everyone else ())]
        self.mentions += [(account, row.room_id, row.seq) for account in named]

    def _add_change(self, row: MessageRow, place: Place) -> None:
        author = row.author_id or ""
        match decode_content(row.content.encode()):
            case Edit():
                self.edits[place] = row.seq
            case React(emoji=emoji, on=True):
                # Again: it stands where it stood.
                self.reactions.setdefault((*place, author, emoji), row.seq)
            case React(emoji=emoji):
                self.taken.add((*place, author, emoji))
                self.reactions.pop((*place, author, emoji), None)
            case Pin(on=on):
                self.pins[place] = (row.seq, author, on)
            case Delete():
                self.deleted.add(place)

    @property
    def touched(self) -> set[Place]:
        """The messages that are changed and not deleted in this batch."""
        reacted = {(room, seq) for room, seq, _, _ in self.reactions.keys() | self.taken}
        return (reacted | self.edits.keys() | self.pins.keys()) - self.deleted


class _Statements:
    """What is done for one change."""

    def __init__(self, database: Database) -> None:
        self.mention, self.react, self.pin = (
            database.insert(table).on_conflict_do_nothing() for table in (mentions, reactions, pins)
        )
        is_text = messages.c.kind == _TEXT
        is_edit = (
            messages.c.room_id == sa.bindparam("at_room"),
            messages.c.target_seq == sa.bindparam("at_seq"),
            messages.c.kind == _EDIT,
        )
        is_theirs = (
            reactions.c.account_id == sa.bindparam("who"),
            reactions.c.emoji == sa.bindparam("which"),
        )
        edited = sa.update(messages).values(edited_seq=sa.bindparam("by_seq"))
        self.edit = edited.where(*_at(messages), is_text)
        self.unreact = sa.delete(reactions).where(*_at(reactions), *is_theirs)
        self.unpin = sa.delete(pins).where(*_at(pins))
        stone = sa.update(messages).values(
            kind=STONE_KIND, digest=DELETED_DIGEST, derived=None, edited_seq=None
        )
        hanging_on = (reactions, pins, mentions, stars, search)
        self.withdraw = (
            stone.values(content=_DELETED).where(*_at(messages), is_text),
            stone.values(content=_WITHDRAWN).where(*is_edit),
            *(sa.delete(table).where(*_at(table)) for table in hanging_on),
        )


class ChangeWriter:
    """Writes the changes of one batch, in its transaction."""

    def __init__(self, database: Database, connection: AsyncConnection) -> None:
        self._connection, self._statements = connection, database.once(_Statements)

    async def write(self, rows: Iterable[MessageRow]) -> None:
        """Do to messages what these new rows say."""
        changes = Changes()
        for row in rows:
            changes.add(row)
        named = ("account_id", "room_id", "seq")
        await self._execute(self._statements.mention, _parameters(named, changes.mentions))
        await self._edit(changes)
        await self._react(changes)
        await self._pin(changes)
        # What was authorised before a deletion and came behind it must leave nothing either.
        await self._withdraw(changes.deleted | await self._deleted_before(changes.touched))

    async def _edit(self, changes: Changes) -> None:
        edits = [(*place, by) for place, by in changes.edits.items()]
        names = ("at_room", "at_seq", "by_seq")
        await self._execute(self._statements.edit, _parameters(names, edits))

    async def _react(self, changes: Changes) -> None:
        theirs = ("at_room", "at_seq", "who", "which")
        taken = _parameters(theirs, sorted(changes.taken))
        await self._execute(self._statements.unreact, taken)
        put = [(*where, seq) for where, seq in changes.reactions.items()]
        names = ("room_id", "seq", "account_id", "emoji", "at_seq")
        await self._execute(self._statements.react, _parameters(names, put))

    async def _pin(self, changes: Changes) -> None:
        put = [(*place, by, seq) for place, (seq, by, on) in changes.pins.items() if on]
        taken = [place for place, (_, _, on) in changes.pins.items() if not on]
        names = ("room_id", "seq", "by", "at_seq")
        await self._execute(self._statements.pin, _parameters(names, put))
        await self._execute(self._statements.unpin, _parameters(_PLACE, taken))

    async def _deleted_before(self, places: Iterable[Place]) -> set[Place]:
        where, found = sa.tuple_(messages.c.room_id, messages.c.seq), set()
        ordered = sorted(places)
        for first in range(0, len(ordered), _CHUNK):
            stones = sa.select(messages.c.room_id, messages.c.seq).where(
                where.in_(ordered[first : first + _CHUNK]), messages.c.kind == STONE_KIND
            )
            found |= {(row.room_id, row.seq) for row in await self._connection.execute(stones)}
        return found

    async def _withdraw(self, places: Iterable[Place]) -> None:
        """Leave a stone of each message and of its edits, and nothing of what hung on it."""
        gone = _parameters(_PLACE, sorted(places))
        for statement in self._statements.withdraw:
            await self._execute(statement, gone)

    async def _execute(self, statement: sa.Executable, rows: list[dict[str, Any]]) -> None:
        if rows:
            await self._connection.execute(statement, rows)


def _at(table: sa.Table) -> tuple[sa.ColumnElement[bool], ...]:
    return table.c.room_id == sa.bindparam("at_room"), table.c.seq == sa.bindparam("at_seq")


def _parameters(names: Sequence[str], values: Iterable[tuple[Any, ...]]) -> list[dict[str, Any]]:
    return [dict(zip(names, each, strict=True)) for each in values]
