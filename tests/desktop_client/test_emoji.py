"""Emoji by name, and what is there when the assets are not."""

import json
from pathlib import Path

import pytest

from desktop_client.assets import book
from desktop_client.assets.book import EmojiPicture, open_book
from desktop_client.assets.build import build
from desktop_client.layout.metrics import read_face
from desktop_client.shortcodes import (
    chapter,
    chapters,
    code_of,
    search,
    with_emoji,
    with_names,
    with_names_at,
)

EMOJI = {
    "❤️": EmojiPicture(0, 0, "red heart", True),
    "🔥": EmojiPicture(1, 0, "fire", True),
    "👍🏽": EmojiPicture(2, 0, "thumbs up medium skin tone", False),
}


@pytest.mark.parametrize("characters", ["❤️", "🔥"])
def test_a_name_and_its_emoji_stand_for_each_other(characters: str) -> None:
    assert with_emoji(code_of(EMOJI[characters]), EMOJI) == characters


@pytest.mark.parametrize(
    "text", ["at 10:30:00", "::", ":no_such:", "a : b : c", "http://h:80/a:b", "no colons"]
)
def test_what_is_no_name_stays_as_it_was_written(text: str) -> None:
    assert with_emoji(text, EMOJI) == text


def test_names_within_a_text_are_replaced() -> None:
    assert with_emoji("so :fire: and :Red_Heart:!", EMOJI) == "so 🔥 and ❤️!"


@pytest.mark.parametrize("text", ["so 🔥 and ❤️!", "👍🏽", "👩‍🚀 has no name here", "no emoji: ä"])
def test_a_text_that_is_edited_is_sent_as_it_was(text: str) -> None:
    assert with_emoji(with_names(text, EMOJI), EMOJI) == text


def test_a_text_that_is_edited_shows_names_for_its_emoji() -> None:
    assert with_names("so 🔥 and ❤️!", EMOJI) == "so :fire: and :red_heart:!"


@pytest.mark.parametrize(("cursor", "then"), [(0, 0), (3, 3), (4, 9), (9, 14)])
def test_where_an_emoji_becomes_a_name_the_cursor_stays_beside_the_same_words(
    cursor: int, then: int
) -> None:
    assert with_names_at("so 🔥 grün", cursor, EMOJI) == ("so :fire: grün", then)


def test_of_two_emoji_with_one_name_neither_becomes_the_other() -> None:
    emoji = {each: EmojiPicture(0, 0, "fire", True) for each in ("🔥", "🎇")}

    assert with_emoji(with_names("🔥 and 🎇", emoji), emoji) == "🔥 and 🎇"


def test_the_picker_begins_with_those_used_lately() -> None:
    assert chapter(0, EMOJI, ["🔥", "not there"]) == ["🔥", "❤️"]


def test_each_chapter_of_the_picker_shows_its_own() -> None:
    emoji = {**EMOJI, "🐶": EmojiPicture(3, 0, "dog face", True, chapter=2)}

    assert chapters(emoji) == {0: "❤️", 2: "🐶"}
    assert chapter(2, emoji, ["🔥"]) == ["🐶"]


def test_the_picker_finds_by_every_word() -> None:
    assert search("heart RED", EMOJI) == ["❤️"]
    assert search("thumbs", EMOJI) == []


def test_without_assets_there_is_a_book_all_the_same(tmp_path: Path) -> None:
    opened = open_book(tmp_path / "none")

    assert (opened.icons, opened.sheet, opened.emoji) == ({}, None, {})


def test_an_emoji_is_known_without_its_selector_too(tmp_path: Path) -> None:
    rows = [["❤️", 0, 0, "red heart", True, 0, []], ["©️", 1, 0, "copyright", True, 7, []]]
    (tmp_path / book.SHEET).touch()
    (tmp_path / book.CELLS).write_text(json.dumps(rows))

    emoji = open_book(tmp_path).emoji

    assert "\u2764" in emoji
    assert "©" not in emoji


def test_packages_that_are_missing_are_said_and_stop_nothing(tmp_path: Path) -> None:
    missing = build(tmp_path / "no packages", tmp_path / "assets")

    failed = [sentence.split(" could")[0] for sentence in missing if "could not" in sentence]
    assert failed == ["the text fonts", "the font for code", "the emoji"]
    assert (tmp_path / "assets" / book.CREDITS).read_text().startswith("Text: Inter")


def test_without_a_font_text_has_a_width_all_the_same() -> None:
    assert sum(read_face(None).advances("word")) > 0
