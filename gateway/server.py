"""The gateway's port: WebSockets at /ws, and the pages that say how it is.

Owns: the handshake and its refusals, and each client's socket.
Never: what a client may do (`gateway.connection`).
"""

import asyncio
import ipaddress
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus

from prometheus_client import CollectorRegistry
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.protocol import State
from websockets.typing import Subprotocol

from gateway.service import Gateway
from gateway.tasks import Tasks
from parley.observe.health import Answer, Check, http_response, respond
from parley.protocol import limits
from parley.protocol.refusals import CloseCode

SUBPROTOCOL = Subprotocol("parley.v1")
# A handshake that takes longer is cut off, in seconds.
_OPEN_SECONDS = 5.0
# How long a closed peer may take to say goodbye, or to read what is queued, in seconds.
_CLOSE_SECONDS = 5.0
# Commands read ahead of the one that is carried out. The rest waits in the client's socket.
_READ_AHEAD = 4
# A peer that has sent nothing for so many heartbeats, its answers to pings included, has gone.
_SILENT_PINGS = 3
# Linux takes twice as much. A stalled reader costs that, PARLEY_SLOW_READER_BYTES (384 KiB), and
# the last write that found it below: a batch, or the answer to a resume. In all less than 1 MiB.
_SEND_BUFFER_BYTES = 128 * 1024
_PING = b"\x89\x00"  # RFC 6455, 5.5.2, without a payload

_TEXT = "text/plain; charset=utf-8"
_ADDRESS_CHARACTERS = 64
_WELCOME = b"This is a Parley server. Join with: parley chat http://<this address>\n"


class Socket(ServerConnection):
    """A client's socket that knows whether it has heard anything since it was last asked."""

    silent_pings = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take a new socket, and bound what the kernel holds for a client that does not read."""
        raw = transport.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER_BYTES)
        super().connection_made(transport)

    def data_received(self, data: bytes) -> None:
        """Take bytes from the network: whatever they are, somebody is there."""
        self.silent_pings = 0
        super().data_received(data)


class WebSocketPeer:
    """A client's socket, as a connection uses it; implements `gateway.peer.Peer`."""

    def __init__(self, websocket: Socket, address: str, tasks: Tasks) -> None:
        self._websocket, self._address, self._tasks = websocket, address, tasks

    @property
    def address(self) -> str:
        return self._address

    def write(self, frames: bytes) -> None:
        # Past the library, which would frame the message again for each reader. It writes its own
        # frames to the same transport, and never a fragment, so that the two cannot interleave.
        if self._websocket.state is State.OPEN:
            self._websocket.transport.write(frames)

    def buffered(self) -> int:
        return self._websocket.transport.get_write_buffer_size()

    def ping(self) -> None:
        self._websocket.silent_pings += 1
        if self._websocket.silent_pings > _SILENT_PINGS:
            self._websocket.transport.abort()
        else:
            self.write(_PING)

    def close(self, code: CloseCode, reason: str) -> None:
        self._tasks.spawn(self._websocket.close(code, reason), name="close")


@dataclass(frozen=True)
class Door:
    """Who may come in. `hello_seconds` is the time for the first command."""

    origins: frozenset[str]
    """From which browsers may connect; if empty, from the server's own host."""
    trusted_proxies: Sequence[ipaddress.IPv4Network | ipaddress.IPv6Network]
    hello_seconds: float


class GatewayServer:
    """Listens for one gateway's clients, and for whoever asks how it is."""

    def __init__(
        self, gateway: Gateway, door: Door, checks: Mapping[str, Check], registry: CollectorRegistry
    ) -> None:
        self._gateway, self._door = gateway, door
        self._checks, self._registry = checks, registry
        self._tasks = Tasks()

    @asynccontextmanager
    async def listening(self, host: str, port: int) -> AsyncIterator[int]:
        """Listen until the block ends, then let every client go; yield the port.

        Raises OSError if the port cannot be had.
        """
        server = await serve(
            self._serve_client,
            host,
            port,
            create_connection=Socket,
            process_request=self._answer,
            select_subprotocol=lambda _, offered: SUBPROTOCOL,
            compression=None,  # frames are shared among readers, and inflating is an attack
            max_size=limits.FRAME_BYTES,
            max_queue=_READ_AHEAD,
            open_timeout=_OPEN_SECONDS,
            close_timeout=_CLOSE_SECONDS,
            ping_interval=None,  # the heartbeat asks, without a task for each connection
            server_header=None,
        )
        try:
            yield _port(server)
        finally:
            server.close(close_connections=False)
            await self._gateway.stop()
            await server.wait_closed()
            await self._tasks.close()

    async def _serve_client(self, websocket: ServerConnection) -> None:
        assert isinstance(websocket, Socket)
        peer = WebSocketPeer(websocket, self._address(websocket), self._tasks)
        connection = self._gateway.connect(peer)
        loop = asyncio.get_running_loop()
        timer = loop.call_later(self._door.hello_seconds, connection.hello_overdue)
        try:
            async for frame in websocket:
                await connection.receive(frame)
                # Who does not read its answers is not listened to either.
                await websocket.drain()
        except ConnectionClosed:
            pass  # however it ended: the client comes back and resumes
        finally:
            timer.cancel()
            await self._gateway.disconnect(connection)

    # --- the handshake -----------------------------------------------------------------

    async def _answer(self, _: ServerConnection, request: Request) -> Response | None:
        """Return what an HTTP request is answered; None lets a WebSocket through."""
        if request.method != "GET":
            return None  # websockets refuses it: 405
        match request.path.partition("?")[0]:
            case "/ws":
                refusal = self._refusal(request)
                return http_response(refusal) if refusal is not None else None
            case "/":
                return http_response(Answer(HTTPStatus.OK, _TEXT, _WELCOME))
            case _:
                answer = await respond(request.path, self._checks, self._registry)
                return http_response(answer)

    def _refusal(self, request: Request) -> Answer | None:
        offered = ",".join(request.headers.get_all("Sec-WebSocket-Protocol"))
        if SUBPROTOCOL not in (name.strip() for name in offered.split(",")):
            return _refused(HTTPStatus.BAD_REQUEST, f"the subprotocol is {SUBPROTOCOL}")
        origins = request.headers.get_all("Origin")
        if origins and not all(self._is_allowed(origin, request) for origin in origins):
            return _refused(HTTPStatus.FORBIDDEN, "this origin may not connect here")
        return None

    def _is_allowed(self, origin: str, request: Request) -> bool:
        if self._door.origins:
            return origin in self._door.origins
        hosts = request.headers.get_all("Host")
        return len(hosts) == 1 and origin in (f"http://{hosts[0]}", f"https://{hosts[0]}")

    def _address(self, websocket: ServerConnection) -> str:
        """Return the client's address: the nearest one that no trusted proxy speaks for."""
        nearest = str(websocket.remote_address[0])
        request = websocket.request
        assert request is not None
        forwarded = ",".join(request.headers.get_all("X-Forwarded-For")).split(",")
        for address in (*(item.strip() for item in forwarded if item.strip()), nearest)[::-1]:
            if not self._is_trusted(address):
                return address[:_ADDRESS_CHARACTERS]
            nearest = address
        return nearest

    def _is_trusted(self, address: str) -> bool:
        try:
            parsed = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(parsed in network for network in self._door.trusted_proxies)


def _refused(status: HTTPStatus, reason: str) -> Answer:
    return Answer(status, _TEXT, f"{reason}\n".encode())


def _port(server: Server) -> int:
    port: int = next(iter(server.sockets)).getsockname()[1]
    return port
