"""A conversation through the proxy and three gateways, whatever happens on the way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from uuid import uuid4

import pytest

from tests.compose.deployment import Container, Deployment, eventually
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


@pytest.fixture
def victim(deployment: Deployment) -> Iterator[Container]:
    """A gateway that a test may end; it runs again afterwards."""
    gateway = deployment.containers("gateway")[0]
    yield gateway
    gateway.start()


@pytest.fixture
def logger(deployment: Deployment) -> Iterator[Container]:
    """The logger, which a test may end; it runs again afterwards."""
    container = deployment.container("logger")
    yield container
    container.start()


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
    deployment: Deployment, people: tuple[str, ...], topic: str, victim: Container
) -> None:
    with everyone_following(deployment, people) as chats, Chat(deployment.url, "ann") as ann:
        for line in lines(topic):
            ann.say(line)
        victim.kill()
        for line in lines(topic, start=LINES):
            ann.say(line)
        ann.finish()

        everyone_sees(chats, topic, lines(topic) + lines(topic, start=LINES))


def test_a_stopped_gateway_sends_its_clients_elsewhere_and_ends_in_order(
    deployment: Deployment, people: tuple[str, ...], topic: str, victim: Container
) -> None:
    with everyone_following(deployment, people) as chats, Chat(deployment.url, "ann") as ann:
        for line in lines(topic):
            ann.say(line)
        victim.stop()
        for line in lines(topic, start=LINES):
            ann.say(line)
        ann.finish()

        everyone_sees(chats, topic, lines(topic) + lines(topic, start=LINES))
    assert victim.inspect()["State"]["ExitCode"] == 0


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


def test_what_redis_lost_before_it_was_stored_is_taken_back_and_sent_again(
    deployment: Deployment, people: tuple[str, ...], topic: str, logger: Container
) -> None:
    with everyone_following(deployment, people) as chats, Chat(deployment.url, "ann") as ann:
        logger.kill()
        for line in lines(topic):
            ann.say(line)
        everyone_sees(chats, topic, lines(topic))
        deployment.redis("FLUSHALL")
        logger.start()
        ann.finish()

        everyone_sees(chats, topic, lines(topic))
        assert [chat.taken_back(topic) for chat in chats] == [lines(topic)] * len(chats)
    assert history(deployment.url, "bob", topic) == lines(topic)
