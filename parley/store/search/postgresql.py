"""PostgreSQL's index of tokens: GIN over the array.

Owns: a query of it.
Never: an extension; arrays of integers are built in.

GIN knows which rows have several tokens, but no order among them. So that a frequent word costs no
sorting of all that have it, time is a token too, in stretches of several lengths: what is latest is
asked for first, and a longer stretch only as long as too little was found.
"""

from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from parley.store.schema import search
from parley.store.search.ids import time_of
from parley.store.search.index import Wanted
from parley.store.search.tokens import STRETCHES, time_token


class PostgresSearch:
    """A `SearchIndex` over GIN."""

    def has_part(self, folded: sa.ColumnElement[str], part: str) -> sa.ColumnElement[bool]:
        return sa.func.strpos(folded, part) > 0

    async def find(self, connection: AsyncConnection, wanted: Wanted) -> list[int]:
        found: list[int] = []
        latest = await connection.scalar(sa.select(sa.func.max(search.c.id)))
        if latest is None:
            return found
        for stretch in _stretches(wanted.first, min(wanted.end - 1, latest)):
            rows = await connection.execute(_query(wanted, stretch))
            found = [row.id for row in rows]
            if len(found) >= wanted.limit:
                break
        return found


def _query(wanted: Wanted, stretch: list[int]) -> sa.Select[tuple[int]]:
    alone = [any_of[0] for any_of in wanted.all_of if len(any_of) == 1]
    several = [any_of for any_of in wanted.all_of if len(any_of) > 1]
    having = [search.c.tokens.bool_op("&&")(_array(any_of)) for any_of in several]
    if alone:
        having.append(search.c.tokens.bool_op("@>")(_array(alone)))
    if stretch:
        having.append(search.c.tokens.bool_op("&&")(_array(stretch)))
    # As a query of its own: the order must not lead PostgreSQL to walk through all rows by id.
    rows = (
        sa.select(search.c.id)
        .where(*having, *wanted.conditions)
        .where(search.c.id >= wanted.first, search.c.id < wanted.end)
        .cte()
        .prefix_with("MATERIALIZED", dialect="postgresql")
    )
    return sa.select(rows.c.id).order_by(rows.c.id.desc()).limit(wanted.limit)


def _stretches(first: int, last: int) -> Iterator[list[int]]:
    """Yield the tokens of ever longer times up to the last id that is wanted; in the end none."""
    earliest, latest = time_of(first), time_of(last)
    for bits in STRETCHES:
        if latest - earliest < 1 << bits:
            break
        yield [time_token(latest, bits), time_token(latest - (1 << bits), bits)]
    yield []


def _array(tokens: tuple[int, ...] | list[int]) -> sa.ColumnElement[object]:
    return sa.cast(sa.literal(list(tokens), sa.ARRAY(sa.Integer)), sa.ARRAY(sa.Integer))
