"""Others' text on one's own terminal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.chat.cleaning import clean, clean_line


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("\x1b[31mred\x1b[0m", " [31mred [0m"),
        ("\x1b]52;c;cm0gLXJm\x07", " ]52;c;cm0gLXJm "),
        ("over\rwritten\b\b", "over written  "),
        ("\x9b2J", " 2J"),
        ("a\tb\x00c", "a b c"),
        ("two\nlines", "two\nlines"),
        ("not\u2028a line", "not a line"),
        ("turned \u202eround\u202c", "turned round"),
        ("\u2066isolated\u2069", "isolated"),
    ],
)
def test_nothing_that_steers_a_terminal_is_left(text: str, expected: str) -> None:
    assert clean(text) == expected


def test_right_to_left_text_does_not_reach_beyond_itself() -> None:
    assert clean("שלום") == "\u2068שלום\u2069"


def test_a_closing_mark_in_the_text_does_not_end_its_isolation() -> None:
    assert clean("ש\u2069לום") == "\u2068שלום\u2069"


def test_a_clean_line_is_one_line() -> None:
    assert clean_line("two\nlines\r\n") == "two lines  "


@given(st.text())
def test_no_text_holds_a_control_afterwards(text: str) -> None:
    assert not [c for c in clean_line(text) if ord(c) < 32 or 0x7F <= ord(c) <= 0x9F]
