"""Any message of the protocol, made from its type: a new message needs nothing new here."""

from functools import cache
from typing import Any

import msgspec
from hypothesis import strategies as st
from msgspec import inspect

from parley.protocol.limits import INTEGER_MAX

# Long enough to be of interest; the greatest lengths are tested one by one.
_CHARACTERS, _ITEMS = 40, 3
# What can be text: a lone surrogate is no character.
_TEXT = st.characters(exclude_categories=["Cs"])

_ATOMS: dict[type[inspect.Type], st.SearchStrategy[Any]] = {
    inspect.BoolType: st.booleans(),
    inspect.NoneType: st.none(),
    inspect.RawType: st.just(msgspec.Raw(b'{"any":"result"}')),
}


def messages(message: Any) -> st.SearchStrategy[Any]:
    """Return a strategy of all that a message's type (or a union of them) allows."""
    return _values(inspect.type_info(message))


def _values(info: inspect.Type) -> st.SearchStrategy[Any]:
    match info:
        case inspect.Metadata(type=inner):
            return _values(inner)
        case inspect.StructType(cls=cls):
            return _structs(cls)
        case inspect.UnionType(types=types):
            return st.one_of(*map(_values, types))
        case inspect.ListType(item_type=item, min_length=least):
            return st.lists(_values(item), min_size=least or 0, max_size=_ITEMS)
        case inspect.TupleType(item_types=items):
            return st.tuples(*map(_values, items))
        case inspect.LiteralType(values=values):
            return st.sampled_from(values)
        case inspect.StrType():
            return _strings(info)
        case inspect.IntType(ge=least, le=most, lt=above):
            most = most if above is None else above - 1
            bounds = (-INTEGER_MAX if least is None else least, most or INTEGER_MAX)
            return st.integers(*bounds)
    return _ATOMS[type(info)]  # a KeyError names a type that needs a strategy


@cache
def _structs(cls: type[Any]) -> st.SearchStrategy[Any]:
    """Return a strategy of one type's values, which may have such values inside."""
    info = inspect.type_info(cls)
    assert isinstance(info, inspect.StructType)
    fields = info.fields

    def values() -> st.SearchStrategy[Any]:
        return st.builds(cls, **{field.name: _values(field.type) for field in fields})

    return st.deferred(values)


def _strings(info: inspect.StrType) -> st.SearchStrategy[str]:
    if info.pattern is not None:
        return st.from_regex(info.pattern, fullmatch=True)
    least = info.min_length or 0
    most = min(info.max_length or _CHARACTERS, max(_CHARACTERS, least))
    return st.text(_TEXT, min_size=least, max_size=most)
