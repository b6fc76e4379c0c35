"""Who is connected, as all gateways know it.

Owns: the interface, and its implementation over Redis: for each person a hash from a gateway's name
to what it says of them, and until when that holds. It expires by itself: of a gateway that has
crashed nothing is left after a minute.
Never: what is told to whom (`gateway.presence`).
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Literal, Protocol

from parley.stream.functions import reaching_redis

# How long it holds what a gateway says, in milliseconds: two of three repetitions may be lost.
HOLDS_MS = 60_000
# People who are written or read in one round trip: none keeps this process busy for long.
_AT_ONCE = 100

State = Literal["online", "away"]


class PresenceLog(Protocol):
    """Who is connected. Everything here raises LogUnavailable."""

    async def say(self, gateway: str, states: Mapping[str, State], now: int) -> None:
        """Say how people are who are connected to a gateway; `now` is Unix milliseconds."""
        ...

    async def forget(self, gateway: str, people: Collection[str]) -> None:
        """People are connected to the gateway no longer."""
        ...

    async def states(self, people: Collection[str], now: int) -> dict[str, State]:
        """Return how those of the people are who are connected anywhere."""
        ...


class RedisPresence:
    """Presence in the Redis to which a client leads."""

    def __init__(self, client: Any) -> None:
        self._client = client

    async def say(self, gateway: str, states: Mapping[str, State], now: int) -> None:
        for portion in _portions(list(states)):
            pipeline = self._client.pipeline(transaction=False)
            for person in portion:
                pipeline.hset(_key(person), gateway, f"{states[person]} {now + HOLDS_MS}")
                pipeline.pexpire(_key(person), HOLDS_MS)
            async with reaching_redis():
                await pipeline.execute()

    async def forget(self, gateway: str, people: Collection[str]) -> None:
        for portion in _portions(list(people)):
            pipeline = self._client.pipeline(transaction=False)
            for person in portion:
                pipeline.hdel(_key(person), gateway)
            async with reaching_redis():
                await pipeline.execute()

    async def states(self, people: Collection[str], now: int) -> dict[str, State]:
        states: dict[str, State] = {}
        for portion in _portions(list(people)):
            pipeline = self._client.pipeline(transaction=False)
            for person in portion:
                pipeline.hgetall(_key(person))
            async with reaching_redis():
                answers = await pipeline.execute()
            for person, said in zip(portion, answers, strict=True):
                state = _together(said.values(), now)
                if state is not None:
                    states[person] = state
        return states


def _together(said: Iterable[bytes], now: int) -> State | None:
    """Return what several gateways say together: at one device is there."""
    holding = set()
    for each in said:
        state, _, until = each.partition(b" ")
        if int(until) > now:
            holding.add(state)
    if b"online" in holding:
        return "online"
    return "away" if holding else None


def _key(person: str) -> str:
    return f"parley:{{user:{person}}}:presence"


def _portions(people: list[str]) -> list[list[str]]:
    return [people[first : first + _AT_ONCE] for first in range(0, len(people), _AT_ONCE)]
