"""What the engine says about the containers that docker-compose.yml made."""

from __future__ import annotations

import json

import pytest

from tests.compose.deployment import Deployment, run

SERVICES = ("secrets", "postgres", "redis", "gateway", "logger", "proxy")
WATCHED = ("postgres", "redis", "gateway", "logger", "proxy")


@pytest.mark.parametrize("service", SERVICES)
def test_a_container_is_hardened(deployment: Deployment, service: str) -> None:
    for container in deployment.containers(service):
        host = container.inspect()["HostConfig"]
        assert host["ReadonlyRootfs"]
        assert host["CapDrop"] == ["ALL"]
        assert host["SecurityOpt"] == ["no-new-privileges:true"]
        assert host["Memory"] > 0
        assert host["PidsLimit"] > 0


@pytest.mark.parametrize("service", WATCHED)
def test_no_process_runs_as_root(deployment: Deployment, service: str) -> None:
    for container in deployment.containers(service):
        _, *processes = run("docker", "top", container.id, "-eo", "pid,uid").splitlines()
        uids = [process.split()[1] for process in processes]
        assert uids
        assert "0" not in uids


@pytest.mark.parametrize("service", WATCHED)
def test_a_container_is_watched(deployment: Deployment, service: str) -> None:
    for container in deployment.containers(service):
        assert container.inspect()["Config"]["Healthcheck"]["Test"]


def test_only_the_proxy_is_published(deployment: Deployment) -> None:
    published = {
        service
        for service in SERVICES
        for container in deployment.containers(service)
        if container.inspect()["HostConfig"]["PortBindings"]
    }

    assert published == {"proxy"}


def test_no_password_is_in_an_image_or_an_environment(deployment: Deployment) -> None:
    passwords = [
        deployment.container(service).call("cat", f"/secrets/{service}/password")
        for service in ("postgres", "redis")
    ]
    shown = [run("docker", "history", "--no-trunc", deployment.image)]
    for service in SERVICES:
        shown += [str(container.inspect()) for container in deployment.containers(service)]

    assert not [text for text in shown for password in passwords if password in text]


def test_a_service_holds_no_password_but_those_it_needs(deployment: Deployment) -> None:
    redis = deployment.container("redis")

    assert redis.call("ls", "/secrets").split() == ["redis"]


@pytest.mark.parametrize("service", ["gateway", "logger"])
def test_a_service_logs_lines_of_json_and_no_traceback(
    deployment: Deployment, service: str
) -> None:
    for container in deployment.containers(service):
        # One gateway shows the operator, once, the code that makes the first administrator.
        printed = [line for line in container.log().splitlines() if not line.startswith("  ")]
        assert printed
        assert {json.loads(line)["service"] for line in printed} == {service}
