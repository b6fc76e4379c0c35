"""Emoji by their names, as the composer shows them: its font has no colours.

Owns: `:red heart:` and the like, both ways, and the search among emoji.
Never: their pictures.
"""

import re
from collections.abc import Iterable

from desktop_client.assets.book import EmojiPicture

_CODE = re.compile(r":([^\s:][^:\n]{0,60}):")


def code_of(picture: EmojiPicture) -> str:
    """Return what stands for an emoji while a message is written."""
    return f":{picture.name.replace(' ', '_')}:"


def with_emoji(text: str, emoji: dict[str, EmojiPicture]) -> str:
    """Return the text with emoji in place of the names that are known."""
    if ":" not in text:
        return text
    names = {p.name.replace(" ", "_").casefold(): c for c, p in emoji.items() if p.is_choice}
    return _CODE.sub(lambda found: names.get(found[1].casefold(), found[0]), text)


def search(typed: str, emoji: dict[str, EmojiPicture], recent: Iterable[str]) -> list[str]:
    """Return the emoji to choose from: those used lately first, then all that match."""
    words = typed.casefold().split()
    choices = [characters for characters, picture in emoji.items() if picture.is_choice]
    if not words:
        lately = [characters for characters in recent if characters in emoji]
        return [*lately, *(each for each in choices if each not in lately)]
    return [each for each in choices if all(word in emoji[each].name.casefold() for word in words)]
