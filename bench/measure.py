"""What the processes of a contender cost, read from the kernel.

Owns: processor time and memory, by what the processes are; those below them count with them: a
PostgreSQL has one for each connection.
Never: a process that is not the contender's.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

Processes = Mapping[str, list[int]]

_TICK = os.sysconf("SC_CLK_TCK")
# At rest: below this share of one core, for so long. Who never comes to rest is waited for no more.
_REST_SHARE = 0.1
_REST_SECONDS = 1.0
_LONGEST_SECONDS = 20.0


def cpu_seconds(processes: Processes) -> dict[str, float]:
    """Return the processor time that each role has used so far, the kernel's share included."""
    return {role: sum(map(_cpu, pids)) for role, pids in processes.items()}


def memory_bytes(processes: Processes) -> dict[str, int]:
    """Return the memory of each role. What processes share is divided among them."""
    return {role: sum(map(_memory, pids)) for role, pids in processes.items()}


def settle(processes: Processes) -> None:
    """Return when the processes have done what there was to do, or after twenty seconds."""
    ends = time.monotonic() + _LONGEST_SECONDS
    used, share = sum(cpu_seconds(processes).values()), 1.0
    while share > _REST_SHARE and time.monotonic() < ends:
        time.sleep(_REST_SECONDS)
        before, used = used, sum(cpu_seconds(processes).values())
        share = (used - before) / _REST_SECONDS


def _cpu(pid: int) -> float:
    return sum(_times(each) for each in _family(pid)) / _TICK


def _memory(pid: int) -> int:
    return sum(_proportional(each) for each in _family(pid))


def _family(pid: int) -> list[int]:
    """Return a process and all those below it."""
    children = _read(pid, f"task/{pid}/children").split()
    return [pid, *(each for child in children for each in _family(int(child)))]


def _times(pid: int) -> int:
    """Return a process's own time, and that of its children that have ended: user's, kernel's."""
    # The name, in parentheses, may hold blanks; what follows it does not.
    fields = _read(pid, "stat").rpartition(")")[2].split()
    return sum(map(int, fields[11:15]))


def _proportional(pid: int) -> int:
    lines = _read(pid, "smaps_rollup").splitlines()
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)


def _read(pid: int, name: str) -> str:
    """Return a file of a process, empty if it has ended meanwhile."""
    with suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{pid}/{name}").read_text()
    return ""
