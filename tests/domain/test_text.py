"""What becomes of a text before it is logged."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.domain.text import message_text
from parley.protocol.limits import TEXT_BYTES
from parley.protocol.refusals import EmptyText, TextTooLong

# Few characters and odd ones, so that they meet often.
odd_texts = st.text(
    st.sampled_from(
        "ae\u0301\u0323 \t\n\r\x00\x1b\x85\xad\u200b\u200d\u202e\u2028\u3164\ufeff한ᄒ\ud800"
    )
)
texts = st.one_of(st.text(), odd_texts)


def logged(raw: str) -> str | None:
    try:
        return message_text(raw)
    except EmptyText:
        return None


@given(texts)
def test_a_logged_text_is_already_in_its_one_form(raw: str) -> None:
    text = logged(raw)

    assert text is None or message_text(text) == text


@given(texts)
def test_a_logged_text_has_no_controls_but_tab_and_line_feed(raw: str) -> None:
    controls = {letter for letter in logged(raw) or "" if unicodedata.category(letter) == "Cc"}

    assert controls <= {"\t", "\n"}


@given(texts)
def test_a_logged_text_is_composed_and_can_be_sent(raw: str) -> None:
    text = logged(raw) or ""

    assert unicodedata.is_normalized("NFC", text)
    assert text.encode().decode() == text


@given(st.text(st.characters(categories=["L", "N"])), st.text(st.characters(categories=["L"])))
def test_words_stay_as_they_are_but_for_their_composition(one: str, other: str) -> None:
    text = f"{one} a {other}."

    assert message_text(text) == unicodedata.normalize("NFC", text)


@pytest.mark.parametrize("raw", ["one\r\ntwo", "one\rtwo", "one\ntwo"])
def test_every_line_end_becomes_a_line_feed(raw: str) -> None:
    assert message_text(raw) == "one\ntwo"


def test_white_space_goes_at_the_end_and_stays_at_the_start() -> None:
    assert message_text("    indented \n\n") == "    indented"


def test_a_control_between_letter_and_accent_does_not_keep_them_apart() -> None:
    assert message_text("e\x00\u0301") == "é"


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "   ",
        "\n\t",
        "\x00",
        "\u200b",
        "\ufeff\u2060",
        "\u00a0\u3000",
        "\u3164",
        "\u2800",
        "\u202e",
    ],
)
def test_a_text_in_which_nothing_can_be_seen_is_empty(raw: str) -> None:
    with pytest.raises(EmptyText):
        message_text(raw)


def test_a_family_of_emoji_keeps_its_joiners() -> None:
    family = "👩\u200d👩\u200d👧"

    assert message_text(family) == family


def test_the_longest_text_is_measured_in_bytes() -> None:
    longest = "é" * (TEXT_BYTES // 2)

    assert message_text(longest) == longest
    with pytest.raises(TextTooLong) as refused:
        message_text(longest + "!")
    assert refused.value.values == (TEXT_BYTES + 1, TEXT_BYTES)
