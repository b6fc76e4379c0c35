"""Who is connected, as Redis holds it."""

import pytest

from parley.stream.presence import HOLDS_MS, RedisPresence
from tests.stream.homes import Home, names_in

NOW = 1_700_000_000_000


@pytest.fixture
def presence(home: Home) -> RedisPresence:
    return RedisPresence(home.clients.commands)


async def test_what_a_gateway_says_all_know(presence: RedisPresence) -> None:
    await presence.say("one", {"ann": "online", "bob": "away"}, NOW)

    assert await presence.states(["ann", "bob", "cyd"], NOW) == {"ann": "online", "bob": "away"}


async def test_one_device_that_somebody_is_at_is_enough(presence: RedisPresence) -> None:
    await presence.say("one", {"ann": "away"}, NOW)
    await presence.say("two", {"ann": "online"}, NOW)
    assert await presence.states(["ann"], NOW) == {"ann": "online"}

    await presence.say("two", {"ann": "away"}, NOW)
    assert await presence.states(["ann"], NOW) == {"ann": "away"}


async def test_who_has_left_one_gateway_is_still_at_the_other(presence: RedisPresence) -> None:
    await presence.say("one", {"ann": "online"}, NOW)
    await presence.say("two", {"ann": "online"}, NOW)

    await presence.forget("one", ["ann"])
    assert await presence.states(["ann"], NOW) == {"ann": "online"}

    await presence.forget("two", ["ann"])
    assert await presence.states(["ann"], NOW) == {}


async def test_what_a_crashed_gateway_said_holds_for_a_minute(presence: RedisPresence) -> None:
    """Even if another keeps the person's key alive."""
    await presence.say("crashed", {"ann": "online"}, NOW)
    await presence.say("other", {"ann": "away"}, NOW + HOLDS_MS)

    assert await presence.states(["ann"], NOW + HOLDS_MS - 1) == {"ann": "online"}
    assert await presence.states(["ann"], NOW + HOLDS_MS) == {"ann": "away"}


async def test_nobody_is_asked_of_without_a_call(presence: RedisPresence) -> None:
    assert await presence.states([], NOW) == {}


async def test_what_is_said_expires(home: Home, presence: RedisPresence) -> None:
    await presence.say("one", {"ann": "online"}, NOW)

    (key,) = await names_in(home.clients, "*presence*")
    assert 0 < await home.clients.commands.pttl(key) <= HOLDS_MS
