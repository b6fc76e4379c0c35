"""A disk that can be full: a small tmpfs, and a file that takes what is left of it.

Owns: the mounts, and the filler.
Never: what else is on it.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
from pathlib import Path

_MEBIBYTE = 1 << 20


class Disk:
    """A folder of a bounded size. `reason` says why it has none, where nothing can be mounted."""

    def __init__(self, folder: Path, mebibytes: int) -> None:
        self.folder = folder
        self._filler = folder / "filler"
        self.reason = _mount(folder, mebibytes)

    def fill(self) -> None:
        """Take everything that is left."""
        with self._filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
            for size in (_MEBIBYTE, 4096):
                with contextlib.suppress(OSError):
                    while True:
                        os.write(file.fileno(), bytes(size))

    def empty(self) -> None:
        """Give it back."""
        self._filler.unlink(missing_ok=True)

    def close(self) -> None:
        """Let go of the folder, with everything that was on it."""
        if not self.reason:
            subprocess.run(["umount", "--lazy", str(self.folder)], check=False)


def _mount(folder: Path, mebibytes: int) -> str:
    """Put a small tmpfs over a folder; return why that is not possible, or nothing."""
    command = ["mount", "-t", "tmpfs", "-o", f"size={mebibytes}m,mode=755", "tmpfs", str(folder)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return "there is no program to mount with"
    return f"no tmpfs can be mounted ({done.stderr.strip()})" if done.returncode else ""
