"""A server to attack: `parley serve` as a process, with what it logs.

Owns: its start, its settings and its end.
Never: an attack.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_ROOT = Path(__file__).parents[2]
_STOP_SECONDS = 20.0


@dataclass
class Target:
    """A running server, and the file that it logs into."""

    port: int
    log: Path


@contextmanager
def serving(folder: Path, **settings: str) -> Iterator[Target]:
    """Yield a server whose data and log are in the folder. Settings are without their PARLEY_."""
    log = folder / "log"
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PARLEY_")}
    chosen = {
        "HOST": "127.0.0.1",
        "PORT": "0",
        "DATA_DIR": str(folder / "data"),
        "LOG_FORMAT": "json",
        **settings,
    }
    environment = {f"PARLEY_{name}": value for name, value in chosen.items()}
    with (
        log.open("wb") as errors,
        subprocess.Popen(
            [sys.executable, "-m", "parley", "serve"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            env=kept | {"PYTHONPATH": str(_ROOT)} | environment,
        ) as process,
    ):
        try:
            assert process.stdout is not None
            printed = process.stdout.readline().decode()
            found = re.search(r"http://127\.0\.0\.1:(\d+)", printed)
            assert found is not None, f"it printed {printed!r}"
            yield Target(int(found.group(1)), log)
        finally:
            process.terminate()
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
