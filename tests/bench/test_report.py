"""The report's tables."""

import pytest

from bench.load.client import Connected
from bench.report import (
    latency_tables,
    most_carried,
    rates_tables,
    ratios_table,
    return_table,
    stored_table,
)
from bench.returning import Returned
from bench.storing import Stored
from tests.bench.rows import row


def test_a_rate_is_carried_if_nearly_all_of_it_arrives_in_time() -> None:
    assert row("Parley", 100).is_carried
    assert not row("Parley", 100, p99_ms=101).is_carried
    assert not row("Parley", 100, missing=11).is_carried


def test_the_most_carried_is_the_highest_rate_that_most_rounds_carry() -> None:
    rounds = [row("Parley", 100), row("Parley", 200), row("Parley", 200, p99_ms=500)]
    assert most_carried(rounds) == 100


def test_nothing_carried_is_zero() -> None:
    assert most_carried([row("Parley", 100, p99_ms=500)]) == 0


def test_processor_time_is_told_by_process_and_in_all() -> None:
    assert row("Parley", 100).cpu_us(per="message", role="gateway") == pytest.approx(2000)
    assert row("Parley", 100).cpu_us(per="delivery") == pytest.approx(300)


def test_several_rounds_give_a_median_and_a_spread() -> None:
    rounds = [row("Parley", 50, p99_ms=ms) for ms in (10, 12, 20)]
    assert "12.0 (10.0 to 20.0)" in latency_tables(rounds)


def test_the_soonest_stands_first() -> None:
    lines = latency_tables([row("slow", 50, p99_ms=20), row("quick", 50, p99_ms=2)]).splitlines()
    assert [line.split(" | ")[0] for line in lines[2:4]] == ["| quick", "| slow"]


def test_a_rate_that_is_not_carried_is_said_to_be_so() -> None:
    assert "| 0 of 1 |" in rates_tables([row("Parley", 100, p99_ms=500)], per="message")


def test_a_ratio_above_one_is_parleys_advantage() -> None:
    found = {
        "a": [row("Parley", 50, p99_ms=10), row("peer", 50, p99_ms=20)],
        "c": [row("Parley", 4000), row("peer", 1000)],
    }
    assert "| peer | 2.00 | 2.00 | 4.00 |" in ratios_table(found)


def test_a_run_without_parley_has_no_ratios() -> None:
    assert ratios_table({"a": [row("peer", 50)]}) == ""


def test_who_is_owed_nothing_is_said_to_be_so() -> None:
    connected = Connected(10, 0, "", 1.0, 0, 1.0)
    assert "nothing is kept for them" in return_table([Returned("peer", 10, 0, connected, {})])


def test_storing_is_told_by_the_second_and_by_the_entry() -> None:
    stored = Stored("Parley", 10_000, 2.0, {"logger": 0.5, "redis": 0.1})
    assert "| Parley | 5,000 | 50.0 |  | 10.0 | 1 |" in stored_table([stored])
