"""Arabic and Hebrew: letters in their joined forms, and the parts of a line in reading order.

Owns: what Dear PyGui does not do for scripts that are written from the right: it draws characters
one after the other, each in one form, from the left.
Never: where a line ends (`desktop_client.layout.flow`).

Vowel signs are left out: without a font's own rules they cannot be put where they belong.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING
from unicodedata import bidirectional

from bidi import algorithm

if TYPE_CHECKING:
    from arabic_reshaper import ArabicReshaper

_STRONG = ("L", "R", "AL")
# The directions that characters of a line have, by Unicode's names.
_ORDERED = {*_STRONG, "EN", "ES", "ET", "AN", "CS", "NSM", "WS", "S", "ON"}

_FROM_RIGHT = re.compile(
    "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
_VOWELS = re.compile("[\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed]")
_ARABIC = re.compile("[\u0600-\u06ff\u0750-\u077f]")


def is_from_right(text: str) -> bool:
    """Return whether something of a text is written from the right."""
    return not text.isascii() and _FROM_RIGHT.search(text) is not None


def has_direction(text: str) -> bool:
    """Return whether a text has a letter in it, by which a paragraph's direction is known."""
    return any(bidirectional(character) in _STRONG for character in text)


def begins_right(text: str) -> bool:
    """Return whether a paragraph is one that is read from the right: its first letter decides."""
    return is_from_right(text) and algorithm.get_base_level(text) == 1


def joined(word: str) -> str:
    """Return a word with each Arabic letter in the form that its neighbours give it."""
    if not is_from_right(word):
        return word
    bare = _VOWELS.sub("", word)
    return _reshaper().reshape(bare) if _ARABIC.search(bare) else bare


@lru_cache(maxsize=1)
def _reshaper() -> "ArabicReshaper":
    # It brings a library for fonts along, which takes longer to import than a window to open.
    from arabic_reshaper import ArabicReshaper

    return ArabicReshaper()


def reading_order(text: str, *, from_right: bool) -> Sequence[tuple[str, int]]:
    """Return the characters of a line from left to right, and where each stands in the text.

    What has a mirror image, such as a bracket, is turned where it is read from the right.
    """
    storage = algorithm.get_empty_storage()
    storage["base_level"], storage["base_dir"] = (1, "R") if from_right else (0, "L")
    algorithm.get_embedding_levels(text, storage)
    for place, character in enumerate(storage["chars"]):
        character["place"] = place
        if character["type"] not in _ORDERED:
            # Not assigned yet, or a steering mark that should not have come so far.
            known = "R" if is_from_right(character["ch"]) else "L"
            character["type"] = character["orig"] = known
    algorithm.explicit_embed_and_overrides(storage)
    algorithm.resolve_weak_types(storage)
    algorithm.resolve_neutral_types(storage, False)
    algorithm.resolve_implicit_levels(storage, False)
    algorithm.reorder_resolved_levels(storage, False)
    algorithm.apply_mirroring(storage, False)
    return [(character["ch"], character["place"]) for character in storage["chars"]]
