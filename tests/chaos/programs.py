"""The server processes of a run, each with a clock of its own and, if need be, a bounded disk.

Owns: how each is started, and what only a run with faults does to it.
Never: which of them there are (`system.py`), and when they are broken (`faults.py`).
"""

from __future__ import annotations

import contextlib
import http.client
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import redis

from tests.chaos.clock import Clock
from tests.chaos.disk import Disk
from tests.servers import PostgresServer, RedisServer, Server, ServerFailed

# Room for the data of an hour; a cluster takes some 60 MiB when it is new.
_REDIS_MEBIBYTES = 256
_POSTGRES_MEBIBYTES = 384
_DATA_MEBIBYTES = 128
_REPLY_SECONDS = 5.0
_HEALTH_SECONDS = 2.0
_LAST_WORDS = 2000
_DAMAGED = b"Bad file format reading the append only file"
_ROOT = Path(__file__).parents[2]


class Clocked(Server):
    """A server process on a clock and a disk that a run can break."""

    clock: Clock | None = None
    disk: Disk | None = None
    options: tuple[str, ...] = ()
    """Put behind its command."""

    @property
    def pid(self) -> int:
        """The process's id. Only for one that runs."""
        assert self.process is not None
        return self.process.pid

    def spawn(self, command: list[str]) -> subprocess.Popen[bytes]:
        command = [*command, *self.options]
        return super().spawn(command if self.clock is None else self.clock.before(command))

    def revive(self) -> None:
        """Let it run again, whatever was done to it or it did itself."""
        if self.running:
            self.resume()
        else:
            self.start()

    def close(self) -> None:
        self.stop()
        if self.disk is not None:
            self.disk.close()
        shutil.rmtree(self.folder, ignore_errors=True)


class ChaosRedis(Clocked, RedisServer):
    """A Redis whose data may be lost in part."""

    options = ("--auto-aof-rewrite-min-size", "32mb", "--repl-diskless-sync-delay", "0")

    def __init__(self, clock: Clock | None, *, has_own_disk: bool) -> None:
        super().__init__()
        self.clock = clock
        self.disk = Disk(self.folder, _REDIS_MEBIBYTES) if has_own_disk else None

    def start(self) -> None:
        try:
            super().start()
        except ServerFailed:
            if not self._mend():
                raise
            super().start()

    def _mend(self) -> bool:
        """Do what its log asks an operator to do where a full disk has damaged the journal."""
        if _DAMAGED not in self.log.read_bytes()[-_LAST_WORDS:]:
            return False
        manifest = self.journal.with_name("appendonly.aof.manifest")
        check = ["redis-check-aof", "--fix", str(manifest)]
        mended = subprocess.run(check, input=b"y\n", capture_output=True, check=False)
        return mended.returncode == 0

    def call(self, *command: str | int) -> object:
        """Return its answer to a command. Raises redis.RedisError."""
        with redis.Redis(port=self.port, socket_timeout=_REPLY_SECONDS) as client:
            return client.execute_command(*command)

    def follow(self, primary: ChaosRedis) -> None:
        """Become the replica of another."""
        self.call("REPLICAOF", "127.0.0.1", primary.port)

    def lead(self) -> None:
        """Be nobody's replica, with what has been copied until now."""
        self.call("REPLICAOF", "NO", "ONE")

    def is_copied_by(self, replica: ChaosRedis) -> bool:
        """Whether a replica holds everything."""
        mine, its = (_section(each.call("INFO", "replication")) for each in (self, replica))
        is_linked = its.get("master_link_status") == "up"
        return is_linked and mine["master_repl_offset"] == its["master_repl_offset"]

    def memory(self) -> int:
        """Return the bytes that it uses."""
        return int(_section(self.call("INFO", "memory"))["used_memory"])

    def begin_anew(self) -> None:
        """Start without any data."""
        self.restart(keep_data=False)

    @property
    def journal(self) -> Path:
        """The append-only file that is being written."""
        return max((self.folder / "data" / "appendonlydir").glob("*.incr.aof"), key=_number)


def _section(info: object) -> dict[str, str]:
    if isinstance(info, Mapping):
        return {str(name): str(value) for name, value in info.items()}
    assert isinstance(info, bytes)
    lines = info.decode().splitlines()
    return dict(line.split(":", 1) for line in lines if ":" in line)


def _number(journal: Path) -> int:
    return int(journal.name.split(".")[-3])


class ChaosPostgres(Clocked, PostgresServer):
    """A PostgreSQL that keeps little of its log, so that a small disk is enough."""

    options = ("--min_wal_size=32MB", "--max_wal_size=64MB", "--log_min_messages=fatal")

    def __init__(self, clock: Clock | None, *, has_own_disk: bool) -> None:
        super().__init__()
        self.clock = clock
        self.disk = Disk(self.folder, _POSTGRES_MEBIBYTES) if has_own_disk else None
        self.folder.chmod(0o755)

    def spawn(self, command: list[str]) -> subprocess.Popen[bytes]:
        if any(word.endswith("initdb") for word in command):
            return Server.spawn(self, command)
        command = [*command, *self.options]
        return Server.spawn(self, command if self.clock is None else self.clock.before(command))


class Program(Clocked):
    """A `parley` process: a gateway, a logger, or all in one."""

    def __init__(
        self, name: str, environment: Mapping[str, str], clock: Clock | None, *, has_own_disk: bool
    ) -> None:
        super().__init__()
        self.program, self.clock = f"parley {name}", clock
        data = self.folder / "data"
        data.mkdir()
        # Not the whole folder: what a program says on a full disk should still be read.
        self.disk = Disk(data, _DATA_MEBIBYTES) if has_own_disk else None
        self.unasked_ends: list[str] = []
        """What the log said at the end of each run that nobody had asked to end."""
        own = {
            "PYTHONPATH": str(_ROOT),
            "PARLEY_PORT": str(self.port),
            "PARLEY_LOGGER_PORT": str(self.port),
            "PARLEY_DATA_DIR": str(data),
            "PARLEY_LOG_FORMAT": "json",
        }
        not_ours = [f"--unset={name}" for name in os.environ if name.startswith("PARLEY_")]
        given = [f"{name}={value}" for name, value in (own | dict(environment)).items()]
        self._command = ["env", *not_ours, *given, sys.executable, "-m", "parley", name]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def database_url(self) -> str:
        """Where `parley serve` has its database."""
        return f"sqlite:///{self.folder / 'data' / 'parley.db'}"

    def launch(self) -> subprocess.Popen[bytes]:
        return self.spawn(self._command)

    def answers(self) -> bool:
        return self._get("/healthz") is not None

    def revive(self) -> None:
        if self.process is not None and not self.running:
            said = self.log.read_text(errors="replace")[-_LAST_WORDS:]
            self.unasked_ends.append(f"{self.program} has ended by itself:\n{said}")
        super().revive()

    def metric(self, name: str) -> float:
        """Return a metric's value, over all its labels; 0 if it does not answer."""
        page = self._get("/metrics") or ""
        values = (line.rsplit(" ", 1) for line in page.splitlines() if line.startswith(name))
        return sum(float(value) for _, value in values)

    def _get(self, path: str) -> str | None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=_HEALTH_SECONDS)
        no_answer = contextlib.suppress(OSError, http.client.HTTPException)
        with contextlib.closing(connection), no_answer:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.read().decode() if answer.status == http.client.OK else None
        return None
