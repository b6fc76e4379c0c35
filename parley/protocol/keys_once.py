"""No key twice in one JSON object.

Owns: the check, which `msgspec` does not make: of a key that is there twice it takes the last. A
proxy or a filter that takes the first would see another command than the gateway (RFC 8259, 4).
Never: whether the text is JSON in other respects.
"""

import json
from typing import Any


class RepeatedKey(ValueError):
    """A key is there twice in one object."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key

    def __str__(self) -> str:
        return f"the key {self.key[:64]!r} is there twice"


def decoded(text: str) -> Any:
    """Return the value of a JSON text, its numbers as text. Raises RepeatedKey."""
    return _decoder.decode(text)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise RepeatedKey(key)
            seen.add(key)
    return found


# Nobody reads the numbers here, and Python refuses to convert the longest.
_decoder = json.JSONDecoder(object_pairs_hook=_once, parse_int=str, parse_float=str)
