"""One environment variable: what text it takes, and what is said of text it cannot take.

Owns: the kinds of value, their parsing and ranges, the error that names a wrong one, and secrets.
Never: which variables there are , nor the environment itself.
"""

import ipaddress
import os.path
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar, get_args

T = TypeVar("T")
Number = TypeVar("Number", int, float)
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
# So many, in so many seconds; None is no limit.
Rate = tuple[int, float] | None

_URL_PASSWORD = re.compile(r"((?:^|//)[^/@:]*:).*@")  # rather too much of it than too little
_ORIGIN = re.compile(r"(https?)://(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])(:[0-9]{1,5})?")
_DEFAULT_PORT = {"http": ":80", "https": ":443"}
_DATABASE_URL = re.compile(r"postgresql://[^/\s]+/[^/\s]+|sqlite:///(?:/|[A-Za-z]:)[^?]+")
_REDIS_SERVER = r"rediss?://[^/\s]+(/[0-9]*)?|unix:///\S+"
_CLUSTER_SERVER = r"(?:[^/@\s,:\[\]]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?"
_REDIS_CLUSTER = rf"rediss?\+cluster://(?:[^/@\s]*@)?{_CLUSTER_SERVER}(?:,{_CLUSTER_SERVER})*/?"
_REDIS_URL = re.compile(f"{_REDIS_SERVER}|{_REDIS_CLUSTER}")


class InvalidSetting(Exception):
    """A variable is missing, or its value cannot be used. A URL's password in `value` is masked."""

    def __init__(self, name: str, value: str | None, expected: str) -> None:
        value = None if value is None else _URL_PASSWORD.sub(r"\1***@", value)
        super().__init__(name, value, expected)
        self.name, self.value, self.expected = name, value, expected

    def __str__(self) -> str:
        found = "is not set" if self.value is None else f"is {self.value!r}"
        return f"{self.name} {found}: expected {self.expected}"


@dataclass(frozen=True, repr=False)
class Secret:
    """A password that shows itself only when asked to."""

    _value: str

    def __repr__(self) -> str:
        return "Secret('***')"

    def reveal(self) -> str:
        """Return the password itself."""
        return self._value


@dataclass(frozen=True)
class Kind(Generic[T]):
    """A kind of value. `parse` raises ValueError for text that is not as `expected`."""

    expected: str
    parse: Callable[[str], T]


@dataclass(frozen=True)
class Setting(Generic[T]):
    """One variable. `default` is what the operations page says of it."""

    env: str
    kind: Kind[T]
    default: str
    meaning: str

    def parse(self, text: str) -> T:
        """Return the value of `text`. Raises InvalidSetting."""
        try:
            return self.kind.parse(text)
        except ValueError:
            raise InvalidSetting(self.env, text, self.kind.expected) from None


def whole(low: int, high: int) -> Kind[int]:
    """Return the kind of whole numbers in a range, both ends included."""

    def parse(text: str) -> int:
        return _within(int(_match(r"[0-9]{1,9}", text).group()), low, high)

    return Kind(f"a whole number from {low} to {high}", parse)


def seconds(low: float, high: float) -> Kind[float]:
    """Return the kind of durations in a range, both ends included."""

    def parse(text: str) -> float:
        return _within(float(_match(r"[0-9]{1,9}(\.[0-9]{1,9})?", text).group()), low, high)

    return Kind(f"a number of seconds from {low} to {high}", parse)


def one_of(choices: Any) -> Kind[Any]:
    """Return the kind of words that a `Literal` type lists."""
    words = get_args(choices)

    def parse(text: str) -> Any:
        if text.lower() not in words:
            raise ValueError(text)
        return text.lower()

    return Kind(f"one of {', '.join(words)}", parse)


def many(kind: Kind[T]) -> Kind[tuple[T, ...]]:
    """Return the kind of lists of another kind."""

    def parse(text: str) -> tuple[T, ...]:
        parts = text.split(",") if text else []
        return tuple(kind.parse(part.strip()) for part in parts)

    return Kind(f"{kind.expected}; several are separated by commas", parse)


def _folder(text: str) -> Path:
    if "?" in text:  # it would end the path in a database URL
        raise ValueError(text)
    return Path(os.path.expanduser(text)).absolute()


def _password_in(path: str) -> Secret:
    try:
        password = Path(path).read_text(encoding="utf-8")
    except OSError as error:
        raise ValueError(path) from error
    password = password.removesuffix("\n").removesuffix("\r")
    if not password:
        raise ValueError(path)
    return Secret(password)


def _origin(text: str) -> str:
    scheme, port = _match(_ORIGIN, text).groups()
    if port == _DEFAULT_PORT[scheme]:  # browsers leave it out, so this would never match
        raise ValueError(text)
    return text


def _rate(text: str) -> Rate:
    if text.lower() == "none":
        return None
    cells, period = _match(r"([0-9]{1,10})/([0-9]{1,6}(?:\.[0-9]{1,3})?)", text).groups()
    return int(_within(int(cells), 1, 10**10)), _within(float(period), 0.1, 86_400)


def _matching(pattern: re.Pattern[str]) -> Callable[[str], str]:
    return lambda text: _match(pattern, text).group()


def _match(pattern: str | re.Pattern[str], text: str) -> re.Match[str]:
    match = re.fullmatch(pattern, text)
    if match is None:
        raise ValueError(text)
    return match


def _within(number: Number, low: float, high: float) -> Number:
    if not low <= number <= high:
        raise ValueError(number)
    return number


HOST = Kind("a host name or an address", _matching(re.compile(r"[^\s/]+")))
PORT = whole(0, 65535)
FOLDER = Kind("the path of a folder, without a question mark", _folder)
SOCKET = Kind(
    "the path of a socket, in a folder that can be written here",
    lambda text: Path(os.path.expanduser(text)).absolute(),
)
PASSWORD: Kind[Secret] = Kind("a password", Secret)
PASSWORD_FILE = Kind(
    "the path of a file that can be read here and holds the password", _password_in
)
DATABASE_URL = Kind(
    "postgresql://user@host:5432/name or sqlite:////path/of/a/file", _matching(_DATABASE_URL)
)
REDIS_URL = Kind(
    "redis://host:6379/0 (or rediss:// or unix://), or redis+cluster://host:6379,host:6379 "
    "(or rediss+cluster://)",
    _matching(_REDIS_URL),
)
ORIGINS = many(
    Kind(
        "an origin as browsers send it, such as https://chat.example.org (lower case, no path, "
        "no default port)",
        _origin,
    )
)
NETWORKS = many(Kind("an address or a network, such as 10.0.0.0/8", ipaddress.ip_network))
RATE = Kind(
    "a number in so many seconds, such as 30/60 (at least one, in 0.1 to 86400 seconds), or none",
    _rate,
)
