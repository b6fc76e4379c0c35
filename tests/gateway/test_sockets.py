"""Sockets are counted, in all and by place, and no longer when they have gone."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gateway.sockets import SPARE, Sockets

HERE, THERE = "192.0.2.1", "192.0.2.2"


def test_a_place_has_its_share_of_clients() -> None:
    sockets = Sockets(in_all=10, per_place=2)

    taken = [sockets.enter(HERE), sockets.enter(HERE)]

    assert taken == [None, None]
    assert sockets.enter(HERE) == "too many connections from this address"
    assert sockets.enter(THERE) is None


def test_all_places_together_have_a_limit() -> None:
    sockets = Sockets(in_all=2, per_place=10)
    sockets.enter(HERE)
    sockets.enter(THERE)

    assert sockets.enter("192.0.2.3") == "this gateway has as many connections as it may"


def test_who_leaves_makes_room() -> None:
    sockets = Sockets(in_all=10, per_place=1)
    sockets.enter(HERE)

    sockets.leave(HERE)

    assert sockets.enter(HERE) is None


def test_open_sockets_have_a_limit_before_anything_is_known_of_them() -> None:
    sockets = Sockets(in_all=2, per_place=10)

    opened = [sockets.opened(None) for _ in range(2 + SPARE + 1)]

    assert opened == [True] * (2 + SPARE) + [False]


def test_one_place_cannot_open_all_sockets() -> None:
    sockets = Sockets(in_all=1000, per_place=2)
    while sockets.opened(HERE):
        pass

    assert sockets.opened(THERE)
    assert sockets.opened(None)


@given(steps=st.lists(st.tuples(st.booleans(), st.sampled_from([HERE, THERE])), max_size=60))
def test_the_counts_never_exceed_the_limits_whoever_comes_and_goes(
    steps: list[tuple[bool, str]],
) -> None:
    sockets, inside = Sockets(in_all=3, per_place=2), []
    for comes, place in steps:
        if comes and sockets.enter(place) is None:
            inside.append(place)
        elif not comes and place in inside:
            inside.remove(place)
            sockets.leave(place)
        assert len(inside) <= 3
        assert inside.count(HERE) <= 2
