"""Finding messages: a page of hits, the latest first.

Owns: what one person may find, and which message a hit is.
Never: an index (`sqlite.py`, `postgresql.py`), how far back it is looked (`slices.py`), and what is
shown of a hit.
"""

import asyncio
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from parley.domain.searching import fold
from parley.protocol.content import Edit, Text
from parley.protocol.entry import decode_content, decode_derived
from parley.protocol.refusals import NotUnderstood
from parley.store.among import among
from parley.store.part import SqlPart
from parley.store.schema import hidden, members, mentions, messages, room_logs, rooms, search
from parley.store.search import tokens
from parley.store.search.api import FoundMessage, FoundPage, SearchQuery
from parley.store.search.ids import END, first_id
from parley.store.search.index import Wanted
from parley.store.search.said import shown_text
from parley.store.search.slices import Walk
from parley.store.search.tokens import AnyOf

# Each by itself: SQLite reads the whole table for both at once.
_BOUNDS = sa.select(
    *(sa.select(bound(search.c.id)).scalar_subquery() for bound in (sa.func.min, sa.func.max))
)
# Who is in more rooms has most of what is said, so that leaving out the others saves nothing.
_ROOMS_IN_INDEX = 100


class SqlSearch(SqlPart):
    """`MessageSearch` on a `Database`."""

    async def search(self, query: SearchQuery) -> FoundPage:
        mine = await self._rooms_of(query)
        if not mine:
            return FoundPage([], None)
        part = fold(query.text)
        wanted = Wanted(
            all_of=_all_of(query, part, mine),
            conditions=self._conditions(query, part, mine),
        )
        first = 0 if query.since is None else first_id(query.since)
        end = min(_page_end(query.after), END if query.until is None else first_id(query.until))
        ids, rest = await self._ids(wanted, first, end, query.limit + 1)
        page = ids[: query.limit]
        if len(ids) > query.limit:
            rest = page[-1]
        return FoundPage(await self._found(page), None if rest is None else str(rest))

    async def _ids(
        self, wanted: Wanted, first: int, end: int, limit: int
    ) -> tuple[list[int], int | None]:
        """Return the highest ids that are wanted, and below which one nothing was looked at."""
        found: list[int] = []
        index = self._database.search_index
        async with self._database.search() as connection:
            lowest, highest = (await connection.execute(_BOUNDS)).one()
            if lowest is None:
                return found, None
            clock = asyncio.get_running_loop().time
            walk = Walk(max(first, lowest), min(end, highest + 1), clock)
            for part in walk.slices():
                found += await index.find(connection, wanted, part, limit - len(found))
                if len(found) == limit:
                    break
        return found, walk.rest

    async def first_since(self, room_id: str, time: int) -> int | None:
        end = await self._first(sa.select(room_logs.c.seq).where(room_logs.c.room_id == room_id))
        found = None if end is None else await self._first(_halving(room_id, time, end.seq))
        return None if found is None or found.low > end.seq else int(found.low)

    async def _rooms_of(self, query: SearchQuery) -> list[str]:
        asked = {"account": query.account_id}
        mine = _MINE
        if query.room_id is not None:
            mine, asked["room"] = _MINE_ALONE, query.room_id
        async with self._database.read() as connection:
            return list((await connection.execute(mine, asked)).scalars())

    def _conditions(
        self, query: SearchQuery, part: str, mine: Sequence[str]
    ) -> list[sa.ColumnElement[bool]]:
        at = (search.c.room_id, search.c.seq)
        is_hidden = sa.exists().where(
            hidden.c.account_id == query.account_id,
            hidden.c.room_id == at[0],
            hidden.c.seq == at[1],
        )
        conditions = [search.c.room_id.in_(mine), ~is_hidden]
        if part:
            conditions.append(self._database.search_index.has_part(search.c.folded, part))
        if query.author_id is not None:
            conditions.append(search.c.author_id == query.author_id)
        if query.has_link:
            conditions.append(search.c.has_link)
        if query.mentions_me:
            named = sa.exists().where(
                mentions.c.account_id.in_((query.account_id, "")),
                mentions.c.room_id == at[0],
                mentions.c.seq == at[1],
            )
            conditions.append(named)
        return conditions

    async def _found(self, ids: Sequence[int]) -> list[FoundMessage]:
        if not ids:
            return []
        async with self._database.read() as connection:
            return [_message(row) for row in await connection.execute(_FOUND, {"ids": ids})]


def _found_messages() -> sa.Select[Any]:
    """Return the query for messages by their ids in the search, and for their latest edits."""
    edits = messages.alias()
    names = ("room_id", "seq", "n", "time", "author_id", "cmid", "content", "derived")
    return (
        sa.select(
            *(messages.c[name] for name in names),
            edits.c.content.label("edit"),
            edits.c.derived.label("edit_derived"),
        )
        .select_from(search)
        .join(
            messages,
            (messages.c.room_id == search.c.room_id) & (messages.c.seq == search.c.seq),
        )
        .outerjoin(
            edits,
            (edits.c.room_id == search.c.room_id) & (edits.c.seq == messages.c.edited_seq),
        )
        .where(among(search.c.id, "ids"))
        .order_by(search.c.id.desc())
    )


# Made once: to put a statement together takes longer than to carry it out.
_FOUND = _found_messages()
_MINE = (
    sa.select(members.c.room_id)
    .join(rooms, rooms.c.id == members.c.room_id)
    .where(
        members.c.account_id == sa.bindparam("account"),
        members.c.left_at.is_(None),
        rooms.c.closed_at.is_(None),
    )
)
_MINE_ALONE = _MINE.where(members.c.room_id == sa.bindparam("room"))


def _halving(room_id: str, time: int, end: int) -> sa.Select[Any]:
    """Return a query for the first seq up to `end` at or after a time, or the one behind them.

    A log has no hole, so that halving it needs no index but its own key.
    """
    whole = (sa.literal(1, sa.BigInteger), sa.literal(end + 1, sa.BigInteger))
    part = sa.select(whole[0].label("low"), whole[1].label("high")).cte(recursive=True)
    low, high = part.c.low, part.c.high
    middle = (low + high) // 2
    time_there = (
        sa.select(messages.c.time)
        .where(messages.c.room_id == room_id, messages.c.seq == middle)
        .correlate(part)
        .scalar_subquery()
    )
    is_older = time_there < time
    half = sa.select(
        sa.case((is_older, middle + 1), else_=low), sa.case((is_older, high), else_=middle)
    ).where(low < high)
    parts = part.union_all(half)
    return sa.select(parts.c.low).where(parts.c.low == parts.c.high)


def _all_of(query: SearchQuery, part: str, mine: Sequence[str]) -> list[AnyOf]:
    wanted = tokens.query_tokens(part)
    if len(mine) <= _ROOMS_IN_INDEX:
        wanted.append(tuple(map(tokens.room_token, mine)))
    if query.author_id is not None:
        wanted.append((tokens.author_token(query.author_id),))
    if query.has_link:
        wanted.append((tokens.LINK,))
    if query.mentions_me:
        wanted.append(tuple(map(tokens.mention_token, (query.account_id, ""))))
    return wanted


def _page_end(after: str) -> int:
    if not after:
        return END
    if not (after.isascii() and after.isdecimal() and int(after) < END):
        raise NotUnderstood(f"{after!r} does not continue a search")
    return int(after)


def _message(row: sa.Row[Any]) -> FoundMessage:
    is_edited = row.edit is not None
    content = decode_content((row.edit if is_edited else row.content).encode())
    derived = decode_derived(((row.edit_derived if is_edited else row.derived) or "").encode())
    assert isinstance(content, Text | Edit)
    text = shown_text(content.text, derived)
    return FoundMessage(row.room_id, row.seq, row.n, row.time, row.author_id, row.cmid, text)
