"""Rates: what a bucket gives, alike in one process and in Redis."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redis.crc import key_slot

from parley.stream.clients import RedisClients
from parley.stream.functions import Functions
from parley.stream.log import LogUnavailable
from parley.stream.rate_limits import Attempts, RedisRateLimits
from parley.stream.rates import MOST_BUCKETS, Bucket, Buckets, Rate
from tests.conftest import RedisHome
from tests.servers import RedisServer
from tests.stream.homes import NOW, clients_of, names_in

FIVE = Rate(5, 10.0)
ONE_EVERY = 2_000  # milliseconds
PERIOD = 10_000
MESSAGES = Bucket("user:ann", "messages", FIVE)
COMMANDS = Bucket("user:ann", "commands", Rate(2, 1.0))
TRIES = Attempts(free=3, longest_pause_ms=8_000)
BOB = Bucket("user:bob", "messages", FIVE)


class Clock:
    """A clock that is set by hand, in Unix milliseconds."""

    def __init__(self) -> None:
        self.now = float(NOW)

    def __call__(self) -> float:
        return self.now


@dataclass
class Counted:
    """Somewhere buckets are counted, and its clock."""

    take: Callable[[Mapping[Bucket, int]], Awaitable[int]]
    clock: Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def clients(redis_home: RedisHome) -> AsyncIterator[RedisClients]:
    async with clients_of(redis_home) as clients:
        yield clients


@pytest.fixture
async def shared(clients: RedisClients, clock: Clock) -> RedisRateLimits:
    """Limits in each kind of Redis, by a clock of the test's own."""
    await Functions(clients.commands, "embedded").load()
    return RedisRateLimits(clients.commands, "embedded", clock)


@pytest.fixture(params=["memory", "redis"])
def counted(request: pytest.FixtureRequest, shared: RedisRateLimits, clock: Clock) -> Counted:
    if request.param == "redis":
        return Counted(shared.take, clock)
    buckets = Buckets(clock)

    async def take(wanted: Mapping[Bucket, int]) -> int:
        return buckets.take(wanted)

    return Counted(take, clock)


async def test_a_rate_s_cells_may_be_had_at_once_and_no_more(counted: Counted) -> None:
    waits = [await counted.take({MESSAGES: 1}) for _ in range(6)]

    assert waits == [0, 0, 0, 0, 0, ONE_EVERY]


async def test_who_waits_as_long_as_was_said_is_served(counted: Counted) -> None:
    await counted.take({MESSAGES: 5})

    counted.clock.now += await counted.take({MESSAGES: 2})

    assert await counted.take({MESSAGES: 2}) == 0
    assert await counted.take({MESSAGES: 1}) == ONE_EVERY


async def test_a_refusal_costs_nothing(counted: Counted) -> None:
    await counted.take({MESSAGES: 5})

    waits = [await counted.take({MESSAGES: 1}) for _ in range(3)]

    assert waits == [ONE_EVERY] * 3


async def test_of_several_buckets_all_give_or_none(counted: Counted) -> None:
    await counted.take({COMMANDS: 2})

    assert await counted.take({MESSAGES: 5, COMMANDS: 1}) == 500
    assert await counted.take({MESSAGES: 5}) == 0


async def test_who_asks_for_more_than_there_ever_is_gets_all_there_is(counted: Counted) -> None:
    assert await counted.take({MESSAGES: 1_000}) == 0
    assert await counted.take({MESSAGES: 1_000}) == PERIOD


async def test_one_subject_s_cells_are_not_another_s(counted: Counted) -> None:
    await counted.take({MESSAGES: 5})

    assert await counted.take({BOB: 5}) == 0


async def test_a_clock_that_was_set_forward_shuts_nobody_out(counted: Counted) -> None:
    await counted.take({MESSAGES: 5})
    counted.clock.now += 86_400_000

    assert await counted.take({MESSAGES: 5}) == 0


async def test_a_clock_that_was_set_back_shuts_nobody_out_for_long(counted: Counted) -> None:
    await counted.take({MESSAGES: 5})
    counted.clock.now -= 86_400_000

    wait = await counted.take({MESSAGES: 1})

    assert 0 < wait <= PERIOD + ONE_EVERY


async def test_what_was_spent_elsewhere_counts(shared: RedisRateLimits) -> None:
    debts = await shared.charge({MESSAGES: 3, COMMANDS: 1, BOB: 1})

    assert debts == {MESSAGES: 3 * ONE_EVERY, COMMANDS: 500, BOB: ONE_EVERY}
    assert await shared.take({MESSAGES: 3}) == ONE_EVERY


async def test_a_debt_has_an_end(shared: RedisRateLimits) -> None:
    await shared.charge({MESSAGES: 1_000})

    assert await shared.charge({MESSAGES: 1_000}) == {MESSAGES: 2 * PERIOD}


async def test_what_is_in_redis_goes_by_itself(
    shared: RedisRateLimits, clients: RedisClients
) -> None:
    await shared.take({MESSAGES: 1})
    await shared.charge({BOB: 1_000})
    await shared.attempt("account:ann", TRIES)

    names = await names_in(clients)

    assert len(names) == 3
    for name in names:
        assert 0 < await clients.commands.pttl(name) <= 3_600_000


def test_the_buckets_of_one_call_are_in_one_slot() -> None:
    assert key_slot(MESSAGES.key.encode()) == key_slot(COMMANDS.key.encode())
    assert MESSAGES.key != COMMANDS.key


async def test_a_server_s_own_clock_counts_not_a_gateway_s(redis_server: RedisServer) -> None:
    redis_server.reset()
    wrong = Clock()
    async with clients_of(RedisHome("redis", redis_server.url)) as clients:
        limits = RedisRateLimits(clients.commands, "server", wrong)
        hourly = Bucket("user:ann", "messages", Rate(1, 3_600.0))
        assert await limits.take({hourly: 1}) == 0
        wrong.now += 86_400_000

        assert await limits.take({hourly: 1}) > 3_000_000


async def test_limits_that_cannot_be_asked_say_so(own_redis_server: RedisServer) -> None:
    async with clients_of(RedisHome("redis", own_redis_server.url)) as clients:
        limits = RedisRateLimits(clients.commands, "server", Clock())
        own_redis_server.stop()

        with pytest.raises(LogUnavailable):
            await limits.take({MESSAGES: 1})
        with pytest.raises(LogUnavailable):
            await limits.charge({MESSAGES: 1})


# --- attempts ------------------------------------------------------------------------------


async def test_the_first_attempts_are_free_and_then_pauses_double(
    shared: RedisRateLimits, clock: Clock
) -> None:
    pauses = []
    for _ in range(8):
        pauses.append(await shared.attempt("account:ann", TRIES))
        if pauses[-1]:
            clock.now += pauses[-1]
            assert await shared.attempt("account:ann", TRIES) == 0

    assert pauses == [0, 0, 0, 1_000, 2_000, 4_000, 8_000, 8_000]


async def test_an_attempt_during_a_pause_makes_it_no_longer(
    shared: RedisRateLimits, clock: Clock
) -> None:
    for _ in range(3):
        await shared.attempt("account:ann", TRIES)
    clock.now += 400

    assert [await shared.attempt("account:ann", TRIES) for _ in range(3)] == [600] * 3


async def test_after_a_success_everything_is_forgotten(shared: RedisRateLimits) -> None:
    for _ in range(3):
        await shared.attempt("account:ann", TRIES)

    await shared.forgive("account:ann")

    assert [await shared.attempt("account:ann", TRIES) for _ in range(3)] == [0, 0, 0]


async def test_a_clock_that_was_set_back_makes_no_pause_longer_than_the_longest(
    shared: RedisRateLimits, clock: Clock
) -> None:
    for _ in range(3):
        await shared.attempt("account:ann", TRIES)
    clock.now -= 86_400_000

    assert await shared.attempt("account:ann", TRIES) == TRIES.longest_pause_ms


# --- in one process ------------------------------------------------------------------------


def test_a_debt_known_elsewhere_counts_here() -> None:
    buckets = Buckets(Clock())

    buckets.owe(MESSAGES, PERIOD)

    assert buckets.take({MESSAGES: 1}) == ONE_EVERY


def test_a_lower_debt_elsewhere_gives_nothing_back() -> None:
    buckets = Buckets(Clock())
    buckets.take({MESSAGES: 5})

    buckets.owe(MESSAGES, 0)

    assert buckets.take({MESSAGES: 1}) == ONE_EVERY


def test_what_owes_nothing_is_forgotten(clock: Clock) -> None:
    buckets = Buckets(clock)
    buckets.take({MESSAGES: 1})
    buckets.take({BOB: 5})
    clock.now += ONE_EVERY

    buckets.tidy()

    assert len(buckets) == 1


def test_there_are_never_too_many_buckets(clock: Clock) -> None:
    buckets = Buckets(clock)
    for number in range(MOST_BUCKETS + 10):
        buckets.take({Bucket(f"address:{number}", "sign_in", FIVE): 1})

    buckets.tidy()

    assert len(buckets) == MOST_BUCKETS


@given(
    pauses=st.lists(st.integers(0, 3 * ONE_EVERY), min_size=1, max_size=60),
    cells=st.integers(1, 5),
)
def test_in_no_stretch_of_time_is_more_given_than_the_rate(pauses: list[int], cells: int) -> None:
    """A burst of `cells`, and one more each interval."""
    clock, given_at = Clock(), []
    buckets = Buckets(clock)
    for pause in pauses:
        clock.now += pause
        if buckets.take({MESSAGES: cells}) == 0:
            given_at += [clock.now] * cells

    for first, start in enumerate(given_at):
        for last in range(first, len(given_at)):
            allowed = FIVE.cells + (given_at[last] - start) / ONE_EVERY
            assert last - first + 1 <= allowed + 1e-6
