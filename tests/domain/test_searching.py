"""When a text is found, and what is shown of it."""

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.domain.searching import SNIPPET_CHARACTERS, Span, find, fold, snippet

# Letters with and without marks, several scripts, what folds into more or fewer, and white space.
TEXTS = st.text(
    st.sampled_from(
        "aAéÉßæİıﬁ e\u0301\u0308\u0327ｶﾞｱガかが東京한ᄒ\u1161\u11abนี่कि\n\t \u200dñ👍🏽-"
    ),
    max_size=24,
) | st.text(max_size=24)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Éléphant", "elephant"),
        ("ＡＢＣ１２", "abc12"),
        ("ｶﾞｷﾞ ガギ がぎ", "がぎ がぎ がぎ"),
        ("İstanbul ISTANBUL ıı", "istanbul istanbul ii"),
        ("Straße STRASSE", "strasse strasse"),
        ("ﬁne Œuvre Øre Łódź", "fine oeuvre ore lodz"),
        ("Ёлка", "елка"),
        ("שָׁלוֹם", "שלום"),
        ("한국어", "한국어"),
        ("किताब", "किताब"),
        ("ที่นี่", "ที่นี่"),
        ("  a \n\t b\u3000c ", "a b c"),
        ("a\u200db\ufe0f\u00adc", "abc"),
        ("", ""),
        ("\u0301", ""),
    ],
)
def test_what_makes_no_difference_is_folded_away(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(TEXTS)
def test_a_folded_text_is_folded(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(TEXTS)
def test_composition_makes_no_difference(text: str) -> None:
    composed = unicodedata.normalize("NFC", text)

    assert fold(unicodedata.normalize("NFD", composed)) == fold(composed)


@given(TEXTS, TEXTS)
def test_what_is_found_is_what_folds_alike(text: str, query: str) -> None:
    assert bool(find(text, query)) == (fold(query) != "" and fold(query) in fold(text))


@given(TEXTS, TEXTS)
def test_what_is_marked_holds_what_was_asked_for(text: str, query: str) -> None:
    spans = find(text, query)

    assert all(fold(query) in fold(text[start:end]) for start, end in spans)
    assert all(one.end <= next_one.start for one, next_one in pairwise(spans))


def test_every_place_is_found() -> None:
    assert find("Banana ana", "ANA") == [Span(1, 4), Span(7, 10)]


def test_a_part_of_a_ligature_marks_the_whole_of_it() -> None:
    assert find("ﬁne", "in") == [Span(0, 2)]


# --- snippets ------------------------------------------------------------------------------


def test_a_short_text_is_shown_whole() -> None:
    assert snippet("a café", "CAFE") == ("a café", [Span(2, 6)], False, False)


def test_a_long_text_is_shown_around_the_first_place() -> None:
    text = f"{'x' * 1000} needle {'y' * 1000}"

    shown = snippet(text, "needle")

    (place,) = shown.spans
    assert shown.text[place.start : place.end] == "needle"
    assert (shown.before, shown.after) == (True, True)
    assert len(shown.text) == SNIPPET_CHARACTERS


@given(TEXTS, TEXTS, st.integers(0, 400), st.integers(0, 400))
def test_every_mark_lies_within_what_is_shown(
    text: str, query: str, before: int, after: int
) -> None:
    shown = snippet("-" * before + text + "-" * after, query)

    assert len(shown.text) <= SNIPPET_CHARACTERS
    assert all(0 <= start < end <= len(shown.text) for start, end in shown.spans)
