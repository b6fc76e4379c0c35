"""What docker-compose.yml promises of every service, seen without starting any."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from parley.settings import GatewaySettings, LoggerSettings, settings_of

ROOT = Path(__file__).parents[2]
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())[
    "services"
]
# Runs once and ends, so there is no health to ask after.
ONE_SHOT = "secrets"
# The user of these is set by our image.
FROM_OUR_IMAGE = {"secrets", "gateway", "logger"}

every_service = pytest.mark.parametrize("service", SERVICES.values(), ids=SERVICES)


@every_service
def test_a_service_can_neither_write_to_its_files_nor_gain_rights(service: dict[str, Any]) -> None:
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]


@every_service
def test_a_service_has_its_limits(service: dict[str, Any]) -> None:
    assert service["mem_limit"]
    assert service["pids_limit"]


@pytest.mark.parametrize("name", sorted(SERVICES.keys() - {ONE_SHOT}))
def test_a_service_is_watched_and_started_again(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"]
    assert SERVICES[name]["restart"] == "unless-stopped"
    assert SERVICES[name]["stop_grace_period"]


@pytest.mark.parametrize("name", sorted(SERVICES.keys() - FROM_OUR_IMAGE))
def test_a_public_image_is_run_as_another_user_than_root(name: str) -> None:
    assert SERVICES[name]["user"].partition(":")[0] not in {"", "root", "0"}


def test_our_image_does_not_run_as_root() -> None:
    lines = (ROOT / "deploy" / "Dockerfile").read_text().splitlines()

    assert [line for line in lines if line.startswith("USER")][-1] == "USER 10001:10001"


def test_only_the_proxy_is_published_and_can_reach_out() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]
    assert [name for name, service in SERVICES.items() if "outside" in networks(service)] == [
        "proxy"
    ]


@pytest.mark.parametrize(
    ("name", "settings"), [("gateway", GatewaySettings), ("logger", LoggerSettings)]
)
def test_every_setting_of_a_program_can_be_chosen(name: str, settings: type) -> None:
    chosen = SERVICES[name]["environment"].keys()

    assert chosen == {setting.env for setting in settings_of(settings)}


def networks(service: dict[str, Any]) -> list[str]:
    listed: list[str] = service.get("networks", [])
    return listed
