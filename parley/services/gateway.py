"""`parley gateway`: one gateway, beside others.

Owns: the wiring of a gateway to its Redis, its database and its port.
Never: what it does for its clients.
"""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import structlog
from prometheus_client import CollectorRegistry

from gateway.limits import Limiter, Rates, Traffic
from gateway.passwords import Passwords
from gateway.server import Door, GatewayServer
from gateway.service import Gateway, GatewayLimits, Outside
from parley.admin.listening import control_socket
from parley.admin.work import Administrator, Means
from parley.domain.messages import TimeLimits
from parley.observe.metrics import GatewayMetrics, ShardMetrics, new_registry
from parley.services.base import (
    Foundation,
    clock,
    foundation,
    keep_what_is_loaded,
    redis_server,
    stop_signal,
)
from parley.services.files import make_room_for
from parley.services.first_start import administrator_code
from parley.settings import GatewayOptions, GatewaySettings, LimitOptions, StreamOptions
from parley.stream.presence import RedisPresence
from parley.stream.rate_limits import Attempts, RedisRateLimits
from parley.stream.rates import Rate

log = structlog.get_logger()


async def run_gateway(settings: GatewaySettings, show_code: Callable[[str], None]) -> None:
    """Serve clients until asked to stop.

    `show_code` is called with the code of the first administrator, if it falls to this gateway.
    Raises CannotStart, and OSError if the port cannot be had.
    """
    make_room_for(settings.gateway.limits.sockets)
    registry = new_registry()
    redis = redis_server(settings.redis)
    async with foundation(settings.database, redis, settings.stream, settings.directory) as ground:
        asked = stop_signal()  # until here a signal simply ends the waiting
        metrics = GatewayMetrics(registry, ShardMetrics(registry))
        address = (settings.host, settings.port)
        async with gateway(
            ground,
            settings.gateway,
            settings.stream,
            metrics,
            registry,
            address,
            settings.admin_socket,
        ) as port:
            log.info("gateway_listening", host=settings.host, port=port)
            keep_what_is_loaded()
            code = await administrator_code(ground.directory)
            if code is not None:
                show_code(code)
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
    admin_socket: Path | None = None,
    *,
    is_shared: bool = False,
) -> AsyncIterator[int]:
    """Run a gateway on `address` until the block ends; yield the port it listens on.

    `admin_socket` is where it listens to `parley admin`, if it does. `registry` is what
    `/metrics` tells. `is_shared`: other processes listen on the same address.
    """
    passwords = Passwords(options.hashing_threads)
    limiter = _limiter(ground, options.limits)
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
            sockets_per_user=options.limits.sockets_per_user,
            times=TimeLimits(options.edit_hours, options.delete_hours),
        ),
        Outside(clock, secrets.randbits),
        limiter,
        ground.mark_log,
        RedisPresence(ground.clients.commands),
    )
    door = Door(
        frozenset(options.origins),
        options.trusted_proxies,
        options.hello_seconds,
        options.limits.sockets,
        options.limits.sockets_per_address,
        options.limits.sockets_entering,
    )
    feed = ground.clients.feed(service.hub.on_message, service.hub.on_gap)
    service.listen_to(feed)
    async with asyncio.TaskGroup() as group:
        beside = [group.create_task(feed.run()), group.create_task(service.run())]
        server = GatewayServer(service, door, limiter, ground.checks, registry)
        try:
            async with (
                _administered(admin_socket, service, ground, passwords),
                server.listening(*address, is_shared=is_shared) as port,
            ):
                yield port
        finally:
            for task in beside:
                task.cancel()
            await passwords.close()


@asynccontextmanager
async def _administered(
    path: Path | None, service: Gateway, ground: Foundation, passwords: Passwords
) -> AsyncIterator[None]:
    """Listen to `parley admin` until the block ends. A gateway works without as well."""
    means = Means(ground.directory, passwords.hash, service.tell, clock, secrets.randbits)
    async with AsyncExitStack() as stack:
        if path is not None:
            try:
                listening = control_socket(path, Administrator(means).perform)
                await stack.enter_async_context(listening)
            except OSError as error:
                log.warning("no_admin_socket", path=str(path), error=str(error))
        yield


def _limiter(ground: Foundation, options: LimitOptions) -> Limiter:
    rates = Rates(
        connections=_rate(options.connections),
        sign_in=_rate(options.sign_in),
        sign_up=_rate(options.sign_up),
        attempts=Attempts(options.sign_in_tries, round(options.sign_in_pause_seconds * 1000)),
        user=Traffic(
            _rate(options.user_commands), _rate(options.user_messages), _rate(options.user_bytes)
        ),
        device=Traffic(
            _rate(options.device_commands),
            _rate(options.device_messages),
            _rate(options.device_bytes),
        ),
        address=Traffic(
            _rate(options.address_commands),
            _rate(options.address_messages),
            _rate(options.address_bytes),
        ),
    )
    shared = RedisRateLimits(ground.clients.commands, ground.clients.mode, clock)
    return Limiter(rates, shared, lambda: time.monotonic() * 1000)


def _rate(chosen: tuple[int, float] | None) -> Rate | None:
    return None if chosen is None else Rate(*chosen)
