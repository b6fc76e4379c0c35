"""Whose heartbeat is when."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

import pytest

from gateway.pulse import PARTS, Pulse

SECONDS = 5.0
BEGAN = 1000.0
# A little more, since sums of fractions are not exact.
PART = SECONDS / PARTS * 1.0001


def pulse_of(members: int) -> Pulse[int]:
    pulse: Pulse[int] = Pulse(SECONDS, BEGAN)
    for member in range(members):
        pulse.add(member)
    return pulse


def rounds(pulse: Pulse[int], first: int = 0, count: int = 1) -> Iterator[list[int]]:
    """Yield whose turn it is in each part of so many rounds, from the first one on."""
    for turn in range(first * PARTS, (first + count) * PARTS):
        yield sorted(pulse.due(BEGAN + (turn + 1) * PART))


@pytest.mark.parametrize("members", [0, 1, PARTS, 3 * PARTS + 7])
def test_each_has_one_turn_in_a_round(members: int) -> None:
    pulse = pulse_of(members)

    assert sorted(chain.from_iterable(rounds(pulse))) == list(range(members))


def test_a_turn_comes_again_after_a_whole_round() -> None:
    pulse = pulse_of(3 * PARTS + 7)

    assert list(rounds(pulse)) == list(rounds(pulse, first=1))


def test_those_who_come_at_once_are_spread_over_the_round() -> None:
    pulse = pulse_of(3 * PARTS + 7)

    assert {len(each) for each in rounds(pulse)} == {3, 4}


def test_who_comes_in_the_middle_of_a_round_waits_no_longer_than_one() -> None:
    pulse = pulse_of(PARTS)
    pulse.due(BEGAN + SECONDS / 2)
    pulse.add(99)

    assert 99 in pulse.due(BEGAN + SECONDS * 3 / 2)


def test_nobody_has_a_turn_before_its_time() -> None:
    pulse = pulse_of(PARTS)
    pulse.due(BEGAN + PART)

    assert pulse.due(BEGAN + 1.5 * PART) == []


def test_who_asks_late_is_told_all_whose_turn_has_come() -> None:
    late, prompt = pulse_of(2 * PARTS), pulse_of(2 * PARTS)

    told = late.due(BEGAN + 10 * PART)

    parts = [prompt.due(BEGAN + turn * PART) for turn in range(1, 11)]
    assert told == list(chain.from_iterable(parts))


def test_who_asks_much_too_late_is_told_each_of_them_once() -> None:
    pulse = pulse_of(10)

    assert sorted(pulse.due(BEGAN + 7 * SECONDS)) == list(range(10))
    assert pulse.due(BEGAN + 7 * SECONDS) == []


def test_who_has_gone_has_no_turn() -> None:
    pulse = pulse_of(10)
    pulse.discard(3)

    assert 3 not in pulse.due(BEGAN + 2 * SECONDS)
    assert (len(pulse), sorted(pulse)) == (9, [0, 1, 2, 4, 5, 6, 7, 8, 9])


def test_where_others_have_gone_there_is_room_for_the_next() -> None:
    pulse = pulse_of(2 * PARTS)
    for member in pulse.due(BEGAN + PART):
        pulse.discard(member)
    pulse.add(999)

    assert list(rounds(pulse, first=0, count=2))[PARTS] == [999]
