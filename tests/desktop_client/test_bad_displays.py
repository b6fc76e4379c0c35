"""Where no window can be shown the command says so, with what to do, and ends."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.desktop_client.desk import PATIENCE, ROOT, need_a_screen, screen


@pytest.fixture(autouse=True)
def on_a_screen() -> None:
    need_a_screen()


def started(display: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "parley", "desktop", "--data-dir", str(folder)],
        env=os.environ | {"DISPLAY": display},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )


def test_a_display_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    done = started(":6543", tmp_path)

    assert done.returncode > 0
    assert "there is no display here" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_display_without_opengl_is_a_sentence(tmp_path: Path) -> None:
    with screen("-extension", "GLX") as display:
        done = started(display, tmp_path)

    assert done.returncode > 0
    assert "libgl1-mesa-dri" in done.stderr
