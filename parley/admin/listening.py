"""The server's end of the control socket.

Owns: the socket's file, which its owner alone may open, and the replies.
Never: who asks (whoever may open the file runs the server), and what is done (`parley.admin.work`).
"""

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import structlog

from parley.admin import wire
from parley.protocol.refusals import Refusal
from parley.store.errors import StoreUnavailable

log = structlog.get_logger()

# The longest request, in bytes.
_LINE_BYTES = 64 * 1024
_OWNER_ALONE = 0o177  # a umask

Perform = Callable[[wire.Request], Awaitable[Any]]


class NotThere(Exception):
    """What a request names does not exist; `str()` is a sentence for a person."""


@asynccontextmanager
async def control_socket(path: Path, perform: Perform) -> AsyncIterator[None]:
    """Answer at `path` until the block ends. Raises OSError if it cannot be had."""

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                writer.write(wire.encode(await _reply(line, perform)))
                await writer.drain()
        except (ValueError, ConnectionError):
            pass  # a line without an end, or nobody waits for the answer any more
        finally:
            writer.close()

    server = await asyncio.start_unix_server(converse, sock=_bound(path), limit=_LINE_BYTES)
    try:
        yield
    finally:
        server.close()
        _remove(path)


def _bound(path: Path) -> socket.socket:
    _remove(path)  # of a server that was killed: nobody listens there any more
    listener = socket.socket(socket.AF_UNIX)
    before = os.umask(_OWNER_ALONE)
    try:
        listener.bind(str(path))
    except BaseException:
        listener.close()
        raise
    finally:
        os.umask(before)
    return listener


def _remove(path: Path) -> None:
    path.unlink(missing_ok=True)


async def _reply(line: bytes, perform: Perform) -> wire.Reply:
    try:
        request = wire.decode_request(line)
    except msgspec.DecodeError as error:
        return wire.Failed(f"the server does not understand the request: {error}")
    try:
        return wire.done(await perform(request))
    except (Refusal, StoreUnavailable, NotThere) as error:
        return wire.Failed(str(error))
    except Exception:
        log.exception("admin_failed", request=type(request).__name__)
        return wire.Failed("the server made a mistake, which is in its log")
