"""A process of some devices, which may be killed at any time.

    python -m tests.chaos.worker PLAN       PLAN: a file of JSON, see `Plan`

It obeys lines on its standard input: `silent`, and `look NUMBER`. It ends with its input.

Owns: the devices' common process.
Never: the servers.
"""

from __future__ import annotations

import asyncio
import sys
from dataclasses import dataclass
from pathlib import Path

import msgspec

from tests.chaos.journal import Journal
from tests.chaos.person import Device, Habits

# A process has at most so many runs of one device: after each, the SDK has given up.
RUNS_OF_A_PROCESS = 1000


@dataclass(frozen=True)
class Plan:
    """What a worker is to do. `start` counts the process's starts."""

    url: str
    seed: int
    start: int
    journal: str
    devices: tuple[Habits, ...]


async def work(plan: Plan) -> None:
    """Let the devices live until the input ends."""
    loop = asyncio.get_running_loop()
    commands = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(commands), sys.stdin)
    journal = Journal(Path(plan.journal))
    run = plan.start * RUNS_OF_A_PROCESS
    devices = [Device(plan.url, each, run, journal, plan.seed) for each in plan.devices]
    async with asyncio.TaskGroup() as group:  # a fault of a device ends the process
        tasks = [group.create_task(device.live()) for device in devices]
        while line := (await commands.readline()).decode().split():
            for device in devices:
                if line[0] == "silent":
                    device.is_silent = True
                else:
                    device.look(int(line[1]))
        for task in tasks:
            task.cancel()
    journal.close()


def main() -> None:
    """Read the plan, and carry it out."""
    plan = msgspec.json.decode(Path(sys.argv[1]).read_bytes(), type=Plan)
    asyncio.run(work(plan))


if __name__ == "__main__":
    main()
