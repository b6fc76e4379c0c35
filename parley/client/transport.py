"""The bytes' way to a gateway and back.

Owns: the interface `Transport`, and the WebSocket behind it.
Never: what the frames say, and when to try again.
"""

from typing import Protocol
from urllib.parse import urlsplit, urlunsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import (
    ConnectionClosed,
    InvalidHandshake,
    InvalidStatus,
    InvalidURI,
    WebSocketException,
)
from websockets.typing import Subprotocol

from parley.client.errors import ConnectionFailed
from parley.protocol.limits import SERVER_FRAME_BYTES

SUBPROTOCOL = "parley.v1"
# Twice what a gateway sends, so that a later version's larger frames still come through.
MAX_FRAME_BYTES = 2 * SERVER_FRAME_BYTES
# Connecting and shaking hands, in seconds; a proxy in between may have to look for a gateway.
OPEN_SECONDS = 10.0
# A closing handshake that takes longer, in seconds, is cut off.
CLOSE_SECONDS = 1.0

_SCHEMES = {"http": "ws", "https": "wss", "ws": "ws", "wss": "wss"}
_PATH = "/ws"


class TransportClosed(Exception):
    """The connection is gone. `code` is None if the other side did not say why."""

    def __init__(self, code: int | None, reason: str) -> None:
        super().__init__(code, reason)
        self.code, self.reason = code, reason


class Transport(Protocol):
    """A connection to a gateway. Every method raises TransportClosed once it is gone."""

    async def send(self, frame: bytes) -> None:
        """Send a text frame; waits while too much is on its way."""

    async def receive(self) -> str | bytes:
        """Return the next frame."""

    async def close(self, reason: str) -> None:
        """Close the connection, within `CLOSE_SECONDS`. Never raises."""


def websocket_url(url: str) -> str:
    """Return where the gateway's WebSocket is. Raises ConnectionFailed if `url` cannot be one."""
    bad_address = ConnectionFailed(url, "expected an address like http://127.0.0.1:8080")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:  # brackets without an IPv6 address, a port that is no number
        raise bad_address from None
    if not parts.hostname or port == 0 or parts.scheme not in _SCHEMES:
        raise bad_address
    path = parts.path.rstrip("/")
    if not path.endswith(_PATH):
        path += _PATH
    return urlunsplit((_SCHEMES[parts.scheme], parts.netloc, path, parts.query, ""))


async def dial_websocket(url: str) -> Transport:
    """Connect to a gateway's WebSocket. Raises ConnectionFailed."""
    try:
        connection = await connect(
            url,
            subprotocols=[Subprotocol(SUBPROTOCOL)],
            compression=None,  # it costs memory for each connection, and may leak what it packs
            max_size=MAX_FRAME_BYTES,
            open_timeout=OPEN_SECONDS,
            close_timeout=CLOSE_SECONDS,
            ping_interval=None,  # the protocol has a heartbeat of its own
            proxy=None,
        )
    except InvalidStatus as error:
        status = error.response.status_code
        raise ConnectionFailed(url, f"it answered with HTTP status {status}") from None
    except (InvalidHandshake, InvalidURI, EOFError) as error:
        raise ConnectionFailed(url, f"no Parley server answers there ({error})") from None
    except TimeoutError:
        raise ConnectionFailed(url, f"no answer within {OPEN_SECONDS:.0f} s") from None
    except (OSError, WebSocketException) as error:
        raise ConnectionFailed(url, _reason(error)) from None
    if connection.subprotocol != SUBPROTOCOL:
        await connection.close()
        raise ConnectionFailed(url, f"the server there does not speak {SUBPROTOCOL}")
    return WebSocketTransport(connection)


def _reason(error: Exception) -> str:
    if isinstance(error, ConnectionRefusedError):
        return "nothing listens there"
    strerror = getattr(error, "strerror", None)
    return strerror if isinstance(strerror, str) else str(error)


class WebSocketTransport:
    """A transport over a WebSocket."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection

    async def send(self, frame: bytes) -> None:
        try:
            await self._connection.send(frame, text=True)
        except ConnectionClosed as error:
            raise _closed(error) from None

    async def receive(self) -> bytes:
        try:
            return await self._connection.recv(decode=False)
        except ConnectionClosed as error:
            raise _closed(error) from None

    async def close(self, reason: str) -> None:
        # A close frame takes 123 bytes of reason.
        await self._connection.close(reason=reason.encode()[:120].decode(errors="ignore"))


def _closed(error: ConnectionClosed) -> TransportClosed:
    if error.rcvd is None:
        return TransportClosed(None, "the connection was lost")
    reason = error.rcvd.reason or f"the server closed the connection with code {error.rcvd.code}"
    return TransportClosed(error.rcvd.code, reason)
