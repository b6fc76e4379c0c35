"""Names that are made: their form, and what they tell."""

import uuid

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.protocol.ids import LOBBY, Cmid, Id, new_cmid, new_id

NOW = 1_700_000_000_000
# Any millisecond from 1970 until the year 10889, which is when a UUIDv7's clock ends.
TIMES = st.integers(0, (1 << 48) - 1)
# An id's clock ends sooner, in the year 2527.
ID_TIMES = st.integers(0, (1 << 44) - 1)
DICE = st.integers(0, (1 << 80) - 1)


@given(time=ID_TIMES, dice=DICE)
def test_an_id_has_the_form_of_an_id(time: int, dice: int) -> None:
    made = new_id(time, dice)

    assert msgspec.convert(made, Id) == made
    assert len(made) == 13


@given(first=ID_TIMES, second=ID_TIMES, dice=DICE, other=DICE)
def test_ids_sort_by_the_time_of_their_making(
    first: int, second: int, dice: int, other: int
) -> None:
    if first != second:
        assert (new_id(first, dice) < new_id(second, other)) == (first < second)


def test_ids_of_one_millisecond_differ_by_their_dice() -> None:
    assert len({new_id(NOW, dice) for dice in range(1000)}) == 1000


def test_the_lobby_s_fixed_name_is_an_id_that_is_never_made() -> None:
    assert msgspec.convert(LOBBY, Id) == LOBBY
    assert len(LOBBY) < len(new_id(NOW, 0))


@pytest.mark.parametrize("text", ["", "abcd", "A" * 13, "a" * 14, "a-b-c", "äöüäö", "lobby\n"])
def test_what_is_no_id_is_not_taken_for_one(text: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(text, Id)


@given(time=TIMES, dice=DICE)
def test_a_cmid_is_a_uuid_of_version_7(time: int, dice: int) -> None:
    made = new_cmid(time, dice)

    parsed = uuid.UUID(made)
    assert msgspec.convert(made, Cmid) == made == str(parsed)
    assert (parsed.version, parsed.variant) == (7, uuid.RFC_4122)
    assert parsed.int >> 80 == time


@given(dice=st.integers(0, (1 << 74) - 1), other=st.integers(0, (1 << 74) - 1))
def test_cmids_of_one_millisecond_are_as_different_as_their_dice(dice: int, other: int) -> None:
    assert (new_cmid(NOW, dice) == new_cmid(NOW, other)) == (dice == other)


@given(first=TIMES, second=TIMES, dice=DICE, other=DICE)
def test_cmids_sort_by_the_time_of_their_making(
    first: int, second: int, dice: int, other: int
) -> None:
    if first != second:
        assert (new_cmid(first, dice) < new_cmid(second, other)) == (first < second)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "01920000-0000-4000-8000-000000000001",  # version 4
        "01920000-0000-7000-c000-000000000001",  # another variant
        "01920000-0000-7000-8000-00000000000A",  # two ways to write one are one too many
        "0192000000007000800000000000000000001",
        "01920000-0000-7000-8000-000000000001\n",
        "x01920000-0000-7000-8000-000000000001",
    ],
)
def test_what_is_no_cmid_is_not_taken_for_one(text: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(text, Cmid)
