"""One deployment with three gateways for the whole run, and three people in it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.compose.deployment import Deployment
from tests.compose.people import sign_up

GATEWAYS = 3
PEOPLE = ("ann", "bob", "cleo")


@pytest.fixture(scope="session")
def running_deployment(request: pytest.FixtureRequest) -> Iterator[Deployment]:
    deployment = Deployment(gateways=GATEWAYS)
    try:
        deployment.up()
        yield deployment
    finally:
        if request.session.testsfailed:
            print(deployment.logs())
        deployment.remove()


@pytest.fixture
def deployment(running_deployment: Deployment) -> Deployment:
    """Parley as docker-compose.yml starts it, with three gateways."""
    return running_deployment


@pytest.fixture(scope="session")
def people(running_deployment: Deployment) -> tuple[str, ...]:
    """Users who have signed up."""
    for user in PEOPLE:
        sign_up(running_deployment.url, user)
    return PEOPLE
