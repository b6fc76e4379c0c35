"""Runs of text as lines of pieces: words, links, emoji, each with its place.

Owns: finding emoji in a text, and wrapping; a word that is wider than a line is cut.
Never: which runs there are (`desktop_client.layout.prose`), and the bubble around them.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from desktop_client.layout.metrics import Metrics
from desktop_client.layout.prose import PLAIN, Run, Style, runs_of
from desktop_client.layout.words import readable, visible

# Spaces between words are pieces of their own: they may vanish at the end of a line.
_PARTS = re.compile(r"(\n| +)")
# The longest sequence that stands for one emoji, in characters.
_LONGEST = 12
# Emoji that stand alone are shown large, up to so many.
_LARGE = 3


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of one kind on a line; `x` is from the line's beginning."""

    x: float
    width: float
    text: str
    is_emoji: bool = False
    style: Style = PLAIN


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a text."""

    pieces: tuple[Piece, ...]
    width: float


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    is_emoji: bool = False
    style: Style = PLAIN


def is_large(text: str, metrics: Metrics) -> bool:
    """Return whether a text is nothing but a few emoji."""
    if len(text) > _LARGE * _LONGEST:
        return False
    tokens = [token for token in _tokens((Run(text.strip()),), metrics) if token.text.strip()]
    return 0 < len(tokens) <= _LARGE and all(token.is_emoji for token in tokens)


def flow(text: str, width: float, size: float, metrics: Metrics) -> tuple[Line, ...]:
    """Return the lines of a plain text that may be so wide."""
    return flow_runs(runs_of(readable(text)), width, size, metrics)


def flow_runs(runs: Iterable[Run], width: float, size: float, metrics: Metrics) -> tuple[Line, ...]:
    """Return the lines of runs that may be so wide."""
    filling = _Filling(width, size, metrics)
    for token in _tokens(runs, metrics):
        filling.take(token)
    return filling.finish()


def shortened(text: str, width: float, size: float, metrics: Metrics) -> tuple[Line, bool]:
    """Return as much of a text as fits on one line, and whether that is all of it."""
    filling = _Filling(float("inf"), size, metrics)
    for token in _tokens(runs_of(" ".join(readable(text[:400]).split())), metrics):
        filling.take(token)
    line = filling.finish()[0]
    if line.width <= width:
        return line, len(text) <= 400
    return _cut(line, width, size, metrics), False


def _cut(line: Line, width: float, size: float, metrics: Metrics) -> Line:
    """Return a line that ends with dots where it is cut."""
    most = width - metrics.width("…", size)
    kept: list[Piece] = []
    end = 0.0
    for piece in line.pieces:
        if piece.x + piece.width > most:
            break
        kept.append(piece)
        end = piece.x + piece.width
    cut = line.pieces[len(kept)]
    count = 0
    if not cut.is_emoji and cut.x < most:
        count = bisect_right(metrics.ends(cut.text, size), most - cut.x)
    text = cut.text[:count] + "…"
    x = cut.x if count else end
    kept.append(Piece(x, metrics.width(text, size), text))
    return Line(tuple(kept), x + kept[-1].width)


class _Filling:
    """Lines that are being filled."""

    def __init__(self, width: float, size: float, metrics: Metrics) -> None:
        self._width, self._size, self._metrics = width, size, metrics
        self._lines: list[Line] = []
        self._pieces: list[Piece] = []
        self._x = self._end = 0.0

    def take(self, token: _Token) -> None:
        """Put a token behind the last one, or on the next line."""
        if token.text == "\n":
            self._break()
        elif token.text.isspace():
            # A line of code may begin with spaces.
            is_kept = self._pieces or (token.style.code and self._x < self._width / 2)
            self._x += self._metrics.width(token.text, self._size) if is_kept else 0
        elif token.is_emoji:
            self._place(token, self._size * 1.1)
        else:
            self._take_word(token)

    def _take_word(self, token: _Token) -> None:
        is_bold = token.style.bold
        width = self._metrics.width(token.text, self._size, bold=is_bold)
        if width <= self._width:
            self._place(token, width)
            return
        if self._pieces:
            self._break()
        text = token.text
        while text:
            ends = self._metrics.ends(text, self._size, bold=is_bold)
            count = max(1, bisect_right(ends, self._width))
            self._place(_Token(text[:count], style=token.style), ends[count - 1])
            text = text[count:]

    def _place(self, token: _Token, width: float) -> None:
        if self._pieces and self._x + width > self._width:
            self._break()
        self._pieces.append(Piece(self._x, width, token.text, token.is_emoji, token.style))
        self._x += width
        self._end = self._x

    def _break(self) -> None:
        self._lines.append(Line(tuple(self._pieces), self._end))
        self._pieces, self._x, self._end = [], 0.0, 0.0

    def finish(self) -> tuple[Line, ...]:
        """Return all lines; an empty text has one."""
        self._break()
        return tuple(self._lines)


def _tokens(runs: Iterable[Run], metrics: Metrics) -> Iterator[_Token]:
    for run in runs:
        for part in _PARTS.split(readable(run.text)):
            if not part:
                continue
            if part == "\n" or part.isspace():
                yield _Token(part, style=run.style)
            else:
                yield from _with_emoji(part, run.style, metrics)


def _with_emoji(text: str, style: Style, metrics: Metrics) -> Iterator[_Token]:
    if text.isascii():
        yield _Token(text, style=style)
        return
    begun, at = 0, 0
    first = _firsts(metrics.has_emoji)
    while at < len(text):
        found = _emoji_at(text, at, metrics.has_emoji) if text[at] in first else None
        if found is None:
            at += 1
            continue
        if plain := visible(text[begun:at]):
            yield _Token(plain, style=style)
        yield _Token(found, is_emoji=True, style=style)
        at = begun = at + len(found)
    if plain := visible(text[begun:]):
        yield _Token(plain, style=style)


@lru_cache(maxsize=2)
def _firsts(emoji: frozenset[str]) -> frozenset[str]:
    return frozenset(characters[0] for characters in emoji)


def _emoji_at(text: str, at: int, emoji: frozenset[str]) -> str | None:
    for length in range(min(_LONGEST, len(text) - at), 0, -1):
        found = text[at : at + length]
        if found in emoji:
            return found
    return None
