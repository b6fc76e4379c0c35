"""Parley in full: authenticated, authorised, sequenced, logged, persisted, acknowledged.

Owns: its processes, and people and rooms minted through the store.
Never: a limit that would stop a load from one address: the rates are raised by settings, as an
operator can.
"""

from __future__ import annotations

import asyncio
import base64
import http.client
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from contextlib import closing, suppress
from hashlib import sha256
from json import dumps
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.contenders.contender import Contender
from bench.load.plan import CMID, REF, STAMP, Await, Plan, Planned, upgrade
from bench.scene import WORDS, Scene
from parley.protocol.ids import LOBBY, new_cmid
from parley.store.database import open_database
from parley.store.directory import SqlDirectory
from parley.store.records import NewAccount, NewRoom, NewSession
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


# Accounts that are made side by side.
_SIDE_BY_SIDE = 8


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
    """A gateway, a logger, Redis and PostgreSQL."""

    name = "Parley"
    stores = True

    def start(self) -> None:
        redis = self.launch("redis", RedisServer())
        self._url = self.database_url()
        settings = _SETTINGS | {
            "PARLEY_REDIS_URL": redis.url,
            "PARLEY_DATABASE_URL": self._url,
        }
        self.launch("logger", _Program("logger", settings))
        self.front = self.launch("gateway", _Program("gateway", settings))

    def database_url(self) -> str:
        """Start the database, and return where it is."""
        return self.launch("database", _DurablePostgres()).create_database()

    def plan(self, scene: Scene) -> Plan:
        rooms = asyncio.run(_mint(self._url, scene))
        plan = Plan(self.front.port)
        request = upgrade("/ws", "parley.v1")
        for person, room, speaks in scene.members():
            plan.connections.append(_connection(request, person, rooms[room], speaks))
        return plan


class ParleySqlite(Parley):
    """The same on SQLite."""

    name = "Parley, SQLite"

    def start(self) -> None:
        self._folder = self.enter(TemporaryDirectory(prefix="parley-bench-"))
        super().start()

    def database_url(self) -> str:
        return f"sqlite:///{self._folder}/parley.db"


class ParleyServe(Parley):
    """`parley serve` as it comes: one process, embedded Redis, SQLite."""

    name = "parley serve"

    def start(self) -> None:
        self.front = self.launch("serve", _Program("serve", _SETTINGS))
        self._url = f"sqlite:///{self.front.folder / 'parley.db'}"


def _connection(request: str, person: int, room: str, speaks: bool) -> Planned:
    hello = dumps({"type": "hello", "ref": 1, "token": _token(person)})
    resume = dumps({"type": "resume", "ref": 2, "rooms": [{"room": room}]})
    script = (hello, Await('"ref":1,'), resume, Await('"ref":2,'))
    content = {"kind": "text", "text": WORDS + STAMP}
    send = {"type": "send", "ref": 0, "room": room, "cmid": CMID, "content": content}
    template = dumps(send).replace('"ref": 0', f'"ref": {REF}') if speaks else None
    return Planned(request, script, template)


def _token(person: int) -> str:
    return base64.urlsafe_b64encode(_secret(person)).rstrip(b"=").decode()


def _secret(person: int) -> bytes:
    return sha256(b"bench%d" % person).digest()


def _session(person: int) -> NewSession:
    hashed = sha256(_token(person).encode()).digest()
    return NewSession(f"s{person:07}", hashed, "bench", "127.0.0.1")


async def _mint(url: str, scene: Scene) -> list[str]:
    """Make everybody and every room; return the rooms' ids. One room is the lobby."""
    database = open_database(url, clock=lambda: time.time_ns() // 1_000_000)
    directory = SqlDirectory(database)
    try:
        await asyncio.gather(
            *(
                _sign_up(directory, range(first, scene.people, _SIDE_BY_SIDE))
                for first in range(_SIDE_BY_SIDE)
            )
        )
        if scene.rooms == 1:
            return [LOBBY]
        members: list[list[str]] = [[] for _ in range(scene.rooms)]
        for person, room, _ in scene.members():
            members[room].append(_account(person))
        return [await _group(directory, room, people) for room, people in enumerate(members)]
    finally:
        await database.close()


async def _sign_up(directory: SqlDirectory, people: Iterable[int]) -> None:
    for person in people:
        name = f"bench{person}"
        account = NewAccount(_account(person), name, name, name, password_hash="")
        await directory.sign_up(account, _session(person))


async def _group(directory: SqlDirectory, number: int, people: list[str]) -> str:
    room = NewRoom(
        f"r{number:07}", "group", f"room {number}", owner=people[0], members=tuple(people[1:])
    )
    await directory.create_room(room, new_cmid(0, number + 1))
    return room.id


def _account(person: int) -> str:
    return f"p{person:07}"
