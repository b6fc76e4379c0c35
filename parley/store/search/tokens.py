"""What a message is found by: the numbers that stand for it in an index, and those that a query
asks for.

Owns: which parts of a folded text are indexed, and the filters, as tokens of 32 bits.
Never: a database; and never the last word: two parts may share a number, so that whoever asks an
index looks at the text as well.

Two neighbouring characters are a token. In a script of a few letters a query has two of them, or
few messages have it; in one of thousands a character says enough by itself, and is a token too. An
ASCII character is one only where it stands alone, with no other beside it: as a query by itself, it
is any pair that begins or ends with it.
"""

import re
from collections.abc import Collection
from functools import lru_cache
from typing import NamedTuple
from zlib import crc32

# A longer query has enough in so many pairs.
_MOST_PAIRS = 16
# Up to so many characters, the tokens of a word are remembered: most words are said often.
_REMEMBERED = 24
_ASCII = [chr(code) for code in range(0x21, 0x7F)]

# Every two neighbours, each pair overlapping the next.
_PAIR = re.compile("(?=([^ ][^ ]))")
_BEYOND_ASCII = re.compile("[^ -~]")
# An ASCII character without another beside it.
_LONE = re.compile("(?<![!-~])[!-~](?![!-~])")

# The lengths of stretches of time, as powers of two in milliseconds: from five hours to two years.
# The shortest is the first.
STRETCHES = (24, 28, 32, 36)

AnyOf = tuple[int, ...]
"""Tokens of which a message has at least one."""


class Group(NamedTuple):
    """Tokens that a message has for one reason, a word of its text, say: as they are written.

    `words`: as FTS5 reads them; `numbers`: as PostgreSQL reads an array's.
    """

    words: str
    numbers: str


def group(tokens: Collection[int]) -> Group:
    """Return tokens as they are written."""
    return Group(" ".join(map(word, tokens)), ",".join(map(str, tokens)))


def word(token: int) -> str:
    """Return a token as a word of ASCII letters and digits."""
    return f"{token & 0xFFFFFFFF:x}"


def text_tokens(folded: str) -> tuple[Group, ...]:
    """Return the tokens of each word of a folded text, since none reaches over a space."""
    return tuple(
        _remembered(word) if len(word) <= _REMEMBERED else _word_tokens(word)
        for word in dict.fromkeys(folded.split(" "))
        if word
    )


def _word_tokens(word: str) -> Group:
    grams = {*_PAIR.findall(word), *_BEYOND_ASCII.findall(word), *_LONE.findall(word)}
    return group(tuple(map(_gram, grams)))


_remembered = lru_cache(maxsize=16_384)(_word_tokens)


def query_tokens(folded: str) -> list[AnyOf]:
    """Return what every message with this part in its folded text has."""
    grams = sorted({*_PAIR.findall(folded), *_BEYOND_ASCII.findall(folded)})
    if grams:
        step = -(-len(grams) // _MOST_PAIRS)
        return [(_gram(gram),) for gram in grams[::step]]
    return [_any_with(character) for character in sorted(set(folded) - {" "})]


def room_token(room: str) -> int:
    """Return the token of every message in a room."""
    return _number(f"room {room}")


@lru_cache(maxsize=16_384)
def room_tokens(room: str) -> Group:
    """Return that token alone."""
    return group([room_token(room)])


def author_token(author: str) -> int:
    """Return the token of every message of an author."""
    return _number(f"author {author}")


@lru_cache(maxsize=16_384)
def author_tokens(author: str) -> Group:
    """Return that token alone."""
    return group([author_token(author)])


def mention_token(person: str) -> int:
    """Return the token of every message that mentions a person; '' is everyone."""
    return _number(f"mention {person}")


def time_token(time: int, bits: int) -> int:
    """Return the token of every message in the stretch of 2^`bits` milliseconds around a time."""
    return _number(f"time {bits} {time >> bits}")


def time_tokens(time: int) -> Group:
    """Return the tokens of a time."""
    return _stretch_tokens(time >> STRETCHES[0])


@lru_cache(maxsize=1024)
def _stretch_tokens(stretch: int) -> Group:
    """Return the tokens of every time in one of the shortest stretches."""
    return group([time_token(stretch << STRETCHES[0], bits) for bits in STRETCHES])


LINK = crc32(b"link") - (1 << 31)
"""The token of every message with a link in it."""
LINK_TOKENS = group([LINK])


def _any_with(character: str) -> AnyOf:
    pairs = [character + other for other in _ASCII] + [other + character for other in _ASCII]
    return tuple(sorted({_gram(gram) for gram in (character, *pairs)}))


@lru_cache(maxsize=65_536)
def _gram(gram: str) -> int:
    return _number(f"text {gram}")


def _number(what: str) -> int:
    # Signed, as PostgreSQL's integers are.
    return crc32(what.encode()) - (1 << 31)
