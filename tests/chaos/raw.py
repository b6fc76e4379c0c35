"""A client with nothing around it: one connection, commands and what comes back.

Owns: the connection, and matching answers with commands.
Never: an outbox, a second try. Whoever uses it begins anew when it fails.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.typing import Subprotocol

from parley.protocol.ids import new_cmid

Frame = dict[str, Any]

# As the SDK has it.
_OPEN_SECONDS = 10.0


class RawFailed(Exception):
    """There is no connection (any more), or a command was refused."""


class RawClient:
    """One connection of somebody who has a token."""

    def __init__(self, socket: ClientConnection, heard: Callable[[Frame], None]) -> None:
        self._socket, self._heard = socket, heard
        self._asked: dict[int, asyncio.Future[Frame]] = {}
        self._ref = 0

    async def ask(self, kind: str, **fields: Any) -> Frame:
        """Return the result of a command. Raises RawFailed."""
        self._ref += 1
        answer = self._asked[self._ref] = asyncio.get_running_loop().create_future()
        try:
            await self._socket.send(json.dumps({"type": kind, "ref": self._ref, **fields}))
            frame = await answer
        except ConnectionClosed as error:
            raise RawFailed(str(error)) from None
        if frame["type"] == "error":
            raise RawFailed(frame["code"])
        result: Frame = frame["result"]
        return result

    async def follow(self, room: str) -> None:
        """Hear what is said in a room from now on. Raises RawFailed."""
        cursor = {"room": room, "generation": None, "seq": 0}
        answer = await self.ask("resume", rooms=[cursor])
        if answer["refused"]:
            raise RawFailed(answer["refused"][0]["code"])

    async def say(self, room: str, text: str) -> Frame:
        """Say something; return where it stands. Raises RawFailed."""
        cmid = new_cmid(time.time_ns() // 1_000_000, secrets.randbits(80))
        return await self.ask("send", room=room, cmid=cmid, content={"kind": "text", "text": text})

    async def listen(self) -> None:
        """Take what comes, until the connection ends."""
        try:
            async for data in self._socket:
                frame = json.loads(data)
                asked = self._asked.pop(frame.get("ref", 0), None)
                if asked is not None and not asked.done():
                    asked.set_result(frame)
                else:
                    self._heard(frame)
        except ConnectionClosed:
            pass
        for asked in self._asked.values():
            if not asked.done():
                asked.set_result({"type": "error", "code": "connection lost"})


def _ignore(_: Frame) -> None:
    """Hear nothing."""


@asynccontextmanager
async def raw_client(
    port: int, token: str, heard: Callable[[Frame], None] = _ignore
) -> AsyncIterator[RawClient]:
    """Be connected and signed in. `heard` gets what comes unasked. Raises RawFailed."""
    try:
        socket = await connect(
            f"ws://127.0.0.1:{port}/ws",
            subprotocols=[Subprotocol("parley.v1")],
            compression=None,
            open_timeout=_OPEN_SECONDS,
            close_timeout=0.5,
            ping_interval=None,
            proxy=None,
        )
    except (OSError, WebSocketException, EOFError) as error:
        raise RawFailed(str(error)) from None
    client = RawClient(socket, heard)
    listening = asyncio.create_task(client.listen())
    try:
        await client.ask("hello", token=token)
        yield client
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        socket.transport.abort()
