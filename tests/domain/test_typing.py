"""Who is shown as typing."""

from parley.domain.typing import Typists


def test_somebody_types_until_their_time_is_over() -> None:
    typists = Typists().told("room1", "ann", 7000, now=1000)

    assert typists.in_room("room1", 7999) == ["ann"]
    assert typists.in_room("room1", 8000) == []


def test_somebody_types_longer_if_it_is_told_again() -> None:
    typists = Typists().told("room1", "ann", 7000, now=0).told("room1", "ann", 7000, now=5000)

    assert typists.in_room("room1", 11_000) == ["ann"]


def test_who_stops_types_no_longer() -> None:
    typists = Typists().told("room1", "ann", 7000, now=0).told("room1", "ann", 0, now=100)

    assert typists.in_room("room1", 200) == []


def test_who_has_said_it_types_no_longer() -> None:
    typists = Typists().told("room1", "ann", 7000, now=0)

    assert typists.said("room1", "ann").in_room("room1", 100) == []
    assert typists.said("room2", "ann").in_room("room1", 100) == ["ann"]


def test_each_room_has_its_own_in_the_order_in_which_they_began() -> None:
    typists = Typists().told("room1", "bob", 7000, 0).told("room1", "ann", 7000, 1)
    typists = typists.told("room2", "cyd", 7000, 2)

    assert typists.in_room("room1", 100) == ["bob", "ann"]
    assert typists.in_room("room2", 100) == ["cyd"]


def test_what_is_over_is_not_remembered() -> None:
    typists = Typists().told("room1", "ann", 7000, now=0).told("room1", "bob", 7000, now=9000)

    assert typists == Typists().told("room1", "bob", 7000, now=9000)
