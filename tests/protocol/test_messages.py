"""Every message: written, read, and the same again."""

import json
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parley.protocol import codec, limits
from parley.protocol.codec import BadFrame, EncodedPage, UnknownContent
from parley.protocol.commands import (
    AnyCommand,
    Command,
    Nothing,
    Page,
    Result,
    Resume,
    Send,
    SignUp,
)
from parley.protocol.content import Content, Text
from parley.protocol.entry import Entry, encode_body, encode_content, event_json
from parley.protocol.events import Error, Event, Ok, ServerMessage, Stored
from parley.protocol.refusals import Unavailable
from parley.protocol.states import State
from tests.protocol.strategies import messages

COMMANDS: tuple[type[Command], ...] = get_args(AnyCommand)
RESULTS: tuple[type[Any], ...] = get_args(Result)
# There are many messages, and each is small.
few = settings(max_examples=25)
CMID = "01920000-0000-7000-8000-000000000001"


def name(message: type[Any]) -> str:
    return message.__name__


def send(**changes: Any) -> dict[str, Any]:
    """Return a `send` as a client would write it."""
    content = {"kind": "text", "text": "hi"}
    return {"type": "send", "ref": 1, "room": "lobby", "cmid": CMID, "content": content} | changes


def sign_up(**changes: Any) -> dict[str, Any]:
    return {"type": "sign_up", "ref": 1, "user_name": "ann", "password": "correct horse"} | changes


def decode(command: dict[str, Any]) -> AnyCommand:
    return codec.decode_command(json.dumps(command))


# --- round trips ---------------------------------------------------------------------------


@pytest.mark.parametrize("command", COMMANDS, ids=name)
@few
@given(data=st.data())
def test_a_command_is_read_as_it_was_written(command: type[Command], data: st.DataObject) -> None:
    written = data.draw(messages(command))

    assert codec.decode_command(codec.encode(written)) == written
    assert codec.decode_command(codec.encode(written).decode()) == written


@pytest.mark.parametrize("message", get_args(ServerMessage), ids=name)
@few
@given(data=st.data())
def test_what_a_gateway_says_is_read_as_it_was_written(
    message: type[Any], data: st.DataObject
) -> None:
    written = data.draw(messages(message))

    assert codec.decode_server_message(codec.encode(written)) == written


@pytest.mark.parametrize("result", RESULTS, ids=name)
@few
@given(data=st.data())
def test_a_result_is_read_as_it_was_written(result: type[Any], data: st.DataObject) -> None:
    written = data.draw(messages(result))

    answer = codec.decode_server_message(codec.encode_ok(7, written))

    assert isinstance(answer, Ok)
    assert answer.ref == 7
    assert codec.decode_result(answer.result, result) == written


@pytest.mark.parametrize("command", COMMANDS, ids=name)
def test_a_command_names_the_result_that_answers_it(command: type[Any]) -> None:
    assert command.Result in RESULTS


def test_a_refusal_is_read_as_it_was_raised() -> None:
    frame = codec.encode_error(7, Unavailable("the database"))

    answer = codec.decode_server_message(frame)

    assert answer == Error(7, "unavailable", str(Unavailable("the database")), retry=True)


@few
@given(contents=st.lists(messages(Content), max_size=3), more=st.booleans())
def test_a_page_around_encoded_events_is_read_as_a_page(
    contents: list[Content], more: bool
) -> None:
    entries = [
        Entry(2, seq, seq, 1000, encode_body("ann", CMID, encode_content(content)))
        for seq, content in enumerate(contents, 1)
    ]
    encoded = [msgspec.Raw(event_json("lobby", entry)) for entry in entries]
    state = State(1, 1, 1000, "ann", CMID, "now", edited_at=2000)

    answer = codec.decode_server_message(
        codec.encode_page(
            7,
            EncodedPage("lobby", 2, encoded, more, 1, 9, 4, True, 9, [state], [state]),
        )
    )

    assert isinstance(answer, Ok)
    page = codec.decode_result(answer.result, Page)
    assert page == Page(
        "lobby",
        2,
        [
            Event("lobby", 2, seq, seq, 1000, "ann", CMID, content)
            for seq, content in enumerate(contents, 1)
        ],
        more,
        first=1,
        last=9,
        around=4,
        more_after=True,
        as_of=9,
        states=[state],
        quoted=[state],
    )


# --- versions ------------------------------------------------------------------------------


@pytest.mark.parametrize("command", COMMANDS, ids=name)
@few
@given(data=st.data())
def test_a_field_of_a_later_version_is_ignored(command: type[Command], data: st.DataObject) -> None:
    written = data.draw(messages(command))
    later = json.loads(codec.encode(written)) | {"added_later": {"a": [1, None]}}

    assert decode(later) == written


@pytest.mark.parametrize("message", get_args(ServerMessage), ids=name)
@few
@given(data=st.data())
def test_a_field_of_a_later_gateway_is_ignored(message: type[Any], data: st.DataObject) -> None:
    written = data.draw(messages(message))
    later = {"added_later": 1} | json.loads(codec.encode(written))

    read = codec.decode_server_message(json.dumps(later, ensure_ascii=False))

    assert read == (Ok(written.ref, read.result) if isinstance(read, Ok) else written)


def test_fields_with_defaults_may_be_left_out() -> None:
    assert decode(send()) == Send(ref=1, room="lobby", cmid=CMID, content=Text("hi"))


def test_a_message_of_a_later_gateway_is_no_error() -> None:
    assert codec.decode_server_message(b'{"type":"typing","room":"lobby"}') is None


def test_content_of_a_later_kind_is_shown_as_unknown() -> None:
    frame = (
        b'{"type":"event","room":"lobby","generation":1,"seq":4,"n":3,"time":1000,'
        b'"author":"ann","cmid":null,"content":{"kind":"poll","question":"?"}}'
    )

    event = codec.decode_server_message(frame)

    assert isinstance(event, Event)
    assert event.seq == 4
    content: object = event.content
    assert content == UnknownContent("poll")


@pytest.mark.parametrize("frame", [b"", b"hello", b"[]", b"\xff", b'{"type":"stored",'])
def test_what_is_no_message_at_all_is_an_error(frame: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        codec.decode_server_message(frame)


# --- bounds --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "command",
    [
        send(ref=0),
        send(ref=limits.INTEGER_MAX),
        send(generation=limits.INTEGER_MAX),
        send(content={"kind": "text", "text": "x" * limits.TEXT_BYTES}),
        sign_up(user_name="u" * limits.USER_NAME_CHARACTERS),
        sign_up(password="p" * limits.PASSWORD_MAX_CHARACTERS),
        sign_up(display_name="d" * limits.DISPLAY_NAME_CHARACTERS),
        sign_up(device="d" * limits.DEVICE_CHARACTERS),
        {"type": "create_room", "ref": 1, "name": "r" * limits.ROOM_NAME_CHARACTERS},
        {"type": "history", "ref": 1, "room": "lobby", "limit": limits.PAGE_ENTRIES},
        {"type": "resume", "ref": 1, "rooms": [{"room": "lobby"}] * limits.RESUME_ROOMS},
        {"type": "people", "ref": 1, "ids": ["0123456789abc"] * limits.PAGE_PEOPLE},
    ],
)
def test_the_greatest_allowed_value_is_taken(command: dict[str, Any]) -> None:
    assert decode(command).ref == command["ref"]


@pytest.mark.parametrize(
    "command",
    [
        send(ref=-1),
        send(ref=limits.INTEGER_MAX + 1),
        send(generation=limits.INTEGER_MAX + 1),
        send(content={"kind": "text", "text": ""}),
        send(content={"kind": "text", "text": "x" * (limits.TEXT_BYTES + 1)}),
        sign_up(user_name=""),
        sign_up(user_name="u" * (limits.USER_NAME_CHARACTERS + 1)),
        sign_up(password="p" * (limits.PASSWORD_MAX_CHARACTERS + 1)),
        sign_up(display_name="d" * (limits.DISPLAY_NAME_CHARACTERS + 1)),
        sign_up(device="d" * (limits.DEVICE_CHARACTERS + 1)),
        {"type": "create_room", "ref": 1, "name": "r" * (limits.ROOM_NAME_CHARACTERS + 1)},
        {"type": "history", "ref": 1, "room": "lobby", "limit": 0},
        {"type": "history", "ref": 1, "room": "lobby", "limit": limits.PAGE_ENTRIES + 1},
        {"type": "history", "ref": 1, "room": "lobby", "before": -1},
        {"type": "resume", "ref": 1, "rooms": []},
        {"type": "resume", "ref": 1, "rooms": [{"room": "lobby"}] * (limits.RESUME_ROOMS + 1)},
        {"type": "people", "ref": 1, "ids": []},
        {"type": "people", "ref": 1, "ids": ["0123456789abc"] * (limits.PAGE_PEOPLE + 1)},
        {"type": "hello", "ref": 1, "token": "short"},
    ],
)
def test_a_value_out_of_bounds_is_not_understood(command: dict[str, Any]) -> None:
    with pytest.raises(BadFrame) as bad:
        decode(command)

    assert bad.value.refusal.code == "not_understood"


@pytest.mark.parametrize(
    "content",
    [
        {"kind": "notice", "what": "joined", "who": "0123456789abc"},
        {"kind": "stone", "reason": "set_aside"},
        {"kind": "poll"},
        "hi",
    ],
)
def test_a_client_sends_nothing_but_what_is_sendable(content: Any) -> None:
    with pytest.raises(BadFrame):
        decode(send(content=content))


def test_the_longest_text_fits_into_a_frame_however_it_is_escaped() -> None:
    longest = send(content={"kind": "text", "text": "\x7f" * limits.TEXT_BYTES})
    wasteful = json.dumps(longest).replace("\x7f", "\\u007f")

    # Four bytes of UTF-8 are at most twelve when escaped, and three are six; one is six.
    assert len("\\u20ac") * limits.TEXT_BYTES // len("€".encode()) < limits.FRAME_BYTES
    assert decode(json.loads(wasteful)) == decode(longest)


def test_a_hello_fits_into_the_first_frame() -> None:
    longest = sign_up(
        user_name="\U0001f600" * limits.USER_NAME_CHARACTERS,
        display_name="\U0001f600" * limits.DISPLAY_NAME_CHARACTERS,
        device="\U0001f600" * limits.DEVICE_CHARACTERS,
        password="\U0001f600" * limits.PASSWORD_MAX_CHARACTERS,
        code="c" * 128,
    )

    assert isinstance(decode(longest), SignUp)
    assert len(json.dumps(longest, ensure_ascii=False).encode()) < limits.FIRST_FRAME_BYTES


def test_nothing_is_one_and_the_same() -> None:
    assert codec.encode_ok(1, Nothing()) == b'{"type":"ok","ref":1,"result":{}}'


def test_the_parts_of_a_message_keep_their_order_on_the_wire() -> None:
    assert codec.encode(Stored("lobby", 1, 2)) == (
        b'{"type":"stored","room":"lobby","generation":1,"seq":2}'
    )


def test_a_cursor_without_a_position_means_from_now_on() -> None:
    resume = decode({"type": "resume", "ref": 1, "rooms": [{"room": "lobby"}]})

    assert isinstance(resume, Resume)
    assert resume.rooms[0].generation is None


@given(content=messages(Content))
def test_content_is_told_apart_by_its_kind(content: Content) -> None:
    kind = json.loads(encode_content(content))["kind"]

    assert {str(each.__struct_config__.tag): each for each in get_args(Content)}[kind] is type(
        content
    )
