"""The condition that a value is one of many, in a statement of the same text however many they are.

Owns: how a list travels to either database: one array, or one JSON text.
Never: what the values are.

A database prepares a statement once for each text of it, so that a parameter for each value would
cost two round trips more for every number of them.
"""

from collections.abc import Sequence
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler


class _Listed(sa.types.TypeDecorator[Sequence[Any]]):
    """Values of one type, as one parameter."""

    impl = sa.Text
    cache_ok = True

    def __init__(self, item: sa.types.TypeEngine[Any]) -> None:
        super().__init__()
        self.item = item

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(postgresql.ARRAY(self.item))
        return dialect.type_descriptor(sa.Text())

    def process_bind_param(self, value: Sequence[Any] | None, dialect: sa.Dialect) -> Any:
        values = list(value or ())
        return values if dialect.name == "postgresql" else msgspec.json.encode(values).decode()


class _Among(sa.sql.functions.FunctionElement[Any]):
    # Not a Boolean: of one SQLAlchemy asks SQLite whether it is 1, which no index answers.
    type = sa.types.NullType()
    inherit_cache = True


def among(column: sa.ColumnElement[Any], name: str) -> sa.ColumnElement[bool]:
    """Return the condition that a column has one of the values that are bound to a name.

    For numbers and texts: they are sent as they are.
    """
    return _Among(column, sa.bindparam(name, type_=_Listed(column.type)))


@compiles(_Among, "postgresql")
def _by_array(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    column, values = element.clauses
    return compiler.process(column == sa.any_(values), **options)


@compiles(_Among, "sqlite")
def _by_json(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    column, values = element.clauses
    each = sa.func.json_each(values).table_valued("value")
    return compiler.process(column.in_(sa.select(each.c.value)), **options)
