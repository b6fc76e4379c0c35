"""A client that may do everything wrong: bytes over TCP.

Owns: handshakes and frames, whole or broken, and what comes back.
Never: a library for WebSockets; that would not let a test misbehave.
"""

from __future__ import annotations

import json
import os
import socket
from typing import Any, Self

# No test waits as long as this, unless it has failed, in seconds.
PATIENCE = 20.0
TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
CONTINUATION = 0


def frame(
    payload: bytes = b"",
    opcode: int = TEXT,
    *,
    final: bool = True,
    reserved: int = 0,
    masked: bool = True,
    length: int | None = None,
) -> bytes:
    """Return a frame (RFC 6455, 5.2), as wrong as is wanted."""
    size = len(payload) if length is None else length
    head = bytes([(0x80 if final else 0) | reserved << 4 | opcode])
    mask_bit = 0x80 if masked else 0
    if size < 126:
        head += bytes([mask_bit | size])
    elif size < 1 << 16:
        head += bytes([mask_bit | 126]) + size.to_bytes(2)
    else:
        head += bytes([mask_bit | 127]) + size.to_bytes(8)
    # A mask of zeroes leaves the payload as it is.
    return head + (bytes(4) if masked else b"") + payload


class Raw:
    """One TCP connection to a gateway."""

    def __init__(self, port: int) -> None:
        self.head = ""
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self._received = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def send(self, data: bytes) -> bool:
        """Send bytes; False if the server has hung up meanwhile."""
        try:
            self._socket.sendall(data)
        except ConnectionError:
            return False
        return True

    def upgrade(self, *headers: str, path: str = "/ws") -> int:
        """Shake hands; return the status."""
        key = "dGhlIHNhbXBsZSBub25jZQ=="
        lines = [
            f"GET {path} HTTP/1.1",
            f"Host: 127.0.0.1:{self._socket.getpeername()[1]}",
            "Connection: Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
            f"Sec-WebSocket-Key: {key}",
            *headers,
        ]
        self.send("\r\n".join((*lines, "", "")).encode("latin-1"))
        return self.status()

    def status(self) -> int:
        """Return the status of the answer to an HTTP request; 0 if there is none."""
        while b"\r\n\r\n" not in self._received:
            if not self._receive():
                return 0
        head, _, self._received = self._received.partition(b"\r\n\r\n")
        self.head = head.decode("latin-1")
        return int(self.head.split()[1])

    def say(self, **command: Any) -> None:
        """Send a command."""
        self.send(frame(json.dumps(command).encode()))

    def hears(self) -> dict[str, Any]:
        """Return the next message that answers something."""
        while True:
            opcode, payload = self._next_frame()
            if opcode == TEXT:
                message: dict[str, Any] = json.loads(payload)
                if message["type"] in ("ok", "error"):
                    return message
            assert opcode != CLOSE, f"closed: {payload!r}"

    def close_code(self) -> int:
        """Return the code of the close that comes; 0 if the connection just ends."""
        while True:
            try:
                opcode, payload = self._next_frame()
            except EOFError:
                return 0
            if opcode == CLOSE:
                return int.from_bytes(payload[:2])

    def _next_frame(self) -> tuple[int, bytes]:
        first, second = self._take(2)
        size = second & 0x7F
        if size >= 126:
            size = int.from_bytes(self._take(2 if size == 126 else 8))
        return first & 0x0F, self._take(size)

    def _take(self, size: int) -> bytes:
        while len(self._received) < size:
            if not self._receive():
                raise EOFError
        taken, self._received = self._received[:size], self._received[size:]
        return taken

    def _receive(self) -> bool:
        try:
            data = self._socket.recv(65_536)
        except ConnectionError:
            return False
        self._received += data
        return bool(data)


def sign_up(raw: Raw) -> str:
    """Be somebody new; return the token."""
    name = f"u{os.urandom(8).hex()}"
    raw.say(type="sign_up", ref=0, user_name=name, password="correct horse battery")
    answer = raw.hears()
    assert answer["type"] == "ok", answer
    token: str = answer["result"]["token"]
    return token
