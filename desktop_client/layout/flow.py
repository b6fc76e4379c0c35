"""Runs of text as lines of pieces: words, links, emoji, each with its place.

Owns: wrapping and shortening; a word that is wider than a line is cut.
Never: which runs there are (`desktop_client.layout.prose`), and the bubble around them.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator

from desktop_client.layout.lines import (
    EMOJI_WIDTH,
    REGULAR,
    Font,
    Line,
    Piece,
    Placed,
    font_of,
    pieces_of,
)
from desktop_client.layout.metrics import Metrics
from desktop_client.layout.prose import PLAIN, Run, Style, runs_of
from desktop_client.layout.script import begins_right, has_direction
from desktop_client.layout.tokens import LONGEST_EMOJI, Token, tokens_of
from desktop_client.layout.words import readable

# Emoji that stand alone are shown large, up to so many.
_LARGE = 3
_BOLD = Style(bold=True)


def is_large(text: str, metrics: Metrics) -> bool:
    """Return whether a text is nothing but a few emoji."""
    if len(text) > _LARGE * LONGEST_EMOJI:
        return False
    tokens = [token for token in tokens_of((Run(text.strip()),), metrics) if token.text.strip()]
    return 0 < len(tokens) <= _LARGE and all(token.is_emoji for token in tokens)


def flow(text: str, width: float, size: float, metrics: Metrics) -> tuple[Line, ...]:
    """Return the lines of a plain text that may be so wide."""
    return flow_runs(runs_of(readable(text)), width, size, metrics)


def flow_runs(runs: Iterable[Run], width: float, size: float, metrics: Metrics) -> tuple[Line, ...]:
    """Return the lines of runs that may be so wide."""
    filling = _Filling(width, size, metrics)
    for token in tokens_of(runs, metrics):
        filling.take(token)
    return filling.finish()


def shortened(
    text: str, width: float, size: float, metrics: Metrics, *, bold: bool = False
) -> tuple[Line, bool]:
    """Return as much of a text as fits on one line, and whether that is all of it.

    A bold one is a name: what looks like a link in it is none.
    """
    words = " ".join(readable(text[:400]).split())
    filling = _Filling(float("inf"), size, metrics)
    for token in tokens_of((Run(words, _BOLD),) if bold else runs_of(words), metrics):
        filling.take(token)
    line = filling.finish()[0]
    if line.width <= width:
        return line, len(text) <= 400
    return _cut(line, width, size, metrics, Font(bold=bold)), False


def cut_to(name: str, width: float, size: float, metrics: Metrics) -> str:
    """Return as much of a name, in bold, as there is room for."""
    while len(name) > 1 and metrics.width(name, size, bold=True) > width:
        name = name[:-2] + "…"
    return name


def _cut(line: Line, width: float, size: float, metrics: Metrics, dots: Font) -> Line:
    """Return a line that ends with dots where it is cut."""
    most = width - metrics.width("…", size, bold=dots.bold)
    kept: list[Piece] = []
    end = 0.0
    for piece in line.pieces:
        if piece.x + piece.width > most:
            break
        kept.append(piece)
        end = piece.x + piece.width
    cut = line.pieces[len(kept)]
    count = 0
    font = cut.font
    if not cut.is_emoji and cut.x < most:
        ends = metrics.ends(cut.text, size, bold=font.bold, mono=font.mono)
        count = bisect_right(ends, most - cut.x)
    text = cut.text[:count] + "…"
    x, style = (cut.x, cut.style) if count else (end, PLAIN)
    font = font if count else dots
    width = metrics.width(text, size, bold=font.bold, mono=font.mono)
    kept.append(Piece(x, width, text, style=style, font=font))
    return Line(tuple(kept), x + kept[-1].width)


class _Filling:
    """Lines that are being filled."""

    def __init__(self, width: float, size: float, metrics: Metrics) -> None:
        self._width, self._size, self._metrics = width, size, metrics
        self._lines: list[Line] = []
        self._placed: list[Placed] = []
        self._spaces = ""
        self._x = 0.0
        self._from_right: bool | None = None

    def take(self, token: Token) -> None:
        """Put a token behind the last one, or on the next line."""
        if token.text == "\n":
            self._break()
            self._from_right = None
        elif token.text.isspace():
            # A line of code may begin with spaces.
            is_kept = self._placed or (token.style.code and self._x < self._width / 2)
            if is_kept:
                self._spaces += token.text
                self._x += self._wide(token.text, font_of(token, self._metrics))
        else:
            if self._from_right is None and not token.is_emoji and has_direction(token.text):
                self._from_right = begins_right(token.text)
            self._take_word(token)

    def _wide(self, text: str, font: Font) -> float:
        return self._metrics.width(text, self._size, bold=font.bold, mono=font.mono)

    def _take_word(self, token: Token) -> None:
        if token.is_emoji:
            self._place(token, REGULAR, self._size * EMOJI_WIDTH)
            return
        font = font_of(token, self._metrics)
        width = self._wide(token.text, font)
        if width <= self._width:
            self._place(token, font, width)
            return
        if self._placed:
            self._break(self._spaces)
        for text, wide in self._cut(token.text, font):
            self._place(Token(text, style=token.style), font, wide)

    def _cut(self, text: str, font: Font) -> Iterator[tuple[str, float]]:
        """Yield the parts of a word that is wider than a line, each as wide as fits."""
        ends = self._metrics.ends(text, self._size, bold=font.bold, mono=font.mono)
        begin, left = 0, 0.0
        while begin < len(text):
            end = max(begin + 1, bisect_right(ends, left + self._width, begin))
            yield text[begin:end], ends[end - 1] - left
            begin, left = end, ends[end - 1]

    def _place(self, token: Token, font: Font, width: float) -> None:
        if self._placed and self._x + width > self._width:
            self._break(self._spaces)
        self._placed.append(Placed(token, font, width, self._spaces))
        self._spaces = ""
        self._x += width

    def _break(self, joint: str = "\n") -> None:
        from_right = bool(self._from_right)
        pieces = pieces_of(self._placed, self._size, self._metrics, from_right=from_right)
        width = pieces[-1].x + pieces[-1].width if pieces else 0.0
        self._lines.append(Line(pieces, width, from_right, joint))
        self._placed, self._spaces, self._x = [], "", 0.0

    def finish(self) -> tuple[Line, ...]:
        """Return all lines; an empty text has one."""
        self._break()
        return tuple(self._lines)
