"""One font file for each weight: Inter, with what it lacks from other fonts, and the icons.

Owns: choosing weights, merging, and which characters are the icons'.
Never: finding the fonts (`desktop_client.assets.build`).

Dear PyGui has no chain of fallback fonts, and reads no variable axes: both are settled here.
"""

import tempfile
from collections.abc import Iterable
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
_PRIVATE = range(0xE000, 0xF900)
# How far the slanted font leans to the right, as a part of its height.
_LEAN = 0.18
# Shaping tables are of no use to Dear PyGui, and cannot be merged across fonts.
_DROPPED = [
    *("GSUB", "GPOS", "GDEF", "BASE", "STAT", "DSIG", "meta", "hdmx", "VDMX", "LTSH", "gasp"),
    *("prep", "fpgm", "cvt ", "kern", "vhea", "vmtx", "FFTM", "MATH", "avar", "HVAR", "MVAR"),
]


def weight_of(path: Path, weight: int) -> TTFont:
    """Return a variable font at one weight, everything else as the font has it."""
    font = TTFont(path)
    axes = {axis.axisTag: axis.defaultValue for axis in font["fvar"].axes}
    return instantiateVariableFont(font, axes | {"wght": weight})


def icon_characters(path: Path) -> dict[str, str]:
    """Return the icons' characters by name."""
    return {name: chr(code) for code, name in TTFont(path).getBestCmap().items()}


def merge(text_fonts: Iterable[TTFont], icons: Path | None, path: Path) -> None:
    """Write one font: each character from the first of the fonts that has it."""
    taken: set[int] = set()
    with tempfile.TemporaryDirectory() as folder:
        parts: list[str] = []
        for font in text_fonts:
            codes = set(font.getBestCmap()) - taken - set(_PRIVATE)
            parts.append(_part(font, codes, Path(folder) / f"{len(parts)}.ttf"))
            taken |= codes
        if icons is not None:
            font = TTFont(icons)
            codes = set(font.getBestCmap()) & set(_PRIVATE)
            parts.append(_part(font, codes, Path(folder) / f"{len(parts)}.ttf"))
        merged = Merger(options=Options(drop_tables=["GSUB", "GPOS", "GDEF"])).merge(parts)
        first = TTFont(parts[0])
        for measure in ("ascent", "descent", "lineGap"):
            setattr(merged["hhea"], measure, getattr(first["hhea"], measure))
        merged.save(path)


def slant(upright: Path, path: Path) -> None:
    """Write a font that leans, each of its characters as wide as the upright one's."""
    font = TTFont(upright)
    glyphs, outlines = font.getGlyphSet(), font["glyf"]
    leaning = Transform(1, 0, _LEAN, 1, 0, 0)
    for name in set(font.getBestCmap().values()):
        drawn, pen = DecomposingRecordingPen(glyphs), TTGlyphPen(None)
        glyphs[name].draw(drawn)
        drawn.replay(TransformPen(pen, leaning))
        outlines[name] = pen.glyph()
    font.save(path)


def _part(font: TTFont, codes: set[int], path: Path) -> str:
    options = SubsetOptions()
    options.drop_tables += _DROPPED
    options.hinting, options.layout_features = False, []
    options.glyph_names, options.notdef_outline = False, True
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=codes)
    subsetter.subset(font)
    if font["head"].unitsPerEm != _UNITS:
        scale_upem(font, _UNITS)
    font["post"].formatType = 3.0
    font.save(path)
    return str(path)
