"""One font file for each weight: Inter, with what it lacks from other fonts, and the icons.

Owns: choosing weights and characters, and merging.
Never: which fonts there are (`desktop_client.assets.build`).

Dear PyGui has no chain of fallback fonts, and reads no variable axes: both are settled here.
"""

import tempfile
from collections.abc import Iterable, Set
from dataclasses import dataclass
from pathlib import Path

from fontTools.merge import Merger, Options
from fontTools.misc.transform import Transform
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.subset import Options as SubsetOptions
from fontTools.subset import Subsetter
from fontTools.ttLib import TTFont
from fontTools.ttLib.scaleUpem import scale_upem
from fontTools.varLib.instancer import instantiateVariableFont

# Units in an em of the merged font; Inter's own.
_UNITS = 2048
# Unicode's private use area: text fonts put ornaments there, and the icons need it.
PRIVATE = frozenset(range(0xE000, 0xF900))
# How far the slanted font leans to the right, as a part of its height.
_LEAN = 0.18
# Shaping tables are of no use to Dear PyGui, and cannot be merged across fonts.
_DROPPED = [
    *("GSUB", "GPOS", "GDEF", "BASE", "STAT", "DSIG", "meta", "hdmx", "VDMX", "LTSH", "gasp"),
    *("prep", "fpgm", "cvt ", "kern", "vhea", "vmtx", "FFTM", "MATH", "VORG"),
]
# From here on are the characters of China, Japan and Korea, as far as 16 bits reach.
_EAST = 0x2E80
# The national standards: what newspapers and letters are written with. Of Taiwan's the second
# half, which begins with this byte, are rare characters.
_STANDARDS = ("gb2312", "shift_jis", "euc_kr")
_BIG5, _BIG5_RARE = "big5", 0xC9


@dataclass(frozen=True, slots=True)
class Source:
    """What is taken from one font file."""

    path: Path
    weight: int | None = None
    """Of a variable font; None: the file has one weight."""
    characters: Set[int] | None = None
    """None: all but those for private use."""
    lowered: float = 0.0
    """So far its characters are put down, as a part of an em."""


def icon_characters(path: Path) -> dict[str, str]:
    """Return the icons' characters by name."""
    return {name: chr(code) for code, name in TTFont(path).getBestCmap().items()}


def east_asian() -> frozenset[int]:
    """Return the characters in common use in China, Taiwan, Japan and Korea."""
    return frozenset(
        code for code in range(_EAST, 0x10000) if code not in PRIVATE and _is_standard(chr(code))
    )


def _is_standard(character: str) -> bool:
    taiwan = character.encode(_BIG5, "ignore")
    if taiwan and taiwan[0] < _BIG5_RARE:
        return True
    return any(character.encode(standard, "ignore") for standard in _STANDARDS)


def merge(sources: Iterable[Source], path: Path) -> None:
    """Write one font: each character from the first of the sources that has it."""
    taken: set[int] = set()
    with tempfile.TemporaryDirectory() as folder:
        parts: list[str] = []
        for source in sources:
            font = TTFont(source.path)
            codes = _wanted(font, source) - taken
            parts.append(_part(font, source, codes, Path(folder) / f"{len(parts)}.ttf"))
            taken |= codes
        merged = Merger(options=Options(drop_tables=["GSUB", "GPOS", "GDEF"])).merge(parts)
        first = TTFont(parts[0])
        for measure in ("ascent", "descent", "lineGap"):
            setattr(merged["hhea"], measure, getattr(first["hhea"], measure))
        merged.save(path)


def _wanted(font: TTFont, source: Source) -> set[int]:
    there = set(font.getBestCmap())
    return there - PRIVATE if source.characters is None else there & source.characters


def slant(upright: Path, path: Path, without: Set[int]) -> None:
    """Write a font that leans, each of its characters as wide as the upright one's."""
    font = TTFont(upright)
    _keep(font, set(font.getBestCmap()) - without)
    _draw_anew(font, Transform(1, 0, _LEAN, 1, 0, 0))
    font.save(path)


def _draw_anew(font: TTFont, change: Transform) -> None:
    """Change the outline of every character; each stays as wide as it was."""
    glyphs, outlines = font.getGlyphSet(), font["glyf"]
    for name in set(font.getBestCmap().values()):
        drawn, pen = DecomposingRecordingPen(glyphs), TTGlyphPen(None)
        glyphs[name].draw(drawn)
        drawn.replay(TransformPen(pen, change))
        outlines[name] = pen.glyph()


def _keep(font: TTFont, codes: set[int]) -> None:
    """Leave out every character but these."""
    options = SubsetOptions()
    options.drop_tables += _DROPPED
    options.hinting, options.layout_features = False, []
    options.glyph_names, options.notdef_outline = False, True
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=codes)
    subsetter.subset(font)


def _part(font: TTFont, source: Source, codes: set[int], path: Path) -> str:
    _keep(font, codes)
    if source.weight is not None:
        axes = {axis.axisTag: axis.defaultValue for axis in font["fvar"].axes}
        font = instantiateVariableFont(font, axes | {"wght": source.weight})
    if font["head"].unitsPerEm != _UNITS:
        scale_upem(font, _UNITS)
    if source.lowered:
        _draw_anew(font, Transform(1, 0, 0, 1, 0, -source.lowered * _UNITS))
    font["post"].formatType = 3.0
    font.save(path)
    return str(path)
