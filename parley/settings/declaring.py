"""How a field of a dataclass declares the variable that it is read from.

Owns: what such a field carries, and the way from a program to all its variables.
Never: which variables there are, nor their values in some environment.
"""

from collections.abc import Iterator, Mapping
from dataclasses import Field, field, fields
from types import UnionType
from typing import Any, TypeVar, cast, get_args

from parley.settings.variables import Kind, Setting

T = TypeVar("T")

_DECLARED = "setting"  # the key in a field's metadata


def declared(setting: Setting[Any]) -> Mapping[str, Setting[Any]]:
    """Return a field's metadata for a variable that must be set, or that a program fills in."""
    return {_DECLARED: setting}


def setting(env: str, kind: Kind[T], default: str, meaning: str) -> T:
    """Return a field for a variable that has the value of `default` when it is not set."""
    return field(
        default=kind.parse(default), metadata=declared(Setting(env, kind, default, meaning))
    )


def optional(env: str, kind: Kind[T], meaning: str) -> T | None:
    """Return a field for a variable whose absence is a value of its own: None."""
    return field(default=None, metadata=declared(Setting(env, kind, "", meaning)))


def setting_of(item: Field[Any]) -> Setting[Any] | None:
    """Return the variable that a field declares; None if it holds a part, which has its own."""
    return item.metadata.get(_DECLARED)


def part_of(item: Field[Any]) -> type:
    """Return the dataclass that a field holds, or may hold: `Part` or `Part | None`."""
    return cast(type, get_args(item.type)[0] if isinstance(item.type, UnionType) else item.type)


def settings_of(program: type) -> Iterator[Setting[Any]]:
    """Yield every variable that a program, or a part of one, reads."""
    for item in fields(program):
        found = setting_of(item)
        if found is None:
            yield from settings_of(part_of(item))
        else:
            yield found
