"""What outlives the containers, and how the next ones start with it."""

from __future__ import annotations

import json

import pytest

from tests.compose.deployment import Deployment
from tests.compose.people import Chat, history

TOPIC = "before the containers were renewed:"
SAID = [f"{TOPIC} {number}" for number in range(10)]


@pytest.fixture(scope="module")
def renewed_deployment(running_deployment: Deployment, people: tuple[str, ...]) -> Deployment:
    """New containers on the volumes of former ones, in which something was said."""
    with Chat(running_deployment.url, people[0]) as chat:
        for line in SAID:
            chat.say(line)
        chat.finish()
    running_deployment.down()
    running_deployment.up()
    return running_deployment


def test_new_containers_on_the_same_volumes_have_the_history(
    renewed_deployment: Deployment, people: tuple[str, ...]
) -> None:
    assert history(renewed_deployment.url, people[1], TOPIC) == SAID


@pytest.mark.parametrize("service", ["gateway", "logger"])
def test_a_normal_start_warns_of_nothing(renewed_deployment: Deployment, service: str) -> None:
    for container in renewed_deployment.containers(service):
        levels = {json.loads(line)["level"] for line in container.log().splitlines()}
        assert levels == {"info"}
