"""Arabic and Hebrew: drawn from the left, so that they are read from the right."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_client.layout.blocks import lay_out
from desktop_client.layout.flow import flow
from desktop_client.layout.lines import Line
from desktop_client.layout.prose import parts_of
from desktop_client.layout.script import begins_right, joined, reading_order
from tests.desktop_client.parts import METRICS

SIZE = 2.0


def drawn(text: str, width: float = 200) -> list[str]:
    """Each line as it is drawn from the left."""
    return [_from_left(line) for line in flow(text, width, SIZE, METRICS)]


def _from_left(line: Line) -> str:
    text, end = "", 0.0
    for piece in line.pieces:
        text += " " * round(piece.x - end) + piece.text
        end = piece.x + piece.width
    return text


def test_hebrew_is_drawn_with_its_first_letter_at_the_right() -> None:
    assert drawn("שלום עולם") == ["םלוע םולש"]


def test_arabic_letters_take_the_form_that_their_neighbours_give_them() -> None:
    (line,) = drawn("بيت")

    assert line == "\ufe96\ufef4\ufe91"  # final teh, medial yeh, initial beh, from the left


def test_numbers_within_hebrew_keep_their_digits_order() -> None:
    assert drawn("בשעה 10:30 מחר") == ["רחמ 10:30 העשב"]


def test_a_hebrew_word_within_a_latin_sentence_stays_in_its_place() -> None:
    assert drawn("the word שלום means peace") == ["the word םולש means peace"]


def test_brackets_are_turned_where_they_are_read_from_the_right() -> None:
    assert drawn("שלום (עולם)") == ["(םלוע) םולש"]


def test_lines_are_broken_as_they_are_read() -> None:
    assert drawn("אחת שתיים שלוש", width=9) == ["םייתש תחא", "שולש"]


def test_vowel_signs_are_left_out_because_they_cannot_be_placed() -> None:
    assert joined("שָׁלוֹם") == "שלום"


def test_what_was_typed_is_kept_beside_what_is_drawn() -> None:
    (line,) = flow("السلام عليكم", 200, SIZE, METRICS)

    assert [piece.said for piece in line.pieces] == ["السلام عليكم"]


@pytest.mark.parametrize(
    ("text", "is_right"), [("שלום", True), ("hello שלום", False), ("42 سلام", True), ("42", False)]
)
def test_a_paragraphs_first_letter_tells_where_it_is_read_from(text: str, is_right: bool) -> None:
    assert begins_right(text) is is_right


def test_what_is_read_from_the_right_stands_at_the_right() -> None:
    blocks = lay_out(parts_of("a line that is long\nשלום"), 100, SIZE, METRICS)
    (placed,) = blocks.placed

    first, second = placed.lines
    assert blocks.left_of(placed, first) == 0
    assert blocks.left_of(placed, second) + second.width == blocks.width


@given(st.text(max_size=60), st.booleans())
def test_no_character_is_lost_whatever_it_is(text: str, from_right: bool) -> None:
    order = reading_order(text, from_right=from_right)

    assert sorted(place for _, place in order) == list(range(len(text)))


@given(st.text(alphabet="אבجد ab1(.\u200f👋", max_size=60), st.integers(4, 60))
def test_no_line_in_any_order_is_wider_than_it_may_be(text: str, width: int) -> None:
    assert all(line.width <= width for line in flow(text, width, SIZE, METRICS))
