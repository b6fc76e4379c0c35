"""Lines of text: words of one kind that follow each other are one piece, in reading order.

Owns: what a line is made of, and in which font each piece is drawn.
Never: which words stand on a line (`desktop_client.layout.flow`).
"""

from collections.abc import Sequence

from msgspec import Struct

from desktop_client.layout.metrics import Metrics
from desktop_client.layout.prose import PLAIN, Style
from desktop_client.layout.script import is_from_right, reading_order
from desktop_client.layout.tokens import Token

# An emoji is so many times as wide as the text is high, with the space around it.
EMOJI_WIDTH = 1.1
# What stands for a picture while a line is put into order: it has no direction of its own.
_OBJECT = "\ufffc"


class Font(Struct, frozen=True):
    """In which font a piece is drawn; neither: the regular one."""

    bold: bool = False
    italic: bool = False
    mono: bool = False


REGULAR = Font()


class Piece(Struct, frozen=True):
    """A run of one kind on a line; `x` is from the line's beginning.

    `said` is what was typed for it, which is not always what is drawn: Arabic letters are joined,
    and what is read from the right is drawn from the left.
    """

    x: float
    width: float
    text: str
    is_emoji: bool = False
    style: Style = PLAIN
    font: Font = REGULAR
    said: str | None = None
    """None: just what is drawn."""


class Line(Struct, frozen=True):
    """One line of a text."""

    pieces: tuple[Piece, ...]
    width: float
    from_right: bool = False
    """Whether it belongs to a paragraph that is read from the right."""
    joint: str = "\n"
    """What stood between it and the next line: a line feed, spaces, or nothing."""


class Placed(Struct, frozen=True):
    """A token on its line, with the spaces before it."""

    token: Token
    font: Font
    width: float
    spaces: str


def font_of(token: Token, metrics: Metrics) -> Font:
    """Return the font of a token: one that lacks some of its characters is not its own."""
    style = token.style
    if style is PLAIN:
        return REGULAR
    if style.code and metrics.mono.covers(token.text):
        return Font(mono=True)
    is_italic = style.italic and not style.bold and metrics.italic.covers(token.text)
    return Font(bold=style.bold, italic=is_italic)


def pieces_of(
    placed: Sequence[Placed], size: float, metrics: Metrics, *, from_right: bool
) -> tuple[Piece, ...]:
    """Return a line's pieces from left to right; words of one kind that follow are one piece."""
    if from_right or any(is_from_right(each.token.text) for each in placed):
        return _ordered(placed, size, metrics, from_right=from_right)
    joining = _Joining(size, metrics)
    for each in placed:
        joining.take(each.token.text, each, each.spaces, each.width)
    return joining.finish()


def _ordered(
    placed: Sequence[Placed], size: float, metrics: Metrics, *, from_right: bool
) -> tuple[Piece, ...]:
    """Return the pieces of a line that has something in it that is read from the right."""
    text, owners = "", list[Placed | None]()
    for each in placed:
        drawn = _OBJECT if each.token.is_emoji else each.token.text
        text += each.spaces + drawn
        owners += [*[None] * len(each.spaces), *[each] * len(drawn)]
    joining, spaces = _Joining(size, metrics), ""
    for character, place in reading_order(text, from_right=from_right):
        owner = owners[place]
        if owner is None:
            spaces += character
            continue
        drawn = owner.token.text if owner.token.is_emoji else character
        joining.take(drawn, owner, spaces, None)
        spaces = ""
    return joining.finish()


class _Joining:
    """Pieces that are put together from the left."""

    def __init__(self, size: float, metrics: Metrics) -> None:
        self._size, self._metrics = size, metrics
        self._pieces: list[Piece] = []
        self._owners: list[Placed] = []
        self._text = ""
        self._begin = self._x = 0.0

    def take(self, text: str, owner: Placed, spaces: str, width: float | None) -> None:
        """Put a text behind the last one. `width`: that of the text, if it is known."""
        last = self._owners[-1] if self._owners else None
        goes_on = last is not None and _is_alike(last, owner)
        # What stands between two kinds of words is of neither: code has wide spaces.
        font = owner.font if goes_on or last is None else REGULAR
        gap = self._wide(spaces, font) if spaces else 0.0
        if goes_on:
            self._text += spaces + text
        else:
            self._close()
            self._begin, self._text = self._x + gap, text
        if width is None:
            width = (
                self._size * EMOJI_WIDTH if owner.token.is_emoji else self._wide(text, owner.font)
            )
        self._x += gap + width
        if last is not owner:
            self._owners.append(owner)

    def _wide(self, text: str, font: Font) -> float:
        return self._metrics.width(text, self._size, bold=font.bold, mono=font.mono)

    def _close(self) -> None:
        if not self._owners:
            return
        first, width = self._owners[0], self._x - self._begin
        token = first.token
        said = None
        if any(owner.token.said or is_from_right(owner.token.text) for owner in self._owners):
            # Drawn from the left, the first that was said stands last.
            said = " ".join(each.token.said or each.token.text for each in reversed(self._owners))
        self._pieces.append(
            Piece(self._begin, width, self._text, token.is_emoji, token.style, first.font, said)
        )
        self._owners, self._text = [], ""

    def finish(self) -> tuple[Piece, ...]:
        """Return all pieces."""
        self._close()
        return tuple(self._pieces)


def _is_alike(one: Placed, other: Placed) -> bool:
    """Return whether two words are drawn as one."""
    if one is other:
        return not one.token.is_emoji
    if one.token.is_emoji or other.token.is_emoji:
        return False
    mine, its = one.token.style, other.token.style
    return (mine is its or mine == its) and one.font == other.font
