"""A font's widths are read as a general library reads them, in both forms of its map."""

from pathlib import Path

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

from desktop_client.layout.fontfile import UnreadableFont, read_widths

NARROW = {ord("a"): 300, ord("b"): 500, ord("d"): 700, 0x5D0: 410, 0xFEFC: 900}
WIDE = {0x1F44B: 1000, 0x1F44C: 1100, 0x20000: 1200}


def font_of(codes: dict[int, int], path: Path) -> Path:
    names = {code: f"glyph{number}" for number, code in enumerate(codes)}
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder([".notdef", *names.values()])
    builder.setupCharacterMap(names)
    builder.setupGlyf(dict.fromkeys([".notdef", *names.values()], TTGlyphPen(None).glyph()))
    advances = {names[code]: (width, 0) for code, width in codes.items()}
    builder.setupHorizontalMetrics({".notdef": (600, 0), **advances})
    builder.setupHorizontalHeader(ascent=900, descent=-300)
    builder.setupNameTable({})
    builder.setupPost()
    builder.save(path)
    return path


@pytest.mark.parametrize("codes", [NARROW, NARROW | WIDE], ids=["first", "all"])
def test_each_character_has_its_width(codes: dict[int, int], tmp_path: Path) -> None:
    widths = read_widths(font_of(codes, tmp_path / "some.ttf"))

    assert widths.by_code == codes
    assert widths.height == 1200


@pytest.mark.parametrize("path", sorted(Path("/usr/share/fonts").rglob("*.ttf"))[:6], ids=str)
def test_the_fonts_of_the_system_are_read_alike(path: Path) -> None:
    with TTFont(path, lazy=True) as font:
        metrics, names = font["hmtx"].metrics, font.getBestCmap()
        expected = {code: metrics[name][0] for code, name in names.items()}

    assert read_widths(path).by_code.items() >= expected.items()


def test_a_file_that_is_no_font_is_said_to_be_none(tmp_path: Path) -> None:
    (tmp_path / "broken.ttf").write_bytes(b"nothing of the kind")

    with pytest.raises(UnreadableFont, match=r"broken\.ttf"):
        read_widths(tmp_path / "broken.ttf")
