"""A real PostgreSQL for the tests.

Owns: one cluster, the system user it runs as, and the databases in it.
Never: Parley's tables; a test gets an empty database and makes its own.
"""

from __future__ import annotations

import os
import pwd
import signal
import subprocess
from pathlib import Path
from uuid import uuid4

from tests.servers.process import Server, ServerFailed, find_program

# Debian keeps the programs off the PATH, in a folder per version.
PROGRAMS = "/usr/lib/postgresql/*/bin"
# Who the server runs as when the tests run as root, which PostgreSQL refuses: the first there is.
STAND_INS_FOR_ROOT = ("postgres", "nobody")
DATABASE_USER = "parley"


class PostgresServer(Server):
    """One PostgreSQL cluster, trusting on loopback and, to be fast, careless of power loss."""

    program = "postgres"
    stop_signal = signal.SIGINT  # ends at once; SIGTERM would wait for the last client

    def start(self) -> None:
        if not self._cluster.exists():
            self._make_cluster()
        super().start()

    def launch(self) -> subprocess.Popen[bytes]:
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": str(self.folder),
            "fsync": "off",
            "full_page_writes": "off",
            "max_connections": "200",
        }
        options = [f"--{name}={value}" for name, value in settings.items()]
        command = [_find("postgres"), "-D", str(self._cluster), *options]
        return self.spawn([*_not_as_root(), *command])

    def answers(self) -> bool:
        probe = [_find("pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        return subprocess.run(probe, check=False).returncode == 0

    def create_database(self) -> str:
        """Make an empty database under a name never used before, and return its URL."""
        name = f"test_{uuid4().hex}"
        self._sql(f"CREATE DATABASE {name}")
        return f"postgresql://{DATABASE_USER}@127.0.0.1:{self.port}/{name}"

    def drop_database(self, url: str) -> None:
        """Remove a database that `create_database` made, and end whoever is still in it."""
        name = url.rpartition("/")[2]
        self._sql(f"DROP DATABASE {name} WITH (FORCE)")

    @property
    def _cluster(self) -> Path:
        return self.folder / "cluster"

    def _make_cluster(self) -> None:
        if os.getuid() == 0:
            owner = _stand_in_for_root()
            os.chown(self.folder, owner.pw_uid, owner.pw_gid)
        options = ["--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
        command = [_find("initdb"), "-D", str(self._cluster), "-U", DATABASE_USER, *options]
        if self.spawn([*_not_as_root(), *command]).wait() != 0:
            raise ServerFailed("initdb", self.log)

    def _sql(self, statement: str) -> None:
        where = ["-h", "127.0.0.1", "-p", str(self.port), "-U", DATABASE_USER, "-d", "postgres"]
        subprocess.run([_find("psql"), *where, "-qXc", statement], check=True)


def _find(name: str) -> str:
    return find_program(name, "postgresql", PROGRAMS)


def _not_as_root() -> list[str]:
    """What to put before a command so that it does not run as root."""
    if os.getuid() != 0:
        return []
    owner = _stand_in_for_root()
    return ["setpriv", f"--reuid={owner.pw_uid}", f"--regid={owner.pw_gid}", "--clear-groups"]


def _stand_in_for_root() -> pwd.struct_passwd:
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    return next(known[name] for name in STAND_INS_FOR_ROOT if name in known)
