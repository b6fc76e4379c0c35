"""Which characters are no text: controls, what reorders its neighbours, what nobody can see.

Owns: the classes of characters that `names.py` and `text.py` work with.
Never: what is done with them; that differs between a name and a message.
"""

import re
import unicodedata

# They build letters in Persian and Indic scripts, and families of emoji.
_JOINERS = frozenset("\u200c\u200d")
# Blank, though neither white space nor of a format category: fillers, selectors, empty Braille.
_BLANK = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
# Vowel, tone and accent: Vietnamese, Thai, Hebrew with points and Tibetan keep below this.
_MARKS_PER_LETTER = 4
_SURROGATE = re.compile("[\ud800-\udfff]")


def nfc(text: str) -> str:
    """Return the text in Unicode's composed form; half a surrogate pair becomes U+FFFD."""
    return unicodedata.normalize("NFC", _SURROGATE.sub("\ufffd", text))


def is_control(character: str) -> bool:
    """Return whether it is a C0 or C1 control, NUL among them."""
    return unicodedata.category(character) == "Cc"


def is_joiner(character: str) -> bool:
    """Return whether it joins or parts its neighbours, as some scripts and emoji need."""
    return character in _JOINERS


def is_format(character: str) -> bool:
    """Return whether it only steers how others are shown, as every bidi control does."""
    return unicodedata.category(character) == "Cf"


def with_few_marks(text: str) -> str:
    """Return the text with no more marks on one letter than any script needs.

    More of them run over the lines above and below.
    """
    kept, marks = [], 0
    for character in text:
        marks = marks + 1 if unicodedata.category(character) in ("Mn", "Me") else 0
        if marks <= _MARKS_PER_LETTER:
            kept.append(character)
    return "".join(kept)


def has_visible(text: str) -> bool:
    """Return whether anything of the text can be seen."""
    return any(map(_is_visible, text))


def _is_visible(character: str) -> bool:
    return not (
        character.isspace()
        or is_control(character)
        or is_format(character)
        or _BLANK.match(character)
    )
