"""Resting: as long as what was done makes worth while, and never with a backlog."""

from __future__ import annotations

import pytest

from logger.pacing import LONGEST_SECONDS, Round, rest_after


def test_where_much_is_said_four_fifths_of_the_time_are_rest() -> None:
    assert rest_after(Round(entries=30, is_all=True, seconds=0.05)) == 0.2


def test_where_little_is_said_a_logger_rests_all_the_same() -> None:
    assert rest_after(Round(entries=1, is_all=True, seconds=0.001)) == 0.1


def test_no_rest_is_long_enough_to_be_seen() -> None:
    assert rest_after(Round(entries=30, is_all=True, seconds=10)) == LONGEST_SECONDS


@pytest.mark.parametrize(
    ("entries", "is_all"), [(0, True), (30, False)], ids=["nothing", "a backlog"]
)
def test_after_a_round_of_nothing_or_of_a_part_there_is_no_rest(entries: int, is_all: bool) -> None:
    assert rest_after(Round(entries, is_all, seconds=0.05)) == 0
