"""`parley gateway`: one gateway, beside others.

Owns: the wiring of a gateway to its Redis, its database and its port.
Never: what it does for its clients.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from prometheus_client import CollectorRegistry

from gateway.passwords import Passwords
from gateway.server import Door, GatewayServer
from gateway.service import Gateway, GatewayLimits, Outside
from parley.observe.metrics import GatewayMetrics, ShardMetrics, new_registry
from parley.services.base import Foundation, clock, foundation, redis_server, stop_signal
from parley.settings import GatewayOptions, GatewaySettings, StreamOptions
from parley.stream.feed import RedisFeed

log = structlog.get_logger()


async def run_gateway(settings: GatewaySettings) -> None:
    """Serve clients until asked to stop. Raises OSError if the port cannot be had."""
    registry = new_registry()
    redis = redis_server(settings.redis)
    async with foundation(settings.database, redis, settings.stream) as ground:
        asked = stop_signal()  # until here a signal simply ends the waiting
        metrics = GatewayMetrics(registry, ShardMetrics(registry))
        address = (settings.host, settings.port)
        async with gateway(
            ground, settings.gateway, settings.stream, metrics, registry, address
        ) as port:
            log.info("gateway_listening", host=settings.host, port=port)
            await asked.wait()
            log.info("gateway_stops")


@asynccontextmanager
async def gateway(
    ground: Foundation,
    options: GatewayOptions,
    stream: StreamOptions,
    metrics: GatewayMetrics,
    registry: CollectorRegistry,
    address: tuple[str, int],
) -> AsyncIterator[int]:
    """Run a gateway on `address` until the block ends; yield the port it listens on."""
    passwords = Passwords(options.hashing_threads)
    service = Gateway(
        ground.room_log,
        ground.directory,
        ground.logs,
        ground.fences,
        passwords,
        metrics,
        GatewayLimits(
            heartbeat=options.heartbeat_seconds,
            drain=options.drain_seconds,
            batch_window=options.fanout_ms / 1000,
            resume_events=options.resume_events,
            slow_reader_bytes=options.slow_reader_bytes,
            memory_limit=stream.memory_limit_percent / 100,
            sign_up=options.sign_up,
        ),
        Outside(clock, secrets.randbits),
    )
    door = Door(frozenset(options.origins), options.trusted_proxies, options.hello_seconds)
    feed = RedisFeed(ground.clients.pubsub(), service.hub.on_message, service.hub.on_gap)
    service.listen_to(feed)
    async with asyncio.TaskGroup() as group:
        beside = [group.create_task(feed.run()), group.create_task(service.run())]
        server = GatewayServer(service, door, ground.checks, registry)
        try:
            async with server.listening(*address) as port:
                yield port
        finally:
            for task in beside:
                task.cancel()
            await passwords.close()
