"""The model server on a real WebSocket, on a free port of 127.0.0.1.

Owns: the socket; what is said over it comes from `tests.client.model`.
Never: more than one client at once.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Self

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosedError
from websockets.typing import Subprotocol

from parley.protocol.codec import decode_command
from parley.protocol.commands import AnyCommand
from tests.client.model import ModelServer


class Loopback:
    """A server to connect to. With `stores`, everything is in the database at once."""

    def __init__(self, model: ModelServer, *, stores: bool = True) -> None:
        self.model, self.stores = model, stores
        self.port = 0
        self.connections = 0
        self.silent = False
        """Whether commands are left unanswered."""
        self.unanswered: asyncio.Queue[bytes] = asyncio.Queue()
        self.text_frames: list[bool] = []
        self.commands: list[AnyCommand] = []
        self._client: ServerConnection | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def serve_client(self, client: ServerConnection) -> None:
        self.connections += 1
        self._client = client
        self.model.connect()
        try:
            async for frame in client:
                self.text_frames.append(isinstance(frame, str))
                data = frame.encode() if isinstance(frame, str) else frame
                if self.silent:
                    self.unanswered.put_nowait(data)
                else:
                    self.commands.append(decode_command(data))
                    self.model.receive(data)
                    await self.flush()
        except ConnectionClosedError:
            pass  # it was cut
        finally:
            if self._client is client:
                self.model.disconnect()

    async def flush(self) -> None:
        """Send what the model has to say."""
        if self.stores:
            for room in self.model.rooms.values():
                if room.stored < room.top:
                    self.model.store(room, room.top, is_heard=True)
        frames, self.model.to_client = self.model.to_client, []
        for frame in frames:
            assert self._client is not None
            await self._client.send(frame, text=True)

    async def close_client(self, code: int, reason: str) -> None:
        """Close the connection as a gateway would."""
        assert self._client is not None
        await self._client.close(code, reason)

    def cut_client(self) -> None:
        """Cut the connection as a dying machine would."""
        assert self._client is not None
        self._client.transport.abort()


@asynccontextmanager
async def loopback(model: ModelServer, *, stores: bool = True) -> AsyncIterator[Loopback]:
    """A loopback server for as long as the block."""
    server = Loopback(model, stores=stores)
    async with serve(
        server.serve_client, "127.0.0.1", 0, subprotocols=[Subprotocol("parley.v1")]
    ) as listener:
        server.port = next(iter(listener.sockets)).getsockname()[1]
        yield server


class LoopbackThread:
    """A loopback server beside a test that runs event loops of its own."""

    def __init__(self, model: ModelServer) -> None:
        self.model = model
        self.url = ""
        self._loop = asyncio.new_event_loop()
        self._started, self._stop = threading.Event(), asyncio.Event()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=[self._serve()])

    def __enter__(self) -> Self:
        self._thread.start()
        self._started.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()
        self._loop.close()

    async def _serve(self) -> None:
        async with loopback(self.model) as server:
            self.url = server.url
            self._started.set()
            await self._stop.wait()
