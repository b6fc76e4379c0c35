"""A round: people talk, faults happen, everything is healed and grows quiet, and is judged.

Owns: the order of a round, which faults it has, and when it counts as settled.
Never: what is right (`evidence.py`).

Each round has people and rooms of its own, on the same servers. Its seed decides which faults
there are, in which order, for how long, and what its people do; processes and the network decide
the rest, so that a seed brings the same trouble again, though not the same outcome to the letter.
"""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from random import Random

from parley.store.database import Database
from tests.chaos.evidence import judge, read_rooms
from tests.chaos.faults import FAULTS
from tests.chaos.people import People, gather_people, people_talking
from tests.chaos.probe import NotRecovered, came_through
from tests.chaos.raw import RawFailed
from tests.chaos.stage import Stage
from tests.chaos.system import System
from tests.chaos.tally import Strike, Tally
from tests.servers import ServerFailed
from tests.simulation.checker import Checker
from tests.simulation.reading import Broken, Rows

STRIKES = 7
_TWO_AT_ONCE_SHARE = 0.35
_TWO_AT_ONCE = "two at once"
# What the processes of Parley stand on; a Redis starts by itself, whatever else is broken.
_HEALED_FIRST = {"database": 1, "redis": 2}
# Time to come online at the beginning, to recover after a fault, and to grow quiet at the end.
_ONLINE_SECONDS, _RECOVERY_SECONDS, _QUIET_SECONDS = 45.0, 60.0, 60.0
_LOOK_SECONDS = 0.6
# It has to be quiet at so many looks in a row.
_QUIET_LOOKS = 3
# A fault's consequences may be felt for so long after everybody else has recovered, in seconds.
_AFTERMATH_SECONDS = 5.0


def _say_nothing(_: str) -> None:
    """Take a sentence, and do nothing with it."""


@dataclass(frozen=True)
class Ground:
    """What rounds have in common."""

    system: System
    database: Database
    """The system's, past every proxy."""
    token: str
    """Of somebody who is nobody's witness."""
    crowd: int
    """Clients that may come at once."""
    told: Callable[[str], None] = _say_nothing
    """Hears what goes on."""
    keep: Path | None = None
    """Where to leave the logs and the notes of a round in which something broke."""


def faults_for(system: System, dice: Random, count: int) -> list[tuple[str, ...]]:
    """Return the faults of a round: one at a time, or two at once."""
    deck = [
        name
        for name, fault in FAULTS.items()
        if fault.is_possible(system) and fault.needs not in system.missing
    ]
    chosen: list[tuple[str, ...]] = []
    for name in dice.sample(deck, min(count, len(deck))):
        others = [other for other in deck if _may_meet(name, other)]
        is_met = dice.random() < _TWO_AT_ONCE_SHARE and others
        chosen.append(_in_order(name, dice.choice(others)) if is_met else (name,))
    return chosen


def _may_meet(name: str, other: str) -> bool:
    """Whether two faults may happen at once.

    What Redis loses is stored within milliseconds, unless whoever stores it is away as well.
    """
    parts = {FAULTS[name].part, FAULTS[other].part}
    if "redis" in parts:
        return len(parts) == 2 and bool(parts & {"logger", "database"})
    return len(parts) == 2 and "load" not in parts


def _in_order(name: str, other: str) -> tuple[str, str]:
    """Return two faults so that what others stand on is broken last, and healed first."""
    first, second = sorted((name, other), key=lambda each: _HEALED_FIRST.get(FAULTS[each].part, 0))
    return first, second


async def play(
    ground: Ground, seed: int, number: int, strikes: int | Sequence[tuple[str, ...]], tally: Tally
) -> list[Broken]:
    """Play a round, count it, and return what it has broken.

    `number` is the round's own on this ground; `strikes` says how many faults, or which.
    """
    system, dice = ground.system, Random(seed)
    faults = faults_for(system, dice, strikes) if isinstance(strikes, int) else strikes
    round_ = await gather_people(ground.database, seed, f"a{number}")
    async with people_talking(system.url, round_) as people:
        stage = Stage(system, people, dice, tally, ground.token, ground.crowd)
        playing = _Round(ground, stage, tally)
        await playing.carry_out(faults)
        if playing.broken and ground.keep is not None:
            _keep(system, people, ground.keep / f"seed-{seed}")
        return playing.broken


def _keep(system: System, people: People, folder: Path) -> None:
    """Copy what everybody has written down."""
    shutil.copytree(people.folder, folder / "people", dirs_exist_ok=True)
    for server in system.processes:
        name = f"{server.program.replace(' ', '-')}-{server.port}.log"
        shutil.copy(server.log, folder / name)


class _Round:
    def __init__(self, ground: Ground, stage: Stage, tally: Tally) -> None:
        self._ground, self._stage, self._tally = ground, stage, tally
        self._people, self._evidence = stage.people, stage.people.evidence
        self._strikes: list[Strike] = []
        self.broken: list[Broken] = []

    async def carry_out(self, faults: Sequence[tuple[str, ...]]) -> None:
        """Play it from its beginning to its end."""
        if not await self._all_online():
            self.broken.append(Broken("it goes on", "people do not come online"))
        for names in faults:
            await asyncio.sleep(self._stage.dice.uniform(0.5, 2.0))
            await self._strike(names)
        await self._stage.heal()
        await self._grow_quiet()
        data, wrong = await read_rooms(self._ground.database, self._people.round.rooms)
        self.broken += judge(self._evidence, data, wrong)
        ends = [worker.unasked_ends for worker in self._people.workers]
        ends += [program.unasked_ends for program in self._stage.system.programs]
        for said in ends:
            self.broken += [Broken("no program fails", last_words) for last_words in said]
            said.clear()
        self._tally.take(self._evidence.record, Rows(data), self._strikes)

    # --- faults ----------------------------------------------------------------------------

    async def _strike(self, names: tuple[str, ...]) -> None:
        began = time.monotonic()
        healing = began
        try:
            async with AsyncExitStack() as happening:
                for name in names:
                    await happening.enter_async_context(FAULTS[name].happen(self._stage))
                    shortest, longest = FAULTS[name].seconds
                    await asyncio.sleep(self._stage.dice.uniform(shortest, longest) / len(names))
                healing = time.monotonic()
            await self._recovered()
        except (NotRecovered, RawFailed, ServerFailed, TimeoutError) as error:
            how = f"{' with '.join(names)}: {type(error).__name__} {error}"
            self.broken.append(Broken("it recovers", how))
            await self._stage.heal()
        now = time.monotonic()
        self._evidence.trouble(began, now + _AFTERMATH_SECONDS)
        title = names[0] if len(names) == 1 else _TWO_AT_ONCE
        self._strikes.append(Strike(title, began, now - healing))
        lasted, recovery = healing - began, now - healing
        self._ground.told(f"{' with '.join(names)}: {lasted:.1f} s, healed within {recovery:.1f} s")

    async def _recovered(self) -> None:
        ports = [gateway.port for gateway in self._ground.system.gateways]
        await came_through(ports, self._ground.token, _RECOVERY_SECONDS)

    # --- looking ---------------------------------------------------------------------------

    async def _all_online(self) -> bool:
        deadline = time.monotonic() + _ONLINE_SECONDS
        while time.monotonic() < deadline:
            if not await self._missing():
                return True
        return False

    async def _missing(self) -> list[str]:
        """Return the devices that are not there."""
        self._people.ask()
        await asyncio.sleep(_LOOK_SECONDS)
        return self._people.take_answers()

    async def _grow_quiet(self) -> None:
        """Wait until nothing is on its way any more, so long as it may take."""
        began, looks = time.monotonic(), 0
        while looks < _QUIET_LOOKS and time.monotonic() < began + _QUIET_SECONDS:
            self._people.silence()
            looks = 0 if await self._missing() or await self._is_unsettled() else looks + 1
        spent = time.monotonic() - began
        self._tally.measure("seconds until all is quiet at the end of a round", spent)

    async def _is_unsettled(self) -> bool:
        data, _ = await read_rooms(self._ground.database, self._people.round.rooms)
        return next(Checker(self._evidence.record, data).unsettled(), None) is not None
