"""What lies between two machines, and can be cut."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Self


class Wire:
    """Carries connections to a port on this machine. When it is cut, neither end is told."""

    def __init__(self, far_port: int) -> None:
        self.port = 0
        self._far_port = far_port
        self._carriers: list[asyncio.Task[None]] = []
        self._ends: list[asyncio.StreamWriter] = []

    @classmethod
    @asynccontextmanager
    async def to(cls, far_port: int) -> AsyncIterator[Self]:
        """Lay a wire from `port` to the far port, for as long as the block."""
        wire = cls(far_port)
        async with await asyncio.start_server(wire._join, "127.0.0.1", 0) as listener:
            wire.port = listener.sockets[0].getsockname()[1]
            yield wire
            wire.cut()
            for end in wire._ends:
                end.transport.abort()

    def cut(self) -> None:
        """Carry nothing more over the connections that there are; new ones are well."""
        while self._carriers:
            self._carriers.pop().cancel()

    async def _join(self, reader: asyncio.StreamReader, near: asyncio.StreamWriter) -> None:
        far_reader, far = await asyncio.open_connection("127.0.0.1", self._far_port)
        self._ends += [near, far]
        for source, sink in ((reader, far), (far_reader, near)):
            self._carriers.append(asyncio.create_task(self._carry(source, sink)))

    async def _carry(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        while some := await source.read(65536):
            sink.write(some)
        sink.close()
