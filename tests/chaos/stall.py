"""Readers that do not read, beside some that do, in a room full of words.

Owns: what a gateway holds for a stalled reader and for one that takes a byte at a time; and how
long the others wait meanwhile.
Never: the people of a round, who talk in other rooms.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import socket
import statistics
import time
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field

from parley.protocol.ids import LOBBY
from tests.chaos.programs import Program
from tests.chaos.raw import Frame, raw_client
from tests.chaos.system import HEARTBEAT_SECONDS
from tests.chaos.threads import in_thread

# Half a MiB of text a second, so that a limit is reached in a few seconds.
_TEXT_BYTES = 12_000
_TEXTS_PER_SECOND = 40
# The client's own buffer is kept small: what is held is then held by the gateway and its kernel.
_RECEIVE_BYTES = 4096
_BYTE_SECONDS = 0.005
_PONG = b"\x8a\x80" + bytes(4)  # RFC 6455, 5.5.3: unsolicited, masked with zeros
# A reader that has not been given up by then never will be, in seconds.
_GIVEN_UP_SECONDS = 30.0
_DRAIN_SECONDS = 10.0


@dataclass
class Stalled:
    """What was measured."""

    held: list[int] = field(default_factory=list)
    """Bytes for each slow reader, when it was given up: all that it could still read."""
    waits: list[float] = field(default_factory=list)
    """Seconds from the writing of a message to its arrival at a healthy reader."""

    @property
    def p99(self) -> float:
        """Of the waits, in seconds."""
        return statistics.quantiles(self.waits, n=100)[98] if len(self.waits) > 1 else 0.0


class _SlowReader:
    """A connection that follows the lobby and then reads nothing, or next to nothing."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self.left = 0
        """Bytes that there were to read at the end."""

    async def sip(self) -> None:
        """Take a byte at a time."""
        with suppress(OSError, asyncio.IncompleteReadError):
            while True:
                await self._reader.readexactly(1)
                await asyncio.sleep(_BYTE_SECONDS)

    async def breathe(self) -> None:
        """Give a sign of life now and then: who gives none is cut off for that alone."""
        while True:
            self._writer.write(_PONG)
            await asyncio.sleep(HEARTBEAT_SECONDS)

    async def drain(self) -> None:
        """Read all that is left, until the connection ends."""
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(_DRAIN_SECONDS):
                while piece := await self._reader.read(1 << 16):
                    self.left += len(piece)
        self._writer.transport.abort()


async def stall(gateways: Sequence[Program], token: str, slow: int) -> Stalled:
    """Let slow readers connect to the first gateway, and talk until they are given up.

    Half of them read nothing, half of them a byte at a time. Raises TimeoutError, RawFailed.
    """
    gateway, outcome = gateways[0], Stalled()
    before = await in_thread(gateway.metric, "parley_slow_readers_total")
    readers = [await _connect(gateway.port, token) for _ in range(slow)]
    alive = [asyncio.create_task(reader.sip()) for reader in readers[::2]]
    alive += [asyncio.create_task(reader.breathe()) for reader in readers]
    async with AsyncExitStack() as stack:
        for each in gateways:
            hears = _stopwatch(outcome)
            healthy = await stack.enter_async_context(raw_client(each.port, token, hears))
            await healthy.follow(LOBBY)
        speaker = await stack.enter_async_context(raw_client(gateways[-1].port, token))
        async with asyncio.timeout(_GIVEN_UP_SECONDS):
            while True:
                given_up = await in_thread(gateway.metric, "parley_slow_readers_total")
                if given_up - before >= slow:
                    break
                for _ in range(_TEXTS_PER_SECOND // 2):
                    words = f"{time.monotonic()} ".ljust(_TEXT_BYTES, "x")
                    await speaker.say(LOBBY, words)
                    await asyncio.sleep(1 / _TEXTS_PER_SECOND)
    for task in alive:
        task.cancel()
    await asyncio.gather(*alive, return_exceptions=True)
    await asyncio.gather(*(reader.drain() for reader in readers))
    outcome.held = [reader.left for reader in readers]
    return outcome


def _stopwatch(outcome: Stalled) -> Callable[[Frame], None]:
    def hear(frame: Frame) -> None:
        if frame["type"] == "event" and len(text := frame["content"].get("text", "")) > 1000:
            outcome.waits.append(time.monotonic() - float(text.split()[0]))

    return hear


async def _connect(port: int, token: str) -> _SlowReader:
    """Follow the lobby over a bare socket, whose buffers are as small as can be."""
    raw = socket.socket()
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BYTES)
    raw.setblocking(False)
    await asyncio.get_running_loop().sock_connect(raw, ("127.0.0.1", port))
    reader, writer = await asyncio.open_connection(sock=raw, limit=_RECEIVE_BYTES)
    key = base64.b64encode(os.urandom(16)).decode()
    lines = [
        "GET /ws HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {key}",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Protocol: parley.v1",
        "",
        "",
    ]
    writer.write("\r\n".join(lines).encode())
    await reader.readuntil(b"\r\n\r\n")
    cursor = {"room": LOBBY, "generation": None, "seq": 0}
    writer.write(_masked({"type": "hello", "ref": 1, "token": token}))
    writer.write(_masked({"type": "resume", "ref": 2, "rooms": [cursor]}))
    await reader.readuntil(b'"refused":[]')  # of the answer to `resume`
    return _SlowReader(reader, writer)


def _masked(command: Frame) -> bytes:
    """Return a text frame of 126 bytes to 64 KiB (RFC 6455, 5.2), masked with zeros."""
    data = json.dumps(command).ljust(126).encode()
    return b"\x81\xfe" + len(data).to_bytes(2) + bytes(4) + data
