"""SQLite's index of tokens: an FTS5 table beside `search`.

Owns: that table, the triggers that keep it in step, and a query of it.
Never: a rule of FTS5 about words or accents: what it is given are numbers, written as words.

FTS5 walks the lists of several words side by side, from the highest row id down, and stops when it
has enough. So the row id is the search id, which sorts by time.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from parley.store.schema import search
from parley.store.search.index import Wanted
from parley.store.search.slices import Slice
from parley.store.search.tokens import AnyOf, word

_index = sa.table(
    "search_index", sa.column("rowid", sa.BigInteger), sa.column("search_index", sa.Text)
)


class SqliteSearch:
    """A `SearchIndex` over FTS5."""

    def has_part(self, folded: sa.ColumnElement[str], part: str) -> sa.ColumnElement[bool]:
        return sa.func.instr(folded, part) > 0

    async def find(
        self, connection: AsyncConnection, wanted: Wanted, part: Slice, limit: int
    ) -> list[int]:
        rowid = _index.c.rowid
        found = (
            sa.select(rowid)
            .select_from(_index)
            .join(search, search.c.id == rowid)
            .where(
                _index.c.search_index.op("MATCH")(_expression(wanted.all_of)),
                rowid >= part.first,
                rowid < part.end,
                *wanted.conditions,
            )
            .order_by(rowid.desc())
            .limit(limit)
        )
        return list((await connection.execute(found)).scalars())


def _expression(all_of: Sequence[AnyOf]) -> str:
    return " AND ".join(f"({' OR '.join(map(word, any_of))})" for any_of in all_of)
