"""What stands for somebody who has no picture."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.domain import avatars


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("ann", "A"),
        ("Ann Lee", "AL"),
        ("ann van der Lee", "AL"),
        ("  Ann   Lee ", "AL"),
        ("élan", "É"),
        ("e\u0301lan", "E\u0301"),
        ("Иван Петров", "ИП"),
        ("東京 太郎", "東太"),
        ("नमस्ते", "न"),
        ("(Ann) [Lee]", "AL"),
        ("👩‍🚀 Ann", "👩‍🚀A"),
        ("🇦🇹 Ann", "🇦🇹A"),
        ("👍🏽", "👍🏽"),
        ("7 of Nine", "7N"),
        ("ßen", "SS"),
        ("- ! -", ""),
        ("", ""),
    ],
)
def test_initials_are_the_first_letters_of_the_first_and_last_word(name: str, shown: str) -> None:
    assert avatars.initials(name) == shown


@given(st.text())
def test_every_name_has_initials_and_a_colour(name: str) -> None:
    assert not any(letter.isspace() for letter in avatars.initials(name))
    assert 0 <= avatars.colour(name) < avatars.COLOURS


def test_the_same_id_has_the_same_colour_and_many_ids_have_them_all() -> None:
    assert avatars.colour("0djk2n7v3c0ab") == avatars.colour("0djk2n7v3c0ab")
    assert {avatars.colour(f"id{number}") for number in range(200)} == set(range(avatars.COLOURS))
