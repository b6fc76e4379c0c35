"""The one place that reads the environment.

Owns: the way from the environment's text to a dataclass, each field from the variable it declares.
Never: which variables there are, and what they mean.

An empty variable counts as unset, so that a compose file may pass on what nobody has chosen.
"""

import os
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields
from types import UnionType
from typing import Any, Self, TypeVar, cast

from parley.settings.declaring import part_of, setting_of
from parley.settings.variables import InvalidSetting

T = TypeVar("T")


class Program:
    """What one program reads, together and once, when it starts."""

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> Self:
        """Return the settings that `environ` chooses. Raises InvalidSetting."""
        chosen = {name: text for name, text in environ.items() if text.strip()}
        return _read(cls, cls.defaults(chosen) | chosen)

    @classmethod
    def defaults(cls, chosen: Mapping[str, str]) -> dict[str, str]:
        """Return what this program puts in place of variables that are not `chosen`."""
        return {}


def environment_with(options: Mapping[str, object]) -> dict[str, str]:
    """Return the process's environment under a command line's options, those given (not None)."""
    given = {name: str(value) for name, value in options.items() if value is not None}
    return dict(os.environ) | given


def _read(part: type[T], chosen: Mapping[str, str]) -> T:
    """Return the dataclass `part`, each field read from the variable that it declares."""
    return part(**{item.name: _value(item, chosen) for item in fields(cast(Any, part))})


def _value(item: Field[Any], chosen: Mapping[str, str]) -> Any:
    setting = setting_of(item)
    if setting is None:
        part = part_of(item)
        absent = isinstance(item.type, UnionType) and not _is_chosen(part, chosen)
        return None if absent else _read(part, chosen)
    if setting.env in chosen:
        return setting.parse(chosen[setting.env])
    if item.default is MISSING:
        raise InvalidSetting(setting.env, None, setting.kind.expected)
    return item.default


def _is_chosen(part: type, chosen: Mapping[str, str]) -> bool:
    """Tell whether everything is set that the part cannot do without."""
    needed = (setting_of(item) for item in fields(part) if item.default is MISSING)
    return all(setting is not None and setting.env in chosen for setting in needed)
