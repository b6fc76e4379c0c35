"""What an operator may choose, and the one place that reads the environment.

Owns: every variable's name, default, unit, meaning and range; each is declared once, below, and
`docs/operations.md` is held against these declarations by a test.
Never: what a setting does. The programs' own modules read their settings once, at start, and hand
plain values on.

An empty variable counts as unset, so that a compose file may pass on what nobody has chosen.
"""

# ruff: noqa: RUF009 - the calls in the dataclasses return fields, as `field` itself does

import difflib
import ipaddress
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import MISSING, Field, dataclass, field, fields
from pathlib import Path
from types import MappingProxyType, UnionType
from typing import Any, Literal, Self, TypeVar, cast, get_args

import platformdirs

from parley import variables
from parley.variables import InvalidSetting, Kind, Network, Rate, Secret, Setting

__all__ = [
    "PROGRAMS",
    "AdminSettings",
    "ChatSettings",
    "DatabaseSettings",
    "GatewayOptions",
    "GatewaySettings",
    "InvalidSetting",
    "LimitOptions",
    "LogFormat",
    "LogLevel",
    "LogSettings",
    "LoggerOptions",
    "LoggerSettings",
    "Program",
    "RedisSettings",
    "Secret",
    "ServeSettings",
    "SignUp",
    "StreamOptions",
    "environment_with",
    "settings_of",
    "unknown_variables",
]

T = TypeVar("T")

_PREFIX = "PARLEY_"
_DATABASE_FILE = "parley.db"
_ADMIN_SOCKET_FILE = "admin.sock"


# Who may make an account: anyone, whoever is invited, or nobody.
SignUp = Literal["open", "invite", "closed"]
# What a log line looks like: an object for machines, or words for a person.
LogFormat = Literal["json", "console"]
# The least severe line that is written.
LogLevel = Literal["debug", "info", "warning", "error"]


# How a field declares its variable.

_DECLARED = "setting"  # the key in a field's metadata


def _needed(env: str, kind: Kind[Any], default: str, meaning: str) -> Mapping[str, Setting[Any]]:
    """Return a field's metadata for a variable that must be set, or that a program fills in."""
    return {_DECLARED: Setting(env, kind, default, meaning)}


def _chosen(env: str, kind: Kind[T], default: str, meaning: str) -> T:
    """Return a field for a variable that has the value of `default` when it is not set."""
    return field(default=kind.parse(default), metadata=_needed(env, kind, default, meaning))


def _optional(env: str, kind: Kind[T], meaning: str) -> T | None:
    """Return a field for a variable whose absence is a value of its own: None."""
    return field(default=None, metadata=_needed(env, kind, "", meaning))


# The parts that programs share.


@dataclass(frozen=True)
class RedisSettings:
    """Where Redis is."""

    url: str = field(
        repr=False,  # it may hold a password
        metadata=_needed(
            "PARLEY_REDIS_URL",
            variables.REDIS_URL,
            "required; `parley serve`: a Redis of its own, inside the process",
            "Where Redis is, such as `redis://host:6379/0`",
        ),
    )
    password: Secret | None = _optional(
        "PARLEY_REDIS_PASSWORD_FILE",
        variables.PASSWORD_FILE,
        "A file that holds the password of Redis",
    )


@dataclass(frozen=True)
class DatabaseSettings:
    """Where the database is."""

    url: str = field(
        repr=False,  # it may hold a password
        metadata=_needed(
            "PARLEY_DATABASE_URL",
            variables.DATABASE_URL,
            "required; `parley serve`: SQLite in the data folder",
            "Where the database is: `postgresql://user@host:5432/name`, or `sqlite:////path`",
        ),
    )
    password: Secret | None = _optional(
        "PARLEY_DATABASE_PASSWORD_FILE",
        variables.PASSWORD_FILE,
        "A file that holds the password of the database",
    )


@dataclass(frozen=True)
class LogSettings:
    """What is written to standard error, and how."""

    format: LogFormat = _chosen(
        "PARLEY_LOG_FORMAT",
        variables.one_of(LogFormat),
        "json",
        "How a log line looks: json, or console (what `parley serve` takes on a terminal)",
    )
    level: LogLevel = _chosen(
        "PARLEY_LOG_LEVEL",
        variables.one_of(LogLevel),
        "info",
        "The least severe line that is logged: debug, info, warning or error",
    )


@dataclass(frozen=True)
class StreamOptions:
    """What gateways and loggers must agree on about the rooms in Redis."""

    shards: int = _chosen(
        "PARLEY_SHARDS",
        variables.whole(1, 1024),
        "16",
        "Shards that the rooms are divided into (`parley serve`: 1); fixed when the database is "
        "first used",
    )
    recent_events: int = _chosen(
        "PARLEY_RECENT_EVENTS",
        variables.whole(1, 100_000),
        "256",
        "Stored entries that Redis keeps of a live room, so that a resume is quick",
    )
    room_idle_seconds: float = _chosen(
        "PARLEY_ROOM_IDLE_SECONDS",
        variables.seconds(1, 604_800),
        "900",
        "Seconds after which a stored, idle room leaves Redis; at least three heartbeats",
    )
    memory_limit_percent: int = _chosen(
        "PARLEY_MEMORY_LIMIT_PERCENT",
        variables.whole(10, 95),
        "70",
        "Percent of its memory that Redis may have in use before new messages have to wait",
    )


@dataclass(frozen=True)
class DirectoryOptions:
    """How many people a room takes, and how long a deleted account's name is kept."""

    group_members: int = _chosen(
        "PARLEY_GROUP_MEMBERS",
        variables.whole(2, 100_000),
        "1024",
        "Most people in a group",
    )
    channel_members: int = _chosen(
        "PARLEY_CHANNEL_MEMBERS",
        variables.whole(2, 10_000_000),
        "100000",
        "Most people in a channel",
    )
    name_kept_days: int = _chosen(
        "PARLEY_NAME_KEPT_DAYS",
        variables.whole(0, 36_500),
        "30",
        "Days for which nobody else can have the name of an account that was deleted",
    )


def _rate(env: str, default: str, meaning: str) -> Rate:
    return _chosen(env, variables.RATE, default, meaning)


@dataclass(frozen=True)
class LimitOptions:
    """How much one person, one device, one address may ask for."""

    sockets: int = _chosen(
        "PARLEY_SOCKETS",
        variables.whole(1, 1_000_000),
        "10000",
        "Connections to one gateway; each takes a file descriptor",
    )
    sockets_per_address: int = _chosen(
        "PARLEY_SOCKETS_PER_ADDRESS",
        variables.whole(1, 1_000_000),
        "50",
        "Connections from one address (IPv6: one /64 network) to one gateway",
    )
    sockets_per_user: int = _chosen(
        "PARLEY_SOCKETS_PER_USER",
        variables.whole(1, 1_000_000),
        "10",
        "Connections of one account to one gateway",
    )
    connections: Rate = _rate("PARLEY_CONNECTION_RATE", "120/60", "New connections of an address")
    sign_in: Rate = _rate("PARLEY_SIGN_IN_RATE", "30/60", "Attempts to sign in of an address")
    sign_in_tries: int = _chosen(
        "PARLEY_SIGN_IN_TRIES",
        variables.whole(1, 1000),
        "5",
        "Wrong passwords for an account before one has to wait, each time twice as long",
    )
    sign_in_pause_seconds: float = _chosen(
        "PARLEY_SIGN_IN_PAUSE_SECONDS",
        variables.seconds(1, 3600),
        "60",
        "The longest such wait; devices that are signed in are not concerned",
    )
    sign_up: Rate = _rate("PARLEY_SIGN_UP_RATE", "20/3600", "Attempts to sign up of an address")
    user_commands: Rate = _rate("PARLEY_USER_COMMAND_RATE", "1200/30", "Commands of an account")
    user_messages: Rate = _rate("PARLEY_USER_MESSAGE_RATE", "600/30", "Messages of an account")
    user_bytes: Rate = _rate("PARLEY_USER_BYTE_RATE", "8388608/60", "Bytes sent by an account")
    device_commands: Rate = _rate("PARLEY_DEVICE_COMMAND_RATE", "600/30", "Commands of a device")
    device_messages: Rate = _rate("PARLEY_DEVICE_MESSAGE_RATE", "300/30", "Messages of a device")
    device_bytes: Rate = _rate("PARLEY_DEVICE_BYTE_RATE", "4194304/60", "Bytes sent by a device")
    address_commands: Rate = _rate(
        "PARLEY_ADDRESS_COMMAND_RATE", "12000/30", "Commands of an address"
    )
    address_messages: Rate = _rate(
        "PARLEY_ADDRESS_MESSAGE_RATE", "6000/30", "Messages of an address"
    )
    address_bytes: Rate = _rate(
        "PARLEY_ADDRESS_BYTE_RATE", "67108864/60", "Bytes sent by an address"
    )


@dataclass(frozen=True)
class GatewayOptions:
    """How a gateway treats its clients."""

    sign_up: SignUp = _chosen(
        "PARLEY_SIGN_UP",
        variables.one_of(SignUp),
        "invite",
        "Who may make an account: open (anyone), invite (who has a code) or closed (nobody); "
        "`parley serve` on a loopback address: open",
    )
    origins: tuple[str, ...] = _chosen(
        "PARLEY_ORIGINS",
        variables.ORIGINS,
        "",
        "Origins from which browsers may connect, such as `https://chat.example.org`, separated "
        "by commas; if empty, the server's own host alone",
    )
    trusted_proxies: tuple[Network, ...] = _chosen(
        "PARLEY_TRUSTED_PROXIES",
        variables.NETWORKS,
        "",
        "Addresses and networks whose `X-Forwarded-For` is believed, separated by commas",
    )
    heartbeat_seconds: float = _chosen(
        "PARLEY_HEARTBEAT_SECONDS",
        variables.seconds(0.1, 60),
        "5",
        "Seconds between heartbeats; a lost event is noticed within one",
    )
    hello_seconds: float = _chosen(
        "PARLEY_HELLO_SECONDS",
        variables.seconds(0.1, 60),
        "5",
        "Seconds in which a new connection has to shake hands, and then to say who it is",
    )
    slow_reader_bytes: int = _chosen(
        "PARLEY_SLOW_READER_BYTES",
        variables.whole(65_536, 1_048_576),
        "393216",
        "Bytes of the gateway's memory that a stalled reader may hold before it is told to "
        "reconnect",
    )
    fanout_ms: int = _chosen(
        "PARLEY_FANOUT_MS",
        variables.whole(0, 1000),
        "8",
        "Milliseconds within which events that follow one another are written together",
    )
    resume_events: int = _chosen(
        "PARLEY_RESUME_EVENTS",
        variables.whole(1, 100_000),
        "1000",
        "Most events that a resume replays for a room; beyond it the room starts afresh",
    )
    drain_seconds: float = _chosen(
        "PARLEY_DRAIN_SECONDS",
        variables.seconds(0, 300),
        "10",
        "Seconds in which a stopping gateway lets its clients go",
    )
    hashing_threads: int = _chosen(
        "PARLEY_HASHING_THREADS",
        variables.whole(1, 64),
        "2",
        "Threads that check passwords; each takes 19 MiB of memory",
    )
    limits: LimitOptions = LimitOptions()


@dataclass(frozen=True)
class LoggerOptions:
    """How a logger stores the stream."""

    lease_seconds: float = _chosen(
        "PARLEY_LEASE_SECONDS",
        variables.seconds(1, 300),
        "10",
        "Seconds after which the shards of a logger that has died are taken over",
    )
    batch_entries: int = _chosen(
        "PARLEY_BATCH_ENTRIES",
        variables.whole(1, 10_000),
        "1000",
        "Most entries that the logger stores in one transaction",
    )


# The programs.


class Program:
    """What one program reads, together and once, when it starts."""

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> Self:
        """Return the settings that `environ` chooses. Raises InvalidSetting."""
        chosen = {name: text for name, text in environ.items() if text.strip()}
        return _read(cls, cls.defaults(chosen) | chosen)

    @classmethod
    def defaults(cls, chosen: Mapping[str, str]) -> dict[str, str]:
        """Return what this program puts in place of variables that are not `chosen`."""
        return {}


@dataclass(frozen=True, kw_only=True)
class _Service(Program):
    """What every service has: somewhere to listen, a database, and rooms in Redis."""

    host: str = _chosen("PARLEY_HOST", variables.HOST, "127.0.0.1", "The address to listen on")
    database: DatabaseSettings
    stream: StreamOptions = StreamOptions()
    log: LogSettings = LogSettings()


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
class _Server(_Service):
    """What every service has that clients connect to."""

    port: int = _chosen(
        "PARLEY_PORT", variables.PORT, "8080", "The port to listen on; 0 takes a free one"
    )
    gateway: GatewayOptions = GatewayOptions()
    directory: DirectoryOptions = DirectoryOptions()
    admin_socket: Path | None = field(default=None, metadata={_DECLARED: _ADMIN_SOCKET})

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

    port: int = _chosen(
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

    data_dir: Path = field(metadata={_DECLARED: _DATA_DIR})
    redis: RedisSettings | None = None
    logger: LoggerOptions = LoggerOptions()

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


_PASSWORD = Setting(
    "PARLEY_PASSWORD",
    variables.PASSWORD,
    "",
    "The password to sign in with, or to give somebody, where nobody can be asked for it",
)


@dataclass(frozen=True, kw_only=True)
class ChatSettings(Program):
    """The settings of `parley chat`; the rest are options of its command line."""

    password: Secret | None = field(default=None, metadata={_DECLARED: _PASSWORD})


@dataclass(frozen=True, kw_only=True)
class AdminSettings(Program):
    """The settings of `parley admin`; the rest are options of its command line."""

    data_dir: Path = field(metadata={_DECLARED: _DATA_DIR})
    admin_socket: Path = field(metadata={_DECLARED: _ADMIN_SOCKET})
    password: Secret | None = field(default=None, metadata={_DECLARED: _PASSWORD})

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


def settings_of(program: type) -> Iterator[Setting[Any]]:
    """Yield every variable that a program, or a part of one, reads."""
    for item in fields(program):
        if _DECLARED in item.metadata:
            yield item.metadata[_DECLARED]
        else:
            yield from settings_of(_part(item))


def environment_with(options: Mapping[str, object]) -> dict[str, str]:
    """Return the process's environment under a command line's options, those given (not None)."""
    given = {name: str(value) for name, value in options.items() if value is not None}
    return dict(os.environ) | given


def unknown_variables(environ: Mapping[str, str] = os.environ) -> list[str]:
    """Return a sentence about each PARLEY_ variable that nothing reads: often a typing error."""
    settings = (setting for program in PROGRAMS.values() for setting in settings_of(program))
    known = sorted({setting.env.removeprefix(_PREFIX) for setting in settings})
    names = sorted(name.removeprefix(_PREFIX) for name in environ if name.startswith(_PREFIX))
    return [_unknown(name, known) for name in names if name not in known]


def _unknown(name: str, known: Sequence[str]) -> str:
    alike = difflib.get_close_matches(name, known, n=1)
    hint = f"; did you mean {_PREFIX}{alike[0]}?" if alike else ""
    return f"{_PREFIX}{name} is no setting of Parley and is ignored{hint}"


def _read(part: type[T], chosen: Mapping[str, str]) -> T:
    """Return the dataclass `part`, each field read from the variable that it declares."""
    return part(**{item.name: _value(item, chosen) for item in fields(cast(Any, part))})


def _value(item: Field[Any], chosen: Mapping[str, str]) -> Any:
    setting = item.metadata.get(_DECLARED)
    if setting is None:
        absent = isinstance(item.type, UnionType) and not _is_chosen(_part(item), chosen)
        return None if absent else _read(_part(item), chosen)
    if setting.env in chosen:
        return setting.parse(chosen[setting.env])
    if item.default is MISSING:
        raise InvalidSetting(setting.env, None, setting.kind.expected)
    return item.default


def _part(item: Field[Any]) -> type:
    """Return the dataclass that a field holds, or may hold: `Part` or `Part | None`."""
    return cast(type, get_args(item.type)[0] if isinstance(item.type, UnionType) else item.type)


def _is_chosen(part: type, chosen: Mapping[str, str]) -> bool:
    """Tell whether everything is set that the part cannot do without."""
    needed = (item for item in fields(part) if item.default is MISSING)
    return all(item.metadata[_DECLARED].env in chosen for item in needed)
