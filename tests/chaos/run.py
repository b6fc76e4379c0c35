"""A run: rounds on one system, until the time is up.

Owns: the run's accounts, its order, and what it came to.
Never: the command line (`__main__.py`).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

from parley.store.database import Database, open_database
from parley.store.directory import SqlDirectory
from tests.chaos.accounts import crowd_name, session_of, token_of
from tests.chaos.faults import FAULTS
from tests.chaos.rounds import STRIKES, Ground, play
from tests.chaos.system import System, alone, scaled
from tests.chaos.tally import Tally
from tests.simulation.reading import Broken
from tests.store.samples import new_account

_PROBE = "prober"
# Accounts that are made side by side.
_SIDE_BY_SIDE = 8


@dataclass(frozen=True)
class Outcome:
    """What a run came to."""

    tally: Tally
    broken: list[tuple[int, Broken]]
    """Each with its round's seed."""


def form(*, is_alone: bool) -> AbstractAsyncContextManager[System]:
    """Return the system to run on: `parley serve`, or everything as a process of its own."""
    settings: dict[str, str] = {}
    return alone(settings) if is_alone else scaled(settings)


@asynccontextmanager
async def ground_on(system: System, crowd: int) -> AsyncIterator[Ground]:
    """Make the accounts of whoever is nobody's witness, past every gateway."""
    database = open_database(system.database_url, clock=lambda: time.time_ns() // 1_000_000)
    try:
        names = [_PROBE, *(crowd_name(number) for number in range(crowd))]
        await _make_accounts(database, names)
        yield Ground(system, database, token_of(_PROBE), crowd)
    finally:
        await database.close()


async def _make_accounts(database: Database, names: list[str]) -> None:
    directory = SqlDirectory(database)

    async def make(some: list[str]) -> None:
        for name in some:
            await directory.sign_up(new_account(name), session_of(name))

    await asyncio.gather(*(make(names[i::_SIDE_BY_SIDE]) for i in range(_SIDE_BY_SIDE)))


async def run_rounds(ground: Ground, seed: int, seconds: float) -> Outcome:
    """Play rounds, of this seed and those after it, while there is time."""
    tally, began, number = Tally(), time.monotonic(), 0
    broken: list[tuple[int, Broken]] = []
    while number == 0 or time.monotonic() < began + seconds:
        tally.seeds.append(seed)
        found = await play(ground, seed, number, STRIKES, tally)
        ground.told(f"seed {seed}: {'BROKEN' if found else 'kept'}")
        broken += [(seed, each) for each in found]
        seed, number = seed + 1, number + 1
    tally.seconds = time.monotonic() - began
    return Outcome(tally, broken)


def left_out(system: System) -> list[str]:
    """Return a sentence about each fault that cannot be tried on this machine."""
    return [
        f"left out: {name}, since {system.missing[fault.needs]}"
        for name, fault in FAULTS.items()
        if fault.is_possible(system) and fault.needs in system.missing
    ]
