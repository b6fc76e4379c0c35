"""One real gateway for all attacks: `parley serve` as a process, with what it logs."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[2]
_STOP_SECONDS = 20.0


@dataclass
class Target:
    """A running server, and the file that it logs into."""

    port: int
    log: Path


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    folder = tmp_path_factory.mktemp("target")
    log = folder / "log"
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PARLEY_")}
    chosen = {
        "PARLEY_HOST": "127.0.0.1",
        "PARLEY_PORT": "0",
        "PARLEY_DATA_DIR": str(folder / "data"),
        "PARLEY_LOG_FORMAT": "json",
        "PARLEY_LOG_LEVEL": "debug",
        "PARLEY_HELLO_SECONDS": "2",
        "PARLEY_SIGN_UP_RATE": "none",
        "PARLEY_CONNECTION_RATE": "none",
        "PARLEY_SOCKETS_PER_ADDRESS": "1000",
    }
    with (
        log.open("wb") as errors,
        subprocess.Popen(
            [sys.executable, "-m", "parley", "serve"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            env=kept | {"PYTHONPATH": str(_ROOT)} | chosen,
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
