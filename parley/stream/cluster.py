"""Redis Cluster: several servers that divide the slots of the keys among them.

Owns: its address, the way of a command to the server that has its keys, and who has a slot by now.
Never: what is asked (`redis_log.py`), and a retry of what may have been done: only what a server
has sent elsewhere (MOVED, ASK, TRYAGAIN), and so has not done, is asked again.
"""

import asyncio
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from redis import exceptions
from redis.asyncio.cluster import RedisCluster
from redis.asyncio.connection import Connection, SSLConnection

_URL = re.compile(r"redis(s?)\+cluster://(?:([^/@:]*)(?::([^/@]*))?@)?([^/@\s]+)/?")
_SERVER = re.compile(r"(\[[^\]]+\]|[^:\[\]]+)(?::([0-9]{1,5}))?")
_DEFAULT_PORT = 6379


@dataclass(frozen=True)
class ClusterAddress:
    """Where a Cluster is: some of its servers, of which one that answers is enough."""

    servers: tuple[tuple[str, int], ...]
    user: str | None
    password: str | None
    tls: bool


def is_cluster(url: str) -> bool:
    """Whether the URL is a Cluster's: redis+cluster://, or rediss+cluster:// with TLS."""
    return _URL.fullmatch(url) is not None


def parse_address(url: str) -> ClusterAddress:
    """Return what redis+cluster://[user[:password]@]host[:port],host[:port]... says.

    Raises ValueError.
    """
    match = _URL.fullmatch(url)
    if match is None:
        raise ValueError("it is no address of a Redis Cluster")
    tls, user, password, servers = match.groups()
    return ClusterAddress(
        tuple(_server(server) for server in servers.split(",")),
        unquote(user) if user else None,
        unquote(password) if password else None,
        tls=bool(tls),
    )


def _server(text: str) -> tuple[str, int]:
    match = _SERVER.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is no host:port")
    host, port = match.groups()
    return host.strip("[]"), int(port or _DEFAULT_PORT)


class SlotClient(RedisCluster):
    """redis-py's client of a Cluster, which finds the slots of our commands by itself."""

    async def initialize(self, *args: Any, **how: Any) -> "SlotClient":
        try:
            await super().initialize(*args, **how)
        except (exceptions.ConnectionError, exceptions.TimeoutError):
            # Having found the Cluster it asks the first primary for its commands. That one may be
            # down, and would be the first again each time.
            for first in self.get_primaries()[:1]:
                self.nodes_manager.move_node_to_end_of_cached_nodes(first.name)
            await super().initialize(*args, **how)
        return self

    async def _determine_slot(self, command: str, *args: Any) -> int:
        # redis-py would ask a server for the keys of these, each time: twice the way for each.
        match command:
            case "FCALL":
                return self.keyslot(args[2])
            case "SPUBLISH":
                return self.keyslot(args[0])
            case "XREAD":
                return self.keyslot(args[_after(b"STREAMS", args)])
        slot: int = await super()._determine_slot(command, *args)
        return slot

    async def function_load(self, code: str, replace: bool | None = False) -> Any:
        """Load a library at every primary that can be reached."""
        words = ("FUNCTION LOAD", "REPLACE", code) if replace else ("FUNCTION LOAD", code)
        return (await self._primaries_say(*words))[0]

    async def info(self, section: str | None = None, *_: str, **__: Any) -> dict[str, Any]:
        """Return a section of the primary whose memory is the fullest, of those reached."""
        return max(await self._primaries_say("INFO", section or "default"), key=_fullness)

    async def _primaries_say(self, *words: str) -> list[Any]:
        """Return the answers of the primaries that can be reached; raise if there are none."""
        await self.initialize()
        asked = (self.execute_command(*words, target_nodes=node) for node in self.get_primaries())
        answers = await asyncio.gather(*asked, return_exceptions=True)
        given = [answer for answer in answers if not isinstance(answer, BaseException)]
        if given:
            return given
        failures = (answer for answer in answers if isinstance(answer, BaseException))
        raise next(failures, exceptions.SlotNotCoveredError("the Cluster has no primary"))

    async def aclose(self) -> None:
        """Close every connection."""
        await super().aclose()
        # redis-py has left them open if it was about to look at the Cluster afresh.
        for nodes in ("nodes_cache", "startup_nodes"):
            await self.nodes_manager.aclose(nodes)

    async def owner_of(self, key: str) -> tuple[str, int]:
        """Return the host and port of the server that has the key's slot by now."""
        await self.ttl(key)  # whatever has become of the slot, this finds its way
        node = self.get_node_from_key(key)
        if node is None:
            raise exceptions.SlotNotCoveredError(f"no server has the slot of {key!r}")
        return node.host, int(node.port)


def _after(word: bytes, args: tuple[Any, ...]) -> int:
    return next(i for i, each in enumerate(args) if each == word) + 1


def _fullness(info: Mapping[str, Any]) -> float:
    limit = info.get("maxmemory", 0)
    return info.get("used_memory", 0) / limit if limit else 0.0


class SlotConnection(Connection):
    """A connection to whichever server has a slot at the time of connecting."""

    def __init__(self, *, find_owner: Callable[[], Any], **how: Any) -> None:
        super().__init__(**how)
        self._find_owner = find_owner

    async def connect(self) -> None:
        if not self.is_connected:
            self.host, self.port = await self._find_owner()
        await super().connect()  # type: ignore[no-untyped-call]


class TlsSlotConnection(SlotConnection, SSLConnection):
    """The same, with TLS."""
