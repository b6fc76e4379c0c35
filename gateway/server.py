"""The gateway's port: WebSockets at /ws, and the pages that say how it is.

Owns: the handshake and its refusals, and each client's socket.
Never: what a client may do (`gateway.connection`).
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Any, cast

from prometheus_client import CollectorRegistry
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.protocol import State
from websockets.typing import Subprotocol

from gateway.addresses import Network, client_address, is_trusted, place
from gateway.limits import Limiter
from gateway.service import Gateway
from gateway.sockets import Sockets
from gateway.tasks import Tasks
from gateway.turns import Turn, Turns
from parley.observe.health import Answer, Check, http_response, respond
from parley.protocol import limits
from parley.protocol.refusals import CloseCode

SUBPROTOCOL = Subprotocol("parley.v1")
# Connections that the kernel keeps until the gateway takes them; it has a bound of its own as well.
_BACKLOG = 4096
# How long a closed peer may take to say goodbye, or to read what is queued, in seconds.
_CLOSE_SECONDS = 5.0
# Commands read ahead of the one that is carried out. The rest waits in the client's socket.
_READ_AHEAD = 4
# A peer that has sent nothing for so many heartbeats, its answers to pings included, has gone.
_SILENT_PINGS = 3
# Linux takes twice as much. A stalled reader costs that, PARLEY_SLOW_READER_BYTES (384 KiB), and
# the last write that found it below: a batch, or the answer to a resume. In all less than 1 MiB.
_SEND_BUFFER_BYTES = 128 * 1024
# What a client may leave unread before it is cut off, whatever it is: no reader costs more.
_UNREAD_BYTES = 1024 * 1024
_PING = b"\x89\x00"  # RFC 6455, 5.5.2, without a payload

_TEXT = "text/plain; charset=utf-8"
_BUSY = (
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 10\r\nContent-Length: 0\r\n"
    b"Connection: close\r\n\r\n"
)
_WELCOME = b"This is a Parley server. Join with: parley chat http://<this address>\n"


class Gate:
    """What every new socket passes before anything is made for it."""

    def __init__(self, sockets: Sockets, trusted_proxies: Sequence[Network]) -> None:
        self._sockets, self._trusted_proxies = sockets, trusted_proxies

    def opened(self, transport: asyncio.BaseTransport) -> bool:
        """Count a socket; False if there are too many."""
        return self._sockets.opened(self._place(transport))

    def closed(self, transport: asyncio.BaseTransport) -> None:
        """A socket that was counted has gone."""
        self._sockets.closed(self._place(transport))

    def _place(self, transport: asyncio.BaseTransport) -> str | None:
        nearest = str(transport.get_extra_info("peername")[0])
        return None if is_trusted(nearest, self._trusted_proxies) else place(nearest)


class Socket(ServerConnection):
    """A client's socket that knows whether it has heard anything since it was last asked."""

    silent_pings = 0
    turn: Turn | None = None

    def __init__(self, gate: Gate, request_seconds: float, *rest: Any, **more: Any) -> None:
        super().__init__(*rest, **more)
        self._gate, self._request_seconds = gate, request_seconds
        self._deadline: asyncio.TimerHandle

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take a new socket, and bound what the kernel holds for a client that does not read."""
        transport = cast(asyncio.Transport, transport)
        if not self._gate.opened(transport):
            transport.set_protocol(asyncio.Protocol())  # nobody: no task, no buffers
            transport.write(_BUSY)
            transport.close()
            return
        raw = transport.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER_BYTES)
        super().connection_made(transport)
        # For the request. When that is there, the client waits for us, as long as it likes.
        self._deadline = self.loop.call_later(self._request_seconds, self._request_overdue)

    def _request_overdue(self) -> None:
        if not self.request_rcvd.done():
            self.transport.abort()

    def connection_lost(self, error: Exception | None) -> None:
        """Count the socket no longer."""
        self._gate.closed(self.transport)
        self._deadline.cancel()
        self.end_turn()
        super().connection_lost(error)

    def end_turn(self) -> None:
        """The client is in, or has gone: let the next one in."""
        if self.turn is not None:
            self.turn.end()
            self.turn = None

    def forget_handshake(self) -> None:
        """Let go of what was said before the first frame: of an idle client, a fifth of its cost.

        The library keeps the request as long as the socket, and asks it for nothing any more.
        """
        if self.request is not None:
            self.request.headers.clear()
        self.response = None

    def data_received(self, data: bytes) -> None:
        """Take bytes from the network: whatever they are, somebody is there."""
        self.silent_pings = 0
        super().data_received(data)
        # The library answers every ping at once, whether or not the answers are read.
        if self.transport.get_write_buffer_size() > _UNREAD_BYTES:
            self.transport.abort()


class WebSocketPeer:
    """A client's socket, as a connection uses it; implements `gateway.peer.Peer`."""

    def __init__(self, websocket: Socket, address: str, tasks: Tasks) -> None:
        self._websocket, self._address, self._tasks = websocket, address, tasks
        # What is fanned out passes here for each reader: no more steps than it needs.
        self._transport, self._protocol = websocket.transport, websocket.protocol

    @property
    def address(self) -> str:
        return self._address

    def write(self, frames: bytes) -> None:
        # Past the library, which would frame the message again for each reader. It writes its own
        # frames to the same transport, and never a fragment, so that the two cannot interleave.
        if self._protocol.state is State.OPEN:
            self._transport.write(frames)

    def buffered(self) -> int:
        return self._transport.get_write_buffer_size()

    def ping(self) -> None:
        self._websocket.silent_pings += 1
        if self._websocket.silent_pings > _SILENT_PINGS:
            self._transport.abort()
        else:
            self.write(_PING)

    def close(self, code: CloseCode, reason: str) -> None:
        self._tasks.spawn(self._websocket.close(code, reason), name="close")


@dataclass(frozen=True)
class Door:
    """Who may come in. `hello_seconds` is the time to shake hands, then for the first command."""

    origins: frozenset[str]
    """From which browsers may connect; if empty, from the server's own host."""
    trusted_proxies: Sequence[Network]
    hello_seconds: float
    sockets: int
    """Clients that one gateway takes in all."""
    sockets_per_address: int
    entering: int
    """Clients that are let in at a time; others wait for their turn."""


class GatewayServer:
    """Listens for one gateway's clients, and for whoever asks how it is."""

    def __init__(
        self,
        gateway: Gateway,
        door: Door,
        limiter: Limiter,
        checks: Mapping[str, Check],
        registry: CollectorRegistry,
    ) -> None:
        self._gateway, self._door, self._limiter = gateway, door, limiter
        self._sockets = Sockets(door.sockets, door.sockets_per_address)
        self._turns = Turns(door.entering)
        self._checks, self._registry = checks, registry
        self._tasks = Tasks()

    @asynccontextmanager
    async def listening(
        self, host: str, port: int, *, is_shared: bool = False
    ) -> AsyncIterator[int]:
        """Listen until the block ends, then let every client go; yield the port.

        `is_shared`: beside other processes, among which the kernel divides new connections.
        Raises OSError if the port cannot be had.
        """
        gate = Gate(self._sockets, self._door.trusted_proxies)
        server = await serve(
            self._serve_client,
            host,
            port,
            create_connection=cast(type[Socket], partial(Socket, gate, self._door.hello_seconds)),
            process_request=self._answer,
            select_subprotocol=lambda _, offered: SUBPROTOCOL,
            compression=None,  # frames are shared among readers, and inflating is an attack
            max_size=limits.FRAME_BYTES,
            max_queue=_READ_AHEAD,
            open_timeout=None,  # the socket's own deadline leaves out the time to wait for a turn
            backlog=_BACKLOG,
            reuse_port=is_shared or None,  # None: not even asked of a system that has no such thing
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
        address = self._address(websocket)
        websocket.forget_handshake()
        refusal = self._refusal_of_client(address)
        if refusal is not None:
            await websocket.close(CloseCode.TRY_LATER, refusal)
            return
        try:
            await self._converse(websocket, address)
        finally:
            websocket.end_turn()
            self._sockets.leave(place(address))

    def _refusal_of_client(self, address: str) -> str | None:
        """Count a client; return why it cannot be taken, if so."""
        wait = self._limiter.connect(address)
        if wait:
            return f"too many connections from this address: try again in {wait} ms"
        return self._sockets.enter(place(address))

    async def _converse(self, websocket: Socket, address: str) -> None:
        peer = WebSocketPeer(websocket, address, self._tasks)
        connection = self._gateway.connect(peer)
        loop = asyncio.get_running_loop()
        timer = loop.call_later(self._door.hello_seconds, connection.hello_overdue)
        try:
            async for frame in websocket:
                await connection.receive(frame)
                websocket.end_turn()  # by its first command a client is in, or is not let in
                # Who does not read its answers is not listened to either.
                await websocket.drain()
        except ConnectionClosed:
            pass  # however it ended: the client comes back and resumes
        finally:
            timer.cancel()
            await self._gateway.disconnect(connection)

    # --- the handshake -----------------------------------------------------------------

    async def _answer(self, websocket: ServerConnection, request: Request) -> Response | None:
        """Return what an HTTP request is answered; None lets a WebSocket through."""
        if request.method != "GET":
            return None  # websockets refuses it: 405
        match request.path.partition("?")[0]:
            case "/ws":
                refusal = self._refusal(request)
                if refusal is not None:
                    return http_response(refusal)
                await self._wait_for_turn(websocket)
                return None
            case "/":
                return http_response(Answer(HTTPStatus.OK, _TEXT, _WELCOME))
            case _:
                answer = await respond(request.path, self._checks, self._registry)
                return http_response(answer)

    async def _wait_for_turn(self, websocket: ServerConnection) -> None:
        assert isinstance(websocket, Socket)
        websocket.turn = await self._turns.take()
        if websocket.state is State.CLOSED:  # it has not waited
            websocket.end_turn()

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
        request = websocket.request
        assert request is not None
        return client_address(
            str(websocket.remote_address[0]),
            request.headers.get_all("X-Forwarded-For"),
            self._door.trusted_proxies,
        )


def _refused(status: HTTPStatus, reason: str) -> Answer:
    return Answer(status, _TEXT, f"{reason}\n".encode())


def _port(server: Server) -> int:
    port: int = next(iter(server.sockets)).getsockname()[1]
    return port
