"""Connections to Redis, or to the embedded one.

Owns: how a client is made: time-outs, keep-alive, no retries.
Never: an address of its own; it comes from the settings.
"""

import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import fakeredis
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from parley.stream.feed import Subscriber
from parley.stream.functions import Mode

# An append that takes longer has an unknown outcome, and its sender tries again.
COMMAND_SECONDS = 5.0
CONNECT_SECONDS = 3.0
# Beyond the longest time for which the logger lets a read of its streams block.
READER_SECONDS = 15.0


@dataclass(frozen=True)
class RedisClients:
    """One client for each way of use: commands, blocking reads, subscriptions."""

    commands: Any
    reader: Any
    subscriber: Any
    mode: Mode

    def pubsub(self) -> Subscriber:
        """Return a subscription connection, not yet open."""
        return Subscriber(self.subscriber.connection_pool)


@asynccontextmanager
async def server_clients(url: str, *, password: str | None = None) -> AsyncIterator[RedisClients]:
    """Yield clients of the Redis server at `url` (redis://host:port/0, or unix:///path)."""
    commands = _client(url, password, COMMAND_SECONDS)
    reader = _client(url, password, READER_SECONDS)
    subscriber = _client(url, password, COMMAND_SECONDS)
    try:
        yield RedisClients(commands, reader, subscriber, "server")
    finally:
        for client in (commands, reader, subscriber):
            await client.aclose()


@asynccontextmanager
async def embedded_clients(
    server: fakeredis.FakeServer | None = None,
) -> AsyncIterator[RedisClients]:
    """Yield clients of an in-process Redis, which is lost with the process."""
    server = server or fakeredis.FakeServer()
    commands, reader, subscriber = (fakeredis.FakeAsyncRedis(server=server) for _ in range(3))
    try:
        yield RedisClients(commands, reader, subscriber, "embedded")
    finally:
        for client in (commands, reader, subscriber):
            await client.aclose()


def _client(url: str, password: str | None, command_seconds: float) -> Any:
    extra: dict[str, Any] = {}
    if not url.startswith("unix://"):
        extra = {"socket_keepalive": True, "socket_keepalive_options": _keepalive()}
    return Redis.from_url(
        url,
        password=password,
        protocol=2,
        # redis-py would repeat an append whose answer was late: a second entry in the log.
        retry=Retry(NoBackoff(), 0),
        socket_timeout=command_seconds,
        socket_connect_timeout=CONNECT_SECONDS,
        **extra,
    )


def _keepalive() -> dict[int, int]:
    """A silent peer is given up after about eleven seconds (Linux; elsewhere the system's way)."""
    if sys.platform != "linux":
        return {}
    return {socket.TCP_KEEPIDLE: 5, socket.TCP_KEEPINTVL: 2, socket.TCP_KEEPCNT: 3}
