"""What is published on a room's channel.

Owns: the three forms: an entry `E record`, a watermark `S generation seq`, and a refusal
`X json` of an entry that could not be stored.
Never: who listens.
"""

from typing import NamedTuple

import msgspec

from parley.protocol.entry import Entry, parse_record


class StoredUpTo(NamedTuple):
    """Every entry of the room up to `seq` is in the database."""

    generation: int
    seq: int


class EntryRefused(msgspec.Struct, frozen=True):
    """An entry was set aside; a stone holds its place."""

    generation: int
    seq: int
    author: str
    cmid: str
    reason: str


Published = Entry | StoredUpTo | EntryRefused


def parse_published(message: bytes) -> Published:
    """Return what the message tells. Raises ValueError if it is none of the three."""
    kind, rest = message[:2], message[2:]
    if kind == b"E ":
        return parse_record(rest)
    if kind == b"S ":
        generation, seq = rest.split(b" ")
        return StoredUpTo(int(generation), int(seq))
    if kind == b"X ":
        return msgspec.json.decode(rest, type=EntryRefused)
    raise ValueError(f"nothing that Parley publishes: {message[:40]!r}")


def format_refused(refused: EntryRefused) -> bytes:
    """Return the message that tells of an entry that was set aside."""
    return b"X " + msgspec.json.encode(refused)
