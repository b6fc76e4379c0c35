"""What stands for a person or a room until there is a picture: initials on a colour.

Owns: both, as every client shows them.
Never: the colours themselves; a client picks them for its theme.
"""

import re
import unicodedata
from zlib import crc32

COLOURS = 12
"""How many colours a theme gives."""

_ZWJ = "\u200d"
_REGIONAL = re.compile("[\U0001f1e6-\U0001f1ff]")
_MODIFIER = re.compile("[\U0001f3fb-\U0001f3ff\ufe0e\ufe0f\u20e3]")


def initials(name: str) -> str:
    """Return the first letter of the first word and of the last one, as they are written.

    A letter is what a reader takes for one: with its marks, or a whole emoji.
    """
    words = [word for word in name.split() if _first_letter(word)]
    ends = words[:1] + words[1:][-1:]
    return "".join(_first_letter(word).upper() for word in ends)


def colour(key: str) -> int:
    """Return the number of the colour, below `COLOURS`, of whatever has that id."""
    return crc32(key.encode(errors="replace")) % COLOURS


def _first_letter(word: str) -> str:
    """Return the first user-perceived character that is a letter, a digit or a picture."""
    for start, character in enumerate(word):
        if unicodedata.category(character)[0] in "LN" or unicodedata.category(character) == "So":
            return word[start : _end_of_letter(word, start)]
    return ""


def _end_of_letter(word: str, start: int) -> int:
    """Return where the character ends that begins at `start` (UAX #29, without Hangul jamo)."""
    end = start + 1
    if _REGIONAL.match(word, start) and _REGIONAL.match(word, end):
        end += 1  # two of them are a flag
    while end < len(word):
        if word[end] == _ZWJ and end + 1 < len(word):
            end += 2
        elif unicodedata.category(word[end])[0] == "M" or _MODIFIER.match(word, end):
            end += 1
        else:
            break
    return end
