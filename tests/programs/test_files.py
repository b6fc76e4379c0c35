"""A server that could not open a file for each of its connections does not start."""

from __future__ import annotations

import resource

import pytest

from parley.services.base import CannotStart
from parley.services.files import make_room_for


@pytest.fixture
def limits(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """A process that may open 1,024 files, and raise that to 4,096; the limits it has set."""
    was_set: list[tuple[int, int]] = []
    monkeypatch.setattr(resource, "getrlimit", lambda _: (1024, 4096))
    monkeypatch.setattr(resource, "setrlimit", lambda _, limits: was_set.append(limits))
    return was_set


def test_enough_is_enough(limits: list[tuple[int, int]]) -> None:
    make_room_for(500)

    assert limits == []


def test_a_limit_that_may_be_raised_is_raised(limits: list[tuple[int, int]]) -> None:
    make_room_for(2000)

    ((soft, hard),) = limits
    assert 2000 < soft <= hard == 4096


def test_each_worker_needs_files_for_its_share_alone(limits: list[tuple[int, int]]) -> None:
    make_room_for(6000, workers=2)

    ((soft, _),) = limits
    assert 3000 < soft < 4096


def test_workers_that_may_not_open_enough_are_told_what_all_of_them_could_have(
    limits: list[tuple[int, int]],
) -> None:
    with pytest.raises(CannotStart, match=r"set PARLEY_SOCKETS to at most \d+") as told:
        make_room_for(20_000, workers=2)

    most = int(str(told.value).rsplit(" ", 1)[1])
    assert most > 4096
    make_room_for(most, workers=2)
    with pytest.raises(CannotStart):
        make_room_for(most + 1, workers=2)


def test_a_limit_that_may_not_be_raised_is_told_with_what_to_do(
    limits: list[tuple[int, int]],
) -> None:
    with pytest.raises(CannotStart, match=r"set PARLEY_SOCKETS to at most \d+") as told:
        make_room_for(4096)

    most = int(str(told.value).rsplit(" ", 1)[1])
    make_room_for(most)
    with pytest.raises(CannotStart):
        make_room_for(most + 1)
