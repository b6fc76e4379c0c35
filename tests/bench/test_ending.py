"""A benchmark that is asked to end."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bench.ending import end_on_sigterm

_PROGRAM = f"""
import subprocess, sys
from bench.ending import {end_on_sigterm.__name__} as end_on_sigterm
end_on_sigterm()
waiting = [sys.executable, "-c", "import signal; signal.pause()"]
with subprocess.Popen(waiting) as server:
    try:
        print(server.pid, flush=True)
        server.wait()
    finally:
        print("ending", flush=True)
        sys.stdin.read(1)
        server.kill()
"""


@pytest.fixture
def bench() -> subprocess.Popen[str]:
    """A process that has started a server, and takes its time to end it."""
    return subprocess.Popen(
        [sys.executable, "-c", _PROGRAM],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2],
    )  # fmt: skip


@pytest.mark.parametrize("times", [1, 2])
def test_it_ends_what_it_has_started_however_often_it_is_asked(
    bench: subprocess.Popen[str], times: int
) -> None:
    assert bench.stdin is not None
    assert bench.stdout is not None
    server = int(bench.stdout.readline())
    bench.send_signal(signal.SIGTERM)
    assert bench.stdout.readline() == "ending\n"
    for _ in range(times - 1):
        bench.send_signal(signal.SIGTERM)

    bench.communicate("x", timeout=30)

    assert bench.returncode == 128 + signal.SIGTERM
    assert not Path(f"/proc/{server}").exists()
