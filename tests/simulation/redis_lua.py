"""The function library itself, on a fakeredis of its own, in the place of its twin.

Owns: the same questions as `redis_twin.RedisTwin`, answered by `parley/stream/library.lua`.
Never: time and faults (`redis_server.py`).

fakeredis has no INFO, so the library is loaded in the mode `embedded`: the identity is a key, which
is taken away whenever the server is another one.
"""

from __future__ import annotations

from typing import Any

import fakeredis
from redis.exceptions import OutOfMemoryError

from parley.stream.redis_log import library
from tests.simulation.redis_twin import Answer, Publish

_ADDING = ("parley1_seed", "parley1_append", "parley1_mark")


class LuaRedis:
    """One server's data, in a fakeredis. `publish` is told what it publishes."""

    def __init__(self, _: str, publish: Publish) -> None:
        self.is_full = False
        self.appends = 0
        """How often a stream may have grown."""
        self._publish = publish
        client: Any = fakeredis.FakeRedis(server=fakeredis.FakeServer())
        self._client, self._pubsub = client, client.pubsub()
        self._heard: set[str] = set()

    def hear(self, channel: str) -> None:
        """Pass on what is published on a channel from now on."""
        if channel not in self._heard:
            self._heard.add(channel)
            self._pubsub.ssubscribe(channel)

    def _pass_on(self) -> None:
        while self._heard and (message := self._pubsub.get_message()) is not None:
            if message["type"] == "smessage":
                self._publish(message["channel"].decode(), message["data"])

    # --- plain commands --------------------------------------------------------------------

    def load_library(self) -> None:
        self._client.function_load(library("embedded"), replace=True)

    def fcall(self, name: str, count: int, *rest: Any) -> Answer:
        if self.is_full and name in _ADDING:
            raise OutOfMemoryError("command not allowed when used memory > 'maxmemory'")
        self.appends += name == "parley1_append"
        try:
            return self._client.fcall(name, count, *rest)
        finally:
            self._pass_on()

    def xread(self, streams: dict[str, str], count: int) -> Answer:
        return self._client.xread(streams, count=count)

    def smembers(self, key: str) -> Answer:
        return self._client.smembers(key)

    def hget(self, key: str, field: str) -> Answer:
        return self._client.hget(key, field)

    def hgetall(self, key: str) -> Answer:
        return self._client.hgetall(key)

    def unlink(self, *keys: str) -> Answer:
        return self._client.unlink(*keys)

    def spublish(self, channel: str, message: bytes) -> Answer:
        try:
            return self._client.execute_command("SPUBLISH", channel, message)
        finally:
            self._pass_on()

    def info_memory(self) -> dict[str, int]:
        return {"maxmemory": 100, "used_memory": 99 if self.is_full else 10}

    # --- what happens to a whole server ----------------------------------------------------

    def flush(self) -> None:
        self._client.flushall()

    def snapshot(self) -> dict[str, Any]:
        return {key.decode(): self._client.dump(key) for key in self._client.keys("*")}

    def restore(self, snapshot: dict[str, Any]) -> None:
        self._client.flushall()
        for key, value in snapshot.items():
            self._client.restore(key, 0, value)

    def be_another(self, _: str) -> None:
        """Be another server from now on: no generation was begun here."""
        for key in self._client.keys("parley:*:identity"):
            self._client.delete(key)

    @property
    def backlog(self) -> int:
        total = 0
        for key in self._client.keys("parley:*:fence"):
            prefix = key.decode().removesuffix("fence")
            generation = self._client.get(key).decode().split(" ")[0]
            total += self._client.xlen(f"{prefix}{generation}:ingest")
        return total
