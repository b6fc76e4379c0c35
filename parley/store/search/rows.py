"""Writing what messages are found by, in the transaction that stores the messages.

Owns: the rows of the table `search`: one for each text, of what it says now.
Never: taking one away: whoever deletes a message does (`parley.store.changes`).
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from operator import itemgetter
from typing import NamedTuple, TypeVar

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from parley.protocol.content import Edit, Text
from parley.store.batch import MessageRow
from parley.store.database import Database
from parley.store.schema import mentions, search
from parley.store.search import tokens
from parley.store.search.ids import neighbours, next_id, search_id, time_of
from parley.store.search.said import Said, said

# Parameters in one statement: far below what either database takes.
_CHUNK = 500
_TEXT, _EDIT = (str(kind.__struct_config__.tag) for kind in (Text, Edit))

_COLUMNS = [
    search.c[name] for name in ("id", "room_id", "seq", "author_id", "has_link", "folded", "tokens")
]
_ID = [search.c.id]

Item = TypeVar("Item")
Place = tuple[str, int]
"""A room and a seq."""


class Findable(NamedTuple):
    """A new row of a text or of an edit, the shard that its room is in, and what it says."""

    shard: int
    row: MessageRow
    said: Said


def findable(shard: int, rows: Iterable[MessageRow]) -> list[Findable]:
    """Return the texts and the edits among new rows of a shard's rooms."""
    return [
        Findable(shard, row, said(row.content, row.derived))
        for row in rows
        if row.kind in (_TEXT, _EDIT)
    ]


class _Statements:
    """What is asked and written for every batch."""

    def __init__(self, database: Database) -> None:
        self.taken = sa.select(search.c.id).where(search.c.id.in_(database.rows(_ID)))
        self.insert = database.insert_rows(search, _COLUMNS)


class SearchWriter:
    """Writes the rows of one transaction."""

    def __init__(self, database: Database, connection: AsyncConnection) -> None:
        self._database, self._connection = database, connection
        self._statements = database.once(_Statements)

    async def write(self, news: Iterable[Findable]) -> None:
        """Make new messages findable, and the edited ones by their new words.

        An edit of what cannot be found any more changes nothing.
        """
        texts: dict[Place, Findable] = {}
        edits: dict[Place, Said] = {}
        for new in news:
            row = new.row
            if row.kind == _TEXT:
                texts[row.room_id, row.seq] = new
            elif row.target_seq is not None:
                place = (row.room_id, row.target_seq)
                if place in texts:
                    first = texts[place]
                    texts[place] = first._replace(said=new.said._replace(named=first.said.named))
                else:
                    edits[place] = new.said
        await self._insert([new for new in texts.values() if new.said.folded])
        await self._update(edits)

    # --- messages --------------------------------------------------------------------------

    async def _insert(self, texts: Sequence[Findable]) -> None:
        new = []
        for at, (_, row, now) in zip(await self._ids(texts), texts, strict=True):
            author = row.author_id or ""
            # The time of the id, by which a search looks for it.
            its_tokens = _tokens(now, row.room_id, author, time_of(at))
            place = (at, row.room_id, row.seq, author)
            new.append((*place, now.has_link, now.folded, its_tokens))
        if new:
            # By id: an index that is written in its own order is written faster.
            new.sort(key=itemgetter(0))
            rows = self._database.row_parameters(_COLUMNS, new)
            await self._connection.execute(self._statements.insert, rows)

    async def _ids(self, texts: Sequence[Findable]) -> list[int]:
        wished = [search_id(row.time, shard, row.seq) for shard, row, _ in texts]
        taken = await self._taken(wished) if wished else set()
        ids: list[int] = []
        known: set[range] = set()
        for at in wished:
            while at in taken:
                at = next_id(at)
                if (near := neighbours(at)) not in known:
                    known.add(near)
                    taken |= await self._taken_in(near)
            ids.append(at)
            taken.add(at)
        return ids

    async def _taken(self, wished: Sequence[int]) -> set[int]:
        asked = self._database.row_parameters(_ID, [(at,) for at in wished])
        return set((await self._connection.execute(self._statements.taken, asked)).scalars())

    async def _taken_in(self, ids: range) -> set[int]:
        there = sa.select(search.c.id).where(search.c.id.between(ids.start, ids.stop - 1))
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


def _tokens(now: Said, room: str, author: str, time: int) -> list[tokens.Group]:
    """Return all that a message is found by."""
    found = [*now.tokens, tokens.time_tokens(time)]
    found += (tokens.room_tokens(room), tokens.author_tokens(author))
    if now.named:
        found.append(tokens.group(list(map(tokens.mention_token, now.named))))
    if now.has_link:
        found.append(tokens.LINK_TOKENS)
    return found


def _chunks(items: Iterable[Item]) -> Iterator[list[Item]]:
    iterator = iter(items)
    while chunk := list(islice(iterator, _CHUNK)):
        yield chunk
