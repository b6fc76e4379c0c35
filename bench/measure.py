"""What the processes of a contender cost, read from the kernel.

Owns: processor time and resident memory, by what the processes are.
Never: a process that is not the contender's.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

Processes = Mapping[str, list[int]]

_TICK = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


def cpu_seconds(processes: Processes) -> dict[str, float]:
    """Return the processor time that each role has used so far, the kernel's share included."""
    return {role: sum(map(_cpu, pids)) for role, pids in processes.items()}


def memory_bytes(processes: Processes) -> dict[str, int]:
    """Return the resident memory of each role."""
    return {role: sum(map(_memory, pids)) for role, pids in processes.items()}


def _cpu(pid: int) -> float:
    """Return a process's time with that of its children: a PostgreSQL has one a connection."""
    own = _times(pid)
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return (own + sum(_times(int(child)) for child in children)) / _TICK


def _times(pid: int) -> int:
    # The name, in parentheses, may hold blanks; what follows it does not.
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def _memory(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE
