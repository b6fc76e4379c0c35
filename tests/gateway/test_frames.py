"""Frames: what a gateway writes is what another implementation reads."""

import pytest

from gateway.frames import event_frame, frame, message_frame
from parley.protocol import codec
from parley.protocol.content import Text
from parley.protocol.entry import Entry, encode_body, encode_content
from parley.protocol.events import Event, Stored
from tests.gateway.parts import parsed


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 65_535, 65_536, 200_000])
def test_a_payload_of_any_size_is_read_whole(size: int) -> None:
    assert parsed(frame(b"x" * size)) == [b"x" * size]


@pytest.mark.parametrize(("size", "header"), [(125, 2), (126, 4), (65_535, 4), (65_536, 10)])
def test_a_frame_has_the_shortest_header(size: int, header: int) -> None:
    """RFC 6455, 5.2: the minimal number of bytes must be used for the length."""
    assert len(frame(b"x" * size)) == header + size


def test_frames_that_are_joined_are_read_one_by_one() -> None:
    assert parsed(frame(b"one") + frame(b"") + frame(b"three")) == [b"one", b"", b"three"]


def test_a_message_is_framed_as_it_is_encoded() -> None:
    stored = Stored("lobby", 1, 2)

    assert parsed(message_frame(stored)) == [codec.encode(stored)]


def test_an_event_is_framed_around_its_body() -> None:
    body = encode_body("ann", None, encode_content(Text("hi")))

    (payload,) = parsed(event_frame("lobby", Entry(1, 2, 3, 4, body)))

    assert codec.decode_server_message(payload) == Event(
        "lobby", 1, 2, 3, 4, "ann", None, Text("hi")
    )
