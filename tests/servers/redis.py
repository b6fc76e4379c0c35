"""A real Redis for the tests.

Owns: one redis-server's options, and its data between tests.
Never: what Parley keeps in Redis.
"""

from __future__ import annotations

import contextlib
import shutil
import subprocess
from pathlib import Path
from typing import Any

import redis

from tests.servers.process import Server, find_program

# Of one reply; reached only by a frozen server.
REPLY_SECONDS = 10.0


class RedisServer(Server):
    """One redis-server, durable as in production: an append-only file, and no eviction."""

    program = "redis-server"

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def launch(self) -> subprocess.Popen[bytes]:
        self._data.mkdir(exist_ok=True)
        words = (word for name, value in self.settings.items() for word in (f"--{name}", value))
        return self.spawn([find_program(self.program, "redis-server"), *words])

    @property
    def settings(self) -> dict[str, str]:
        """What it is told on its command line."""
        return {
            "bind": "127.0.0.1",
            "port": str(self.port),
            "dir": str(self._data),
            "save": "",
            "appendonly": "yes",
            "appendfsync": "everysec",
            "maxmemory-policy": "noeviction",
        }

    def answers(self) -> bool:
        with contextlib.suppress(redis.ConnectionError):
            self.call("PING")
            return True
        return False

    def restart(self, *, keep_data: bool) -> None:
        """Stop it and start it on the same port, with its append-only file or without."""
        self.stop()
        if not keep_data:
            shutil.rmtree(self._data)
        self.start()

    def flush(self) -> None:
        """Remove every key (FLUSHALL), as an accident would; function libraries stay."""
        self.call("FLUSHALL")

    def reset(self) -> None:
        """Make it as good as new, whatever an earlier test did to it."""
        if self.running:
            self.resume()
        else:
            self.start()
        self.flush()
        self.call("FUNCTION", "FLUSH")

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    def call(self, *command: str | int) -> Any:
        """Send it a command, and return the answer."""
        with redis.Redis(
            port=self.port, socket_timeout=REPLY_SECONDS, decode_responses=True
        ) as client:
            return client.execute_command(*command)
