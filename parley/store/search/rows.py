"""Writing what messages are found by, in the transaction that stores the messages.

Owns: the rows of the table `search`: one for each text, of what it says now.
Never: taking one away: whoever deletes a message does (`parley.store.changes`).
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple, TypeVar

import sqlalchemy as sa
from msgspec import DecodeError
from sqlalchemy.ext.asyncio import AsyncConnection

from parley.domain.plain import has_link, plain_text
from parley.domain.searching import fold
from parley.protocol.content import Edit, Text
from parley.protocol.derived import Derived
from parley.protocol.entry import decode_content, decode_derived, decode_named
from parley.store.batch import MessageRow
from parley.store.schema import mentions, search
from parley.store.search import tokens
from parley.store.search.ids import neighbours, next_id, search_id, time_of

# Parameters in one statement: far below what either database takes.
_CHUNK = 500
_TEXT, _EDIT = (str(kind.__struct_config__.tag) for kind in (Text, Edit))
# In `mentions`, and as a token: everyone who is in the room.
_EVERYONE = ""

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

    def __init__(self, connection: AsyncConnection, shard: int) -> None:
        self._connection, self._shard = connection, shard

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
        new = [
            {
                "id": at,
                "room_id": row.room_id,
                "seq": row.seq,
                "author_id": row.author_id or "",
                **_columns(now, row.room_id, row.author_id or "", row.time),
            }
            for at, (row, now) in zip(ids, found, strict=True)
        ]
        if new:
            # By id: an index that is written in its own order is written faster.
            ordered = sorted(new, key=lambda row: row["id"])
            await self._connection.execute(sa.insert(search), ordered)

    async def _ids(self, rows: Sequence[MessageRow]) -> list[int]:
        wished = [search_id(row.time, self._shard, row.seq) for row in rows]
        taken: set[int] = set()
        for chunk in _chunks(wished):
            taken |= await self._taken(search.c.id.in_(chunk))
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
                changed.append({"its_id": at, **_columns(now, room, author, time_of(at))})
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
    words, known = decode_content(content.encode()), _derived((derived or "").encode())
    assert isinstance(words, Text | Edit)
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


def _columns(now: Said, room: str, author: str, time: int) -> dict[str, Any]:
    its_tokens = tokens.text_tokens(now.folded) | tokens.time_tokens(time)
    its_tokens |= {tokens.room_token(room), tokens.author_token(author)}
    its_tokens |= {tokens.mention_token(person) for person in now.named}
    if now.has_link:
        its_tokens.add(tokens.LINK)
    return {"folded": now.folded, "has_link": now.has_link, "tokens": its_tokens}


def _chunks(items: Iterable[Item]) -> Iterator[list[Item]]:
    iterator = iter(items)
    while chunk := list(islice(iterator, _CHUNK)):
        yield chunk
