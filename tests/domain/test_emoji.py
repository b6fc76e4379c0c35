"""One emoji is what a reader takes for one."""

import pytest

from parley.domain.emoji import one_emoji, only_emoji

FAMILY, ENGLAND, THUMB = "👨‍👩‍👧", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "👍🏽"


@pytest.mark.parametrize("emoji", ["👍", THUMB, FAMILY, ENGLAND, "🇦🇹", "1️⃣", "❤️"])
def test_what_is_seen_as_one_is_one(emoji: str) -> None:
    assert one_emoji(emoji) == emoji
    assert only_emoji(emoji) == 1


def test_an_emoji_is_the_same_with_and_without_its_selector() -> None:
    assert one_emoji("❤") == one_emoji("❤️") == "❤️"


@pytest.mark.parametrize("text", ["", "a", "👍👍", "👍 ", "1", "\U0001f3fd", "🇦", ":+1:"])
def test_anything_else_is_not_one_emoji(text: str) -> None:
    assert one_emoji(text) is None


@pytest.mark.parametrize(
    ("text", "count"), [(f"{FAMILY} {THUMB}", 2), ("👍!", 0), ("", 0), ("hi", 0), ("12", 0)]
)
def test_a_text_of_nothing_else_is_counted(text: str, count: int) -> None:
    assert only_emoji(text) == count
