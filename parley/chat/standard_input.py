"""The lines that are piped in.

Owns: reading them without blocking the event loop, however they come: a pipe, a file, a terminal.
Never: what they mean.
"""

import asyncio
import os
import threading
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import suppress

# A line that grows longer, in bytes, is cut: it is too long to be sent anyway.
LINE_BYTES = 256 * 1024
_READ_BYTES = 64 * 1024
# Lines read ahead of those that are being sent.
_LINES_AHEAD = 16


class Splitter:
    """Cuts bytes into lines."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield the lines that these bytes complete, without their ends."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        yield from (line.removesuffix(b"\r") for line in lines)
        if len(self._rest) > LINE_BYTES:
            yield self._rest
            self._rest = b""

    def end(self) -> Iterator[bytes]:
        """Yield a last line that no end came for."""
        if self._rest:
            yield self._rest
            self._rest = b""


async def lines_of(descriptor: int) -> AsyncGenerator[bytes, None]:
    """Yield the lines of a file descriptor until its end."""
    loop = asyncio.get_running_loop()
    lines: asyncio.Queue[bytes | None] = asyncio.Queue()
    free, ended = threading.Semaphore(_LINES_AHEAD), threading.Event()

    def put(line: bytes | None) -> None:
        free.acquire()
        if not ended.is_set():
            loop.call_soon_threadsafe(lines.put_nowait, line)

    # A thread of its own, since files cannot be awaited; a daemon that reads past Python's
    # buffers, since a program that has to end must not wait for somebody to type.
    threading.Thread(target=_read, args=(descriptor, put, ended), daemon=True).start()
    try:
        while (line := await lines.get()) is not None:
            free.release()
            yield line
    finally:
        ended.set()
        free.release()


def _read(descriptor: int, put: Callable[[bytes | None], None], ended: threading.Event) -> None:
    splitter = Splitter()
    with suppress(RuntimeError):  # the event loop has ended: nobody wants further lines
        while not ended.is_set() and (data := _some(descriptor)):
            for line in splitter.feed(data):
                put(line)
                if ended.is_set():
                    return
        for line in splitter.end():
            put(line)
        put(None)


def _some(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, _READ_BYTES)
    except OSError:  # a terminal that was hung up
        return b""
