"""One worker process, as its parent sees it.

Owns: the process and the parent's end of the socket to it.
Never: when there is to be one.
"""

import asyncio
import socket
import sys
from collections.abc import AsyncIterator
from typing import Self

from parley.observe.sharing import FOLDER_VARIABLE
from parley.services.workers.wire import (
    Assignment,
    FromWorker,
    ToWorker,
    decode_from_worker,
    line,
)
from parley.settings import environment_with

_COMMAND = (sys.executable, "-m", "parley", "worker")


class WorkerProcess:
    """Made by `start`."""

    def __init__(
        self,
        process: asyncio.subprocess.Process,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        self._process, self._reader, self._writer = process, reader, writer
        self._started = asyncio.get_running_loop().time()

    @classmethod
    async def start(cls, assignment: Assignment) -> Self:
        """Start a worker with the environment of this process, in a session of its own.

        So Ctrl-C in a terminal reaches the parent alone, which then stops its workers. Raises
        OSError if the system has no room for another process.
        """
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                process = await asyncio.create_subprocess_exec(
                    *_COMMAND,
                    stdin=theirs.fileno(),
                    env=environment_with({FOLDER_VARIABLE: assignment.folder}),
                    start_new_session=True,
                )
        except BaseException:
            ours.close()
            raise
        worker = cls(process, *await asyncio.open_unix_connection(sock=ours))
        worker.tell(assignment)
        return worker

    @property
    def pid(self) -> int:
        return self._process.pid

    def tell(self, message: ToWorker) -> None:
        """Tell the worker something. One that has ended does not hear it."""
        if not self._writer.is_closing():
            self._writer.write(line(message))

    async def says(self) -> AsyncIterator[FromWorker]:
        """Yield what the worker tells, until it ends."""
        while (told := await self._heard()).endswith(b"\n"):
            yield decode_from_worker(told)
        self._writer.close()

    async def _heard(self) -> bytes:
        try:
            return await self._reader.readline()
        except ConnectionError:  # it has ended, and something told to it was left unread
            return b""

    def kill(self) -> None:
        """End it at once, whatever it does."""
        if self._process.returncode is None:
            self._process.kill()

    async def ended(self) -> tuple[int, float]:
        """Wait for the end; return the exit code, and the seconds that it lived."""
        code = await self._process.wait()
        return code, asyncio.get_running_loop().time() - self._started
