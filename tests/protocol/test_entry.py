"""An entry on its way: the record in Redis, the body inside it, the event for the client."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.protocol import codec
from parley.protocol.content import Content, Notice, Stone, Text, counts_as_message
from parley.protocol.entry import (
    Entry,
    Position,
    content_digest,
    decode_body,
    decode_content,
    encode_body,
    encode_content,
    event_json,
    format_record,
    parse_record,
)
from parley.protocol.events import Event
from parley.protocol.ids import Cmid, Id
from parley.protocol.limits import INTEGER_MAX
from tests.protocol.strategies import messages

CMID = "01920000-0000-7000-8000-000000000001"
NUMBERS = st.integers(0, INTEGER_MAX)


@st.composite
def entries(draw: st.DrawFn) -> Entry:
    author, cmid = draw(messages(Id | None)), draw(messages(Cmid | None))
    body = encode_body(author, cmid, encode_content(draw(messages(Content))))
    return Entry(draw(NUMBERS), draw(NUMBERS), draw(NUMBERS), draw(NUMBERS), body)


@given(entry=entries())
def test_a_record_is_read_as_it_was_written(entry: Entry) -> None:
    assert parse_record(format_record(entry)) == entry


@pytest.mark.parametrize(
    "record", [b"", b"1 2 3", b"1 2 3 4", b"1 2 x 4 {}", b"1  2 3 4 {}", b'{"generation":1}']
)
def test_what_is_no_record_is_an_error(record: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_record(record)


def test_a_body_may_hold_spaces() -> None:
    body = encode_body("ann", CMID, encode_content(Text("one two  three")))

    assert parse_record(format_record(Entry(1, 2, 3, 4, body))).body == body


@given(author=messages(Id | None), cmid=messages(Cmid | None), content=messages(Content))
def test_a_body_is_read_as_it_was_written(
    author: str | None, cmid: str | None, content: Content
) -> None:
    body = decode_body(encode_body(author, cmid, encode_content(content)))

    assert (body.author, body.cmid) == (author, cmid)
    assert decode_content(body.content) == content


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"author":"ann"}', b'{"author":1}'])
def test_what_is_no_body_is_an_error(body: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        decode_body(body)


@given(room=messages(Id), entry=entries())
def test_an_event_spliced_from_an_entry_is_the_event_encoded(room: str, entry: Entry) -> None:
    body = decode_body(entry.body)
    event = Event(room, *entry[:4], body.author, body.cmid, decode_content(body.content))

    spliced = event_json(room, entry)

    assert spliced == codec.encode(event)
    assert codec.decode_server_message(spliced) == event


def test_a_position_is_later_by_its_generation_first() -> None:
    assert Entry(2, 1, 1, 0, b"{}").position > Entry(1, 9, 9, 0, b"{}").position
    assert Entry(2, 2, 1, 0, b"{}").position > Position(2, 1)


# --- content -------------------------------------------------------------------------------


@given(content=messages(Content))
def test_the_same_content_is_always_the_same_bytes(content: Content) -> None:
    encoded = encode_content(content)

    assert encode_content(decode_content(encoded)) == encoded


@given(first=messages(Content), second=messages(Content))
def test_a_digest_tells_one_content_from_another(first: Content, second: Content) -> None:
    digests = [content_digest(encode_content(content)) for content in (first, second)]

    assert (digests[0] == digests[1]) == (first == second)


def test_a_digest_is_64_bits_of_blake2b() -> None:
    """As `b2sum -l 64` prints them."""
    assert content_digest(b'{"kind":"text","text":"hi"}') == "46ad17037a8e522d"


def test_content_of_an_unknown_kind_is_an_error_here() -> None:
    with pytest.raises(msgspec.DecodeError):
        decode_content(b'{"kind":"poll"}')


@pytest.mark.parametrize(
    ("content", "counts"),
    [(Text("hi"), True), (Notice("joined", "0123456789abc"), False), (Stone("set_aside"), False)],
)
def test_only_what_people_say_counts_as_a_message(content: Content, counts: bool) -> None:
    assert counts_as_message(content) is counts
