"""The command line's end of the control socket.

Owns: one request and its answer, and what to say when no server is there.
Never: what the answer is for.
"""

import socket
from pathlib import Path
from typing import TypeVar

import msgspec

from parley.admin import wire

# Longer than any change takes; a server that has not answered by then hangs, in seconds.
_PATIENCE = 30.0

Answer = TypeVar("Answer")


class ServerAway(Exception):
    """Nobody answers on the control socket."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(path, reason)
        self.path, self.reason = path, reason

    def __str__(self) -> str:
        return (
            f"no server answers at {self.path} ({self.reason}): start it, or name its data folder"
            " with --data-dir"
        )


class NotDone(Exception):
    """The server did not do it, and says why."""


def ask(path: Path, request: wire.Request, answer: type[Answer]) -> Answer:
    """Return the answer to a request. Raises ServerAway and NotDone."""
    reply = _reply(path, wire.encode(request))
    if isinstance(reply, wire.Failed):
        raise NotDone(reply.reason)
    return msgspec.json.decode(reply.answer, type=answer)


def _reply(path: Path, line: bytes) -> wire.Reply:
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(_PATIENCE)
            connection.connect(str(path))
            with connection.makefile("rwb") as lines:
                lines.write(line)
                lines.flush()
                return wire.decode_reply(lines.readline())
    except OSError as error:
        raise ServerAway(path, error.strerror or str(error)) from None
    except msgspec.DecodeError:
        raise ServerAway(path, "it has ended, or is of another version") from None
