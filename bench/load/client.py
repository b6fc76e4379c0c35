"""The load client as a program that Python drives.

Owns: building it, once a source, and one line of command and answer at a time.
Never: what is sent; that is in the plan.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec

from bench.load.plan import Plan

_SOURCE = Path(__file__).with_name("load.c")
_BUILT = Path(__file__).parents[2] / "build" / "bench"


class Connected(msgspec.Struct, frozen=True):
    """What came of opening every connection."""

    connected: int
    failed: int
    failure: str
    seconds: float
    """Until the last was in, or had failed."""
    deliveries: int
    delivered_seconds: float
    """Until what was owed had been delivered, too."""


class Ran(msgspec.Struct, frozen=True):
    """What came of one run. Latency is from the write of a message to each delivery's read."""

    sent: int
    deliveries: int
    late: int
    """Of those, delivered after the sending had ended: a backlog, if there are many."""
    bytes: int
    live: int
    p50_ms: float
    p90_ms: float
    p99_ms: float
    max_ms: float
    cpu_seconds: float


class LoadClientFailed(Exception):
    """The load client could not be built, or ended."""


class LoadClient:
    """One load client with one plan; a context manager."""

    def __init__(self, plan: Plan) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="parley-bench-"))
        path = self._folder / "plan"
        path.write_text(plan.text())
        command = [str(_program()), str(path)]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.kill()
        self._process.communicate()
        shutil.rmtree(self._folder)

    def connect(self, width: int = 50, owed: int = 0) -> Connected:
        """Open every connection of the plan, `width` at a time.

        Returns when all are in and `owed` deliveries have come, or after two minutes.
        """
        return msgspec.convert(self._ask(f"connect {width} {owed}"), Connected)

    def run(self, rate: float, seconds: float, grace: float = 1.0, each: int = 0) -> Ran:
        """Send `rate` messages a second in all, then listen for `grace` seconds more.

        It ends sooner if each message has come `each` times; 0 listens to the end.
        """
        return msgspec.convert(self._ask(f"run {rate} {seconds} {grace} {each}"), Ran)

    def drop(self) -> None:
        """Cut every connection without a word."""
        self._ask("drop")

    def _ask(self, command: str) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(command + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise LoadClientFailed(f"the load client ended at {command!r}")
        return json.loads(answer)


def _program() -> Path:
    """Return the built program; it is named after what it was built from."""
    program = _BUILT / f"load-{sha256(_SOURCE.read_bytes()).hexdigest()[:12]}"
    if not program.exists():
        _BUILT.mkdir(parents=True, exist_ok=True)
        compiler = shutil.which("cc") or shutil.which("gcc")
        if compiler is None:
            raise LoadClientFailed("no C compiler: install one with: sudo apt install gcc")
        command = [compiler, "-O2", "-Wall", "-Wextra", "-o", str(program), str(_SOURCE), "-lm"]
        subprocess.run(command, check=True)
    return program
