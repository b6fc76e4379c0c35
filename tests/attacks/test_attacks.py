"""What a client may do wrong on the wire, each with its answer.

`docs/security.md` shows the same list; a test below holds the two together.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from parley.protocol.limits import FIRST_FRAME_BYTES, FRAME_BYTES
from tests.attacks.raw import BINARY, CLOSE, CONTINUATION, PING, Raw, frame, sign_up
from tests.attacks.target import Target

PAGE = Path(__file__).parents[2] / "docs" / "security.md"
PROTOCOL = "Sec-WebSocket-Protocol: parley.v1"
# Nobody but an attacker is so patient.
DEEP = 30_000
MANY = 70_000


@dataclass(frozen=True)
class Attack:
    """`answer` is an HTTP status, a close code, a refusal, or `cut off`."""

    name: str
    answer: str


# --- the handshake -------------------------------------------------------------------------

HANDSHAKES: dict[Attack, tuple[str, ...]] = {
    Attack("an origin that begins like an allowed one, `https://chat.example.evil.com`", "403"): (
        PROTOCOL,
        "Origin: http://127.0.0.1:{port}.evil.com",
    ),
    Attack("the origin `null`", "403"): (PROTOCOL, "Origin: null"),
    Attack("an allowed origin at another port", "403"): (PROTOCOL, "Origin: http://127.0.0.1:444"),
    Attack("an allowed origin in upper case", "403"): (PROTOCOL, "Origin: HTTP://127.0.0.1:{port}"),
    Attack("two origins, one of them allowed", "403"): (
        PROTOCOL,
        "Origin: http://127.0.0.1:{port}",
        "Origin: https://evil.com",
    ),
    Attack("two hosts, one of them the origin's", "403"): (
        PROTOCOL,
        "Host: evil.com",
        "Origin: http://127.0.0.1:{port}",
    ),
    Attack("another subprotocol", "400"): ("Sec-WebSocket-Protocol: parley.v2",),
    Attack("no subprotocol", "400"): (),
    Attack("a header of 100,000 bytes", "431"): (PROTOCOL, "X-Long: " + "x" * 100_000),
    Attack("1,000 headers", "431"): (PROTOCOL, *(f"X-{n}: 1" for n in range(1_000))),
    Attack("a header with half a line break in it", "cut off"): (
        PROTOCOL,
        "X-Bad: a\nOrigin: null",
    ),
}


@pytest.mark.parametrize(
    ("attack", "headers"), HANDSHAKES.items(), ids=lambda each: getattr(each, "name", "")
)
def test_a_handshake_gets_its_status(
    target: Target, attack: Attack, headers: tuple[str, ...]
) -> None:
    with Raw(target.port) as raw:
        status = raw.upgrade(*(header.replace("{port}", str(target.port)) for header in headers))

    assert attack.answer == (str(status) if status else "cut off")


SLOW: dict[Attack, bytes] = {
    Attack("a connection that says nothing", "cut off"): b"",
    Attack("headers that never end", "cut off"): b"GET /ws HTTP/1.1\r\nHost: x\r\n",
    Attack("a request that is no GET", "405"): b"POST /ws HTTP/1.1\r\nHost: x\r\n\r\n",
}


@pytest.mark.parametrize(
    ("attack", "request_"), SLOW.items(), ids=lambda each: getattr(each, "name", "")
)
def test_a_request_that_is_none_gets_its_answer(
    target: Target, attack: Attack, request_: bytes
) -> None:
    with Raw(target.port) as raw:
        raw.send(request_)
        status = raw.status()

    assert attack.answer == (str(status) if status else "cut off")


# --- frames: the same answer before and after signing in -----------------------------------

FRAMES: dict[Attack, bytes] = {
    Attack("a frame without a mask", "1002"): frame(b"hi", masked=False),
    Attack("a compressed frame, which was not agreed upon (RSV1)", "1002"): frame(
        b"hi", reserved=4
    ),
    Attack("a reserved bit (RSV2)", "1002"): frame(b"hi", reserved=2),
    Attack("a reserved opcode (3)", "1002"): frame(opcode=3),
    Attack("a ping of 126 bytes", "1002"): frame(b"x" * 126, PING),
    Attack("a ping in fragments", "1002"): frame(b"x", PING, final=False),
    Attack("a fragment of nothing", "1002"): frame(b"x", CONTINUATION),
    Attack("a message within the fragments of another", "1002"): frame(b"x", final=False)
    + frame(b"y"),
    Attack("a close of one byte", "1002"): frame(b"\x03", CLOSE),
    Attack("a close with the code 1005", "1002"): frame((1005).to_bytes(2), CLOSE),
    Attack("text that is no UTF-8", "1007"): frame(b"\xff\xfe"),
    Attack("text that is no UTF-8 across two fragments", "1007"): frame(b"\xe2\x82", final=False)
    + frame(b"\x28", CONTINUATION),
    Attack("a surrogate in UTF-8", "1007"): frame(b'"\xed\xa0\x80"'),
    Attack("a frame that promises 2^63 - 1 bytes", "1009"): frame(length=2**63 - 1),
    Attack("a frame that promises 2^64 - 1 bytes", "1009"): frame(length=2**64 - 1),
    Attack("a frame of 64 KiB and a byte", "1009"): frame(b"x" * (FRAME_BYTES + 1)),
    Attack("70,000 fragments of a byte", "1009"): frame(b"x", final=False)
    + frame(b"x", CONTINUATION, final=False) * MANY,
    Attack("70,000 fragments of nothing", "1009"): frame(final=False)
    + frame(opcode=CONTINUATION, final=False) * MANY,
    Attack("a binary frame", "1003"): frame(b"{}", BINARY),
}


@pytest.mark.parametrize("is_somebody", [False, True], ids=["nobody", "somebody"])
@pytest.mark.parametrize(
    ("attack", "sent"), FRAMES.items(), ids=lambda each: getattr(each, "name", "")
)
def test_a_frame_gets_its_close(
    target: Target, attack: Attack, sent: bytes, is_somebody: bool
) -> None:
    with connected(target) as raw:
        if is_somebody:
            sign_up(raw)
        raw.send(sent)

        assert str(raw.close_code()) == attack.answer


# --- before signing in ---------------------------------------------------------------------

FIRST: dict[Attack, bytes] = {
    Attack("nothing after the handshake", "4001"): b"",
    Attack("the first message a byte at a time, for ever", "4001"): frame(b'{"type"', length=100),
    Attack("a first message of 4 KiB and a byte", "1009"): frame(b"x" * (FIRST_FRAME_BYTES + 1)),
    Attack("a command before signing in", "4002"): frame(b'{"type":"list_rooms","ref":1}'),
    Attack("a token that is none", "4003"): frame(
        b'{"type":"hello","ref":1,"token":"' + b"a" * 43 + b'"}'
    ),
}


@pytest.mark.parametrize(
    ("attack", "sent"), FIRST.items(), ids=lambda each: getattr(each, "name", "")
)
def test_a_first_message_gets_its_close(target: Target, attack: Attack, sent: bytes) -> None:
    with connected(target) as raw:
        raw.send(sent)

        assert str(raw.close_code()) == attack.answer


# --- after signing in: what is refused, and the connection goes on -------------------------

JSON: dict[Attack, bytes] = {
    Attack("30,000 lists in one another", "not_understood"): b"[" * DEEP + b"]" * DEEP,
    Attack("30,000 lists in a field nobody knows", "not_understood"): b'{"type":"list_rooms",'
    b'"ref":1,"x":' + b"[" * DEEP + b"]" * DEEP + b"}",
    Attack("NaN", "not_understood"): b'{"type":"list_rooms","ref":NaN}',
    Attack("a number of 10,000 digits", "not_understood"): b'{"type":"list_rooms","ref":'
    + b"9" * 10_000
    + b"}",
    Attack("a number beyond 2^53", "not_understood"): b'{"type":"list_rooms","ref":'
    b"9007199254740993}",
    Attack("a key that is there twice", "not_understood"): b'{"type":"list_rooms","ref":1,'
    b'"scope":"mine","scope":"public"}',
    Attack("half of a surrogate pair, escaped", "not_understood"): b'{"type":"create_room",'
    b'"ref":1,"name":"\\ud800"}',
    Attack("a byte order mark", "not_understood"): b'\xef\xbb\xbf{"type":"list_rooms","ref":1}',
    Attack("a type that does not exist", "unknown_type"): b'{"type":"teleport","ref":1}',
}


@pytest.mark.parametrize(
    ("attack", "sent"), JSON.items(), ids=lambda each: getattr(each, "name", "")
)
def test_bad_json_is_refused_and_the_connection_goes_on(
    target: Target, attack: Attack, sent: bytes
) -> None:
    with connected(target) as raw:
        sign_up(raw)
        raw.send(frame(sent))

        assert raw.hears()["code"] == attack.answer
        raw.say(type="list_rooms", ref=2)
        assert raw.hears()["ref"] == 2


# --- more than one can read ----------------------------------------------------------------

UNREAD = Attack("pings without end, their answers unread", "cut off")


def test_who_sends_pings_and_reads_no_answers_is_cut_off(target: Target) -> None:
    with connected(target) as raw:
        many = frame(b"x" * 125, PING) * 1_000
        sent = sum(raw.send(many) for _ in range(1_000))

    assert sent < 1_000
    assert UNREAD.answer == "cut off"


# --- all of them ---------------------------------------------------------------------------


def test_a_handshake_agrees_on_no_compression(target: Target) -> None:
    with Raw(target.port) as raw:
        raw.upgrade(PROTOCOL, "Sec-WebSocket-Extensions: permessage-deflate")

        assert "Sec-WebSocket-Extensions" not in raw.head


def test_after_all_this_the_server_is_as_it_was(target: Target) -> None:
    with connected(target) as raw:
        sign_up(raw)
        raw.say(type="list_rooms", ref=2)

        assert raw.hears()["type"] == "ok"
    levels = re.findall(r'"level": "(error|critical)"', target.log.read_text(encoding="utf-8"))
    assert levels == []


def test_the_page_about_security_tells_each_attack_with_its_answer() -> None:
    page = PAGE.read_text(encoding="utf-8")
    (table,) = re.findall(r"^\| attack \| answer \|\n\|[ |-]+\n((?:\|.*\n)+)", page, re.MULTILINE)
    told = [tuple(cell.strip() for cell in line[1:-1].split(" | ")) for line in table.splitlines()]
    attacks = [*HANDSHAKES, *SLOW, *FRAMES, *FIRST, *JSON, UNREAD]

    assert told == [(attack.name, f"`{attack.answer}`") for attack in attacks]


@contextmanager
def connected(target: Target) -> Iterator[Raw]:
    """A connection after its handshake."""
    with Raw(target.port) as raw:
        assert raw.upgrade(PROTOCOL) == 101
        yield raw
