"""Runs of text as words, spaces, line feeds and emoji.

Owns: finding emoji in a text, and leaving out what has no width of its own.
Never: where a token stands (`desktop_client.layout.flow`).
"""

import re
from collections.abc import Container, Iterable, Iterator
from functools import lru_cache

from msgspec import Struct

from desktop_client.layout.metrics import Metrics
from desktop_client.layout.prose import PLAIN, Run, Style
from desktop_client.layout.script import joined
from desktop_client.layout.words import readable, visible

# Spaces between words are tokens of their own: they may vanish at the end of a line.
_PARTS = re.compile(r"(\n| +)")
# The longest sequence that stands for one emoji, in characters.
LONGEST_EMOJI = 12


class Token(Struct, frozen=True):
    """A word, some spaces, a line feed or an emoji."""

    text: str
    is_emoji: bool = False
    style: Style = PLAIN
    said: str = ""
    """What was typed, where that is not what is drawn."""


def tokens_of(runs: Iterable[Run], metrics: Metrics) -> Iterator[Token]:
    """Yield the tokens of runs, in order."""
    for run in runs:
        for part in _PARTS.split(readable(run.text)):
            if not part:
                continue
            if part == "\n" or part.isspace() or part.isascii():
                yield Token(part, style=run.style)
            else:
                yield from _with_emoji(part, run.style, metrics)


def _with_emoji(text: str, style: Style, metrics: Metrics) -> Iterator[Token]:
    begun, at = 0, 0
    first = _firsts(metrics.has_emoji)
    while at < len(text):
        found = emoji_at(text, at, metrics.has_emoji) if text[at] in first else None
        if found is None:
            at += 1
            continue
        if plain := visible(text[begun:at]):
            yield _word(plain, style)
        yield Token(found, is_emoji=True, style=style)
        at = begun = at + len(found)
    if plain := visible(text[begun:]):
        yield _word(plain, style)


def _word(text: str, style: Style) -> Token:
    drawn = joined(text)
    return Token(drawn, style=style, said="" if drawn == text else text)


@lru_cache(maxsize=2)
def _firsts(emoji: frozenset[str]) -> frozenset[str]:
    return frozenset(characters[0] for characters in emoji)


def emoji_at(text: str, at: int, emoji: Container[str]) -> str | None:
    """Return the longest emoji that begins at a place of a text; None: none does."""
    for length in range(min(LONGEST_EMOJI, len(text) - at), 0, -1):
        found = text[at : at + length]
        if found in emoji:
            return found
    return None
