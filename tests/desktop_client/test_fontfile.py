"""A font's widths are read as a general library reads them, in both forms of its map."""

from pathlib import Path

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

from desktop_client.layout.fontfile import UnreadableFont, Widths, read_widths
from desktop_client.layout.metrics import read_face

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


def by_code(widths: Widths) -> dict[int, int]:
    return {
        code: widths.advances[glyph + code - first]
        for first, last, glyph in widths.spans
        for code in range(first, last + 1)
    }


@pytest.mark.parametrize("codes", [NARROW, NARROW | WIDE], ids=["first", "all"])
def test_each_character_has_its_width(codes: dict[int, int], tmp_path: Path) -> None:
    widths = read_widths(font_of(codes, tmp_path / "some.ttf"))

    assert by_code(widths) == codes
    assert widths.height == 1200


@pytest.mark.parametrize("path", sorted(Path("/usr/share/fonts").rglob("*.ttf"))[:6], ids=str)
def test_the_fonts_of_the_system_are_read_alike(path: Path) -> None:
    with TTFont(path, lazy=True) as font:
        metrics, names = font["hmtx"].metrics, font.getBestCmap()
        expected = {code: metrics[name][0] for code, name in names.items()}

    assert by_code(read_widths(path)).items() >= expected.items()


def test_a_face_counts_in_parts_of_the_height(tmp_path: Path) -> None:
    face = read_face(font_of(NARROW | {ord("?"): 240} | WIDE, tmp_path / "some.ttf"))

    assert face.width("bad \u05d0\U0001f44c") == pytest.approx(
        (500 + 300 + 700 + 240 + 410 + 1100) / 1200  # the space is shown as a question mark
    )


def test_a_face_covers_what_its_font_has(tmp_path: Path) -> None:
    face = read_face(font_of(NARROW | WIDE, tmp_path / "some.ttf"))

    assert face.covers("abd\U0001f44b")
    assert not face.covers("abc")
    assert not face.covers("\U0001f44d")


def test_a_font_with_characters_beyond_its_last_glyph_is_said_to_be_broken(tmp_path: Path) -> None:
    path = font_of(NARROW, tmp_path / "short.ttf")
    data = path.read_bytes()
    entry = data.index(b"maxp")
    count = int.from_bytes(data[entry + 8 : entry + 12]) + 4  # where the number of glyphs stands
    path.write_bytes(data[:count] + len(NARROW).to_bytes(2) + data[count + 2 :])

    with pytest.raises(UnreadableFont, match=r"short\.ttf"):
        read_widths(path)


def test_a_file_that_is_no_font_is_said_to_be_none(tmp_path: Path) -> None:
    (tmp_path / "broken.ttf").write_bytes(b"nothing of the kind")

    with pytest.raises(UnreadableFont, match=r"broken\.ttf"):
        read_widths(tmp_path / "broken.ttf")
