"""`python -m tests.chaos` ends as it says, and leaves nothing behind."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

_ROOT = Path(__file__).parents[2]
# Reached only by a command that hangs, in seconds.
_PATIENCE = 120.0


async def start(*options: str, **variables: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.chaos", *options),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        cwd=_ROOT,
        env=dict(os.environ) | variables,
        preexec_fn=_heed_interrupts,
    )


def _heed_interrupts() -> None:
    """A shell has what it runs in the background ignore them, and whatever that starts."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def processes_in(folder: Path) -> list[str]:
    """Return the processes that were started somewhere in a folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            where = (process / "cwd").readlink()
        except OSError:
            continue  # it has ended, or is somebody else's
        if where.is_relative_to(folder):
            found.append((process / "cmdline").read_text())
    return found


async def test_a_server_that_is_not_installed_is_named_with_what_to_do(tmp_path: Path) -> None:
    run = await start(PATH=str(tmp_path))
    async with asyncio.timeout(_PATIENCE):
        _, said = await run.communicate()

    assert run.returncode == 2
    assert said.decode() == (
        "chaos: redis-server is not installed; install it with: sudo apt install redis-server\n"
    )


async def test_a_run_that_is_interrupted_leaves_nothing(tmp_path: Path) -> None:
    run = await start("--serve", "--crowd", "5", TMPDIR=str(tmp_path))
    assert run.stdout is not None
    async with asyncio.timeout(_PATIENCE):
        assert b"parley serve" in await run.stdout.readline()
        await run.stdout.readline()  # a fault has been healed

        run.send_signal(signal.SIGINT)

        await run.communicate()
    assert run.returncode == 130
    assert processes_in(tmp_path) == []
    assert [*tmp_path.iterdir()] == []
