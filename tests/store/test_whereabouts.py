"""When people were last there, and who is kept from whom."""

import pytest

from parley.store.api import FullDirectory
from parley.store.database import Database
from tests.databases import NOW
from tests.store.samples import change, new_session, sign_up

ANN, BOB, CYD = "idann", "idbob", "idcyd"


@pytest.fixture
async def directory(directory: FullDirectory, database: Database) -> FullDirectory:
    await sign_up(directory, "ann", "bob", "cyd")
    await change(database, "UPDATE sessions SET last_seen_at = 5")
    return directory


async def test_somebody_was_there_when_the_last_of_their_devices_was(
    directory: FullDirectory, database: Database
) -> None:
    await directory.open_session(ANN, new_session("phone"))
    await change(database, "UPDATE sessions SET last_seen_at = 9 WHERE id = 'sesphone'")

    assert await directory.last_seen([ANN, BOB]) == {ANN: 9, BOB: 5}


async def test_a_device_that_goes_was_there_just_now(directory: FullDirectory) -> None:
    await directory.note_seen(["sesann"])

    seen = await directory.last_seen([ANN, BOB])
    assert seen[ANN] >= NOW > seen[BOB]


async def test_who_does_not_tell_is_not_told_of(directory: FullDirectory) -> None:
    changed = await directory.edit_settings(
        ANN, read_receipts=None, quiet=None, no_quiet=False, show_last_seen=False
    )

    assert not changed.show_last_seen
    assert await directory.last_seen([ANN, BOB]) == {BOB: 5}


async def test_a_block_keeps_both_apart(directory: FullDirectory) -> None:
    await directory.block(ANN, BOB)
    await directory.block(CYD, ANN)

    assert await directory.kept_apart(ANN) == {BOB, CYD}
    assert await directory.kept_apart(BOB) == {ANN}
