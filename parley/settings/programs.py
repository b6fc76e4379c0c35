"""What each program reads, and what it puts in place of what nobody has chosen.

Owns: the list of the programs that have settings, and the settings that only a whole program has.
Never: the environment itself (`parley.settings.reading`).
"""

# ruff: noqa: RUF009 - the calls in the dataclasses return fields, as `field` itself does

import ipaddress
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

import platformdirs

from parley.settings import variables
from parley.settings.declaring import declared, setting
from parley.settings.log import LogSettings
from parley.settings.places import DatabaseSettings, RedisSettings
from parley.settings.reading import Program
from parley.settings.rooms import DirectoryOptions, StreamOptions
from parley.settings.services import GatewayOptions, LoggerOptions
from parley.settings.variables import InvalidSetting, Secret, Setting

_DATABASE_FILE = "parley.db"
_ADMIN_SOCKET_FILE = "admin.sock"

# Variables that several programs read.
_DATA_DIR = Setting(
    "PARLEY_DATA_DIR",
    variables.FOLDER,
    "your own data folder, such as `~/.local/share/parley`",
    "The folder in which `parley serve` keeps what must last",
)
_ADMIN_SOCKET = Setting(
    "PARLEY_ADMIN_SOCKET",
    variables.SOCKET,
    "none; `parley serve`: `admin.sock` in the data folder",
    "The socket at which a server listens to `parley admin`; its owner alone may open it",
)
_PASSWORD = Setting(
    "PARLEY_PASSWORD",
    variables.PASSWORD,
    "",
    "The password to sign in with, or to give somebody, where nobody can be asked for it",
)


def _in_data_folder(chosen: Mapping[str, str]) -> dict[str, str]:
    """Return the data folder, and what is found in it."""
    folder = chosen.get(_DATA_DIR.env, platformdirs.user_data_dir("parley", appauthor=False))
    path = _DATA_DIR.parse(folder)
    return {
        _DATA_DIR.env: folder,
        _ADMIN_SOCKET.env: str(path / _ADMIN_SOCKET_FILE),
        "PARLEY_DATABASE_URL": f"sqlite:///{path / _DATABASE_FILE}",
    }


@dataclass(frozen=True, kw_only=True)
class _Service(Program):
    """What every service has: somewhere to listen, a database, and rooms in Redis."""

    host: str = setting("PARLEY_HOST", variables.HOST, "127.0.0.1", "The address to listen on")
    database: DatabaseSettings
    stream: StreamOptions = StreamOptions()
    log: LogSettings = LogSettings()


@dataclass(frozen=True, kw_only=True)
class _Server(_Service):
    """What every service has that clients connect to."""

    port: int = setting(
        "PARLEY_PORT", variables.PORT, "8080", "The port to listen on; 0 takes a free one"
    )
    workers: int = setting(
        "PARLEY_WORKERS",
        variables.whole(1, 64),
        "1",
        "Processes of one gateway, all on its port: one for each core that is to be used; "
        "`parley serve`: 1",
    )
    gateway: GatewayOptions = GatewayOptions()
    directory: DirectoryOptions = DirectoryOptions()
    admin_socket: Path | None = field(default=None, metadata=declared(_ADMIN_SOCKET))

    def __post_init__(self) -> None:
        # Between two heartbeats a room must not come to Redis, be used and leave it unseen.
        idle, heartbeat = self.stream.room_idle_seconds, self.gateway.heartbeat_seconds
        if idle < 3 * heartbeat:
            expected = f"at least three times PARLEY_HEARTBEAT_SECONDS, which is {heartbeat:g}"
            raise InvalidSetting("PARLEY_ROOM_IDLE_SECONDS", f"{idle:g}", expected)


@dataclass(frozen=True, kw_only=True)
class GatewaySettings(_Server):
    """The settings of `parley gateway`."""

    redis: RedisSettings


@dataclass(frozen=True, kw_only=True)
class LoggerSettings(_Service):
    """The settings of `parley logger`. It listens for health checks alone."""

    port: int = setting(
        "PARLEY_LOGGER_PORT",
        variables.PORT,
        "8081",
        "The port on which the logger answers health checks; 0 takes a free one",
    )
    redis: RedisSettings
    logger: LoggerOptions = LoggerOptions()


@dataclass(frozen=True, kw_only=True)
class ServeSettings(_Server):
    """The settings of `parley serve`. Without a `redis` it brings its own."""

    data_dir: Path = field(metadata=declared(_DATA_DIR))
    redis: RedisSettings | None = None
    logger: LoggerOptions = LoggerOptions()

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.workers > 1:
            expected = (
                "1: `parley serve` is one process; for several, start `parley gateway` with it, "
                "`parley logger`, Redis and PostgreSQL"
            )
            raise InvalidSetting("PARLEY_WORKERS", str(self.workers), expected)

    @classmethod
    def defaults(cls, chosen: Mapping[str, str]) -> dict[str, str]:
        """Return a data folder, a database in it, and what suits one machine and one terminal."""
        return _in_data_folder(chosen) | {
            "PARLEY_SHARDS": "1",  # one process works on them all, and writes one at a time
            "PARLEY_LOG_FORMAT": "console" if sys.stderr.isatty() else "json",
            "PARLEY_SIGN_UP": "open" if _is_loopback(chosen.get("PARLEY_HOST")) else "invite",
        }


def _is_loopback(host: str | None) -> bool:
    """Tell whether only this machine can reach a server that listens on `host`."""
    if host is None or host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:  # a name: whom it is known to, nobody knows here
        return False


@dataclass(frozen=True, kw_only=True)
class ChatSettings(Program):
    """The settings of `parley chat`; the rest are options of its command line."""

    password: Secret | None = field(default=None, metadata=declared(_PASSWORD))


@dataclass(frozen=True, kw_only=True)
class AdminSettings(Program):
    """The settings of `parley admin`; the rest are options of its command line."""

    data_dir: Path = field(metadata=declared(_DATA_DIR))
    admin_socket: Path = field(metadata=declared(_ADMIN_SOCKET))
    password: Secret | None = field(default=None, metadata=declared(_PASSWORD))

    @classmethod
    def defaults(cls, chosen: Mapping[str, str]) -> dict[str, str]:
        """Return where a server on this machine keeps its data."""
        return _in_data_folder(chosen)


PROGRAMS: Mapping[str, type[Program]] = MappingProxyType(
    {
        "serve": ServeSettings,
        "gateway": GatewaySettings,
        "logger": LoggerSettings,
        "chat": ChatSettings,
        "admin": AdminSettings,
    }
)
"""Every program that has settings, by its name on the command line."""
