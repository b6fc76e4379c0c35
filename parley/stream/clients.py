"""Connections to Redis: to a server, to a Cluster, or to the embedded one.

Owns: how a client is made: time-outs, keep-alive, no retries.
Never: an address of its own; it comes from the settings.
"""

import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import fakeredis
from redis.asyncio import ConnectionPool
from redis.asyncio.cluster import ClusterNode
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from parley.stream.cluster import (
    SlotClient,
    SlotConnection,
    TlsSlotConnection,
    is_cluster,
    parse_address,
)
from parley.stream.cluster_feed import ClusterFeed
from parley.stream.cluster_reads import WaitingReads
from parley.stream.feed import OnGap, OnMessage, RedisFeed, RunningFeed, Subscriber
from parley.stream.functions import Mode
from parley.stream.server import ServerClient

# An append that takes longer has an unknown outcome, and its sender tries again.
COMMAND_SECONDS = 5.0
CONNECT_SECONDS = 3.0
# Beyond the longest time for which the logger lets a read of its streams block.
READER_SECONDS = 15.0
# A Cluster's client has a connection for each command under way; it is not the place for a limit.
_UNBOUNDED = 2**31


@dataclass(frozen=True)
class RedisClients:
    """What leads to Redis: a client for commands, one for reads that wait, and a way to listen."""

    commands: Any
    reader: Any
    mode: Mode
    feed: Callable[[OnMessage, OnGap], RunningFeed]
    """Makes a feed, which is told where its messages and its gaps go."""


def redis_clients(
    url: str, *, password: str | None = None
) -> AbstractAsyncContextManager[RedisClients]:
    """Yield clients of the Redis at `url`: one server's, or a Cluster's (redis+cluster://...)."""
    open_clients = cluster_clients if is_cluster(url) else server_clients
    return open_clients(url, password=password)


@asynccontextmanager
async def server_clients(url: str, *, password: str | None = None) -> AsyncIterator[RedisClients]:
    """Yield clients of the Redis server at `url` (redis://host:port/0, or unix:///path)."""
    on_tcp = not url.startswith("unix://")
    commands, reader, subscriber = (
        ServerClient.from_url(url, password=password, **_ways(seconds, on_tcp=on_tcp))
        for seconds in (COMMAND_SECONDS, READER_SECONDS, COMMAND_SECONDS)
    )
    try:
        yield RedisClients(commands, reader, "server", _feed_of(subscriber))
    finally:
        for client in (commands, reader, subscriber):
            await client.aclose()


@asynccontextmanager
async def cluster_clients(url: str, *, password: str | None = None) -> AsyncIterator[RedisClients]:
    """Yield clients of the Redis Cluster at `url` (redis+cluster://host:port,host:port)."""
    address = parse_address(url)
    access: dict[str, Any] = {"username": address.user, "password": password or address.password}
    commands, reader = (
        SlotClient(
            startup_nodes=[ClusterNode(host, port) for host, port in address.servers],
            ssl=address.tls,
            max_connections=_UNBOUNDED,
            # Or each fifth slot that moves would close every connection, those in use as well.
            reinitialize_steps=0,
            **access,
            **_ways(seconds),
        )
        for seconds in (COMMAND_SECONDS, READER_SECONDS)
    )
    waiting_reads = WaitingReads(reader)
    opened: list[Any] = [commands, waiting_reads]

    def subscriber(channel: str) -> Subscriber:
        pool = ConnectionPool(
            TlsSlotConnection if address.tls else SlotConnection,
            find_owner=partial(commands.owner_of, channel),
            **access,
            **_ways(COMMAND_SECONDS),
        )
        opened.append(pool)
        return Subscriber(pool)

    try:
        yield RedisClients(
            commands, waiting_reads, "server", partial(ClusterFeed, commands.keyslot, subscriber)
        )
    finally:
        for each in opened:
            await each.aclose()


@asynccontextmanager
async def embedded_clients(
    server: fakeredis.FakeServer | None = None,
) -> AsyncIterator[RedisClients]:
    """Yield clients of an in-process Redis, which is lost with the process."""
    server = server or fakeredis.FakeServer()
    commands, reader, subscriber = (fakeredis.FakeAsyncRedis(server=server) for _ in range(3))
    try:
        yield RedisClients(commands, reader, "embedded", _feed_of(subscriber))
    finally:
        for client in (commands, reader, subscriber):
            await client.aclose()


def _feed_of(subscriber: Any) -> Callable[[OnMessage, OnGap], RunningFeed]:
    """Return what makes a feed over connections of this client's pool."""
    return lambda on_message, on_gap: RedisFeed(
        Subscriber(subscriber.connection_pool), on_message, on_gap
    )


def _ways(command_seconds: float, *, on_tcp: bool = True) -> dict[str, Any]:
    """Return how every connection to a server is made."""
    ways: dict[str, Any] = {
        "protocol": 2,
        # redis-py would repeat an append whose answer was late: a second entry in the log.
        "retry": Retry(NoBackoff(), 0),
        "socket_timeout": command_seconds,
        "socket_connect_timeout": CONNECT_SECONDS,
    }
    if on_tcp:
        ways |= {"socket_keepalive": True, "socket_keepalive_options": _keepalive()}
    return ways


def _keepalive() -> dict[int, int]:
    """A silent peer is given up after about eleven seconds (Linux; elsewhere the system's way)."""
    if sys.platform != "linux":
        return {}
    return {socket.TCP_KEEPIDLE: 5, socket.TCP_KEEPINTVL: 2, socket.TCP_KEEPCNT: 3}
