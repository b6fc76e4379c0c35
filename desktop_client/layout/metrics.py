"""How wide text is, from the fonts themselves: no window is needed to know it.

Owns: reading advances, and the sizes that the client uses.
Never: wrapping (`desktop_client.layout.flow`).

Dear PyGui takes a font's size as the height from its ascent to its descent, not as its em.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path

from fontTools.ttLib import TTFont

# Sizes in pixels, as Dear PyGui counts them.
BODY, SMALL, TINY, TITLE, HUGE = 18.0, 16.0, 14.0, 20.0, 44.0
# Where there is no font: Dear PyGui's own is so many times as wide as high.
_OWN_FONT = 0.54


@dataclass(frozen=True, slots=True)
class Face:
    """One weight's advances, as parts of the size."""

    advances: dict[int, float] = field(repr=False)
    other: float
    """The advance of what the font lacks: it is shown as the sign for that."""

    def of(self, text: str) -> list[float]:
        """Return each character's advance at size 1."""
        advances, other = self.advances, self.other
        return [advances.get(ord(character), other) for character in text]


@dataclass(frozen=True, slots=True)
class Metrics:
    """Both weights."""

    regular: Face
    bold: Face
    has_emoji: frozenset[str] = frozenset()
    """The emoji that there are pictures of."""

    def width(self, text: str, size: float, *, bold: bool = False) -> float:
        """Return how wide a text is."""
        return sum((self.bold if bold else self.regular).of(text)) * size

    def ends(self, text: str, size: float, *, bold: bool = False) -> Sequence[float]:
        """Return where each character ends."""
        face = self.bold if bold else self.regular
        return [end * size for end in accumulate(face.of(text))]


def read_face(path: Path | None) -> Face:
    """Return a font's advances; without one, those of Dear PyGui's own."""
    if path is None:
        return Face({}, _OWN_FONT)
    with TTFont(path, lazy=True) as font:
        height = font["hhea"].ascent - font["hhea"].descent
        widths = font["hmtx"].metrics
        advances = {code: widths[name][0] / height for code, name in font.getBestCmap().items()}
    # Dear PyGui shows the first of these that the font has.
    shown = (advances[ord(sign)] for sign in "\ufffd?" if ord(sign) in advances)
    return Face(advances, next(shown, _OWN_FONT))


def read_metrics(regular: Path | None, bold: Path | None, emoji: Iterable[str]) -> Metrics:
    """Return the metrics of the fonts."""
    return Metrics(read_face(regular), read_face(bold), frozenset(emoji))
