"""What is no command: each kind of bad input has its refusal, under its `ref` if there is one."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.protocol import codec, limits
from parley.protocol.codec import BadFrame
from parley.protocol.commands import SignOut
from parley.protocol.refusals import NotUnderstood, UnknownType

# As deep as a frame may be, and deeper than any reader may follow.
DEEP = limits.FRAME_BYTES // 2


def sign_out(ref: str, more: str = "null") -> str:
    """Return a `sign_out` that has these pieces of JSON in it."""
    return f'{{"type":"sign_out","ref":{ref},"more":{more}}}'


def refused(frame: str | bytes) -> BadFrame:
    with pytest.raises(BadFrame) as bad:
        codec.decode_command(frame)
    return bad.value


@pytest.mark.parametrize(
    ("frame", "ref"),
    [
        pytest.param("", None, id="empty"),
        pytest.param("hello", None, id="no JSON"),
        pytest.param('{"type":"sign_out","ref":1', None, id="cut off"),
        pytest.param('{"type":"sign_out","ref":1} {}', None, id="two values"),
        pytest.param("null", None, id="null"),
        pytest.param('["sign_out",1]', None, id="a list"),
        pytest.param("{}", None, id="no type, no ref"),
        pytest.param('{"ref":3}', 3, id="no type"),
        pytest.param('{"type":7,"ref":3}', 3, id="a type that is no word"),
        pytest.param('{"type":null,"ref":3}', 3, id="a type that is null"),
        pytest.param('{"type":"sign_out"}', None, id="no ref"),
        pytest.param('{"type":"sign_out","ref":"3"}', None, id="a ref that is text"),
        pytest.param('{"type":"sign_out","ref":true}', None, id="a ref that is true"),
        pytest.param('{"type":"sign_out","ref":1.5}', None, id="a ref with a fraction"),
        pytest.param('{"type":"sign_out","ref":-1}', None, id="a ref below zero"),
        pytest.param('{"type":"sign_out","ref":9007199254740992}', None, id="a ref of 2**53"),
        pytest.param('{"type":"status","ref":3,"room":"lobby"}', 3, id="a field missing"),
        pytest.param('{"type":"join_room","ref":3,"room":5}', 3, id="a field of a wrong type"),
        pytest.param('{"type":"join_room","ref":3,"room":"NO ID"}', 3, id="an id that is none"),
        pytest.param('{"type":"resume","ref":3,"rooms":{}}', 3, id="an object for a list"),
        pytest.param('{"type":"sign_out","ref":NaN}', None, id="NaN"),
        pytest.param('{"type":"sign_out","ref":Infinity}', None, id="Infinity"),
        pytest.param('{"type":"sign_out","ref":1e0}', None, id="a ref with an exponent"),
        pytest.param('{"type":"sign_out","ref":1e999}', None, id="a number beyond all bounds"),
        pytest.param(sign_out("9" * 10_000), None, id="10,000 digits"),
        pytest.param(sign_out("1", "[" * DEEP)[:-1], None, id="lists, open"),
        pytest.param(sign_out("1", "[" * DEEP + "]" * DEEP), None, id="deep lists"),
        pytest.param('{"x":' * DEEP + "1" + "}" * DEEP, None, id="deep objects"),
        pytest.param('{"type":"sign_out","type":"leave_room","ref":3}', 3, id="two types"),
        pytest.param(
            r'{"type":"create_room","ref":3,"name":"\ud800"}', None, id="an escaped lone surrogate"
        ),
        pytest.param('{"type":"create_room","ref":3,"name":"\ud800"}', None, id="a lone surrogate"),
        pytest.param(b'{"type":"create_room","ref":3,"name":"\xff"}', 3, id="no UTF-8"),
        pytest.param('{"type":"create_room","ref":3,"name":"\x00"}', None, id="a raw control"),
    ],
)
def test_what_is_no_command_is_not_understood(frame: str | bytes, ref: int | None) -> None:
    bad = refused(frame)

    assert isinstance(bad.refusal, NotUnderstood)
    assert bad.ref == ref


@pytest.mark.parametrize("ref", [0, 3, limits.INTEGER_MAX])
def test_an_unknown_type_is_refused_by_its_name(ref: int) -> None:
    bad = refused(json.dumps({"type": "dance", "ref": ref, "to": "music"}))

    assert isinstance(bad.refusal, UnknownType)
    assert "'dance'" in str(bad.refusal)
    assert bad.ref == ref


@pytest.mark.parametrize("ref", ["-3", "true", '"3"', "1.5", "null", "9007199254740992"])
def test_an_unknown_type_with_a_bad_ref_is_refused_by_its_name_all_the_same(ref: str) -> None:
    bad = refused(f'{{"type":"dance","ref":{ref}}}')

    assert isinstance(bad.refusal, UnknownType)
    assert bad.ref is None


def test_a_server_s_message_is_no_command() -> None:
    assert isinstance(refused('{"type":"heartbeat","time":1}').refusal, UnknownType)


def test_an_unknown_type_is_repeated_only_so_far() -> None:
    refusal = refused(json.dumps({"type": "x" * 60_000, "ref": 1})).refusal

    assert len(str(refusal)) < 200


@pytest.mark.parametrize(
    ("frame", "key", "ref"),
    [
        ('{"type":"leave_room","ref":1,"room":"aaaaa","room":"bbbbb"}', "room", 1),
        ('{"type":"leave_room","ref":1,"room":"aaaaa","ro\\u006fm":"bbbbb"}', "room", 1),
        ('{"type":"sign_out","ref":1,"ref":2}', "ref", None),
        ('{"type":"sign_out","ref":1,"more":[{"a":1,"a":1}]}', "a", 1),
        ('{"type":"sign_out","ref":1,"type":"sign_out"}', "type", 1),
    ],
)
def test_a_repeated_key_is_not_understood(frame: str, key: str, ref: int | None) -> None:
    bad = refused(frame)

    assert isinstance(bad.refusal, NotUnderstood)
    assert f"the key {key!r} is there twice" in str(bad.refusal)
    assert bad.ref == ref


def test_the_same_key_in_two_objects_is_as_it_should_be() -> None:
    frame = '{"type":"sign_out","ref":1,"more":[{"a":{"a":1}},{"a":2}]}'

    assert codec.decode_command(frame) == SignOut(ref=1)


def test_a_message_without_a_kind_is_not_understood() -> None:
    cmid = "01920000-0000-7000-8000-000000000001"
    frame = json.dumps(
        {"type": "send", "ref": 3, "room": "lobby", "cmid": cmid, "content": {"text": "hi"}}
    )

    bad = refused(frame)

    assert isinstance(bad.refusal, NotUnderstood)
    assert "`kind`" in str(bad.refusal)


def test_a_number_beyond_all_bounds_in_an_unknown_field_is_ignored_with_it() -> None:
    assert codec.decode_command(sign_out("1", "9" * 10_000)) == SignOut(ref=1)


def test_a_line_break_after_an_id_is_not_part_of_an_id() -> None:
    frame = '{"type":"join_room","ref":3,"room":"lobby\\n"}'

    assert isinstance(refused(frame).refusal, NotUnderstood)


def test_a_line_break_after_a_cmid_is_not_part_of_a_cmid() -> None:
    cmid = "01920000-0000-7000-8000-000000000001\n"
    frame = json.dumps({"type": "status", "ref": 3, "room": "lobby", "cmid": cmid})

    assert isinstance(refused(frame).refusal, NotUnderstood)


@given(frame=st.binary(max_size=200) | st.text(max_size=200))
def test_any_frame_is_a_command_or_is_refused(frame: str | bytes) -> None:
    with pytest.raises(BadFrame):
        codec.decode_command(frame)


# Neither NaN nor a lone surrogate is JSON: they have tests of their own.
WORDS = st.characters(exclude_categories=["Cs"])
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(WORDS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(WORDS), inner, max_size=3),
    max_leaves=8,
)
NAMES = ("type", "ref", "room", "rooms", "content", "token", "cmid", "ids", "limit", "name")
TYPES = ("hello", "send", "resume", "status", "history", "people", "sign_out", "dance")


@given(
    frame=st.dictionaries(st.sampled_from(NAMES), JSON),
    kind=st.sampled_from(TYPES),
    ref=st.integers(0, limits.INTEGER_MAX),
)
def test_any_object_is_a_command_or_is_refused_under_its_own_ref(
    frame: dict[str, object], kind: str, ref: int
) -> None:
    text = json.dumps(frame | {"type": kind, "ref": ref})

    assert ref_of(text) == ref


def ref_of(frame: str) -> int | None:
    """Return the ref under which a frame is carried out, or refused."""
    try:
        return codec.decode_command(frame).ref
    except BadFrame as bad:
        return bad.ref
