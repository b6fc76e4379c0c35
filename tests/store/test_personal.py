"""What is one person's alone, as the database keeps it."""

from __future__ import annotations

import pytest

from parley.protocol.content import Target
from parley.protocol.personal_commands import Quiet, Settings
from parley.protocol.refusals import NotUnderstood
from parley.protocol.shapes import Draft
from parley.store.api import FullDirectory, Logs
from parley.store.database import Database
from tests.store.samples import change, cmid, said, write
from tests.store.scenes import ROOM, make_room, versions

ANN, BOB = "idann", "idbob"


@pytest.fixture(autouse=True)
async def _room(directory: FullDirectory, logs: Logs) -> None:
    """A room in which ann has said three things to bob."""
    await make_room(directory, ann="owner", bob="member")
    await write(logs, *(said(seq, author=ANN) for seq in (1, 2, 3)))


def draft(text: str, version: int = 0) -> Draft:
    return Draft(ROOM, text, None, version, time=0)


async def test_a_draft_is_changed_by_who_has_seen_it(directory: FullDirectory) -> None:
    first = await directory.save_draft(BOB, draft("I"))
    second = await directory.save_draft(BOB, draft("I think", first.version))

    assert second.text == "I think"
    assert await directory.drafts(BOB) == [second]
    assert await directory.drafts(ANN) == []


async def test_a_device_that_has_not_seen_a_draft_does_not_write_over_it(
    directory: FullDirectory,
) -> None:
    first = await directory.save_draft(BOB, draft("I"))
    second = await directory.save_draft(BOB, draft("I think", first.version))

    assert await directory.save_draft(BOB, draft("You", first.version)) == second
    assert await directory.save_draft(BOB, draft("You")) == second
    assert await directory.drafts(BOB) == [second]


async def test_a_forgotten_draft_is_not_brought_back_by_a_device_that_was_away(
    directory: FullDirectory,
) -> None:
    first = await directory.save_draft(BOB, draft("I"))
    await directory.save_draft(BOB, draft("", first.version))

    await directory.save_draft(BOB, draft("I thi", first.version))

    assert await directory.drafts(BOB) == []


async def test_a_draft_keeps_what_it_answers(directory: FullDirectory) -> None:
    answered = Target(ANN, cmid(1))

    kept = await directory.save_draft(BOB, Draft(ROOM, "No", answered, 0, 0))

    assert kept.reply_to == answered


async def test_stars_are_listed_page_by_page_the_latest_first(
    directory: FullDirectory, database: Database
) -> None:
    for seq in (2, 1, 3):
        await directory.star(BOB, ROOM, seq, True)
        await change(
            database, "UPDATE stars SET time = :time WHERE seq = :seq", time=9 - seq, seq=seq
        )

    first = await directory.starred(BOB, None, after="", limit=2)
    rest = await directory.starred(BOB, ROOM, after=first[-1].cursor, limit=2)

    assert [each.entry.seq for each in [*first, *rest]] == [1, 2, 3]
    assert await directory.starred(ANN, None, after="", limit=2) == []
    with pytest.raises(NotUnderstood):
        await directory.starred(BOB, None, after="nonsense", limit=2)


async def test_what_is_hidden_is_no_longer_starred(directory: FullDirectory) -> None:
    await directory.star(BOB, ROOM, 2, True)
    await directory.hide(BOB, ROOM, 2)
    await directory.hide(BOB, ROOM, 2)

    assert await directory.starred(BOB, None, after="", limit=9) == []
    assert await directory.hidden(BOB, ROOM, 1, 3) == {2}
    assert await directory.hidden(BOB, ROOM, 3, 9) == set()
    assert await directory.hidden(ANN, ROOM, 1, 3) == set()


async def test_a_draft_has_no_device_read_its_rooms_again(
    directory: FullDirectory, database: Database
) -> None:
    before = await versions(database)

    first = await directory.save_draft(BOB, draft("I"))
    await directory.save_draft(BOB, draft("I think", first.version))

    assert await versions(database) == before


async def test_every_other_change_is_told_to_all_devices(
    directory: FullDirectory, database: Database
) -> None:
    before = (await versions(database))[BOB]

    await directory.star(BOB, ROOM, 1, True)
    await directory.hide(BOB, ROOM, 2)
    await directory.set_marked_unread(BOB, ROOM, True)
    await directory.edit_settings(BOB, read_receipts=False, quiet=None, no_quiet=False)

    assert (await versions(database))[BOB] == before + 4


async def test_settings_that_are_not_named_stay(directory: FullDirectory) -> None:
    assert await directory.settings(BOB) == Settings(True, None)
    night = Quiet(1320, 420)
    await directory.edit_settings(BOB, read_receipts=None, quiet=night, no_quiet=False)

    changed = await directory.edit_settings(BOB, read_receipts=False, quiet=None, no_quiet=False)

    assert changed == Settings(False, night)
    ended = await directory.edit_settings(BOB, read_receipts=None, quiet=None, no_quiet=True)
    assert ended == Settings(False, None)
