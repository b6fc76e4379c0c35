"""A conversation through the proxy and three gateways, whatever happens on the way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from uuid import uuid4

import pytest

from tests.compose.deployment import Deployment, eventually
from tests.compose.people import Chat, follow, history

LINES = 10


@pytest.fixture
def topic() -> str:
    """What the messages of one test begin with."""
    return f"topic-{uuid4().hex[:8]}"


def lines(topic: str, *, start: int = 0) -> list[str]:
    return [f"{topic} {number}" for number in range(start, start + LINES)]


@contextmanager
def everyone_following(deployment: Deployment, people: tuple[str, ...]) -> Iterator[list[Chat]]:
    """Each person's terminal, once every gateway holds one."""
    with ExitStack() as stack:
        chats = [stack.enter_context(follow(deployment.url, user)) for user in people]
        gateways = deployment.containers("gateway")
        eventually(
            lambda: all(gateway.metric("parley_connections") >= 1 for gateway in gateways),
            "every gateway holds a connection",
        )
        yield chats


def everyone_sees(chats: list[Chat], topic: str, expected: list[str]) -> None:
    """Each message once, in order, on every screen."""

    def all_arrived() -> bool:
        return all(len(chat.texts(topic)) >= len(expected) for chat in chats)

    eventually(all_arrived, "every message is on every screen")
    assert [chat.texts(topic) for chat in chats] == [expected] * len(chats)


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_the_proxy_shows_how_a_gateway_is(deployment: Deployment, path: str) -> None:
    assert deployment.get(path)


def test_people_on_different_gateways_see_each_message(
    deployment: Deployment, people: tuple[str, ...], topic: str
) -> None:
    with everyone_following(deployment, people) as chats, Chat(deployment.url, "ann") as ann:
        for line in lines(topic):
            ann.say(line)
        ann.finish()

        everyone_sees(chats, topic, lines(topic))


def test_a_killed_gateway_loses_nothing(
    deployment: Deployment, people: tuple[str, ...], topic: str
) -> None:
    victim = deployment.containers("gateway")[0]
    with everyone_following(deployment, people) as chats, Chat(deployment.url, "ann") as ann:
        for line in lines(topic):
            ann.say(line)
        victim.kill()
        for line in lines(topic, start=LINES):
            ann.say(line)
        ann.finish()

        everyone_sees(chats, topic, lines(topic) + lines(topic, start=LINES))
    victim.start()


def test_an_emptied_redis_loses_nothing(
    deployment: Deployment, people: tuple[str, ...], topic: str
) -> None:
    with everyone_following(deployment, people) as chats, Chat(deployment.url, "ann") as ann:
        for line in lines(topic):
            ann.say(line)
        deployment.redis("FLUSHALL")
        for line in lines(topic, start=LINES):
            ann.say(line)
        ann.finish()

        everyone_sees(chats, topic, lines(topic) + lines(topic, start=LINES))


def test_what_redis_lost_before_it_was_stored_is_sent_again(
    deployment: Deployment, people: tuple[str, ...], topic: str
) -> None:
    logger = deployment.container("logger")
    with everyone_following(deployment, people) as chats, Chat(deployment.url, "ann") as ann:
        logger.kill()
        for line in lines(topic):
            ann.say(line)
        eventually(lambda: len(chats[0].texts(topic)) == LINES, "accepted lines are shown")
        deployment.redis("FLUSHALL")
        logger.start()
        ann.finish()

    assert history(deployment.url, "bob", topic) == lines(topic)


def test_a_restart_of_everything_keeps_the_history(
    deployment: Deployment, people: tuple[str, ...], topic: str
) -> None:
    with Chat(deployment.url, "ann") as ann:
        for line in lines(topic):
            ann.say(line)
        ann.finish()

    deployment.stop()
    deployment.up(gateways=3)

    assert history(deployment.url, "bob", topic) == lines(topic)
