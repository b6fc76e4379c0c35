"""Wrapping: lines are never wider than they may be, and nothing of a text is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_client.layout.flow import flow, is_large, shortened
from desktop_client.layout.lines import Line
from tests.desktop_client.parts import METRICS

# At this size each character is one pixel wide in the made-up font.
SIZE = 2.0


def words(lines: tuple[Line, ...]) -> list[str]:
    """The lines as text, with a bar between their pieces."""
    return ["|".join(piece.text for piece in line.pieces) for line in lines]


def test_words_that_do_not_fit_go_to_the_next_line() -> None:
    assert words(flow("one two three", 8, SIZE, METRICS)) == ["one two", "three"]


def test_a_line_feed_begins_a_line_even_an_empty_one() -> None:
    assert words(flow("a\n\nb", 8, SIZE, METRICS)) == ["a", "", "b"]


def test_a_word_that_is_wider_than_a_line_is_cut() -> None:
    assert words(flow("abcdefghij", 4, SIZE, METRICS)) == ["abcd", "efgh", "ij"]


def test_sixteen_kilobytes_without_a_space_fill_lines_one_after_the_other() -> None:
    lines = flow("x" * 16_384, 100, SIZE, METRICS)

    assert len(lines) == 164
    assert max(line.width for line in lines) <= 100


@given(st.text(), st.integers(3, 60))
def test_no_line_is_wider_than_it_may_be(text: str, width: int) -> None:
    assert all(line.width <= width for line in flow(text, width, SIZE, METRICS))


@given(st.text(alphabet=" ab\n", max_size=60), st.integers(1, 20))
def test_no_letter_is_lost(text: str, width: int) -> None:
    lines = flow(text, width, SIZE, METRICS)

    drawn = "".join(piece.text for line in lines for piece in line.pieces)
    assert drawn.replace(" ", "") == text.replace(" ", "").replace("\n", "")


@pytest.mark.parametrize("emoji", ["👋", "👨‍👩‍👧‍👦", "❤️"])
def test_an_emoji_is_one_piece_whatever_it_is_made_of(emoji: str) -> None:
    (line,) = flow(f"a{emoji}b", 60, SIZE, METRICS)

    assert [(piece.text, piece.is_emoji) for piece in line.pieces] == [
        ("a", False),
        (emoji, True),
        ("b", False),
    ]


def test_a_link_is_a_piece_of_its_own_without_what_ends_the_sentence() -> None:
    (line,) = flow("see https://example.org/a, then", 90, SIZE, METRICS)

    assert [piece.style.url for piece in line.pieces if piece.style.url] == [
        "https://example.org/a"
    ]


def test_a_link_over_several_lines_is_whole_on_each() -> None:
    lines = flow("https://example.org/abc", 10, SIZE, METRICS)

    assert {piece.style.url for line in lines for piece in line.pieces} == {
        "https://example.org/abc"
    }


@pytest.mark.parametrize("hidden", ["\u202e", "\u2066", "\u200f", "\u200b", "\x07", "\ufeff"])
def test_what_steers_the_screen_is_not_drawn(hidden: str) -> None:
    lines = flow(f"safe{hidden}text", 90, SIZE, METRICS)

    assert hidden not in "".join(piece.text for line in lines for piece in line.pieces)


@pytest.mark.parametrize(
    ("text", "large"),
    [
        ("🔥", True),
        ("🔥 👋", True),
        ("🔥👋🔥👋", False),
        ("ok 🔥", False),
        ("ok", False),
        ("", False),
    ],
)
def test_a_few_emoji_alone_are_large(text: str, large: bool) -> None:
    assert is_large(text, METRICS) is large


def test_a_text_that_is_too_long_for_its_line_ends_with_dots() -> None:
    line, is_whole = shortened("one two three", 9, SIZE, METRICS)

    assert (words((line,)), is_whole) == (["one two …"], False)


@pytest.mark.parametrize(
    ("name", "width", "shown"),
    [("see https://example.org", 9, "see http…"), ("ab👋cd", 4, "ab|…")],
    ids=["within a word", "before an emoji"],
)
def test_a_name_that_is_too_long_is_bold_to_its_dots(name: str, width: int, shown: str) -> None:
    line, _ = shortened(name, width, SIZE, METRICS, bold=True)

    assert words((line,)) == [shown]
    assert all(piece.font.bold for piece in line.pieces)


@given(st.text(max_size=80), st.integers(2, 40), st.booleans())
def test_a_shortened_text_fits(text: str, width: int, bold: bool) -> None:
    line, _ = shortened(text, width, SIZE, METRICS, bold=bold)

    assert line.width <= width
