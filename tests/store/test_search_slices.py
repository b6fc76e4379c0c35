"""How far back one search looks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.store.search import index
from parley.store.search.ids import first_id, search_id, time_of
from parley.store.search.slices import Slice, Walk
from parley.store.search.tokens import STRETCHES, time_tokens

DAY = 86_400_000
YEAR = 365 * DAY
NOW = 1_800_000_000_000


class Clock:
    """Seconds, as a test lets them pass."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def walked(walk: Walk, clock: Clock, *seconds: float) -> list[Slice]:
    """Walk; the slices take these seconds, and the rest of them the last of these."""
    parts = []
    for number, part in enumerate(walk.slices()):
        parts.append(part)
        clock.now += seconds[min(number, len(seconds) - 1)]
    return parts


def lengths(parts: list[Slice]) -> list[int]:
    return [time_of(part.end) - time_of(part.first) for part in parts]


@given(
    st.integers(NOW - 3 * YEAR, NOW),
    st.integers(NOW, NOW + YEAR),
    st.lists(st.floats(0, 0.3), min_size=1, max_size=9),
)
def test_slices_follow_one_another_without_a_hole(
    first: int, end: int, seconds: list[float]
) -> None:
    clock = Clock()
    walk = Walk(first_id(first), first_id(end), clock)
    parts = walked(walk, clock, *seconds)

    ends = [part.end for part in parts]
    reached = first_id(first) if walk.rest is None else walk.rest
    assert [*ends, reached] == [first_id(end)] + [part.first for part in parts] or not parts


@given(
    st.integers(NOW - YEAR, NOW),
    st.integers(0, 1023),
    st.integers(0, 1023),
    st.sampled_from([0.0, 0.04, 0.1]),
)
def test_what_is_in_a_slice_has_a_token_of_it(
    time: int, shard: int, seq: int, seconds: float
) -> None:
    clock, wanted = Clock(), search_id(time, shard, seq)
    parts: list[Slice] = []
    while not parts or parts[-1].first > first_id(NOW - YEAR):
        end = parts[-1].first if parts else first_id(NOW + 1)
        parts += walked(Walk(first_id(NOW - YEAR), end, clock), clock, seconds)

    (its_own,) = (part for part in parts if part.first <= wanted < part.end)
    assert set(map(index.number, time_tokens(time).words.split())) & set(its_own.stretches)


def test_the_latest_hours_come_first() -> None:
    clock = Clock()
    (part, *_) = walked(Walk(0, first_id(NOW), clock), clock, 0.0)

    assert part.end == first_id(NOW)
    assert lengths([part])[0] <= 5 * 3_600_000


def test_years_without_anything_are_soon_walked_through() -> None:
    clock = Clock()
    walk = Walk(first_id(NOW - 10 * YEAR), first_id(NOW), clock)

    assert len(walked(walk, clock, 0.001)) < 12
    assert walk.rest is None


def test_a_search_that_takes_long_stops_and_says_where_to_go_on() -> None:
    clock = Clock()
    walk = Walk(first_id(NOW - YEAR), first_id(NOW), clock)
    parts = walked(walk, clock, 0.4)

    assert len(parts) == 3
    assert walk.rest == parts[-1].first


def test_who_goes_on_gets_the_rest() -> None:
    clock, ends = Clock(), [first_id(NOW)]
    while True:
        walk = Walk(first_id(NOW - 30 * DAY), ends[-1], clock)
        walked(walk, clock, 2.0)
        if walk.rest is None:
            break
        assert walk.rest < ends[-1]
        ends.append(walk.rest)

    assert len(ends) > 100


def test_after_a_slow_slice_comes_a_shorter_one() -> None:
    clock = Clock()
    parts = walked(Walk(0, first_id(NOW), clock), clock, 0.0, 0.0, 0.6, 0.0)

    # Of the longest quick ones lead to, a quarter.
    assert lengths(parts)[3] <= 4 << STRETCHES[1]


def test_nothing_is_walked_through_where_nothing_is() -> None:
    walk = Walk(first_id(NOW), first_id(NOW), Clock())

    assert list(walk.slices()) == []
    assert walk.rest is None


@pytest.mark.parametrize("seconds", [0.2, 0.4])
def test_a_slice_of_middling_time_is_followed_by_one_of_its_length(seconds: float) -> None:
    clock = Clock()
    parts = walked(Walk(0, first_id(NOW), clock), clock, seconds)

    assert set(lengths(parts[1:])) == {1 << STRETCHES[0]}
