"""What is published on a room's channel: read as it was written, and nothing else is read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.protocol import codec
from parley.protocol.entry import Entry, format_record
from parley.protocol.events import Extent, Heartbeat, Receipts
from parley.protocol.limits import INTEGER_MAX
from parley.stream.published import (
    Addressed,
    EntryRefused,
    ReceiptsTold,
    StoredUpTo,
    format_addressed,
    format_receipts,
    format_refused,
    parse_published,
)

NUMBERS = st.integers(0, INTEGER_MAX)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))


@given(numbers=st.tuples(NUMBERS, NUMBERS, NUMBERS, NUMBERS), body=st.binary())
def test_an_entry_is_heard_as_it_was_logged(
    numbers: tuple[int, int, int, int], body: bytes
) -> None:
    entry = Entry(*numbers, body)

    assert parse_published(b"E " + format_record(entry)) == entry


@given(generation=NUMBERS, seq=NUMBERS)
def test_a_watermark_is_heard_as_it_was_set(generation: int, seq: int) -> None:
    assert parse_published(b"S %d %d" % (generation, seq)) == StoredUpTo(generation, seq)


@given(seq=NUMBERS, author=TEXTS, cmid=TEXTS, reason=TEXTS)
def test_a_refusal_is_heard_as_it_was_told(seq: int, author: str, cmid: str, reason: str) -> None:
    refused = EntryRefused(3, seq, author, cmid, reason)

    assert parse_published(format_refused(refused)) == refused


@given(seq=NUMBERS, account=TEXTS)
def test_receipts_are_heard_as_they_were_told(seq: int, account: str) -> None:
    receipts = Receipts("lobby", 3, Extent(seq, account, seq), None)

    told = ReceiptsTold(receipts, [account])

    assert parse_published(format_receipts(told)) == told


@given(account=TEXTS)
def test_words_to_one_person_are_heard_as_they_were_said(account: str) -> None:
    message = codec.encode(Heartbeat(7))

    heard = parse_published(format_addressed(account, message))

    assert isinstance(heard, Addressed)
    assert (heard.account, bytes(heard.message)) == (account, message)


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"E",
        b"E 1 2 3",
        b"E a b c d {}",
        b"S 1",
        b"S 1 2 3",
        b"S a b",
        b"X {",
        b"X {}",
        b"R {}",
        b"A {",
        b"Z 1 2",
    ],
)
def test_what_parley_does_not_publish_is_a_value_error(message: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_published(message)


def test_a_stranger_s_message_is_repeated_only_so_far() -> None:
    with pytest.raises(ValueError, match=r".+") as error:
        parse_published(b"Z " + b"x" * 10_000)

    assert len(str(error.value)) < 100
