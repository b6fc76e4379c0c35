"""What a run is about: Parley's processes, and what they stand on. Two forms of it.

Owns: which processes there are and how they are connected; every connection that a fault may
concern goes through a proxy.
Never: what is done to them (`faults.py`), and who talks through them (`people.py`).
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from tests.chaos.clock import Clocks
from tests.chaos.programs import ChaosPostgres, ChaosRedis, Clocked, Program
from tests.chaos.proxy import Proxy
from tests.chaos.threads import in_thread

AnyServer = TypeVar("AnyServer", bound=Clocked)

GATEWAYS, LOGGERS = 3, 2
HEARTBEAT_SECONDS = 1.0

# Quick to notice and quick to take over, so that many faults fit into a minute; and small, so that
# rooms are dropped and seeded and resumes are refused now and then.
_SETTINGS = {
    "PARLEY_HEARTBEAT_SECONDS": str(HEARTBEAT_SECONDS),
    "PARLEY_LEASE_SECONDS": "3",
    "PARLEY_DRAIN_SECONDS": "2",
    "PARLEY_SHARDS": "4",
    "PARLEY_RECENT_EVENTS": "32",
    "PARLEY_ROOM_IDLE_SECONDS": "3",
    "PARLEY_RESUME_EVENTS": "200",
    # Everybody comes from one address here, and signs up in a moment.
    "PARLEY_SIGN_UP": "open",
    "PARLEY_SIGN_UP_RATE": "none",
    "PARLEY_SIGN_IN_RATE": "none",
    "PARLEY_CONNECTION_RATE": "none",
    "PARLEY_SOCKETS_PER_ADDRESS": "10000",
    "PARLEY_SOCKETS_PER_USER": "1000",
    "PARLEY_ADDRESS_COMMAND_RATE": "none",
    "PARLEY_ADDRESS_MESSAGE_RATE": "none",
    "PARLEY_ADDRESS_BYTE_RATE": "none",
}


@dataclass
class Copies:
    """A Redis and the replica that may take its place."""

    primary: ChaosRedis
    replica: ChaosRedis

    def swap(self) -> None:
        """Let them change places."""
        self.primary, self.replica = self.replica, self.primary


@dataclass
class System:
    """The processes of a run. `front` is where clients connect."""

    form: str
    gateways: list[Program]
    loggers: list[Program]
    front: Proxy
    database_url: str
    """Of the database itself, past the proxy."""
    copies: Copies | None = None
    postgres: ChaosPostgres | None = None
    to_redis: Proxy | None = None
    to_database: Proxy | None = None
    missing: dict[str, str] = field(default_factory=dict)
    """What cannot be broken here, and why."""

    @property
    def url(self) -> str:
        """Where clients connect."""
        return f"http://127.0.0.1:{self.front.port}"

    @property
    def processes(self) -> list[Clocked]:
        """Every server process, first what the others stand on."""
        servers: list[Clocked | None] = [self.postgres]
        if self.copies is not None:
            servers += [self.copies.primary, self.copies.replica]
        servers += self.programs
        return [server for server in servers if server is not None]

    @property
    def programs(self) -> list[Program]:
        """Those of the processes that are Parley's."""
        return [*self.loggers, *self.gateways]

    @property
    def proxies(self) -> list[Proxy]:
        """Every proxy."""
        return [p for p in (self.front, self.to_redis, self.to_database) if p is not None]


@asynccontextmanager
async def scaled(settings: dict[str, str]) -> AsyncIterator[System]:
    """Three gateways, two loggers, a Redis with a replica, a PostgreSQL."""
    async with _workshop() as shop:
        redis = await shop.start_all(
            ChaosRedis(shop.clocks.new(), has_own_disk=True) for _ in range(2)
        )
        await in_thread(redis[1].follow, redis[0])
        postgres = await shop.start(ChaosPostgres(shop.clocks.new(), has_own_disk=True))
        url = await in_thread(postgres.create_database)
        to_redis, to_database = await shop.proxy([redis[0].port]), await shop.proxy([postgres.port])
        environment = _SETTINGS | settings
        environment["PARLEY_REDIS_URL"] = f"redis://127.0.0.1:{to_redis.port}/0"
        environment["PARLEY_DATABASE_URL"] = url.replace(
            f":{postgres.port}/", f":{to_database.port}/"
        )

        def program(name: str) -> Program:
            return Program(name, environment, shop.clocks.new(), has_own_disk=False)

        # The first one makes the tables; the others find them.
        loggers = [await shop.start(program("logger")) for _ in range(LOGGERS)]
        gateways = await shop.start_all(program("gateway") for _ in range(GATEWAYS))
        yield System(
            "3 gateways, 2 loggers, Redis, PostgreSQL",
            gateways,
            loggers,
            await shop.proxy([gateway.port for gateway in gateways]),
            url,
            Copies(redis[0], redis[1]),
            postgres,
            to_redis,
            to_database,
            shop.missing(redis[0], postgres),
        )


@asynccontextmanager
async def alone(settings: dict[str, str]) -> AsyncIterator[System]:
    """One `parley serve`, with SQLite."""
    environment = {name: text for name, text in _SETTINGS.items() if name != "PARLEY_SHARDS"}
    async with _workshop() as shop:
        server = Program("serve", environment | settings, shop.clocks.new(), has_own_disk=True)
        await shop.start(server)
        front = await shop.proxy([server.port])
        missing = shop.missing(server)
        yield System("parley serve", [server], [], front, server.database_url, missing=missing)


class _Workshop:
    """Starts servers and proxies, which end with the run."""

    def __init__(self, stack: AsyncExitStack, clocks: Clocks) -> None:
        self._stack, self.clocks = stack, clocks

    async def start(self, server: AnyServer) -> AnyServer:
        """Start a server. Raises MissingProgram and ServerFailed."""
        self._stack.push_async_callback(in_thread, server.close)
        await in_thread(server.start)
        return server

    async def start_all(self, servers: Iterable[AnyServer]) -> list[AnyServer]:
        """Start servers side by side."""
        return list(await asyncio.gather(*map(self.start, servers)))

    async def proxy(self, targets: list[int]) -> Proxy:
        """Start a proxy."""
        proxy = Proxy(targets)
        self._stack.push_async_callback(proxy.close)
        await proxy.start()
        return proxy

    def missing(self, *with_disk: Clocked) -> dict[str, str]:
        """Return what cannot be broken here, and why."""
        disks = (each.disk.reason for each in with_disk if each.disk is not None)
        reasons = {"clock": self.clocks.reason, "disk": max(disks)}
        return {what: reason for what, reason in reasons.items() if reason}


@asynccontextmanager
async def _workshop() -> AsyncIterator[_Workshop]:
    with tempfile.TemporaryDirectory(prefix="parley-chaos-") as folder:
        Path(folder).chmod(0o755)  # a PostgreSQL runs as somebody else, and reads its clock here
        async with AsyncExitStack() as stack:
            yield _Workshop(stack, Clocks(Path(folder)))
