"""Bare WebSockets: what a client that is not ours could send.

Owns: connecting, and reading the answer to a command.
Never: what is sent on them.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from tests.integration.deployment import PATIENCE, Process


@asynccontextmanager
async def socket_to(gateway: Process, **how: Any) -> AsyncIterator[ClientConnection]:
    """A bare WebSocket that nobody has signed in on."""
    url = gateway.url.replace("http", "ws") + "/ws"
    how.setdefault("subprotocols", ["parley.v1"])
    async with asyncio.timeout(PATIENCE), connect(url, compression=None, **how) as socket:
        yield socket


async def answer(socket: ClientConnection, ref: int | None) -> dict[str, Any]:
    """The answer to a command; events before it are passed over."""
    while True:
        message: dict[str, Any] = json.loads(await socket.recv())
        if message["type"] in ("ok", "error") and message["ref"] == ref:
            return message


async def asked(socket: ClientConnection, **command: Any) -> dict[str, Any]:
    """The answer to a command."""
    await socket.send(json.dumps({"ref": 7, **command}))
    return await answer(socket, command.get("ref", 7))
