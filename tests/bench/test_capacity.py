"""The arithmetic from costs to servers."""

from dataclasses import replace
from pathlib import Path

import pytest

from bench.capacity import (
    CONNECTIONS,
    PEOPLE,
    USABLE,
    Load,
    gateway_work,
    gateways_for,
    most_in_room,
    needs,
    reached,
    report,
    saturation,
)
from bench.costs import MEASURED, Costs

COSTS = Costs(
    accept=200.0,
    receive=50.0,
    deliver=2.0,
    append=40.0,
    publish=10.0,
    log=30.0,
    store=60.0,
    connection_bytes=20_000.0,
    come_back=500.0,
    delivery_bytes=300.0,
    stored_bytes=1_000.0,
)


def test_messages_a_second_are_those_of_the_busiest_hour() -> None:
    assert Load(3600, per_day=100, busy_hour=0.1).messages == pytest.approx(10)


def test_one_gateway_has_everybody() -> None:
    assert reached(1, 20) == pytest.approx(1)


def test_a_room_that_is_small_next_to_the_gateways_is_on_as_many_as_it_has_people() -> None:
    assert reached(1_000_000, 10) == pytest.approx(10, rel=1e-4)


def test_a_room_that_is_large_is_on_every_gateway() -> None:
    assert reached(10, 1_000) == pytest.approx(10)


def test_gateways_work_for_each_message_each_gateway_and_each_delivery() -> None:
    load = Load(3600, per_day=10, busy_hour=0.1, room=20)
    assert gateway_work(load, 1, COSTS) == pytest.approx(200 + 50 + 20 * 2)


def test_there_are_enough_gateways_for_the_work() -> None:
    load = Load(100_000, per_day=2_000)
    count = gateways_for(load, COSTS)
    assert gateway_work(load, count, COSTS) <= count * 1e6 * USABLE


def test_quiet_people_need_as_many_gateways_as_hold_their_connections() -> None:
    assert gateways_for(Load(10 * CONNECTIONS, per_day=0.01), COSTS) == 10


def test_twice_the_people_need_twice_the_rest() -> None:
    one, two = needs(Load(1_000_000), COSTS), needs(Load(2_000_000), COSTS)
    assert two.network_gbit == pytest.approx(2 * one.network_gbit)
    assert two.database_tb_a_year == pytest.approx(2 * one.database_tb_a_year)
    assert two.gateway_memory_gb == pytest.approx(2 * one.gateway_memory_gb)


def test_the_network_carries_every_delivery() -> None:
    load = Load(3600, per_day=1000, busy_hour=0.1, room=100)
    assert needs(load, COSTS).network_gbit == pytest.approx(100 * 100 * 300 * 8 / 1e9)


def test_a_room_ends_at_the_part_that_costs_most() -> None:
    dear = replace(COSTS, store=10_000.0)
    most, part = most_in_room(10, 4, dear)
    assert (round(most), part) == (60, "PostgreSQL")


def test_a_large_room_ends_at_the_gateways() -> None:
    assert most_in_room(1_000_000, 10, COSTS)[1] == "gateways"


def test_a_room_spread_over_many_gateways_ends_at_redis() -> None:
    assert most_in_room(10_000, 10_000, COSTS)[1] == "Redis"


def test_a_core_carries_what_fits_into_its_usable_part() -> None:
    assert saturation(10, COSTS)["a logger"] == pytest.approx(1e6 * USABLE / 30)


def test_the_report_has_a_column_for_each_number_of_people() -> None:
    head = report([Load(10_000), Load(100_000)], COSTS).splitlines()[0]
    assert head == "|  | 10,000 people | 100,000 people |"


def test_the_page_shows_what_the_program_prints() -> None:
    """After new figures: python -m bench.capacity, into docs/capacity.md."""
    page = Path(__file__).parents[2] / "docs" / "capacity.md"
    assert report([Load(people) for people in PEOPLE]) in page.read_text()


def test_every_cost_is_given() -> None:
    assert all(value > 0 for value in vars(MEASURED).values())
