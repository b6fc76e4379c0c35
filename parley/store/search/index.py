"""What an index of tokens must offer, so that the same search runs on both databases.

Owns: the interface that `sqlite.py` and `postgresql.py` fill, and how tokens are kept in a column.
Never: who may find what.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncConnection

from parley.store.search.slices import Slice
from parley.store.search.tokens import AnyOf, Group


class Tokens(sa.types.TypeDecorator[Any]):
    """A set of tokens: an array in PostgreSQL; in SQLite words, as FTS5 reads them.

    It is written in groups, which may share tokens: to find those would take longer than to keep
    them twice, which no index does.
    """

    impl = sa.Text
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(postgresql.ARRAY(sa.Integer))
        return dialect.type_descriptor(sa.Text())

    def process_bind_param(self, value: Iterable[Group] | None, dialect: sa.Dialect) -> Any:
        if value is None:
            return None
        if dialect.name == "postgresql":
            return [int(each) for group in value for each in group.numbers.split(",")]
        return " ".join([group.words for group in value])

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> frozenset[int] | None:
        if value is None:
            return None
        return frozenset(value if dialect.name == "postgresql" else map(number, value.split()))


def array_of(groups: Iterable[Group]) -> str:
    """Return tokens as PostgreSQL reads an array in a text."""
    return f"{{{','.join([group.numbers for group in groups])}}}"


def number(word: str) -> int:
    """Return the token that a word stands for."""
    token = int(word, 16)
    return token - (1 << 32) if token >> 31 else token


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for: rows of `search` with one token of each of `all_of`.

    `conditions` decide, on the row itself.
    """

    all_of: Sequence[AnyOf]
    conditions: Sequence[sa.ColumnElement[bool]]


class SearchIndex(Protocol):
    """One kind of database's index over `search.tokens`."""

    def has_part(self, folded: sa.ColumnElement[str], part: str) -> sa.ColumnElement[bool]:
        """Return the condition that a folded text has this part, character by character."""

    async def find(
        self, connection: AsyncConnection, wanted: Wanted, part: Slice, limit: int
    ) -> list[int]:
        """Return the ids of rows in a slice, the highest first, `limit` at most."""
