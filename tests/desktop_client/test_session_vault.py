"""Where a device's session is kept: in the system's keyring, or in the file."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from desktop_client.network.session_vault import SessionVault
from desktop_client.network.system_keyring import KeyringSilent
from parley.client import FileVault, Person
from parley.client.outputs import DropEntry, SaveEntry, SaveIdentity
from parley.protocol.content import Text

ANN = Person("ann00", "ann", "Ann")
TOKEN = "token-of-this-device"
NAME = "profile"
ENTRY = SaveEntry("0190b5b2-0000-7000-8000-000000000001", "lobby", Text("hello"))


@dataclass
class Known:
    """A keyring in memory; with `silent`, one that does not answer."""

    secrets: dict[str, str] = field(default_factory=dict)
    silent: str = ""
    asked: int = 0

    async def get(self, name: str) -> str | None:
        self._answer()
        return self.secrets.get(name)

    async def set(self, name: str, secret: str) -> None:
        self._answer()
        self.secrets[name] = secret

    async def delete(self, name: str) -> None:
        self._answer()
        self.secrets.pop(name, None)

    def _answer(self) -> None:
        self.asked += 1
        if self.silent:
            raise KeyringSilent(self.silent)


@dataclass
class Slow(Known):
    """A keyring that takes a secret when it is told to."""

    is_asked: asyncio.Event = field(default_factory=asyncio.Event)
    goes_on: asyncio.Event = field(default_factory=asyncio.Event)

    async def set(self, name: str, secret: str) -> None:
        self.is_asked.set()
        await self.goes_on.wait()
        await super().set(name, secret)


@pytest.fixture
async def file(tmp_path: Path) -> AsyncIterator[FileVault]:
    file = await FileVault.open(tmp_path)
    yield file
    await file.close()


def bytes_of(file: FileVault) -> bytes:
    return b"".join(path.read_bytes() for path in file.folder.iterdir())


async def test_a_session_is_kept_in_the_keyring_alone(file: FileVault) -> None:
    keyring = Known()
    vault = SessionVault(file, keyring, NAME)

    await vault.write([SaveIdentity(ANN, TOKEN)])

    assert keyring.secrets == {NAME: TOKEN}
    assert TOKEN.encode() not in bytes_of(file)
    assert await vault.where() == "This device's session is kept in the system's keyring."


async def test_the_next_start_finds_the_session_in_the_keyring(file: FileVault) -> None:
    keyring = Known()
    await SessionVault(file, keyring, NAME).write([SaveIdentity(ANN, TOKEN)])

    kept = await SessionVault(file, keyring, NAME).load()

    assert (kept.person, kept.token) == (ANN, TOKEN)


async def test_without_a_keyring_the_session_is_kept_in_the_file(file: FileVault) -> None:
    keyring = Known(silent="there is no system keyring here")
    vault = SessionVault(file, keyring, NAME)

    await vault.write([SaveIdentity(ANN, TOKEN)])

    assert (await SessionVault(file, keyring, NAME).load()).token == TOKEN
    assert await vault.where() == (
        "This device's session is kept in a file that only you may read,"
        " since there is no system keyring here."
    )


async def test_the_session_of_an_earlier_version_moves_over(file: FileVault) -> None:
    await file.write([SaveIdentity(ANN, TOKEN)])
    keyring = Known()

    kept = await SessionVault(file, keyring, NAME).load()

    assert (kept.token, keyring.secrets) == (TOKEN, {NAME: TOKEN})
    assert TOKEN.encode() not in bytes_of(file)


async def test_a_keyring_that_is_silent_while_a_session_moves_over_loses_nothing(
    file: FileVault,
) -> None:
    await file.write([SaveIdentity(ANN, TOKEN)])

    kept = await SessionVault(file, Known(silent="it is locked"), NAME).load()

    assert kept.token == (await file.load()).token == TOKEN


async def test_a_session_in_a_locked_keyring_is_missing_and_said_to_be_there(
    file: FileVault,
) -> None:
    keyring = Known()
    await SessionVault(file, keyring, NAME).write([SaveIdentity(ANN, TOKEN)])
    keyring.silent = "the system's keyring is locked, or does not answer"
    vault = SessionVault(file, keyring, NAME)

    assert (await vault.load()).token is None
    assert vault.missing == (
        "This device's session is in the system's keyring, but the system's keyring is locked,"
        " or does not answer. Unlock it and start again, or sign in here."
    )


async def test_a_locked_keyring_gives_the_session_back_at_the_next_start(file: FileVault) -> None:
    keyring = Known()
    await SessionVault(file, keyring, NAME).write([SaveIdentity(ANN, TOKEN)])
    keyring.silent = "it is locked"
    await SessionVault(file, keyring, NAME).load()
    keyring.silent = ""

    assert (await SessionVault(file, keyring, NAME).load()).token == TOKEN


async def test_a_session_that_somebody_took_out_of_the_keyring_is_missing(file: FileVault) -> None:
    keyring = Known()
    await SessionVault(file, keyring, NAME).write([SaveIdentity(ANN, TOKEN)])
    keyring.secrets.clear()
    vault = SessionVault(file, keyring, NAME)

    assert (await vault.load()).token is None
    assert vault.missing.endswith("no longer in the system's keyring: sign in again.")


async def test_signing_out_removes_the_session_from_both(file: FileVault) -> None:
    keyring = Known()
    vault = SessionVault(file, keyring, NAME)
    await vault.write([SaveIdentity(ANN, TOKEN)])

    await vault.write([SaveIdentity(ANN, None)])

    assert keyring.secrets == {}
    assert (await SessionVault(file, keyring, NAME).load()).token is None


async def test_signing_out_succeeds_though_the_keyring_is_silent(file: FileVault) -> None:
    keyring = Known()
    vault = SessionVault(file, keyring, NAME)
    await vault.write([SaveIdentity(ANN, TOKEN)])
    keyring.silent = "it is locked"

    await vault.write([SaveIdentity(ANN, None)])

    assert (await file.load()).token is None


async def test_a_silent_keyring_is_waited_for_once(file: FileVault) -> None:
    keyring = Known(silent="it is locked")
    vault = SessionVault(file, keyring, NAME)

    for _ in range(3):  # the session is written at each connection
        await vault.write([SaveIdentity(ANN, TOKEN)])

    assert keyring.asked == 1


async def test_a_session_that_is_written_again_asks_nothing_of_the_keyring(file: FileVault) -> None:
    keyring = Known()
    vault = SessionVault(file, keyring, NAME)

    for _ in range(3):
        await vault.write([SaveIdentity(ANN, TOKEN)])

    assert keyring.asked == 1


async def test_a_write_that_nobody_waits_for_any_more_is_done_all_the_same(
    file: FileVault,
) -> None:
    keyring = Slow()
    vault = SessionVault(file, keyring, NAME)
    writing = asyncio.create_task(vault.write([SaveIdentity(ANN, TOKEN)]))
    await keyring.is_asked.wait()

    writing.cancel()
    await asyncio.gather(writing, return_exceptions=True)
    keyring.goes_on.set()
    assert await vault.where() == "This device's session is kept in the system's keyring."

    assert (await SessionVault(file, keyring, NAME).load()).token == TOKEN


async def test_where_the_session_is_kept_is_told_once_it_is(file: FileVault) -> None:
    vault = SessionVault(file, Known(), NAME)
    telling = asyncio.create_task(vault.where())
    await asyncio.sleep(0)
    assert not telling.done()

    await vault.write([SaveIdentity(ANN, TOKEN)])

    assert await telling == "This device's session is kept in the system's keyring."


async def test_the_outbox_stays_in_the_file(file: FileVault) -> None:
    vault = SessionVault(file, Known(), NAME)

    await vault.write([SaveIdentity(ANN, TOKEN), ENTRY])

    assert [entry.cmid for entry in (await file.load()).entries] == [ENTRY.cmid]
    await vault.write([DropEntry(ENTRY.cmid)])
    assert (await vault.load()).entries == ()
