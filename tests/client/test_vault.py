"""What a vault keeps: the same in memory and in a folder."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from parley.client.outbox import State
from parley.client.outputs import DropEntry, SaveCursor, SaveEntry, SaveIdentity, SaveRefusal
from parley.client.session import Kept
from parley.client.vault import MemoryVault, Vault
from parley.client.vault_file import FileVault
from parley.protocol.content import Text
from parley.protocol.entry import Position
from tests.client.model import ANN
from tests.client.talk import cmid


class Homes:
    """Opens a vault, and opens it again as the next run of a program would."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._vault: Vault | None = None

    async def open(self) -> Vault:
        if self._folder is None:
            self._vault = self._vault or MemoryVault()
        else:
            await self.close()
            self._vault = await FileVault.open(self._folder)
        return self._vault

    async def close(self) -> None:
        if self._vault is not None:
            await self._vault.close()


@pytest.fixture(params=["memory", "folder"])
async def homes(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Homes]:
    homes = Homes(tmp_path / "vault" if request.param == "folder" else None)
    yield homes
    await homes.close()


def entry(number: int, room: str = "lobby") -> SaveEntry:
    return SaveEntry(cmid(number), room, Text(f"text {number}"))


async def test_a_new_vault_keeps_nothing(homes: Homes) -> None:
    vault = await homes.open()

    assert await vault.load() == Kept()


async def test_entries_are_kept_in_the_order_in_which_they_were_written(homes: Homes) -> None:
    vault = await homes.open()
    await vault.write([entry(2), entry(1, "other")])
    await vault.write([entry(3)])

    kept = await (await homes.open()).load()

    assert [(e.cmid, e.room) for e in kept.entries] == [
        (cmid(2), "lobby"),
        (cmid(1), "other"),
        (cmid(3), "lobby"),
    ]
    assert kept.entries[0].content == Text("text 2")


async def test_a_kept_entry_may_have_been_sent_before(homes: Homes) -> None:
    await (await homes.open()).write([entry(1)])

    (kept,) = (await (await homes.open()).load()).entries

    assert (kept.state, kept.tried) == (State.WAITING, True)


async def test_a_refused_entry_is_kept_with_its_reason(homes: Homes) -> None:
    await (await homes.open()).write([entry(1), SaveRefusal(cmid(1), "conflict", "why")])

    (kept,) = (await (await homes.open()).load()).entries

    assert (kept.state, kept.code, kept.message) == (State.REFUSED, "conflict", "why")


async def test_a_dropped_entry_is_gone(homes: Homes) -> None:
    vault = await homes.open()
    await vault.write([entry(1), entry(2)])
    await vault.write([DropEntry(cmid(1))])

    kept = await (await homes.open()).load()

    assert [e.cmid for e in kept.entries] == [cmid(2)]


async def test_the_latest_identity_is_kept(homes: Homes) -> None:
    vault = await homes.open()
    await vault.write([SaveIdentity(ANN, "first"), SaveIdentity(ANN, "second")])

    kept = await (await homes.open()).load()

    assert (kept.person, kept.token) == (ANN, "second")


async def test_without_a_token_the_person_is_still_known(homes: Homes) -> None:
    await (await homes.open()).write([SaveIdentity(ANN, None)])

    kept = await (await homes.open()).load()

    assert (kept.person, kept.token) == (ANN, None)


async def test_the_latest_cursor_of_each_room_is_kept(homes: Homes) -> None:
    vault = await homes.open()
    await vault.write([SaveCursor("lobby", Position(1, 4)), SaveCursor("other", Position(1, 9))])
    await vault.write([SaveCursor("lobby", Position(2, 3)), SaveCursor("other", None)])

    assert (await (await homes.open()).load()).cursors == {"lobby": Position(2, 3)}
