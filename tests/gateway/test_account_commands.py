"""Commands that need the password once more, and the second factor."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from gateway.limits import Limiter, Rates
from gateway.service import Gateway
from parley.protocol.commands import ChangePassword, Nothing, SignIn, SignUp, Welcome
from parley.protocol.events import Error
from parley.stream.rate_limits import Attempts, RedisRateLimits
from tests.gateway.parts import Client, gateway_on
from tests.recovery.ground import Ground

PASSWORD, NEW = "correct horse battery", "another horse battery"


@pytest.fixture
async def strict(ground: Ground) -> AsyncIterator[Gateway]:
    """A gateway that lets an account's password be guessed twice, and then not for a minute."""
    shared = RedisRateLimits(ground.clients.commands, ground.clients.mode, ground.clock)
    limiter = Limiter(Rates(attempts=Attempts(2, 60_000)), shared, ground.clock)
    async with gateway_on(ground, limiter=limiter) as gateway:
        yield gateway


async def signed_up(gateway: Gateway) -> Client:
    ann = Client(gateway)
    welcome = await ann.ask(SignUp(ref=0, user_name="ann", password=PASSWORD))
    assert isinstance(welcome, Welcome)
    return ann


def code(answer: object) -> str:
    assert isinstance(answer, Error), answer
    return answer.code


async def test_a_password_is_changed_by_who_knows_it(strict: Gateway) -> None:
    ann = await signed_up(strict)

    wrong = ChangePassword(ref=0, password="a wild guess", new_password=NEW)
    assert code(await ann.ask(wrong)) == "wrong_password"
    right = ChangePassword(ref=0, password=PASSWORD, new_password=NEW)
    assert await ann.ask(right) == Nothing()

    welcome = await Client(strict).ask(SignIn(ref=0, user_name="ann", password=NEW))
    assert isinstance(welcome, Welcome)


async def test_a_password_that_cannot_be_one_is_refused_before_the_old_one_is_looked_at(
    strict: Gateway,
) -> None:
    ann = await signed_up(strict)

    weak = ChangePassword(ref=0, password="a wild guess", new_password="short")
    assert code(await ann.ask(weak)) == "invalid_password"


async def test_who_finds_a_device_signed_in_cannot_guess_on(strict: Gateway) -> None:
    ann = await signed_up(strict)
    guess = ChangePassword(ref=0, password="a wild guess", new_password=NEW)

    codes = [code(await ann.ask(guess)) for _ in range(4)]

    assert codes[:2] == ["wrong_password"] * 2
    assert codes[-1] == "too_many_requests"
