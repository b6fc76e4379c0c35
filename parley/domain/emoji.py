"""What is one emoji, and what its names are.

Owns: `:shortcodes:`, and counting emoji as a reader does: a family, a flag, a skin tone is one.
Never: pictures.

The data is Unicode's, by the package `emoji`. An emoji that is newer than it is no emoji here.
"""

import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

import emoji as data

# What makes a picture of a sign that is text as well; with and without it is the same emoji.
_SELECTOR = "\ufe0f"
_FULL = data.STATUS["fully_qualified"]
_COMPONENT = data.STATUS["component"]
# Names stand alone: `10:30:45` has none. What is within an address is left as it is.
_NAME = re.compile(r"(?:https?://|mailto:)\S+|(?<![\w:]):([a-z0-9_+-]{1,64}):(?!\w)", re.IGNORECASE)


def one_emoji(text: str) -> str | None:
    """Return the text in its full form if it is one emoji, and nothing else; None if not."""
    return _full_forms().get(text.replace(_SELECTOR, ""))


def only_emoji(text: str) -> int:
    """Return how many emoji a text has if it has nothing else but spaces; 0 if it has."""
    count = 0
    for token in data.analyze(text, non_emoji=True, join_emoji=True):
        if isinstance(token.value, str):
            if not token.value.isspace():
                return 0
        elif one_emoji(token.chars) is None:
            return 0
        else:
            count += 1
    return count


def with_emoji(text: str) -> str:
    """Return the text with an emoji in the place of each of their `:names:`."""
    return _NAME.sub(_named, text) if ":" in text else text


def _named(found: re.Match[str]) -> str:
    name = found.group(1)
    return found.group() if name is None else _by_name().get(name.lower(), found.group())


@cache
def _full_forms() -> Mapping[str, str]:
    forms: dict[str, str] = {}
    for each, about in data.EMOJI_DATA.items():
        if about["status"] == _FULL:
            forms[each.replace(_SELECTOR, "")] = each
    return MappingProxyType(forms)


@cache
def _by_name() -> Mapping[str, str]:
    names: dict[str, str] = {}
    for each, about in data.EMOJI_DATA.items():
        if about["status"] == _FULL:
            for name in (*about.get("alias", ()), about["en"]):
                names.setdefault(name.strip(":").lower(), each)
    return MappingProxyType(names)
