"""When a worker that has ended is started again."""

from __future__ import annotations

from itertools import accumulate, repeat

from parley.services.workers.restarts import Record

LONG, SHORT = 60.0, 1.0


def lives(*seconds: float) -> Record:
    """The record of a worker that lived so long each time."""
    *_, record = accumulate(seconds, Record.after, initial=Record())
    return record


def test_who_lived_long_is_started_again_at_once() -> None:
    assert lives(LONG).pause == 0


def test_each_short_life_doubles_the_pause_up_to_half_a_minute() -> None:
    pauses = [lives(*repeat(SHORT, times)).pause for times in range(1, 9)]

    assert pauses == [0.5, 1, 2, 4, 8, 16, 30, 30]


def test_however_often_a_worker_ends_the_pause_stays_a_number() -> None:
    assert Record(short_lives=1_000_000).pause == 30


def test_a_long_life_makes_up_for_the_short_ones() -> None:
    assert lives(SHORT, SHORT, SHORT, LONG) == Record()


def test_five_short_lives_in_a_row_are_hopeless() -> None:
    assert not lives(SHORT, SHORT, SHORT, SHORT).is_hopeless
    assert lives(SHORT, SHORT, SHORT, SHORT, SHORT).is_hopeless
    assert not lives(SHORT, SHORT, SHORT, SHORT, LONG, SHORT).is_hopeless
