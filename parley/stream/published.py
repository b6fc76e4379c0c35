"""What is published on a room's channel.

Owns: the forms: an entry `E record`, a watermark `S generation seq`, a refusal `X json` of an entry
that could not be stored, receipts `R json`, words to one person's devices `A json`, that
somebody is typing `T json`.
Never: who listens.
"""

from typing import NamedTuple

import msgspec

from parley.protocol.entry import Entry, parse_record
from parley.protocol.events import Receipts


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


class ReceiptsTold(msgspec.Struct, frozen=True):
    """How far all have come in the room. `silent`: who is not to be told what was read."""

    receipts: Receipts
    silent: list[str]


class Addressed(msgspec.Struct, frozen=True):
    """A message of the protocol, as JSON, to those devices of one person that follow the room."""

    account: str
    message: msgspec.Raw


class TypingTold(msgspec.Struct, frozen=True):
    """Somebody is typing, for so many milliseconds; 0: no longer. `hidden_from`: not for these."""

    person: str
    for_ms: int
    hidden_from: list[str]


Published = Entry | StoredUpTo | EntryRefused | ReceiptsTold | Addressed | TypingTold


def parse_published(message: bytes) -> Published:
    """Return what the message tells. Raises ValueError if it is none of these."""
    kind, rest = message[:2], message[2:]
    if kind == b"E ":
        return parse_record(rest)
    if kind == b"S ":
        generation, seq = rest.split(b" ")
        return StoredUpTo(int(generation), int(seq))
    if kind == b"X ":
        return msgspec.json.decode(rest, type=EntryRefused)
    if kind == b"R ":
        return msgspec.json.decode(rest, type=ReceiptsTold)
    if kind == b"A ":
        return msgspec.json.decode(rest, type=Addressed)
    if kind == b"T ":
        return msgspec.json.decode(rest, type=TypingTold)
    raise ValueError(f"nothing that Parley publishes: {message[:40]!r}")


def format_refused(refused: EntryRefused) -> bytes:
    """Return the message that tells of an entry that was set aside."""
    return b"X " + msgspec.json.encode(refused)


def format_receipts(told: ReceiptsTold) -> bytes:
    """Return the message that tells how far all have come."""
    return b"R " + msgspec.json.encode(told)


def format_typing(told: TypingTold) -> bytes:
    """Return the message that tells who is typing."""
    return b"T " + msgspec.json.encode(told)


def format_addressed(account: str, message: bytes) -> bytes:
    """Return the message that carries one of the protocol to a person's devices."""
    return b"A " + msgspec.json.encode(Addressed(account, msgspec.Raw(message)))
