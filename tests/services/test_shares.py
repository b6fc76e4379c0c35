"""What is one number for a gateway is divided among its workers."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.services.workers.shares import share, shared
from parley.settings import GatewayOptions, LimitOptions

LIMITS = st.integers(min_value=1, max_value=1_000_000)
WORKERS = st.integers(min_value=1, max_value=64)


@given(LIMITS)
def test_one_worker_has_all(limit: int) -> None:
    assert share(limit, 1) == limit


@given(LIMITS, WORKERS)
def test_all_shares_together_are_no_less_than_the_limit(limit: int, workers: int) -> None:
    assert share(limit, workers) * workers >= limit


@given(LIMITS, WORKERS)
def test_a_share_is_at_least_one_and_at_most_the_limit(limit: int, workers: int) -> None:
    assert 1 <= share(limit, workers) <= limit


@given(LIMITS, WORKERS)
def test_a_greater_limit_has_no_smaller_shares(limit: int, workers: int) -> None:
    assert share(limit + 1, workers) >= share(limit, workers)


@pytest.mark.parametrize(
    ("limit", "workers", "each"), [(10_000, 4, 2630), (50, 4, 22), (10, 4, 7), (10, 64, 2)]
)
def test_a_share_leaves_room_for_chance(limit: int, workers: int, each: int) -> None:
    assert share(limit, workers) == each


def test_sockets_and_threads_are_divided_and_rates_are_not() -> None:
    options = GatewayOptions(
        hashing_threads=3,
        limits=LimitOptions(sockets=10_000, sockets_per_address=50, sockets_per_user=10),
    )

    part = shared(options, 4)

    assert (part.limits.sockets, part.limits.sockets_per_address) == (2630, 22)
    assert (part.limits.sockets_per_user, part.hashing_threads) == (7, 1)
    undivided = replace(part.limits, sockets=10_000, sockets_per_address=50, sockets_per_user=10)
    assert replace(part, limits=undivided, hashing_threads=3) == options
