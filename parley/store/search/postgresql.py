"""PostgreSQL's index of tokens: GIN over the array.

Owns: a query of it.
Never: an extension; arrays of integers are built in.

GIN knows which rows have several tokens, but no order among them. So that a frequent word costs no
sorting of all that have it, time is a token too: a slice of it is asked for.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from parley.store.schema import search
from parley.store.search.index import Wanted
from parley.store.search.slices import Slice


class PostgresSearch:
    """A `SearchIndex` over GIN."""

    def has_part(self, folded: sa.ColumnElement[str], part: str) -> sa.ColumnElement[bool]:
        return sa.func.strpos(folded, part) > 0

    async def find(
        self, connection: AsyncConnection, wanted: Wanted, part: Slice, limit: int
    ) -> list[int]:
        all_of = [*wanted.all_of, part.stretches]
        alone = [any_of[0] for any_of in all_of if len(any_of) == 1]
        several = [any_of for any_of in all_of if len(any_of) > 1]
        # GIN goes by the first, and asks the others only for what has all of these.
        having = [search.c.tokens.bool_op("@>")(_array(alone))] if alone else []
        having += [search.c.tokens.bool_op("&&")(_array(any_of)) for any_of in several]
        # Not the plain id: by its index every row of the slice would be looked at.
        at = search.c.id + 0
        # As a query of its own: the order must not lead PostgreSQL to walk through rows by id.
        rows = (
            sa.select(search.c.id)
            .where(*having, *wanted.conditions)
            .where(at >= part.first, at < part.end)
            .cte()
            .prefix_with("MATERIALIZED", dialect="postgresql")
        )
        latest = sa.select(rows.c.id).order_by(rows.c.id.desc()).limit(limit)
        return list((await connection.execute(latest)).scalars())


def _array(tokens: Sequence[int]) -> sa.ColumnElement[object]:
    return sa.cast(sa.literal(list(tokens), sa.ARRAY(sa.Integer)), sa.ARRAY(sa.Integer))
