"""A gateway that listens to `parley admin`, and whoever runs it."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from gateway.service import Gateway
from parley.admin.listening import control_socket
from parley.admin.work import Administrator, Means
from parley.cli import app
from tests.gateway.conftest import gateway, ground
from tests.recovery.ground import Ground

__all__ = ["gateway", "ground"]


@dataclass(frozen=True)
class Outcome:
    """How a command ended."""

    code: int
    out: str
    err: str


class Operator:
    """Whoever runs the server, at its machine."""

    def __init__(self, data: Path) -> None:
        self.data = data

    @property
    def socket(self) -> Path:
        return self.data / "admin.sock"

    async def __call__(self, *arguments: str, **variables: str) -> Outcome:
        """Run `parley admin` beside the gateway, as another process would."""
        command = ["admin", "--data-dir", str(self.data), *arguments]
        result = await asyncio.to_thread(CliRunner().invoke, app, command, env=variables)
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return Outcome(result.exit_code, result.stdout, result.stderr)

    async def rows(self, *arguments: str, **variables: str) -> list[dict[str, Any]]:
        """Run it, and return what it prints for programs."""
        outcome = await self(*arguments, "--json", **variables)
        assert outcome.code == 0, outcome.err
        return [json.loads(line) for line in outcome.out.splitlines()]


async def plain(password: str) -> str:
    """Hash nothing: what becomes of a password is `gateway.passwords`'s."""
    return f"hash of {password}"


@pytest.fixture
async def operator(gateway: Gateway, ground: Ground, tmp_path: Path) -> AsyncIterator[Operator]:
    """Whoever runs the gateway at which ann and bob have accounts."""
    operator = Operator(tmp_path)
    means = Means(ground.directory, plain, gateway.tell, ground.clock, secrets.randbits)
    async with control_socket(operator.socket, Administrator(means).perform):
        yield operator
