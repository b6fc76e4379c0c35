"""Where faults happen: the system, its people, the dice, and what is measured.

Owns: what a fault may use.
Never: a fault (`faults.py`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import TypeVar

from tests.chaos.people import People
from tests.chaos.system import System
from tests.chaos.tally import Tally
from tests.chaos.threads import in_thread

Thing = TypeVar("Thing")


@dataclass
class Stage:
    """What is there in one round."""

    system: System
    people: People
    dice: Random
    tally: Tally
    token: str
    """Of somebody who is nobody's witness."""
    crowd: int
    """Clients that may come at once."""

    def one_of(self, things: Sequence[Thing]) -> Thing:
        """Return one of them."""
        return self.dice.choice(things)

    async def heal(self) -> None:
        """Undo whatever is left of any fault."""
        for proxy in self.system.proxies:
            proxy.delay = 0.0
        for server in self.system.processes:
            if server.clock is not None:
                server.clock.move(0)
            if server.disk is not None:
                server.disk.empty()
            await in_thread(server.revive)
        for worker in self.people.workers:
            await in_thread(worker.revive)


async def until(is_so: Callable[[], Awaitable[bool]], seconds: float) -> bool:
    """Wait until something is so, at most so long; return whether it is."""
    try:
        async with asyncio.timeout(seconds):
            while True:
                if await is_so():
                    return True
                await asyncio.sleep(0.05)
    except TimeoutError:
        return False
