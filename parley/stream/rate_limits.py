"""How often somebody may do something, counted in Redis for all gateways together.

Owns: the calls of the function library that keep buckets and attempts.
Never: which limits there are (`gateway.limits`), and what is kept of a room.

The buckets of one call belong to one subject, so that a Redis Cluster can hold them. Every key
expires by itself, once it says no more than its absence would.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Protocol

from parley.stream.functions import Call, Functions, Mode, reaching_redis, unavailable
from parley.stream.rates import Bucket

# An account's attempts are forgotten after an hour without any, in milliseconds.
_ATTEMPTS_MEMORY_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class Attempts:
    """How often somebody may try: `free` times at once, then after pauses that double."""

    free: int
    longest_pause_ms: int


class RateLimits(Protocol):
    """The limits that gateways share. Everything here raises LogUnavailable."""

    async def take(self, wanted: Mapping[Bucket, int]) -> int:
        """As `Buckets.take`; all buckets are one subject's."""
        ...

    async def charge(self, spent: Mapping[Bucket, int]) -> dict[Bucket, int]:
        """Count what was spent already; return each bucket's debt since, in milliseconds."""
        ...

    async def attempt(self, subject: str, attempts: Attempts) -> int:
        """Count one attempt and return 0, or return the milliseconds to wait and count none."""
        ...

    async def forgive(self, subject: str) -> None:
        """Forget the subject's attempts: one has succeeded."""
        ...


class RedisRateLimits:
    """The limits in the Redis to which a client leads; implements `RateLimits`.

    `clock` gives Unix milliseconds, for an embedded Redis alone: a server uses its own.
    """

    def __init__(self, client: Any, mode: Mode, clock: Callable[[], float]) -> None:
        self._client, self._clock = client, clock
        self._functions = Functions(client, mode)

    async def take(self, wanted: Mapping[Bucket, int]) -> int:
        name, touched, arguments = self._bucket_call("take", list(wanted.items()))
        return int(await self._functions.call(name, touched, *arguments))

    async def charge(self, spent: Mapping[Bucket, int]) -> dict[Bucket, int]:
        groups = _by_subject(spent)
        calls = [self._bucket_call("charge", group) for group in groups]
        answers = await self._functions.call_all(calls)
        debts: dict[Bucket, int] = {}
        for group, answer in zip(groups, answers, strict=True):
            if isinstance(answer, Exception):
                raise unavailable(answer)
            debts |= zip((bucket for bucket, _ in group), map(int, answer), strict=True)
        return debts

    async def attempt(self, subject: str, attempts: Attempts) -> int:
        arguments = [attempts.free, attempts.longest_pause_ms, _ATTEMPTS_MEMORY_MS]
        key = _attempts_key(subject)
        return int(await self._functions.call("attempt", [key], self._clock(), *arguments))

    async def forgive(self, subject: str) -> None:
        async with reaching_redis():
            await self._client.unlink(_attempts_key(subject))

    def _bucket_call(self, name: str, group: Sequence[tuple[Bucket, int]]) -> Call:
        touched = [bucket.key for bucket, _ in group]
        arguments: list[Any] = [self._clock()]
        for bucket, cells in group:
            arguments += [cells, bucket.rate.cells, bucket.rate.period_ms]
        return name, touched, arguments


def _by_subject(spent: Mapping[Bucket, int]) -> list[list[tuple[Bucket, int]]]:
    ordered = sorted(spent.items(), key=lambda item: item[0].subject)
    return [list(group) for _, group in groupby(ordered, lambda item: item[0].subject)]


def _attempts_key(subject: str) -> str:
    return f"parley:{{{subject}}}:attempts"
