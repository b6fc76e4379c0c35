"""The programs as a person starts them: real processes, real signals.

Owns: starting `parley` in a process of its own, and reading what it prints.
Never: Parley's own objects.
"""

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

# No test waits as long as this, unless it has failed.
PATIENCE = 30.0
PASSWORD = "correct horse battery"

_ROOT = Path(__file__).parents[2]
_URL = re.compile(r"http://127\.0\.0\.1:\d+")


@dataclass
class Outcome:
    """How a program ended."""

    code: int
    out: str
    err: str


def environment(**variables: str) -> dict[str, str]:
    """A clean environment, with these PARLEY_ variables."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PARLEY_")}
    return kept | {"PYTHONPATH": str(_ROOT)} | variables


async def run(*arguments: str, typed: str = "", **variables: str) -> Outcome:
    """Run `parley` to its end, with something typed into it."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "parley", *arguments),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=environment(**variables),
    )
    try:
        async with asyncio.timeout(PATIENCE):
            out, err = await process.communicate(typed.encode())
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode is not None
    return Outcome(process.returncode, out.decode(), err.decode())


class Server:
    """A running `parley serve`."""

    def __init__(self, process: asyncio.subprocess.Process, url: str) -> None:
        self._process, self.url = process, url

    async def end(self, number: signal.Signals) -> int:
        """Send a signal, and return how the process ended."""
        self._process.send_signal(number)
        async with asyncio.timeout(PATIENCE):
            await self._process.communicate()
        assert self._process.returncode is not None
        return self._process.returncode


@asynccontextmanager
async def serving(data_dir: Path, port: int = 0) -> AsyncIterator[Server]:
    """`parley serve` on a data folder, until the block ends."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "parley", "serve"),
        *("--port", str(port), "--data-dir", str(data_dir)),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env=environment(),
    )
    try:
        assert process.stdout is not None
        async with asyncio.timeout(PATIENCE):
            printed = (await process.stdout.readline()).decode()
        found = _URL.search(printed)
        assert found is not None, f"it printed {printed!r}"
        yield Server(process, found.group())
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
