"""How wide text is, from the fonts themselves: no window is needed to know it.

Owns: reading advances, and the sizes that the client uses.
Never: wrapping (`desktop_client.layout.flow`).

Dear PyGui takes a font's size as the height from its ascent to its descent, not as its em.
"""

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path
from typing import Self

from desktop_client.layout.fontfile import read_widths

# Sizes in pixels, as Dear PyGui counts them.
BODY, SMALL, TINY, TITLE, HUGE = 18.0, 16.0, 14.0, 20.0, 44.0
# Where there is no font: Dear PyGui's own is so many times as wide as high.
_OWN_FONT = 0.54
_ASCII = 0x7F


@dataclass(frozen=True, slots=True)
class Face:
    """One font's advances, as parts of the size.

    They stand in a plain array by code: a dictionary of a font's tens of thousands of characters
    would take some ten times the memory.
    """

    table: "array[float]" = field(repr=False)
    has: bytes = field(repr=False)
    """By code, whether the font has it."""
    other: float
    """The advance of what the font lacks: it is shown as the sign for that."""

    @classmethod
    def of(cls, advances: Mapping[int, float], other: float) -> Self:
        """Return the face of a font with these advances, by code."""
        length = max(_ASCII, *advances, 0) + 1
        table, has = array("f", [other]) * length, bytearray(length)
        for code, advance in advances.items():
            table[code], has[code] = advance, True
        return cls(table, bytes(has), other)

    def advances(self, text: str) -> list[float]:
        """Return each character's advance at size 1."""
        table, end, other = self.table, len(self.table), self.other
        return [table[code] if code < end else other for code in map(ord, text)]

    def width(self, text: str) -> float:
        """Return how wide a text is at size 1."""
        if text.isascii():
            return sum(map(self.table.__getitem__, text.encode()))
        return sum(self.advances(text))

    def covers(self, text: str) -> bool:
        """Return whether the font has every character of a text."""
        has, end = self.has, len(self.has)
        return all(code < end and has[code] for code in map(ord, text))


@dataclass(frozen=True, slots=True)
class Metrics:
    """The faces that text is drawn in."""

    regular: Face
    bold: Face
    has_emoji: frozenset[str] = frozenset()
    """The emoji that there are pictures of."""
    italic: Face = field(default_factory=lambda: Face.of({}, _OWN_FONT))
    """As wide as the regular one; what it lacks is drawn upright."""
    mono: Face = field(default_factory=lambda: Face.of({}, _OWN_FONT))
    """For code; what it lacks is drawn as the rest."""

    def width(self, text: str, size: float, *, bold: bool = False, mono: bool = False) -> float:
        """Return how wide a text is."""
        return self._face(bold, mono).width(text) * size

    def ends(
        self, text: str, size: float, *, bold: bool = False, mono: bool = False
    ) -> Sequence[float]:
        """Return where each character ends."""
        return [end * size for end in accumulate(self._face(bold, mono).advances(text))]

    def _face(self, bold: bool, mono: bool) -> Face:
        return self.mono if mono else self.bold if bold else self.regular


def read_face(path: Path | None) -> Face:
    """Return a font's advances; without one, those of Dear PyGui's own."""
    if path is None:
        return Face.of({}, _OWN_FONT)
    widths = read_widths(path)
    advances = {code: width / widths.height for code, width in widths.by_code.items()}
    # Dear PyGui shows the first of these that the font has.
    shown = (advances[ord(sign)] for sign in "\ufffd?" if ord(sign) in advances)
    return Face.of(advances, next(shown, _OWN_FONT))


def read_metrics(
    regular: Path | None,
    bold: Path | None,
    italic: Path | None,
    mono: Path | None,
    emoji: Iterable[str],
) -> Metrics:
    """Return the metrics of the fonts; what is in none of the last two is drawn as the rest."""
    leaning = read_face(italic) if italic is not None else Face.of({}, _OWN_FONT)
    code = read_face(mono) if mono is not None else Face.of({}, _OWN_FONT)
    return Metrics(read_face(regular), read_face(bold), frozenset(emoji), leaning, code)
