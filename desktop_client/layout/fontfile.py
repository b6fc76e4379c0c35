"""The widths in a font's file: which characters it has, and how far each moves on.

Owns: reading the few tables of a TrueType or OpenType file that say so. It is done at each start,
for fonts of tens of thousands of characters; a general library takes most of a second for it.
Never: outlines.
"""

import struct
import sys
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

# Subtables of `cmap` that map Unicode: for all characters, and for the first 65,536.
_ALL, _FIRST = 12, 4
_LAST_CODE = 0x10FFFF

Span = tuple[int, int, int]
"""Characters that follow each other, as their glyphs do: the first, the last, the first's glyph."""


class UnreadableFont(Exception):
    """A file that is not a font, or one without a map of Unicode characters."""


@dataclass(frozen=True, slots=True)
class Widths:
    """A font's advances in its own units, and its height in them."""

    height: int
    advances: "array[int]" = field(repr=False)
    """By glyph."""
    spans: tuple[Span, ...] = field(repr=False)

    def of(self, code: int) -> int | None:
        """Return the advance of a character; None: the font lacks it."""
        glyphs = (
            glyph + code - first for first, last, glyph in self.spans if first <= code <= last
        )
        glyph = next(glyphs, None)
        return None if glyph is None else self.advances[glyph]


def read_widths(path: Path) -> Widths:
    """Return the widths in a font's file. Raises OSError and UnreadableFont."""
    data = path.read_bytes()
    try:
        return _widths(memoryview(data))
    except (struct.error, IndexError, KeyError, StopIteration) as error:
        raise UnreadableFont(f"{path} cannot be read as a font: {error!r}") from None


def _widths(data: memoryview) -> Widths:
    (count,) = struct.unpack_from(">H", data, 4)
    entries = (struct.unpack_from(">4s4xII", data, 12 + 16 * index) for index in range(count))
    tables = {tag: data[begin : begin + length] for tag, begin, length in entries}
    ascent, descent = struct.unpack_from(">hh", tables[b"hhea"], 4)
    (metrics,) = struct.unpack_from(">H", tables[b"hhea"], 34)
    (glyphs,) = struct.unpack_from(">H", tables[b"maxp"], 4)
    # Of each glyph its advance and its left side; the last advance is that of all that follow.
    advances = _numbers("H", tables[b"hmtx"][: 4 * metrics])[::2]
    advances.extend(advances[-1:] * (glyphs - metrics))
    spans = tuple(span for span in _spans(tables[b"cmap"]) if span[2])
    if any(last > _LAST_CODE or glyph + last - first >= glyphs for first, last, glyph in spans):
        raise IndexError("characters beyond the last one, or beyond the last glyph")
    return Widths(ascent - descent, advances, spans)


def _spans(table: memoryview) -> Iterator[Span]:
    (count,) = struct.unpack_from(">H", table, 2)
    begins = [struct.unpack_from(">4xI", table, 4 + 8 * index)[0] for index in range(count)]
    by_form = {struct.unpack_from(">H", table, begin)[0]: table[begin:] for begin in begins}
    return _all(by_form[_ALL]) if _ALL in by_form else _first(by_form[_FIRST])


def _all(table: memoryview) -> Iterator[Span]:
    (count,) = struct.unpack_from(">I", table, 12)
    groups = _numbers("I", table[16 : 16 + 12 * count])
    return zip(groups[::3], groups[1::3], groups[2::3], strict=True)


def _first(table: memoryview) -> Iterator[Span]:
    (length, _, double) = struct.unpack_from(">HHH", table, 2)
    words, count = _numbers("H", table[14:length]), double // 2
    ends, begins = words[:count], words[count + 1 : 2 * count + 1]
    deltas, offsets = words[2 * count + 1 : 3 * count + 1], words[3 * count + 1 :]
    for index in range(count):
        for code in range(begins[index], min(ends[index], 0xFFFE) + 1):
            glyph = code
            if offsets[index]:
                # It is counted in bytes from where it stands itself.
                glyph = offsets[index + offsets[index] // 2 + code - begins[index]]
            yield code, code, (glyph + deltas[index]) % 0x10000 if glyph else 0


def _numbers(kind: str, data: memoryview) -> "array[int]":
    numbers = array(kind)
    numbers.frombytes(data)
    if sys.byteorder == "little":
        numbers.byteswap()
    return numbers
