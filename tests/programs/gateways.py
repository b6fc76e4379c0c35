"""`parley gateway` with several workers, and a logger beside it, as real processes.

Owns: starting them, reading their log, and which process a connection has come to.
Never: Parley's own objects.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.programs.programs import PATIENCE, environment

_ESTABLISHED = "01"

Record = dict[str, Any]


class Program:
    """A running program that logs JSON to standard error."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.records: list[Record] = []
        """What it has logged and a test has read."""

    @property
    def pid(self) -> int:
        return self._process.pid

    def send(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    async def logs(self, event: str, **values: Any) -> Record:
        """Return the next log line of this event with these values."""
        async with asyncio.timeout(PATIENCE):
            while (record := await self._record()) is not None:
                if record.items() >= {"event": event, **values}.items():
                    return record
        raise AssertionError(f"it ended without {event}; its log: {self.records}")

    async def rest(self) -> list[Record]:
        """Return the rest of the log: all of it when no process is left that could write."""
        rest: list[Record] = []
        async with asyncio.timeout(PATIENCE):
            while (record := await self._record()) is not None:
                rest.append(record)
        return rest

    async def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal; return the exit code when no process of it is left."""
        self.send(number)
        await self.rest()
        return await self._process.wait()

    async def _record(self) -> Record | None:
        assert self._process.stderr is not None
        line = await self._process.stderr.readline()
        if not line:
            return None
        record: Record = json.loads(line)
        self.records.append(record)
        return record


class Gateway(Program):
    """A gateway with workers, which has said that it listens."""

    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def workers(self) -> dict[int, int]:
        """The process of each worker by number, by what the log has said so far."""
        return {
            record["worker"]: record["process"]
            for record in self.records
            if record["event"] == "worker_listening"
        }

    def clients_of(self, worker: int) -> int:
        """Return how many connections a worker has from clients."""
        inodes = _inodes_at(self.port)
        return sum(inode in inodes for inode in _sockets_of(self.workers()[worker]))


@asynccontextmanager
async def program(name: str, **variables: str) -> AsyncIterator[Program]:
    """A `parley` program, until the block ends."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "parley", name),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        env=environment(PARLEY_LOG_FORMAT="json", **variables),
    )
    running = Program(process)
    try:
        yield running
    finally:
        if process.returncode is None:
            process.kill()
        await running.rest()
        await process.wait()


@asynccontextmanager
async def gateway(**variables: str) -> AsyncIterator[Gateway]:
    """A gateway of two workers on a free port, until the block ends."""
    settings = {"PARLEY_WORKERS": "2", "PARLEY_PORT": "0", "PARLEY_SIGN_UP": "open"} | variables
    async with program("gateway", **settings) as running:
        listening = Gateway(running._process)
        running.records = listening.records
        record = await listening.logs("gateway_listening")
        listening.port = record["port"]
        yield listening


def _inodes_at(port: int) -> set[str]:
    """Return the sockets that are connected and have this port on our side."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return {
        row[9] for row in rows if row[3] == _ESTABLISHED and int(row[1].split(":")[1], 16) == port
    }


def _sockets_of(process: int) -> list[str]:
    """Return the sockets that a process has open."""
    found = []
    for file in Path(f"/proc/{process}/fd").iterdir():
        with contextlib.suppress(OSError):  # closed meanwhile
            match = re.fullmatch(r"socket:\[(\d+)\]", os.readlink(file))
            if match is not None:
                found.append(match[1])
    return found
