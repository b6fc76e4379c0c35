"""One entry of a room's log, as it travels inside Parley and as a client receives it.

Owns: the record `generation seq n time body` that Redis keeps and publishes, the body that the
accepting gateway encodes once, and the splice of the two into a client's `event`.
Never: Redis or a database; they carry these bytes and look at none of them.
"""

from hashlib import blake2b
from typing import NamedTuple

import msgspec

from parley.protocol.content import Content
from parley.protocol.derived import Derived
from parley.protocol.events import Event

# One object: msgspec knows a default by that.
_NOTHING = msgspec.Raw()


class Position(NamedTuple):
    """A place in a room's log. A sequence number means nothing without its generation."""

    generation: int
    seq: int


class Body(msgspec.Struct, frozen=True, omit_defaults=True):
    """What an entry's author decided, and what the accepting gateway derived from it.

    Both are left as the bytes that were encoded; of nothing derived there are none.
    """

    author: str | None
    cmid: str | None
    content: msgspec.Raw
    derived: msgspec.Raw = _NOTHING


class Named(msgspec.Struct, frozen=True):
    """What must be known of what was derived to store an entry: all but the tree."""

    mentions: list[str] = []
    everyone: bool = False
    seq: int = 0


class Entry(NamedTuple):
    """A numbered body. `time` is the accepting gateway's clock, in Unix milliseconds."""

    generation: int
    seq: int
    n: int
    time: int
    body: bytes

    @property
    def position(self) -> Position:
        return Position(self.generation, self.seq)


class IngestEntry(NamedTuple):
    """A record on its way to the database, under its number in the shard's ingest stream.

    `author` and `cmid` stand beside the record, so that a record that nobody can read can still
    be reported to whoever sent it. `gateway` names who accepted it.
    """

    ingest_id: int
    room: str
    author: str | None
    cmid: str | None
    record: bytes
    gateway: str = ""


_encoder = msgspec.json.Encoder()
_body_decoder = msgspec.json.Decoder(Body)
_content_decoder: msgspec.json.Decoder[Content] = msgspec.json.Decoder(Content)
_derived_decoder = msgspec.json.Decoder(Derived)
_named_decoder = msgspec.json.Decoder(Named)


def encode_content(content: Content) -> bytes:
    """Return the content's JSON, always the same for the same content."""
    return _encoder.encode(content)


def decode_content(content: bytes | msgspec.Raw) -> Content:
    """Return the content that the JSON holds.

    Raises msgspec.DecodeError if it is none that this version knows.
    """
    return _content_decoder.decode(content)


def encode_derived(derived: Derived) -> bytes:
    """Return the JSON of what was derived; nothing, if it is empty."""
    return _encoder.encode(derived) if derived else b""


def decode_derived(derived: bytes | msgspec.Raw) -> Derived:
    """Return what the JSON says; of nothing an empty one.

    Raises msgspec.DecodeError if it is of a form that this version does not know.
    """
    return _derived_decoder.decode(derived) if bytes(derived) else Derived()


def decode_named(derived: bytes | msgspec.Raw) -> Named:
    """Return whom the JSON names, whatever its tree is made of.

    Raises msgspec.DecodeError if it is nothing that was derived.
    """
    return _named_decoder.decode(derived) if bytes(derived) else Named()


def encode_body(
    author: str | None, cmid: str | None, content: bytes, derived: bytes = b""
) -> bytes:
    """Return the body of an entry around content that is JSON already."""
    beside = msgspec.Raw(derived) if derived else _NOTHING
    return _encoder.encode(Body(author, cmid, msgspec.Raw(content), beside))


def decode_body(body: bytes) -> Body:
    """Return the parts of a body. Raises msgspec.DecodeError if it is not one."""
    return _body_decoder.decode(body)


def event_of(room: str, entry: Entry) -> Event:
    """Return an entry as a client receives it.

    Raises msgspec.DecodeError if it is of a kind that this version does not know.
    """
    body = decode_body(entry.body)
    derived = decode_derived(body.derived)
    place = (room, entry.generation, entry.seq, entry.n, entry.time)
    return Event(*place, body.author, body.cmid, decode_content(body.content), derived or None)


def content_digest(content: bytes) -> str:
    """Return 64 bits that tell one content from another: a resend must carry the same."""
    return blake2b(content, digest_size=8).hexdigest()


def parse_record(record: bytes) -> Entry:
    """Return the entry in a record. Raises ValueError if it is not one."""
    generation, seq, n, time, body = record.split(b" ", 4)
    return Entry(int(generation), int(seq), int(n), int(time), body)


def format_record(entry: Entry) -> bytes:
    """Return the record that `parse_record` reads."""
    return b"%d %d %d %d %b" % entry


def event_json(room: str, entry: Entry) -> bytes:
    """Return the client's `event`, spliced around the body without decoding it."""
    return b'{"type":"event","room":"%b","generation":%d,"seq":%d,"n":%d,"time":%d,%b' % (
        room.encode(),
        entry.generation,
        entry.seq,
        entry.n,
        entry.time,
        entry.body[1:],
    )
