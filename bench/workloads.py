"""Workloads of talk: each is run on one contender and gives a row for each rate.

Owns: the scenes, how long a rate runs, and when it is too much.
Never: a comparison; `bench.report` makes that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from bench.contenders.contender import Contender
from bench.load.client import Connected, LoadClient, Ran
from bench.measure import cpu_seconds, memory_bytes, settle
from bench.scene import Scene, many_rooms, one_room

SECONDS = 5.0
# Before a run is measured: caches fill, interpreters warm up. Before the first one everybody who
# speaks has spoken: what a room's first message costs is not part of a rate.
_FIRST_WORDS_SECONDS = 4.0
_WARM_UP_SECONDS = 1.0
# A rate is carried if so much of it arrives, and in time.
_ENOUGH = 0.99
_MOST_P99_MS = 100.0
# Connections that are opened side by side.
_WIDTH = 100


@dataclass(frozen=True)
class Row:
    """One run: what was sent and delivered, how late, and what it cost."""

    contender: str
    rate: float
    seconds: float
    expected: int
    ran: Ran
    cpu: dict[str, float]
    """Processor seconds, by what the processes are."""
    memory: dict[str, int]
    """Resident bytes after the run, likewise."""

    @property
    def deliveries_per_second(self) -> float:
        return (self.ran.deliveries - self.ran.late) / self.seconds

    @property
    def is_carried(self) -> bool:
        """Whether the contender kept up: all of it, in time."""
        in_time = self.ran.deliveries >= _ENOUGH * self.expected
        return in_time and self.ran.p99_ms <= _MOST_P99_MS

    def cpu_us(self, *, per: str, role: str | None = None) -> float:
        """Return microseconds of processor each `delivery` or `message`, of a role or of all."""
        count = self.ran.deliveries if per == "delivery" else self.ran.sent
        seconds = sum(self.cpu.values()) if role is None else self.cpu[role]
        return seconds * 1e6 / max(count, 1)


@dataclass(frozen=True)
class Idle:
    """Connections that say nothing: what each costs, and one message to all of them."""

    contender: str
    connected: Connected
    bytes_each: float
    ran: Ran


class NotConnected(Exception):
    """Not everybody got in; the run would compare nothing."""


def latency(contender: Contender) -> Row:
    """(a) One room of 1,000, one person who says 50 messages a second."""
    with _connected(contender, one_room(1000)) as measure:
        return measure(50)


def one_room_rates(contender: Contender, rates: tuple[float, ...]) -> list[Row]:
    """(b), (e) One room of 1,000 at rising rates, until one is too much."""
    return _until_too_much(contender, one_room(1000), rates)


def many_rooms_rates(contender: Contender, rates: tuple[float, ...]) -> list[Row]:
    """(c), (e) 100 rooms of 10 in which everybody speaks, at rising rates in all."""
    return _until_too_much(contender, many_rooms(100, 10), rates)


def few_rooms_rates(contender: Contender, rates: tuple[float, ...]) -> list[Row]:
    """(i) 10 rooms of 10 in which everybody speaks, at rising rates in all."""
    return _until_too_much(contender, many_rooms(10, 10), rates)


def idle(contender: Contender, people: int) -> Idle:
    """(d) So many connections in one room that say nothing, then one message to all."""
    plan = contender.plan(one_room(people))
    settle(contender.processes())
    before = sum(memory_bytes(_fronts(contender)).values())
    with LoadClient(plan) as client:
        connected = client.connect(_WIDTH)
        settle(contender.processes())  # the last of what signing in costs is collected
        after = sum(memory_bytes(_fronts(contender)).values())
        ran = client.run(1, 1.5, 5, people)
    return Idle(contender.name, connected, (after - before) / max(connected.connected, 1), ran)


def _fronts(contender: Contender) -> dict[str, list[int]]:
    """Return the processes that hold connections."""
    roles = ("gateway", "server", "serve")
    return {role: pids for role, pids in contender.processes().items() if role in roles}


@contextmanager
def _connected(contender: Contender, scene: Scene) -> Iterator[Callable[[float], Row]]:
    """Let everybody in, and yield what measures a rate. Raises NotConnected."""
    with LoadClient(contender.plan(scene)) as client:
        connected = client.connect(_WIDTH)
        if connected.connected < scene.people:
            raise NotConnected(f"{contender.name}: {connected}")
        settle(contender.processes())  # people were told who has joined: that is not measured
        first_words = scene.rooms * scene.speakers / _FIRST_WORDS_SECONDS
        client.run(first_words, _FIRST_WORDS_SECONDS, 2.0, scene.people_each)
        yield partial(_measured, contender, scene, client)


def _measured(contender: Contender, scene: Scene, client: LoadClient, rate: float) -> Row:
    client.run(rate / 2, _WARM_UP_SECONDS, 1.0, scene.people_each)
    before = cpu_seconds(contender.processes())
    ran = client.run(rate, SECONDS, 2.0, scene.people_each)
    after = cpu_seconds(contender.processes())
    cost = {role: after[role] - before[role] for role in before}
    expected = ran.sent * scene.people_each
    memory = memory_bytes(contender.processes())
    return Row(contender.name, rate, SECONDS, expected, ran, cost, memory)


def _until_too_much(contender: Contender, scene: Scene, rates: tuple[float, ...]) -> list[Row]:
    rows: list[Row] = []
    with _connected(contender, scene) as measure:
        for rate in rates:
            rows.append(measure(rate))
            if not rows[-1].is_carried:
                break
    return rows
