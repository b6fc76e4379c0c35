"""A proxy of our own for TCP, between any two processes: slow, cut, silent, or pointed elsewhere.

Owns: the connections that go through it, and what is wrong with them.
Never: what is said on them.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from typing import Literal

Direction = Literal["up", "down", "both"]

_CHUNK_BYTES = 64 * 1024
# A target that has not accepted by then counts as gone, in seconds.
_CONNECT_SECONDS = 2.0


class Gate:
    """Lets bytes through in one direction, or holds them back."""

    def __init__(self) -> None:
        self._open = asyncio.Event()
        self._open.set()

    def shut(self) -> None:
        """Hold back what comes from now on."""
        self._open.clear()

    def open(self) -> None:
        """Let it through again."""
        self._open.set()

    async def passed(self) -> None:
        """Return once it is open."""
        await self._open.wait()


class Link:
    """One connection through the proxy."""

    def __init__(self, near: asyncio.StreamWriter, far: asyncio.StreamWriter, port: int) -> None:
        self.port = port
        self.up, self.down = Gate(), Gate()
        self._writers = (near, far)

    def cut(self) -> None:
        """End it at both ends, without a goodbye."""
        for writer in self._writers:
            writer.transport.abort()
        for gate in (self.up, self.down):
            gate.open()


class Proxy:
    """Listens on a loopback port of its own, and connects each caller to one of its targets."""

    def __init__(self, targets: Sequence[int]) -> None:
        self.targets = list(targets)
        self.delay = 0.0
        """Seconds by which each piece is late, in both directions."""
        self.port = 0
        self._links: set[Link] = set()
        self._serving: set[asyncio.Task[None]] = set()
        self._calls = 0
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Listen."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Cut every connection and stop listening."""
        if self._server is not None:
            self._server.close()
        for task in self._serving:
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)

    def cut(self, port: int | None = None) -> None:
        """End the connections: all of them, or those to one target."""
        for link in self._to(port):
            link.cut()

    def freeze(self, direction: Direction, port: int | None = None) -> None:
        """Leave the present connections half open: what is sent in a direction never arrives.

        They stay so until they are cut; new connections are not concerned.
        """
        for link in self._to(port):
            if direction != "down":
                link.up.shut()
            if direction != "up":
                link.down.shut()

    def _to(self, port: int | None) -> list[Link]:
        return [link for link in self._links if port in (None, link.port)]

    # --- connections -----------------------------------------------------------------------

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._serve(reader, writer))
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        found = await self._connect()
        if found is None:
            writer.transport.abort()
            return
        far_reader, far_writer, port = found
        link = Link(writer, far_writer, port)
        self._links.add(link)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._pump(reader, far_writer, link.up, link))
                group.create_task(self._pump(far_reader, writer, link.down, link))
        finally:
            self._links.discard(link)
            link.cut()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter, int] | None:
        """Return a connection to the next target that takes one."""
        self._calls += 1
        turn = self._calls % len(self.targets)
        for port in self.targets[turn:] + self.targets[:turn]:
            with contextlib.suppress(OSError):
                async with asyncio.timeout(_CONNECT_SECONDS):
                    reader, writer = await asyncio.open_connection("127.0.0.1", port)
                return reader, writer, port
        return None

    async def _pump(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        gate: Gate,
        link: Link,
    ) -> None:
        with contextlib.suppress(OSError):
            while piece := await reader.read(_CHUNK_BYTES):
                await asyncio.sleep(self.delay)
                await gate.passed()
                writer.write(piece)
                await writer.drain()
            await gate.passed()  # nobody hears of the end of a connection that is half open
        link.cut()
