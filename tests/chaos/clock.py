"""Wall clocks that can be moved, one for each server process.

Owns: the small library in `clock.c`, built when a run begins, and each clock's file.
Never: the monotonic clock, and this machine's own.
"""

from __future__ import annotations

import shutil
import struct
import subprocess
from collections.abc import Sequence
from pathlib import Path

_SOURCE = Path(__file__).with_name("clock.c")


class Clock:
    """One process's wall clock."""

    def __init__(self, library: Path, file: Path) -> None:
        self._library, self._file = library, file
        self.move(0)
        file.chmod(0o644)  # a PostgreSQL runs as somebody else

    def move(self, seconds: int) -> None:
        """Let the process believe that it is so much later than it is; 0 puts the clock right."""
        with self._file.open("r+b" if self._file.exists() else "w+b") as file:
            file.write(struct.pack("=q", seconds))

    def before(self, command: Sequence[str]) -> list[str]:
        """Return a command that runs another one by this clock."""
        return ["env", f"LD_PRELOAD={self._library}", f"CHAOS_CLOCK={self._file}", *command]


class Clocks:
    """Makes clocks. Without a C compiler there are none, and `reason` says so."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made = 0
        self._library = folder / "clock.so"
        self.reason = self._build()

    def _build(self) -> str:
        compiler = shutil.which("cc")
        if compiler is None:
            return "no C compiler is installed (sudo apt install gcc)"
        build = [compiler, "-shared", "-fPIC", "-O2", str(_SOURCE), "-o", str(self._library)]
        built = subprocess.run([*build, "-ldl"], capture_output=True, text=True, check=False)
        return "" if built.returncode == 0 else f"clock.c does not compile: {built.stderr[:200]}"

    def new(self) -> Clock | None:
        """Return a clock of its own for one process; None if they cannot be moved here."""
        if self.reason:
            return None
        self._made += 1
        return Clock(self._library, self._folder / f"clock-{self._made}")
