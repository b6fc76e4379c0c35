"""The feed: what is published after the confirmation is heard, and a lost connection is noticed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from parley.stream.feed import RedisFeed
from parley.stream.log import LogUnavailable
from tests.servers import RedisServer
from tests.stream.homes import PATIENCE, Home, Listener, listening, until

CHANNEL, OTHER = "parley:{0}:events:garden", "parley:{0}:events:attic"


async def tell(home: Home, *messages: bytes, channel: str = CHANNEL) -> None:
    for message in messages:
        await home.log.publish(channel, message)


async def cut_subscribers(home: Home) -> None:
    """End the connections of all who listen, as a network would."""
    await home.clients.commands.execute_command("CLIENT", "KILL", "TYPE", "pubsub")


# --- on Redis ------------------------------------------------------------------------------


async def test_everything_after_the_confirmation_is_heard_in_order(home: Home) -> None:
    async with listening(home.clients, CHANNEL) as listener:
        await tell(home, *(b"%d" % number for number in range(50)))

        assert [await listener.heard() for _ in range(50)] == [b"%d" % n for n in range(50)]


async def test_subscribing_again_changes_nothing(home: Home) -> None:
    async with listening(home.clients, CHANNEL, CHANNEL) as listener:
        await tell(home, b"once")
        await tell(home, b"then")

        assert [await listener.heard(), await listener.heard()] == [b"once", b"then"]
        assert listener.gaps.empty()


async def test_only_what_is_subscribed_is_heard(home: Home) -> None:
    async with listening(home.clients, CHANNEL) as listener:
        await tell(home, b"elsewhere", channel=OTHER)
        await tell(home, b"here")

        assert await listener.heard() == b"here"


async def test_channels_can_be_subscribed_while_others_are_heard(home: Home) -> None:
    async with listening(home.clients) as listener:
        await asyncio.gather(*(listener.feed.subscribe(f"{CHANNEL}{n}") for n in range(20)))
        for number in range(20):
            await tell(home, b"%d" % number, channel=f"{CHANNEL}{number}")

        assert [await listener.heard() for _ in range(20)] == [b"%d" % n for n in range(20)]


async def test_an_unsubscribed_channel_falls_silent(home: Home) -> None:
    async with listening(home.clients, CHANNEL, OTHER) as listener:
        await listener.feed.unsubscribe(CHANNEL)
        await tell(home, b"nobody hears this")
        await tell(home, b"this", channel=OTHER)

        assert await listener.heard() == b"this"


async def test_an_unsubscribed_channel_can_be_subscribed_again(home: Home) -> None:
    async with listening(home.clients, CHANNEL) as listener:
        await listener.feed.unsubscribe(CHANNEL)
        await listener.feed.subscribe(CHANNEL)
        await tell(home, b"again")

        assert await listener.heard() == b"again"
        assert listener.gaps.empty()


async def test_many_listeners_hear_the_same(home: Home) -> None:
    async with listening(home.clients, CHANNEL) as one, listening(home.clients, CHANNEL) as two:
        await tell(home, b"all")

        assert await one.heard() == await two.heard() == b"all"


async def test_a_lost_connection_is_a_gap_on_every_channel(own_home: Home) -> None:
    async with listening(own_home.clients, CHANNEL, OTHER) as listener:
        await cut_subscribers(own_home)

        async with asyncio.timeout(PATIENCE):
            gaps = {await listener.gaps.get(), await listener.gaps.get()}
        assert gaps == {CHANNEL, OTHER}


async def test_messages_flow_again_after_a_gap(own_home: Home) -> None:
    async with listening(own_home.clients, CHANNEL) as listener:
        for number in range(3):
            await cut_subscribers(own_home)
            async with asyncio.timeout(PATIENCE):
                await listener.gaps.get()
            await tell(own_home, b"%d" % number)

            assert await listener.heard() == b"%d" % number


async def test_a_restarted_server_is_a_gap(own_home: Home, own_redis_server: RedisServer) -> None:
    async with listening(own_home.clients, CHANNEL) as listener:
        own_redis_server.restart(keep_data=False)

        async with asyncio.timeout(PATIENCE):
            assert await listener.gaps.get() == CHANNEL


async def test_nothing_is_subscribed_at_a_server_that_is_gone(
    own_home: Home, own_redis_server: RedisServer
) -> None:
    own_redis_server.stop()
    listener = Listener(own_home.clients)

    with pytest.raises(LogUnavailable):
        await listener.feed.subscribe(CHANNEL)


async def test_a_feed_waits_for_a_server_that_comes_back(
    own_home: Home, own_redis_server: RedisServer
) -> None:
    async with listening(own_home.clients, CHANNEL) as listener:
        own_redis_server.stop()
        own_redis_server.start()
        async with asyncio.timeout(PATIENCE):
            await listener.gaps.get()

        await listener.feed.subscribe(OTHER)


# --- the order of what comes ---------------------------------------------------------------


class Script:
    """A subscription connection that says what the test lets it say, when it does."""

    def __init__(self) -> None:
        self.commands: list[str] = []
        self.fails: Exception | None = None
        self.reached = asyncio.Event()
        self.reached.set()
        self._messages: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    async def connect(self) -> None:
        """Be there."""

    async def ssubscribe(self, channel: str) -> None:
        await self._send("ssubscribe")

    async def sunsubscribe(self, channel: str) -> None:
        await self._send("sunsubscribe")

    async def get_message(self, *, timeout: float | None) -> dict[str, Any]:
        return await self._messages.get()

    def says(self, kind: str, channel: str) -> None:
        """Let the server say this next."""
        self._messages.put_nowait({"type": kind, "channel": channel.encode(), "data": b"1"})

    def is_heard(self) -> bool:
        """Whether the feed has heard all that the server has said."""
        return self._messages.empty()

    async def _send(self, command: str) -> None:
        await self.reached.wait()
        if self.fails is not None:
            raise self.fails
        self.commands.append(command)


@asynccontextmanager
async def following(script: Script) -> AsyncIterator[RedisFeed]:
    feed = RedisFeed(script, lambda *_: None, lambda _: None)
    running = asyncio.create_task(feed.run())
    yield feed
    running.cancel()
    await asyncio.wait([running])


async def subscribed(script: Script, feed: RedisFeed, channel: str) -> None:
    """Subscribe; the server confirms what it was asked for."""
    asked = len(script.commands)
    subscribing = asyncio.create_task(feed.subscribe(channel))
    await until(lambda: subscribing.done() or len(script.commands) > asked)
    script.says("ssubscribe", channel)
    await subscribing


async def test_nobody_is_subscribed_before_the_server_says_so() -> None:
    script = Script()
    async with following(script) as feed:
        subscribing = asyncio.create_task(feed.subscribe(CHANNEL))
        await until(lambda: bool(script.commands))
        assert not subscribing.done()

        script.says("ssubscribe", CHANNEL)
        await subscribing


async def test_two_who_ask_at_once_ask_once() -> None:
    script = Script()
    async with following(script) as feed:
        both = asyncio.gather(feed.subscribe(CHANNEL), feed.subscribe(CHANNEL))
        await until(lambda: bool(script.commands))
        script.says("ssubscribe", CHANNEL)
        await both

        assert script.commands == ["ssubscribe"]


async def test_two_who_ask_at_once_are_both_told_that_the_server_is_gone() -> None:
    script = Script()
    script.fails = ConnectionError("gone")
    script.reached.clear()
    async with following(script) as feed:
        both = [asyncio.create_task(feed.subscribe(CHANNEL)) for _ in range(2)]
        await asyncio.sleep(0)
        script.reached.set()
        outcomes = await asyncio.gather(*both, return_exceptions=True)

    assert [type(outcome) for outcome in outcomes] == [LogUnavailable, LogUnavailable]


async def test_a_confirmation_after_the_end_is_not_taken_for_the_next() -> None:
    """The connection was lost and made again just as the channel was left, and then wanted."""
    script = Script()
    async with following(script) as feed:
        await subscribed(script, feed, CHANNEL)
        await feed.unsubscribe(CHANNEL)
        script.says("ssubscribe", CHANNEL)  # of the connection made again, before it was left
        script.says("sunsubscribe", CHANNEL)
        await until(script.is_heard)

        await subscribed(script, feed, CHANNEL)

        assert script.commands == ["ssubscribe", "sunsubscribe", "ssubscribe"]


async def test_who_gives_up_waiting_leaves_a_channel_that_can_be_had_again() -> None:
    script = Script()
    async with following(script) as feed:
        first = asyncio.create_task(feed.subscribe(CHANNEL))
        await until(lambda: script.commands == ["ssubscribe"])
        first.cancel()
        await asyncio.wait([first])
        await feed.unsubscribe(CHANNEL)

        again = asyncio.create_task(feed.subscribe(CHANNEL))
        await asyncio.sleep(0)
        script.says("ssubscribe", CHANNEL)
        script.says("sunsubscribe", CHANNEL)
        await until(script.is_heard)
        script.says("ssubscribe", CHANNEL)
        await again

        assert script.commands == ["ssubscribe", "sunsubscribe", "ssubscribe"]
