"""A worker's end of the socket to its parent.

Owns: what the parent has told, the present state of the others among it, and the wish to stop.
Never: what a worker does about it.
"""

import asyncio
import socket
from typing import Self

from parley.services.base import CannotStart
from parley.services.workers.wire import (
    Assignment,
    Crew,
    FromWorker,
    Stop,
    decode_to_worker,
    line,
)

_STANDARD_INPUT = 0


class WorkersMissing(Exception):
    """Not all workers are ready."""


class Link:
    """Made by `open`. `follow` listens until the parent wants this worker to stop, or has gone."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, assignment: Assignment
    ) -> None:
        self._reader, self._writer = reader, writer
        self.assignment = assignment
        self.crew = Crew({}, is_complete=False)
        self.asked = asyncio.Event()
        """Set when this worker is to stop."""
        self.is_orphan = False

    @classmethod
    async def open(cls) -> Self:
        """Take this process's standard input as the link. Raises CannotStart if it is none."""
        try:
            reader, writer = await asyncio.open_unix_connection(
                sock=socket.socket(fileno=_STANDARD_INPUT)
            )
            assignment = decode_to_worker(await reader.readline())
            if not isinstance(assignment, Assignment):
                raise ValueError(assignment)
        except (OSError, ValueError):
            raise CannotStart("a worker is started by its gateway: parley gateway") from None
        return cls(reader, writer, assignment)

    async def follow(self) -> None:
        """Take what the parent tells, until this worker is to stop."""
        try:
            while not self.asked.is_set():
                self._take(await self._heard())
        finally:
            self.asked.set()

    async def _heard(self) -> bytes:
        try:
            return await self._reader.readline()
        except ConnectionError:  # the parent has gone, and had not heard all
            return b""

    def _take(self, told: bytes) -> None:
        if not told.endswith(b"\n"):  # the end: the parent has gone, with its last word unfinished
            self.is_orphan = True
            self.asked.set()
            return
        match decode_to_worker(told):
            case Stop():
                self.asked.set()
            case Crew() as crew:
                self.crew = crew
            case Assignment():
                pass  # it was told before

    async def all_are_ready(self) -> None:
        """Check that all workers are; see `parley.observe.health`. Raises WorkersMissing."""
        if self.is_orphan or not self.crew.is_complete:
            raise WorkersMissing

    async def say(self, message: FromWorker) -> None:
        """Tell the parent something. One that has gone does not hear it."""
        try:
            self._writer.write(line(message))
            await self._writer.drain()
        except ConnectionError:
            pass
