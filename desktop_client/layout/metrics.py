"""How wide text is, from the fonts themselves: no window is needed to know it.

Owns: reading advances, and the sizes that the client uses.
Never: wrapping (`desktop_client.layout.flow`).

Dear PyGui takes a font's size as the height from its ascent to its descent, not as its em.
"""

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path
from typing import Self

from desktop_client.layout.fontfile import Widths, read_widths

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
    def of(cls, widths: Widths) -> Self:
        """Return the face of a font."""
        # Dear PyGui shows the first of these that the font has.
        shown = (widths.of(ord(sign)) for sign in "\ufffd?")
        other = next((width / widths.height for width in shown if width is not None), _OWN_FONT)
        length = max(_ASCII, *(last for _, last, _ in widths.spans)) + 1
        table, has = array("f", [other]) * length, bytearray(length)
        shares = array("f", (advance / widths.height for advance in widths.advances))
        for first, last, glyph in widths.spans:
            count = last - first + 1
            table[first : last + 1] = shares[glyph : glyph + count]
            has[first : last + 1] = b"\1" * count
        return cls(table, bytes(has), other)

    @classmethod
    def even(cls, advance: float) -> Self:
        """Return the face of a font that is not known: all characters are taken to be so wide."""
        return cls(array("f", [advance]) * (_ASCII + 1), bytes(_ASCII + 1), advance)

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
    italic: Face = field(default_factory=lambda: Face.even(_OWN_FONT))
    """As wide as the regular one; what it lacks is drawn upright."""
    mono: Face = field(default_factory=lambda: Face.even(_OWN_FONT))
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
    return Face.even(_OWN_FONT) if path is None else Face.of(read_widths(path))


def read_metrics(
    regular: Path | None,
    bold: Path | None,
    italic: Path | None,
    mono: Path | None,
    emoji: Iterable[str],
) -> Metrics:
    """Return the metrics of the fonts; what is in none of the last two is drawn as the rest."""
    upright, thick, leaning, code = map(read_face, (regular, bold, italic, mono))
    return Metrics(upright, thick, frozenset(emoji), leaning, code)
