"""What the load client is to do, as a value.

Owns: the connections, their scripts and messages, and the file that says so.
Never: a server's protocol; each contender fills a plan in its own terms.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

CMID, REF, STAMP = "{cmid}", "{ref}", "{stamp}"
"""What the load client fills into a message's template."""


@dataclass(frozen=True)
class Await:
    """Wait for a frame that contains this."""

    text: str


@dataclass
class Planned:
    """A connection: the HTTP request that opens it, its script, and its messages' template."""

    request: str
    script: Sequence[str | Await] = ()
    """Frames to send, and what to wait for in between."""
    template: str | None = None


@dataclass
class Plan:
    """Every connection of a run.

    `port`: where the servers listen; of several, one connection after another takes turns.
    `answers`: a frame that must be answered, and by what.
    """

    port: int | Sequence[int]
    connections: list[Planned] = field(default_factory=list)
    answers: tuple[str, str] | None = None

    def text(self) -> str:
        """Return the plan in the load client's own form."""
        ports = [self.port] if isinstance(self.port, int) else self.port
        lines = [f"target 127.0.0.1 {port}" for port in ports]
        if self.answers is not None:
            lines.append(f"answer {self.answers[0]} {self.answers[1]}")
        for connection in self.connections:
            lines.append(f"connection {_escaped(connection.request)}")
            for step in connection.script:
                is_wait = isinstance(step, Await)
                text = step.text if isinstance(step, Await) else step
                lines.append(f"{'await' if is_wait else 'say'} {_escaped(text)}")
            if connection.template is not None:
                lines.append(f"sender {_escaped(connection.template)}")
        return "\n".join(lines) + "\n"


def upgrade(path: str, subprotocol: str | None = None, **headers: str) -> str:
    """Return the HTTP request that opens a WebSocket."""
    lines = [
        f"GET {path} HTTP/1.1",
        "Host: 127.0.0.1",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version: 13",
    ]
    if subprotocol is not None:
        lines.append(f"Sec-WebSocket-Protocol: {subprotocol}")
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""])


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\r", "\\r").replace("\n", "\\n")
