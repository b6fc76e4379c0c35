"""How much one person, one device, one address may ask for, and what the others then still may."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

import pytest

from gateway import connection
from gateway.limits import Limiter, Rates, Traffic
from parley.protocol.commands import ListRooms
from parley.protocol.events import Error
from parley.protocol.refusals import TooManyRequests
from parley.stream.log import LogUnavailable
from parley.stream.rate_limits import Attempts
from parley.stream.rates import MOST_PERIODS, Bucket, Buckets, Rate
from tests.gateway.parts import client, gateway_on, message
from tests.recovery.ground import Ground

TWO = Rate(2, 10.0)
INTERVAL = 5_000  # milliseconds
HERE, THERE = "192.0.2.1", "192.0.2.2"
SIX = "2001:db8:1:2::%x"


class Clock:
    """Milliseconds, set by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Together:
    """What Redis counts for all gateways; it can be away."""

    def __init__(self, clock: Clock) -> None:
        self.is_away = False
        self.calls = 0
        self._clock, self._buckets = clock, Buckets(clock)
        self._free_at: dict[str, float] = {}
        self.made: dict[str, int] = {}

    async def take(self, wanted: Mapping[Bucket, int]) -> int:
        self._reach()
        return self._buckets.take(wanted)

    async def charge(self, spent: Mapping[Bucket, int]) -> dict[Bucket, int]:
        self._reach()
        debts = {}
        for bucket, cells in spent.items():
            held = max(0.0, self._free_at.get(bucket.key, 0.0) - self._clock())
            period = bucket.rate.period_ms
            debt = min(held + cells / bucket.rate.cells * period, MOST_PERIODS * period)
            self._free_at[bucket.key] = self._clock() + debt
            debts[bucket] = round(debt)
        return debts

    async def attempt(self, subject: str, attempts: Attempts) -> int:
        self._reach()
        self.made[subject] = self.made.get(subject, 0) + 1
        return 0 if self.made[subject] <= attempts.free else attempts.longest_pause_ms

    async def forgive(self, subject: str) -> None:
        self._reach()
        self.made.pop(subject, None)

    def _reach(self) -> None:
        self.calls += 1
        if self.is_away:
            raise LogUnavailable("away")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def together(clock: Clock) -> Together:
    return Together(clock)


def limiter(together: Together, clock: Clock, rates: Rates) -> Limiter:
    return Limiter(rates, together, clock)


def rates_of(who: str, traffic: Traffic) -> Rates:
    """Return one kind of subject's limit alone."""
    return {
        "user": Rates(user=traffic),
        "device": Rates(device=traffic),
        "address": Rates(address=traffic),
    }[who]


def waits(spend: Callable[[], None], times: int) -> list[int]:
    """Return for each try how long one was told to wait; 0 if it was let through."""
    told = []
    for _ in range(times):
        try:
            spend()
        except TooManyRequests as refusal:
            told.append(refusal.retry_after_ms)
        else:
            told.append(0)
    return told


# --- on a connection -----------------------------------------------------------------------


@pytest.mark.parametrize("who", ["user", "device", "address"])
def test_each_kind_of_subject_has_its_limit(clock: Clock, together: Together, who: str) -> None:
    limits = limiter(together, clock, rates_of(who, Traffic(messages=TWO)))
    mine = limits.allowance("ann", "phone", HERE)

    assert waits(lambda: mine.spend(10, is_message=True), 3) == [0, 0, INTERVAL]


@pytest.mark.parametrize(
    ("who", "same", "another"),
    [
        ("user", ("ann", "laptop", THERE), ("bob", "phone", HERE)),
        ("device", ("ann", "phone", THERE), ("ann", "laptop", HERE)),
        ("address", ("bob", "laptop", HERE), ("ann", "phone", THERE)),
    ],
)
def test_a_subject_s_connections_share_and_others_do_not(
    clock: Clock,
    together: Together,
    who: str,
    same: tuple[str, str, str],
    another: tuple[str, str, str],
) -> None:
    limits = limiter(together, clock, rates_of(who, Traffic(commands=TWO)))
    first = limits.allowance("ann", "phone", HERE)
    waits(lambda: first.spend(10, is_message=False), 2)

    with pytest.raises(TooManyRequests):
        limits.allowance(*same).spend(10, is_message=False)
    limits.allowance(*another).spend(10, is_message=False)


def test_all_addresses_of_an_ipv6_network_are_one(clock: Clock, together: Together) -> None:
    limits = limiter(together, clock, Rates(address=Traffic(commands=TWO)))
    waits(lambda: limits.allowance("ann", "phone", SIX % 1).spend(1, is_message=False), 2)

    with pytest.raises(TooManyRequests):
        limits.allowance("bob", "phone", SIX % 2).spend(1, is_message=False)


def test_bytes_are_counted_as_well(clock: Clock, together: Together) -> None:
    limits = limiter(together, clock, Rates(user=Traffic(size=Rate(100, 10.0))))
    mine = limits.allowance("ann", "phone", HERE)

    assert waits(lambda: mine.spend(60, is_message=False), 2) == [0, 2_000]


def test_what_is_refused_by_one_limit_costs_nothing_of_another(
    clock: Clock, together: Together
) -> None:
    limits = limiter(
        together, clock, Rates(user=Traffic(commands=Rate(3, 10.0), messages=Rate(1, 1_000.0)))
    )
    mine = limits.allowance("ann", "phone", HERE)
    waits(lambda: mine.spend(10, is_message=True), 5)

    assert waits(lambda: mine.spend(10, is_message=False), 2) == [0, 0]


def test_nothing_a_client_does_waits_for_redis(clock: Clock, together: Together) -> None:
    limits = limiter(together, clock, Rates(user=Traffic(commands=TWO)))

    limits.allowance("ann", "phone", HERE).spend(10, is_message=False)

    assert together.calls == 0


async def test_what_was_spent_at_two_gateways_counts_at_both(
    clock: Clock, together: Together
) -> None:
    rates = Rates(user=Traffic(commands=TWO))
    one, two = limiter(together, clock, rates), limiter(together, clock, rates)
    one.allowance("ann", "phone", HERE).spend(10, is_message=False)
    two.allowance("ann", "laptop", THERE).spend(10, is_message=False)

    for gateway in (one, two, one):
        await gateway.settle()
    assert waits(lambda: two.allowance("ann", "x", HERE).spend(1, is_message=False), 1) == [
        INTERVAL
    ]


async def test_settling_asks_nothing_where_nothing_was_spent(
    clock: Clock, together: Together
) -> None:
    await limiter(together, clock, Rates(user=Traffic(commands=TWO))).settle()

    assert together.calls == 0


async def test_without_redis_a_gateway_counts_for_itself(clock: Clock, together: Together) -> None:
    limits = limiter(together, clock, Rates(sign_in=TWO, user=Traffic(commands=TWO)))
    together.is_away = True
    mine = limits.allowance("ann", "phone", HERE)

    assert waits(lambda: mine.spend(10, is_message=False), 3) == [0, 0, INTERVAL]
    await limits.settle()
    assert await tries(limits, 3) == [0, 0, INTERVAL]


# --- at the door ---------------------------------------------------------------------------


async def tries(limits: Limiter, times: int, name: str = "ann", address: str = HERE) -> list[int]:
    told = []
    for _ in range(times):
        try:
            await limits.sign_in(address, name)
        except TooManyRequests as refusal:
            told.append(refusal.retry_after_ms)
        else:
            told.append(0)
    return told


async def test_an_address_may_sign_in_so_often(clock: Clock, together: Together) -> None:
    limits = limiter(together, clock, Rates(sign_in=TWO))

    assert await tries(limits, 3) == [0, 0, INTERVAL]
    assert await tries(limits, 1, address=THERE) == [0]


async def test_an_account_may_be_tried_so_often_from_anywhere(
    clock: Clock, together: Together
) -> None:
    limits = limiter(together, clock, Rates(attempts=Attempts(2, 8_000)))

    told = [(await tries(limits, 1, address=f"192.0.2.{last}"))[0] for last in range(3)]

    assert told == [0, 0, 8_000]
    assert await tries(limits, 1, name="bob") == [0]


async def test_who_has_signed_in_begins_anew(clock: Clock, together: Together) -> None:
    limits = limiter(together, clock, Rates(attempts=Attempts(2, 8_000)))
    await tries(limits, 2)

    await limits.signed_in("ann")

    assert await tries(limits, 2) == [0, 0]


async def test_without_redis_an_account_is_not_open_to_guessing(
    clock: Clock, together: Together
) -> None:
    limits = limiter(together, clock, Rates(attempts=Attempts(2, 8_000)))
    together.is_away = True

    assert await tries(limits, 3) == [0, 0, 8_000]


async def test_an_address_may_sign_up_so_often(clock: Clock, together: Together) -> None:
    limits = limiter(together, clock, Rates(sign_up=TWO))
    await limits.sign_up(HERE)
    await limits.sign_up(HERE)

    with pytest.raises(TooManyRequests):
        await limits.sign_up(HERE)


def test_an_address_may_connect_so_often(clock: Clock, together: Together) -> None:
    limits = limiter(together, clock, Rates(connections=TWO))

    assert [limits.connect(HERE) for _ in range(3)] == [0, 0, INTERVAL]
    assert limits.connect(THERE) == 0


# --- at a gateway --------------------------------------------------------------------------


async def test_who_asks_too_much_is_told_when_to_ask_again_and_nothing_is_done(
    ground: Ground, clock: Clock, together: Together
) -> None:
    await ground.sign_up("ann")
    limits = limiter(together, clock, Rates(device=Traffic(messages=TWO)))
    async with gateway_on(ground, limiter=limits) as gateway:
        ann = await client(gateway, "ann")

        answers = [await ann.ask(message(number)) for number in range(3)]
        clock.now += INTERVAL
        again = await ann.ask(message(2))

    assert isinstance(answers[2], Error)
    assert (answers[2].code, answers[2].retry) == ("too_many_requests", True)
    assert answers[2].retry_after_ms == INTERVAL
    assert [each.seq for each in (*answers[:2], again)] == [1, 2, 3]


async def test_who_goes_on_beyond_a_limit_is_read_more_slowly(
    ground: Ground, clock: Clock, together: Together, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "_REFUSED_PAUSE", 3600)
    await ground.sign_up("ann")
    limits = limiter(together, clock, Rates(device=Traffic(commands=TWO)))
    async with gateway_on(ground, limiter=limits) as gateway:
        ann = await client(gateway, "ann")
        for _ in range(2):
            await ann.ask(ListRooms(ref=0))

        beyond = asyncio.create_task(ann.say(ListRooms(ref=0)))
        await ann.hears(Error)

        assert not beyond.done()
        beyond.cancel()


async def test_one_client_s_limit_is_not_another_s(
    ground: Ground, clock: Clock, together: Together
) -> None:
    await ground.sign_up("ann", "bob")
    limits = limiter(together, clock, Rates(user=Traffic(commands=TWO)))
    async with gateway_on(ground, limiter=limits) as gateway:
        ann, bob = await client(gateway, "ann"), await client(gateway, "bob")
        await asyncio.gather(*(ann.ask(ListRooms(ref=0)) for _ in range(3)))

        assert not isinstance(await bob.ask(ListRooms(ref=0)), Error)
