"""What is offered for the word that is being written, and how long a text may be."""

import pytest
from msgspec.structs import replace

from desktop_client.assets.book import EmojiPicture
from desktop_client.completion import MOST, complete, nameable
from desktop_client.layout.metrics import BODY
from desktop_client.layout.writing import written_lines
from desktop_client.shortcodes import refusal, with_emoji
from desktop_client.state.talk import Talk
from parley.protocol.limits import TEXT_BYTES
from tests.desktop_client.parts import ANN, BOB, LOBBY, METRICS, said, signed_in

EMOJI = {
    "😀": EmojiPicture(0, 0, "grinning face", True),
    "👍": EmojiPicture(1, 0, "thumbs up", True, aliases=("thumbsup", "+1")),
    "👎": EmojiPicture(2, 0, "thumbs down", True, aliases=("-1",)),
    "👍🏽": EmojiPicture(3, 0, "thumbs up medium skin tone", False),
    "❤️": EmojiPicture(4, 0, "red heart", True),
}


def labels(text: str, cursor: int | None = None, recent: tuple[str, ...] = ()) -> list[str]:
    place = len(text) if cursor is None else cursor
    found = complete(text, place, EMOJI, recent, lambda: (BOB,))
    return [offer.label for offer in found.offers] if found is not None else []


def test_a_name_that_is_begun_is_offered_with_the_names_that_fit() -> None:
    assert labels("so :thu") == [":thumbs_up:", ":thumbs_down:"]


def test_a_short_name_is_offered_as_it_is_typed() -> None:
    assert labels(":+1") == [":+1:"]


def test_a_later_word_of_a_name_is_enough() -> None:
    assert labels(":hea") == [":red_heart:"]


def test_an_emoji_used_lately_comes_first() -> None:
    assert labels(":thu", recent=("👎",)) == [":thumbs_down:", ":thumbs_up:"]


@pytest.mark.parametrize("text", [":", ":t", "at 10:30", "a:thumbs", ": th", "no sign", "me@bob"])
def test_what_is_no_begun_name_is_left_alone(text: str) -> None:
    assert labels(text) == []


def test_the_word_at_the_cursor_counts_and_what_follows_stays() -> None:
    text = "so :thu and more"
    completion = complete(text, 7, EMOJI, (), lambda: ())
    assert completion is not None

    assert completion.moved(1).taken(text) == ("so :thumbs_down:  and more", 17)


def test_after_the_last_offer_comes_the_first() -> None:
    completion = complete(":thu", 4, EMOJI, (), lambda: ())
    assert completion is not None

    assert completion.moved(-1).offer.label == ":thumbs_down:"
    assert completion.moved(2).offer.label == ":thumbs_up:"


def test_a_person_is_found_by_any_of_the_names() -> None:
    people = (replace(BOB, display_name="Robert Stone"), ANN)
    for typed in ("@bo", "@rob", "@STO"):
        completion = complete(typed, len(typed), EMOJI, (), lambda: people)
        assert completion is not None
        assert [offer.written for offer in completion.offers] == ["@bob "]


def test_everyone_is_offered_when_it_is_begun() -> None:
    assert labels("@al") == ["@all"]
    assert labels("@") == ["bob"]


def test_no_more_are_offered_than_there_is_room_for() -> None:
    many = {chr(0x1F600 + n): EmojiPicture(n, 0, f"face {n}", True) for n in range(20)}
    completion = complete(":face", 5, many, (), lambda: ())

    assert completion is not None
    assert len(completion.offers) == MOST


def test_who_spoke_last_is_the_first_to_be_named_and_oneself_is_not() -> None:
    talk = Talk(LOBBY, (said(1, by=BOB), said(2, by=ANN)))

    assert nameable(signed_in(talks={LOBBY.id: talk})) == (BOB,)


def test_short_names_become_emoji_too() -> None:
    assert with_emoji("fine :+1:", EMOJI) == "fine 👍"


def test_a_text_that_is_too_long_is_refused_with_the_number_of_bytes() -> None:
    assert refusal("é" * (TEXT_BYTES // 2)) == ""
    assert "1 byte too long" in refusal("é" * (TEXT_BYTES // 2) + "a")
    assert "2 bytes too long" in refusal("é" * (TEXT_BYTES // 2 + 1))


@pytest.mark.parametrize(
    ("text", "lines"),
    [("", 1), ("a\nb", 2), ("one two three", 2), ("x" * 25, 3), ("a\n\n", 3), ("ab " * 900, 12)],
)
def test_a_text_is_counted_as_the_field_wraps_it(text: str, lines: int) -> None:
    assert written_lines(text, 10 * BODY / 2, METRICS) == lines


def test_where_nothing_is_wrapped_only_line_ends_count() -> None:
    assert written_lines("a long line of many words\nand another", None, METRICS) == 2
