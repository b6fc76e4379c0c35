"""Which faults a round has."""

from __future__ import annotations

from random import Random
from typing import cast

import pytest

from tests.chaos.faults import FAULTS
from tests.chaos.programs import ChaosPostgres, ChaosRedis, Program
from tests.chaos.proxy import Proxy
from tests.chaos.rounds import STRIKES, faults_for
from tests.chaos.system import Copies, System

_SEEDS = range(200)


def a_system(*, is_alone: bool, missing: dict[str, str] | None = None) -> System:
    """A system of which nothing runs."""
    gateway = cast(Program, object())
    if is_alone:
        return System("alone", [gateway], [], Proxy([]), "", missing=missing or {})
    redis = cast(ChaosRedis, object())
    copies = Copies(redis, redis)
    postgres = cast(ChaosPostgres, object())
    loggers = [cast(Program, object())]
    parts = (copies, postgres, Proxy([]), Proxy([]))
    return System("scaled", [gateway], loggers, Proxy([]), "", *parts, missing or {})


@pytest.fixture(params=[True, False], ids=["alone", "scaled"])
def system(request: pytest.FixtureRequest) -> System:
    return a_system(is_alone=request.param)


def chosen(system: System) -> set[str]:
    return {
        name
        for seed in _SEEDS
        for names in faults_for(system, Random(seed), STRIKES)
        for name in names
    }


def test_a_seed_brings_the_same_faults_again(system: System) -> None:
    first = faults_for(system, Random(7), STRIKES)

    assert faults_for(system, Random(7), STRIKES) == first


def test_every_fault_that_is_possible_has_its_turn(system: System) -> None:
    possible = {name for name, fault in FAULTS.items() if fault.is_possible(system)}

    assert chosen(system) == possible


def test_a_server_alone_has_no_redis_and_no_database_to_break() -> None:
    parts = {FAULTS[name].part for name in chosen(a_system(is_alone=True))}

    assert parts == {"server", "data folder", "clients", "load"}


def test_what_this_machine_cannot_do_is_left_out() -> None:
    system = a_system(is_alone=False, missing={"disk": "nothing can be mounted"})

    assert not any("disk" in name for name in chosen(system))


def test_two_faults_at_once_are_done_to_different_parts(system: System) -> None:
    for seed in _SEEDS:
        for names in faults_for(system, Random(seed), STRIKES):
            assert len({FAULTS[name].part for name in names}) == len(names)


def test_of_two_faults_at_once_that_of_redis_is_healed_first() -> None:
    """Nothing else can start again without it."""
    for seed in _SEEDS:
        for names in faults_for(a_system(is_alone=False), Random(seed), STRIKES):
            parts = [FAULTS[name].part for name in names]
            assert "redis" not in parts[:-1]
