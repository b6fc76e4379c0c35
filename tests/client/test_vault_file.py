"""The vault in a folder: its lock, its durability, and what it does with a damaged file."""

from __future__ import annotations

import signal
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from parley.client.errors import FolderInUse, FolderUnusable
from parley.client.outputs import SaveEntry, SaveIdentity
from parley.client.vault_file import FILE_NAME, FORMAT, FileVault
from parley.protocol.content import Text
from tests.client.model import ANN, TOKEN
from tests.client.talk import cmid

# Writes entries one by one, and says so after each is durable.
WRITER = """
import asyncio, sys
from pathlib import Path
from parley.client.outputs import SaveEntry
from parley.client.vault_file import FileVault
from parley.protocol.content import Text
from parley.protocol.ids import new_cmid

async def write(folder):
    vault = await FileVault.open(folder)
    number = 0
    while True:
        number += 1
        await vault.write([SaveEntry(new_cmid(number, number), "lobby", Text(f"text {number}"))])
        print(number, flush=True)

asyncio.run(write(Path(sys.argv[1])))
"""


def writer(folder: Path) -> subprocess.Popen[str]:
    """Another process that has the folder open and writes to it."""
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def damage(folder: Path, content: bytes) -> None:
    folder.mkdir(exist_ok=True)
    (folder / FILE_NAME).write_bytes(content)


async def test_killing_the_process_loses_no_entry_that_was_written(tmp_path: Path) -> None:
    with writer(tmp_path) as process:
        assert process.stdout is not None
        written = [int(process.stdout.readline()) for _ in range(20)]
        process.send_signal(signal.SIGKILL)
        written += [int(line) for line in process.stdout]

    vault = await FileVault.open(tmp_path)
    kept = [entry.cmid for entry in (await vault.load()).entries]
    await vault.close()

    assert kept[: len(written)] == [cmid(number) for number in written]


async def test_another_process_cannot_open_the_folder(tmp_path: Path) -> None:
    with writer(tmp_path) as process:
        assert process.stdout is not None
        process.stdout.readline()
        try:
            with pytest.raises(FolderInUse) as in_use:
                await FileVault.open(tmp_path)
        finally:
            process.kill()

    assert in_use.value.folder == tmp_path


async def test_a_second_vault_of_the_same_process_leaves_the_firsts_lock_alone(
    tmp_path: Path,
) -> None:
    """POSIX lifts a process's locks on a file when any of its descriptors is closed."""
    vault = await FileVault.open(tmp_path)
    with pytest.raises(FolderInUse):
        await FileVault.open(tmp_path)

    with writer(tmp_path) as process:
        _, said = process.communicate(timeout=30)
    await vault.close()

    assert "FolderInUse" in said


async def test_a_closed_vault_can_be_opened_again(tmp_path: Path) -> None:
    await (await FileVault.open(tmp_path)).close()
    await (await FileVault.open(tmp_path)).close()


async def test_only_the_owner_can_read_what_is_kept(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    vault = await FileVault.open(folder)
    await vault.write([SaveIdentity(ANN, TOKEN)])

    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    await vault.close()

    assert set(modes.values()) == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


async def test_a_batch_is_written_as_a_whole_or_not_at_all(tmp_path: Path) -> None:
    vault = await FileVault.open(tmp_path)
    same = SaveEntry(cmid(1), "lobby", Text("text"))
    with pytest.raises(FolderUnusable):
        await vault.write([SaveIdentity(ANN, TOKEN), same, same])

    assert (await vault.load()).person is None
    await vault.close()


@pytest.mark.parametrize(
    "content", [b"hello", b"SQLite format 3\0" + b"\xff" * 4096, b"x" * 10_000]
)
async def test_a_damaged_file_is_set_aside_and_a_new_one_begun(
    tmp_path: Path, content: bytes
) -> None:
    damage(tmp_path, content)

    vault = await FileVault.open(tmp_path)
    await vault.write([SaveIdentity(ANN, TOKEN)])
    await vault.close()

    assert vault.set_aside is not None
    assert vault.set_aside.read_bytes() == content


async def test_a_file_with_what_is_no_content_is_set_aside(tmp_path: Path) -> None:
    await (await FileVault.open(tmp_path)).close()
    with sqlite3.connect(tmp_path / FILE_NAME) as database:
        database.execute("INSERT INTO outbox (cmid, room, content) VALUES ('a', 'b', 'no json')")
    database.close()

    vault = await FileVault.open(tmp_path)
    await vault.close()

    assert vault.set_aside == tmp_path / f"{FILE_NAME}.damaged-1"


async def test_every_damaged_file_is_kept(tmp_path: Path) -> None:
    for _ in range(2):
        damage(tmp_path, b"hello, I am no database")
        await (await FileVault.open(tmp_path)).close()

    assert sorted(path.name for path in tmp_path.glob("*damaged*")) == [
        f"{FILE_NAME}.damaged-1",
        f"{FILE_NAME}.damaged-2",
    ]


async def test_a_sound_file_sets_nothing_aside(tmp_path: Path) -> None:
    vault = await FileVault.open(tmp_path)
    await vault.close()

    assert vault.set_aside is None


async def test_a_newer_file_is_left_alone(tmp_path: Path) -> None:
    await (await FileVault.open(tmp_path)).close()
    with sqlite3.connect(tmp_path / FILE_NAME) as database:
        database.execute(f"PRAGMA user_version = {FORMAT + 1}")
    database.close()

    with pytest.raises(FolderUnusable, match="newer version"):
        await FileVault.open(tmp_path)


async def test_a_folder_that_is_a_file_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(FolderUnusable) as unusable:
        await FileVault.open(tmp_path / "file")

    assert str(tmp_path / "file") in str(unusable.value)


async def test_a_folder_that_cannot_be_made_cannot_be_used() -> None:
    with pytest.raises(FolderUnusable):
        await FileVault.open(Path("/proc/parley"))
