"""Writing what messages are found by, in the transaction that stores the messages.

Owns: the rows of the table `search`: one for each text, of what it says now.
Never: taking one away: whoever deletes a message does (`parley.store.changes`).
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from operator import itemgetter
from typing import NamedTuple, TypeVar

import sqlalchemy as sa
from msgspec import DecodeError
from sqlalchemy.ext.asyncio import AsyncConnection

from parley.domain.plain import has_link, plain_text
from parley.domain.searching import fold
from parley.protocol.content import Edit, Text
from parley.protocol.derived import Derived
from parley.protocol.entry import decode_content, decode_derived, decode_named
from parley.store.batch import MessageRow
from parley.store.database import Database
from parley.store.schema import mentions, search
from parley.store.search import tokens
from parley.store.search.ids import neighbours, next_id, search_id, time_of

# Parameters in one statement: far below what either database takes.
_CHUNK = 500
_TEXT, _EDIT = (str(kind.__struct_config__.tag) for kind in (Text, Edit))
# In `mentions`, and as a token: everyone who is in the room.
_EVERYONE = ""

_COLUMNS = ("id", "room_id", "seq", "author_id", "has_link", "folded", "tokens")

Item = TypeVar("Item")
Place = tuple[str, int]
"""A room and a seq."""


class Said(NamedTuple):
    """What a message says now. `named`: whom its first version mentions."""

    folded: str
    has_link: bool
    named: frozenset[str]


class SearchWriter:
    """Writes the rows of one batch."""

    def __init__(self, database: Database, connection: AsyncConnection, shard: int) -> None:
        self._database, self._connection, self._shard = database, connection, shard

    async def write(self, rows: Iterable[MessageRow]) -> None:
        """Make the messages among these new rows findable, and the edited ones by their new words.

        An edit of what cannot be found any more changes nothing.
        """
        texts: dict[Place, tuple[MessageRow, Said]] = {}
        edits: dict[Place, Said] = {}
        for row in rows:
            if row.kind == _TEXT:
                texts[row.room_id, row.seq] = (row, said(row.content, row.derived))
            elif row.kind == _EDIT and row.target_seq is not None:
                place, now = (row.room_id, row.target_seq), said(row.content, row.derived)
                if place in texts:
                    first, before = texts[place]
                    texts[place] = (first, now._replace(named=before.named))
                else:
                    edits[place] = now
        await self._insert(texts.values())
        await self._update(edits)

    # --- messages --------------------------------------------------------------------------

    async def _insert(self, texts: Iterable[tuple[MessageRow, Said]]) -> None:
        found = [(row, now) for row, now in texts if now.folded]
        ids = await self._ids([row for row, _ in found])
        new = []
        for at, (row, now) in zip(ids, found, strict=True):
            author = row.author_id or ""
            its_tokens = _tokens(now, row.room_id, author, row.time)
            place = (at, row.room_id, row.seq, author)
            new.append((*place, now.has_link, now.folded, its_tokens))
        if new:
            # By id: an index that is written in its own order is written faster.
            new.sort(key=itemgetter(0))
            await self._connection.execute(self._database.insert_rows(search, _COLUMNS, new))

    async def _ids(self, rows: Sequence[MessageRow]) -> list[int]:
        wished = [search_id(row.time, self._shard, row.seq) for row in rows]
        asked = self._database.rows([search.c.id], [(at,) for at in wished])
        taken = await self._taken(search.c.id.in_(asked)) if wished else set()
        ids: list[int] = []
        known: set[range] = set()
        for at in wished:
            while at in taken:
                at = next_id(at)
                if (near := neighbours(at)) not in known:
                    known.add(near)
                    taken |= await self._taken(search.c.id.between(near.start, near.stop - 1))
            ids.append(at)
            taken.add(at)
        return ids

    async def _taken(self, condition: sa.ColumnElement[bool]) -> set[int]:
        there = sa.select(search.c.id).where(condition)
        return set((await self._connection.execute(there)).scalars())

    # --- edits -----------------------------------------------------------------------------

    async def _update(self, edits: dict[Place, Said]) -> None:
        where = sa.tuple_(search.c.room_id, search.c.seq)
        columns = (search.c.id, search.c.room_id, search.c.seq, search.c.author_id)
        changed = []
        for chunk in _chunks(edits):
            there = sa.select(*columns).where(where.in_(chunk))
            for at, room, seq, author in list(await self._connection.execute(there)):
                now = edits[room, seq]._replace(named=await self._named(room, seq))
                its_tokens = _tokens(now, room, author, time_of(at))
                said_now = {"folded": now.folded, "has_link": now.has_link, "tokens": its_tokens}
                changed.append({"its_id": at, **said_now})
        if changed:
            update = sa.update(search).where(search.c.id == sa.bindparam("its_id"))
            await self._connection.execute(update, changed)

    async def _named(self, room: str, seq: int) -> frozenset[str]:
        named = sa.select(mentions.c.account_id).where(
            mentions.c.room_id == room, mentions.c.seq == seq
        )
        return frozenset((await self._connection.execute(named)).scalars())


def said(content: str, derived: str | None) -> Said:
    """Return what a text, or an edit of one, says."""
    words = decode_content(content.encode())
    assert isinstance(words, Text | Edit)
    if derived is None:
        return Said(fold(words.text), has_link=False, named=frozenset())
    known = _derived(derived.encode())
    everyone = [_EVERYONE] if known.everyone else []
    return Said(
        folded=fold(shown_text(words.text, known)),
        has_link=has_link(known.tree),
        named=frozenset([*known.mentions, *everyone]),
    )


def _derived(encoded: bytes) -> Derived:
    """Return what was derived; of a later version's tree, whom it names."""
    try:
        return decode_derived(encoded)
    except DecodeError:
        named = decode_named(encoded)
        return Derived([], named.mentions, named.everyone, named.seq)


def shown_text(text: str, derived: Derived) -> str:
    """Return a text as it is shown: without its marks, if it has any."""
    return plain_text(derived.tree) if derived.tree else text


def _tokens(now: Said, room: str, author: str, time: int) -> set[int]:
    """Return all that a message is found by."""
    found = tokens.text_tokens(now.folded)
    found |= tokens.time_tokens(time)
    found.add(tokens.room_token(room))
    found.add(tokens.author_token(author))
    found.update(map(tokens.mention_token, now.named))
    if now.has_link:
        found.add(tokens.LINK)
    return found


def _chunks(items: Iterable[Item]) -> Iterator[list[Item]]:
    iterator = iter(items)
    while chunk := list(islice(iterator, _CHUNK)):
        yield chunk
