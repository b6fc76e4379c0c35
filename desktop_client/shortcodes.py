"""Emoji by their names, as the composer shows them: its font has no colours.

Owns: `:red_heart:` and the like, both ways, the search among emoji, and how long a text may be.
Never: their pictures.
"""

import re
from collections.abc import Iterable, Iterator

from desktop_client.assets.book import EmojiPicture
from desktop_client.layout.tokens import emoji_at
from parley.protocol.limits import TEXT_BYTES

_CODE = re.compile(r":([^\s:][^:\n]{0,60}):")


def name_of(picture: EmojiPicture) -> str:
    """Return an emoji's name as it is written between colons."""
    return picture.name.replace(" ", "_")


def code_of(picture: EmojiPicture) -> str:
    """Return what stands for an emoji while a message is written."""
    return f":{name_of(picture)}:"


def with_emoji(text: str, emoji: dict[str, EmojiPicture]) -> str:
    """Return the text with emoji in place of the names that are known."""
    if ":" not in text:
        return text
    names = _by_name(emoji)
    return _CODE.sub(lambda found: names.get(found[1].casefold(), found[0]), text)


def with_names(text: str, emoji: dict[str, EmojiPicture]) -> str:
    """Return the text with names in place of the emoji that `with_emoji` makes of them again."""
    first = set() if text.isascii() else {each[0] for each in emoji}
    if first.isdisjoint(text):
        return text
    names, named, at = _by_name(emoji), "", 0
    while at < len(text):
        found = (text[at] in first and emoji_at(text, at, emoji)) or text[at]
        is_known = found in emoji and names.get(name_of(emoji[found]).casefold()) == found
        named += code_of(emoji[found]) if is_known else found
        at += len(found)
    return named


def with_names_at(text: str, cursor: int, emoji: dict[str, EmojiPicture]) -> tuple[str, int]:
    """Return the text with names for its emoji, and where the cursor is in that."""
    before = with_names(text[:cursor], emoji)
    return before + with_names(text[cursor:], emoji), len(before)


def _by_name(emoji: dict[str, EmojiPicture]) -> dict[str, str]:
    return {
        name.casefold(): characters
        for characters, picture in emoji.items()
        for name in (*picture.aliases, name_of(picture))
    }


def refusal(text: str) -> str:
    """Return why a text is too long to be sent, as a sentence; empty: it is not."""
    size = len(text.encode())
    if size <= TEXT_BYTES:
        return ""
    over = size - TEXT_BYTES
    counted = "1 byte" if over == 1 else f"{over:,} bytes"
    return f"This is {counted} too long for one message: shorten it, or send it in parts"


def beginning_with(
    typed: str, emoji: dict[str, EmojiPicture], recent: Iterable[str]
) -> Iterator[tuple[str, str]]:
    """Give emoji with the name that fits: first names that begin so, of those used lately first.

    Then names in which a later word begins so.
    """
    wanted = typed.casefold()
    lately = [characters for characters in recent if characters in emoji]
    rest = [each for each, picture in emoji.items() if picture.is_choice and each not in lately]
    later: list[tuple[str, str]] = []
    for characters in (*lately, *rest):
        picture = emoji[characters]
        names = (name_of(picture), *picture.aliases)
        first = next((name for name in names if name.casefold().startswith(wanted)), None)
        if first is not None:
            yield characters, first
        elif any(f"_{wanted}" in name.casefold() for name in names):
            later.append((characters, names[0]))
    yield from later


def chapters(emoji: dict[str, EmojiPicture]) -> dict[int, str]:
    """Return the picker's chapters by number, each with its first emoji."""
    first: dict[int, str] = {}
    for characters, picture in emoji.items():
        if picture.is_choice:
            first.setdefault(picture.chapter, characters)
    return first


def chapter(number: int, emoji: dict[str, EmojiPicture], recent: Iterable[str]) -> list[str]:
    """Return a chapter's emoji; those used lately begin the first one."""
    lately = [characters for characters in recent if characters in emoji] if not number else []
    own = [each for each, picture in emoji.items() if picture.chapter == number]
    return [*lately, *(each for each in own if emoji[each].is_choice and each not in lately)]


def search(typed: str, emoji: dict[str, EmojiPicture]) -> list[str]:
    """Return the emoji in whose names every word is found."""
    words = typed.casefold().split()
    return [
        characters
        for characters, picture in emoji.items()
        if picture.is_choice and _has(picture, words)
    ]


def _has(picture: EmojiPicture, words: Iterable[str]) -> bool:
    names = " ".join((picture.name, *picture.aliases)).casefold()
    return all(word in names for word in words)
