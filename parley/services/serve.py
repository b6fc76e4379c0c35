"""`parley serve`: everything in one process.

Owns: the data folder, and a gateway, a logger and a Redis that share it.
Never: anything that `parley gateway` and `parley logger` do otherwise.
"""

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog

from parley.observe.metrics import GatewayMetrics, LoggerMetrics, ShardMetrics, new_registry
from parley.services.base import (
    CannotStart,
    foundation,
    keep_what_is_loaded,
    redis_server,
    stop_signal,
)
from parley.services.files import make_room_for
from parley.services.first_start import administrator_code
from parley.services.gateway import gateway
from parley.services.logger import logger
from parley.settings import ServeSettings
from parley.stream.clients import embedded_clients

log = structlog.get_logger()

_LOCK_FILE = "lock"


Announce = Callable[[str, Path, str | None], None]
"""Told once the URL, the data folder, and the first administrator's code if it is to be shown."""


async def run_serve(settings: ServeSettings, announce: Announce) -> None:
    """Serve until asked to stop.

    Raises CannotStart, and OSError if the port cannot be had.
    """
    make_room_for(settings.gateway.limits.sockets)
    registry = new_registry()
    shards = ShardMetrics(registry)
    with _data_folder(settings.data_dir):
        redis = embedded_clients() if settings.redis is None else redis_server(settings.redis)
        async with foundation(
            settings.database, redis, settings.stream, settings.directory
        ) as ground:
            asked = stop_signal()  # until here a signal simply ends the waiting
            storing = logger(
                ground,
                settings.logger,
                settings.stream,
                LoggerMetrics(registry, shards),
                alone=settings.redis is None,
            )
            # The gateway stops first, so that the logger stores what it has let in.
            async with (
                storing,
                gateway(
                    ground,
                    settings.gateway,
                    settings.stream,
                    GatewayMetrics(registry, shards),
                    registry,
                    (settings.host, settings.port),
                    settings.admin_socket,
                ) as port,
            ):
                keep_what_is_loaded()
                code = await administrator_code(ground.directory)
                announce(f"http://{_shown(settings.host)}:{port}", settings.data_dir, code)
                await asked.wait()
                log.info("server_stops")


@contextmanager
def _data_folder(folder: Path) -> Iterator[None]:
    """Hold the data folder: two servers in one would each take the other's room logs apart."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = (folder / _LOCK_FILE).open("a")
    except OSError as error:
        raise CannotStart(
            f"the data folder {folder} cannot be written ({error.strerror}): "
            "choose another with --data-dir"
        ) from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotStart(
                f"another server is using the data folder {folder}: stop it, "
                "or choose another folder with --data-dir"
            ) from None
        yield


def _shown(host: str) -> str:
    """Return a host that can be typed into a client on this machine."""
    if host in ("0.0.0.0", "::", ""):  # noqa: S104 - compared, not bound
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host
