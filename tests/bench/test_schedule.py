"""The order of a run."""

from bench.catalogue import Workload, catalogue
from bench.schedule import Turn, expected_seconds, schedule, words


def workload(*contenders: str, rounds: int = 9) -> Workload:
    return Workload("talk", contenders, 30.0, rounds, lambda _: [], lambda _: "")


def test_rounds_go_from_one_contender_to_the_next() -> None:
    turns = schedule({"a": workload("one", "two")}, ["one", "two"], 2)
    assert [(turn.number, turn.contender) for turn in turns] == [
        (1, "one"),
        (1, "two"),
        (2, "one"),
        (2, "two"),
    ]


def test_a_workload_has_no_more_rounds_than_it_asks_for() -> None:
    assert len(list(schedule({"h": workload("one", rounds=1)}, ["one"], 3))) == 1


def test_who_cannot_do_a_workload_is_left_out() -> None:
    assert list(schedule({"g": workload("one")}, ["one", "two"], 1)) == [Turn(1, "g", "one")]


def test_a_plan_says_how_long_it_takes() -> None:
    chosen = {"a": workload("one", "two")}
    turns = list(schedule(chosen, ["one", "two"], 2))
    assert expected_seconds(chosen, turns) == 120
    assert words(chosen, turns).endswith("all of it: about 2 min")


def test_a_whole_run_fits_an_hour() -> None:
    chosen = catalogue()
    contenders = sorted({name for each in chosen.values() for name in each.contenders})
    assert expected_seconds(chosen, list(schedule(chosen, contenders, 3))) <= 3600
