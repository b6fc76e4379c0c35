"""Names for things: accounts, rooms, sessions, messages.

Owns: how an identifier is made and what a well-formed one looks like.
Never: the clock or a random source: both arrive as arguments.
"""

from typing import Annotated

from msgspec import Meta

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base32: no i, l, o, u
_ID_CHARACTERS = 13
_ID_RANDOM_BITS = 21

# The room that everyone on a server is in.
LOBBY = "lobby"

Id = Annotated[str, Meta(pattern=r"^[0-9a-z]{5,13}\Z")]
"""An account, room or session: 13 characters that sort by time of making (or a fixed name)."""

Cmid = Annotated[
    str, Meta(pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\Z")
]
"""The client's own name for what it sends: a UUIDv7 (RFC 9562), unique with its author."""


def new_id(now_ms: int, random: int) -> str:
    """Return an identifier made at `now_ms` (Unix milliseconds) from at least 21 random bits.

    It is a name and no secret: it tells when it was made, and a guess at it must gain nothing.
    """
    value = (now_ms << _ID_RANDOM_BITS) | (random & ((1 << _ID_RANDOM_BITS) - 1))
    digits = []
    for _ in range(_ID_CHARACTERS):
        value, digit = divmod(value, 32)
        digits.append(_ALPHABET[digit])
    return "".join(reversed(digits))


def new_cmid(now_ms: int, random: int) -> str:
    """Return a UUIDv7 (RFC 9562, 5.7) made at `now_ms` from at least 74 random bits."""
    rand_a, rand_b = (random >> 62) & 0xFFF, random & ((1 << 62) - 1)
    value = (now_ms & ((1 << 48) - 1)) << 80 | 0x7 << 76 | rand_a << 64 | 0b10 << 62 | rand_b
    digits = f"{value:032x}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
