"""Parley in full: authenticated, authorised, sequenced, logged, persisted, acknowledged.

Owns: its processes, and what the load client says to it.
Never: a limit that would stop a load from one address: the rates are raised by settings, as an
operator can.
"""

from __future__ import annotations

import asyncio
import http.client
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from json import dumps
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.contenders.contender import Contender
from bench.contenders.people import Cursor, cursors, mint, name_of, token
from bench.load.plan import CMID, REF, STAMP, Await, Plan, Planned, upgrade
from bench.scene import WORDS, Scene
from tests.servers import PostgresServer, RedisServer, Server

_ROOT = Path(__file__).parents[2]
_NO_RATES = {
    f"PARLEY_{name}_RATE": "none"
    for name in (
        "ADDRESS_BYTE", "ADDRESS_COMMAND", "ADDRESS_MESSAGE", "CONNECTION", "DEVICE_BYTE",
        "DEVICE_COMMAND", "DEVICE_MESSAGE", "USER_BYTE", "USER_COMMAND", "USER_MESSAGE",
        "SIGN_IN", "SIGN_UP",
    )
}  # fmt: skip
_SETTINGS = _NO_RATES | {
    "PARLEY_SIGN_UP": "open",
    "PARLEY_SOCKETS": "12000",
    "PARLEY_SOCKETS_PER_ADDRESS": "12000",
    "PARLEY_SOCKETS_PER_USER": "100",
    "PARLEY_LOG_FORMAT": "json",
}


class _DurablePostgres(PostgresServer):
    """As in production: what is committed has reached the disk."""

    def spawn(self, command: list[str]) -> subprocess.Popen[bytes]:
        is_server = not any(word.endswith("initdb") for word in command)
        durable = ["--fsync=on", "--full_page_writes=on"] if is_server else []
        return super().spawn([*command, *durable])


class _Program(Server):
    """One `parley` process, as it is started in production."""

    def __init__(self, name: str, environment: Mapping[str, str]) -> None:
        super().__init__()
        self.program = f"parley {name}"
        own = {
            "PYTHONPATH": str(_ROOT),
            "PARLEY_PORT": str(self.port),
            "PARLEY_LOGGER_PORT": str(self.port),
            "PARLEY_DATA_DIR": str(self.folder),
        }
        self._environment = {
            name: value for name, value in os.environ.items() if not name.startswith("PARLEY_")
        } | own | dict(environment)  # fmt: skip
        self._command = [sys.executable, "-m", "parley", name]

    def launch(self) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            return subprocess.Popen(
                self._command, env=self._environment, stdout=log, stderr=log, cwd=self.folder
            )

    def answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
        with closing(connection), suppress(OSError, http.client.HTTPException):
            connection.request("GET", "/readyz")
            return connection.getresponse().status == http.client.OK
        return False


class Parley(Contender):
    """A gateway, a logger, Redis and PostgreSQL. `url`: of the database."""

    name = "Parley"
    stores = True
    resumes = True
    url: str
    rooms: list[str]
    """The ids of the last scene's rooms."""

    def start(self) -> None:
        self.redis = self.launch("redis", RedisServer())
        self.url = self.database_url()
        settings = _SETTINGS | {
            "PARLEY_REDIS_URL": self.redis.url,
            "PARLEY_DATABASE_URL": self.url,
        }
        self.launch("logger", _Program("logger", settings))
        for _ in range(self.fronts):
            self.launch_front("gateway", _Program("gateway", settings))

    def database_url(self) -> str:
        """Start the database, and return where it is."""
        return self.launch("database", _DurablePostgres()).create_database()

    def plan(self, scene: Scene) -> Plan:
        self.rooms = asyncio.run(mint(self.url, scene))
        return self._plan(scene, [{"room": room} for room in self.rooms])

    def returning(self, scene: Scene) -> Plan:
        """They resume from where their rooms were stored when the plan was made."""
        return self._plan(scene, asyncio.run(cursors(self.url, self.rooms)))

    def _plan(self, scene: Scene, cursors: Sequence[Cursor]) -> Plan:
        plan = Plan(self.ports)
        for person, room, speaks in scene.members():
            plan.connections.append(_connection(person, cursors[room], speaks))
        return plan


class ParleySqlite(Parley):
    """The same on SQLite."""

    name = "Parley, SQLite"
    spreads = False

    def database_url(self) -> str:
        folder = self.enter(TemporaryDirectory(prefix="parley-bench-"))
        return f"sqlite:///{folder}/parley.db"


class ParleyServe(Parley):
    """`parley serve` as it comes: one process, embedded Redis, SQLite."""

    name = "parley serve"
    spreads = False

    def start(self) -> None:
        front = self.launch_front("serve", _Program("serve", _SETTINGS))
        self.url = f"sqlite:///{front.folder / 'parley.db'}"


def _connection(person: int, cursor: Cursor, speaks: bool) -> Planned:
    hello = dumps({"type": "hello", "ref": 1, "token": token(name_of(person))})
    resume = dumps({"type": "resume", "ref": 2, "rooms": [cursor]})
    script = (hello, Await('"ref":1,'), resume, Await('"ref":2,'))
    content = {"kind": "text", "text": WORDS + STAMP}
    send = {"type": "send", "ref": 0, "room": cursor["room"], "cmid": CMID, "content": content}
    template = dumps(send).replace('"ref": 0', f'"ref": {REF}') if speaks else None
    return Planned(upgrade("/ws", "parley.v1"), script, template)
