"""When a text is found: what counts as the same in a search, and what is shown of a hit.

Owns: folding a text into the form that is searched, and the way back from a place in it to the
characters that were written.
Never: an index; that is the store's, which keeps the folded form.

A query is found wherever its folded form is part of a text's folded form. Letter case, accents,
width and the kind of kana make no difference, nor does how much white space there is. What tells
words apart in other scripts stays: the voicing of kana, the vowels of Indic scripts and of Thai.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

from parley.domain.characters import is_control, is_format, nfc

# Canonical combining classes (Unicode 4.3) of marks that a reader may leave out: the points of
# Hebrew, Arabic and Syriac, and everything that stands above, below or across a letter. The others
# (nukta, kana voicing, virama, Thai and Tibetan vowels) make another letter.
_POINTS = range(10, 37)
_ACCENTS = range(200, 256)
# Letters with a stroke have no decomposition.
_STROKES = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ħ": "h", "ŧ": "t", "\u0131": "i"}
)
# Katakana, which stand 96 places after the hiragana of the same sound.
_TO_HIRAGANA = {code: code - 96 for code in (*range(0x30A1, 0x30F7), 0x30FD, 0x30FE)}
_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef\u034f]")
# The consonants, vowels and finals that a Korean syllable may be written with.
_JAMO = re.compile("[\u1160-\u11ff]")
_SPACES = re.compile(r"\s+")
_PRINTABLE = re.compile(r"[ -~\s]*")
# What is shown around the first match, in characters.
SNIPPET_CHARACTERS = 240
_BEFORE = 60
# Matches that are marked in one snippet.
_MARKED = 20


class Span(NamedTuple):
    """Characters `start` up to, and without, `end` of a text, counted in code points."""

    start: int
    end: int


class Snippet(NamedTuple):
    """Part of a text, with the places in it that were found.

    `before` and `after` say whether the text goes on there.
    """

    text: str
    spans: list[Span]
    before: bool
    after: bool


def fold(text: str) -> str:
    """Return the text as it is searched: short of what makes no difference."""
    if _PRINTABLE.fullmatch(text):
        return " ".join(text.split()).lower()
    if any(map(_continues, text)):
        return "".join(piece for piece, _ in _pieces(text)).strip()
    # The same, five times as fast: each character is a cluster.
    return _SPACES.sub(" ", "".join(map(_folded_cluster, text))).strip()


def find(text: str, query: str) -> list[Span]:
    """Return where a query is found in a text: in order, none over another."""
    wanted = fold(query)
    if not wanted:
        return []
    pieces = list(_pieces(text))
    folded = "".join(piece for piece, _ in pieces)
    ends = list(accumulate(len(piece) for piece, _ in pieces))
    found: list[Span] = []
    at = folded.find(wanted)
    while at >= 0:
        first, last = bisect_right(ends, at), bisect_right(ends, at + len(wanted) - 1)
        span = Span(pieces[first][1].start, pieces[last][1].end)
        # What folds into several letters (`æ`) may be the end of one match and begin the next.
        if not found or span.start >= found[-1].end:
            found.append(span)
        at = folded.find(wanted, at + len(wanted))
    return found


def snippet(text: str, query: str) -> Snippet:
    """Return the part of a text in which a query is first found; without one, its beginning."""
    spans = find(text, query)
    first = spans[0].start if spans else 0
    start = max(0, min(first - _BEFORE, len(text) - SNIPPET_CHARACTERS))
    end = min(len(text), start + SNIPPET_CHARACTERS)
    shown = [Span(at - start, min(to, end) - start) for at, to in spans if at < end]
    return Snippet(text[start:end], shown[:_MARKED], start > 0, end < len(text))


# --- folding -------------------------------------------------------------------------------


def _pieces(text: str) -> Iterator[tuple[str, Span]]:
    """Yield what each cluster of characters folds into, and where it stands."""
    is_spaced = False
    for cluster in _clusters(text):
        written = text[cluster.start : cluster.end]
        folded = _folded_cluster(written) if len(written) < 8 else _fold_cluster(written)
        folded = folded[1:] if is_spaced and folded[:1] == " " else folded
        if folded:
            is_spaced = folded[-1] == " "
        yield folded, cluster


def _clusters(text: str) -> Iterator[Span]:
    """Yield each character together with the marks that belong to it."""
    start = 0
    for at in range(1, len(text)):
        if not _continues(text[at]):
            yield Span(start, at)
            start = at
    if text:
        yield Span(start, len(text))


@lru_cache(maxsize=4096)
def _continues(character: str) -> bool:
    first = unicodedata.normalize("NFKD", character)[0]
    return bool(unicodedata.combining(first) or _JAMO.match(first) or _SELECTORS.match(first))


def _fold_cluster(written: str) -> str:
    letters = nfc(written).casefold()
    marked = unicodedata.normalize("NFKD", letters).casefold()
    bare = "".join(filter(_is_kept, unicodedata.normalize("NFKD", marked)))
    composed = unicodedata.normalize("NFC", bare).translate(_TO_HIRAGANA).translate(_STROKES)
    return _SPACES.sub(" ", composed)


_folded_cluster = lru_cache(maxsize=16_384)(_fold_cluster)


def _is_kept(character: str) -> bool:
    if character.isspace():
        return True
    accent = unicodedata.combining(character)
    return not (
        accent in _POINTS
        or accent in _ACCENTS
        or _SELECTORS.match(character)
        or is_control(character)
        or is_format(character)
    )
