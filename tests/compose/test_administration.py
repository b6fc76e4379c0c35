"""`parley admin` inside a gateway's container, as the README says."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.compose.deployment import CommandFailed, Container, Deployment, eventually
from tests.compose.people import follow, sign_up


def admin(gateway: Container, *arguments: str) -> list[dict[str, Any]]:
    """Return the rows that a command prints for programs."""
    printed = gateway.call("parley", "admin", *arguments, "--json")
    return [json.loads(line) for line in printed.splitlines()]


def test_one_gateway_shows_the_code_that_makes_the_administrator_once(
    deployment: Deployment,
) -> None:
    logs = "".join(gateway.log() for gateway in deployment.containers("gateway"))
    [code] = re.findall(r"--code (\S+)", logs)

    sign_up(deployment.url, "root", "--code", code)

    [root] = admin(deployment.containers("gateway")[0], "users", "list", "root")
    assert root["person"]["is_admin"]
    with pytest.raises(CommandFailed, match="invitation is not, or no longer, valid"):
        sign_up(deployment.url, "mallory", "--code", code)


def test_an_invitation_that_is_made_in_one_container_is_good_everywhere(
    deployment: Deployment,
) -> None:
    first, *others = deployment.containers("gateway")
    [made] = admin(first, "invites", "create", "--uses", "1")

    sign_up(deployment.url, "guest", "--code", made["code"])

    assert [admin(gateway, "invites", "list") for gateway in others] == [[]] * len(others)
    with pytest.raises(CommandFailed, match="invitation is not, or no longer, valid"):
        sign_up(deployment.url, "crasher", "--code", made["code"])


def test_a_device_at_another_gateway_is_signed_out(deployment: Deployment) -> None:
    sign_up(deployment.url, "dora")
    gateways = deployment.containers("gateway")
    with follow(deployment.url, "dora") as dora:

        def connected() -> list[float]:
            return [gateway.metric("parley_connections") for gateway in gateways]

        eventually(lambda: sum(connected()) == 1, "dora alone is connected")
        elsewhere = gateways[connected().index(0)]
        elsewhere.call("parley", "admin", "sessions", "revoke", "dora", "--yes")

        code, said = dora.ended()

    assert code == 2
    assert "sign in again" in said
