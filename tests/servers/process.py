"""One server process on a loopback port: started, broken on purpose, stopped.

Owns: the process, its folder, its log, its port.
Never: a server it did not start, an address other than loopback, a file outside its folder.
"""

from __future__ import annotations

import contextlib
import glob
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Self

# Reached only when something is wrong; a busy machine may need a good part of it.
START_SECONDS = 30.0
STOP_SECONDS = 15.0
POLL_SECONDS = 0.01
# Systems give connections ports from 32,768 (Linux) or from 49,152 on.
_LOWEST_PORT, _PORTS = 10_000, 22_000


class MissingProgram(Exception):
    """A server's program is not on this machine; `str()` says what to install."""

    def __init__(self, program: str, package: str) -> None:
        super().__init__(program, package)
        self.program, self.package = program, package

    def __str__(self) -> str:
        return f"{self.program} is not installed; install it with: sudo apt install {self.package}"


class ServerFailed(Exception):
    """A server ended, or stayed silent, instead of answering; `str()` ends with its log's end."""

    def __init__(self, program: str, log: Path) -> None:
        super().__init__(program, log)
        self.program, self.log = program, log
        self.tail = log.read_text(errors="replace")[-2000:] if log.exists() else ""

    def __str__(self) -> str:
        return f"{self.program} did not start; its log ends:\n{self.tail}"


class Server:
    """A process whose folder and port outlive it, so that it can be stopped and started again.

    A context manager: started on entry; stopped, and its folder removed, on exit.
    """

    program: str
    # The signal that asks for a prompt and orderly end.
    stop_signal = signal.SIGTERM

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="parley-test-"))
        self.log = self.folder / "log"
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        """Start it and return once it answers. Raises MissingProgram, ServerFailed."""
        self.process = self.launch()
        deadline = time.monotonic() + START_SECONDS
        while not self.answers():
            if not self.running or time.monotonic() > deadline:
                raise ServerFailed(self.program, self.log)
            time.sleep(POLL_SECONDS)

    def stop(self) -> None:
        """Ask it to end, as an administrator would, and return once it has."""
        if self.process is not None:
            self.resume()  # a frozen process acts on no signal but SIGKILL
            self.process.send_signal(self.stop_signal)
            self._wait_for_end()

    def kill(self) -> None:
        """End it with SIGKILL: nothing is flushed and nobody is told."""
        self._signal_all(signal.SIGKILL)
        self._wait_for_end()

    def pause(self) -> None:
        """Freeze it with SIGSTOP: its connections stay open and nothing answers."""
        self._signal_all(signal.SIGSTOP)

    def resume(self) -> None:
        """Let a frozen server go on."""
        self._signal_all(signal.SIGCONT)

    def close(self) -> None:
        """Stop it and remove its folder."""
        self.stop()
        shutil.rmtree(self.folder)

    def launch(self) -> subprocess.Popen[bytes]:
        """Start the process and return at once."""
        raise NotImplementedError

    def answers(self) -> bool:
        """Whether it serves requests by now."""
        raise NotImplementedError

    def spawn(self, command: list[str]) -> subprocess.Popen[bytes]:
        """Start a command in the folder, its output in the log.

        In a session of its own, so that Ctrl-C in a terminal reaches the tests alone, which
        then stop their servers.
        """
        with self.log.open("ab") as log:
            return subprocess.Popen(
                command, stdout=log, stderr=log, cwd=self.folder, start_new_session=True
            )

    def _signal_all(self, number: signal.Signals) -> None:
        """Reach the process and its children: a PostgreSQL has one for each connection."""
        if self.process is None or not self.running:
            return
        parent = self.process.pid
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        for pid in (parent, *map(int, children)):
            with contextlib.suppress(ProcessLookupError):  # a child may end at any time
                os.kill(pid, number)

    def _wait_for_end(self) -> None:
        if self.process is None:
            return
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._signal_all(signal.SIGKILL)
            self.process.wait()
        self.process = None


def find_program(name: str, package: str, *more_folders: str) -> str:
    """The path of a program, from the PATH or from folders named by a pattern.

    The greatest version's folder comes first. Raises MissingProgram, with the Debian package
    that holds it.
    """
    folders = sorted((f for pattern in more_folders for f in glob.glob(pattern)), reverse=True)
    found = shutil.which(name) or shutil.which(name, path=":".join(folders))
    if found is None:
        raise MissingProgram(name, package)
    return found


def free_port() -> int:
    """A loopback port that nobody listens on now.

    It is below those that the system gives to connections, so that none takes it meanwhile.
    """
    while True:
        port = _LOWEST_PORT + secrets.randbelow(_PORTS)
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
