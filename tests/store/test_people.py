"""People: found, described, kept away."""

import pytest

from parley.protocol.commands import Person
from parley.protocol.refusals import CannotBlock, CannotMessage, UnknownPerson
from parley.store.api import FullDirectory
from parley.store.database import Database
from parley.store.records import Profile
from tests.store.samples import change, sign_up
from tests.store.scenes import ROOM, make_room, new_cmid, versions

ANN, BOB, EVE = "idann", "idbob", "ideve"


async def found(directory: FullDirectory, query: str, asker: str = ANN) -> list[str]:
    page = await directory.find_people(asker, query, after="", limit=100)
    return [person.user_name for person in page.people]


async def blocked(directory: FullDirectory, who: str, limit: int = 100) -> list[list[str]]:
    """Return whom somebody has blocked, page by page."""
    pages: list[list[str]] = []
    after: str | None = ""
    while after is not None:
        page = await directory.blocks(who, after=after, limit=limit)
        pages.append([person.user_name for person in page.people])
        after = page.next
    return pages


async def is_mute(directory: FullDirectory, who: str, room: str = ROOM) -> bool:
    membership = await directory.membership(who, room)
    assert membership is not None
    return membership.is_mute


# --- finding -------------------------------------------------------------------------------


async def test_people_are_found_by_part_of_either_name(directory: FullDirectory) -> None:
    await sign_up(directory, "ann", "hanna", "bob")
    await directory.edit_profile(BOB, Profile(display_name="Róbert Änne"))

    assert await found(directory, "ann") == ["ann", "hanna", "bob"]
    assert await found(directory, "ROB") == ["bob"]
    assert await found(directory, "bob") == ["bob"]
    assert await found(directory, " ") == ["ann", "hanna", "bob"]


@pytest.mark.parametrize("query", ["%", "_", "a%n", "\\", "'", "/", "\x00", "nb"])
async def test_a_search_takes_every_character_for_itself(
    directory: FullDirectory, query: str
) -> None:
    await sign_up(directory, "ann", "bob")

    assert await found(directory, query) == []


async def test_people_come_by_name_in_pages_without_gap_or_repeat(directory: FullDirectory) -> None:
    await sign_up(directory, "zoe", "ann", "eve", "bob", "kim")

    pages, after = [], ""
    while True:
        page = await directory.find_people(ANN, "", after=after, limit=2)
        pages.append([person.user_name for person in page.people])
        if page.next is None:
            break
        after = page.next

    assert pages == [["ann", "bob"], ["eve", "kim"], ["zoe"]]


@pytest.mark.parametrize("stamp", ["disabled_at", "deleted_at"])
async def test_who_is_gone_or_shut_out_is_not_found(
    directory: FullDirectory, database: Database, stamp: str
) -> None:
    await sign_up(directory, "ann", "bob")
    await change(database, f"UPDATE accounts SET {stamp} = 1 WHERE user_name = 'bob'")

    assert await found(directory, "") == ["ann"]


# --- profiles ------------------------------------------------------------------------------


async def test_a_profile_is_shown_wherever_the_person_is(
    directory: FullDirectory, database: Database
) -> None:
    await sign_up(directory, "ann")
    profile = Profile(display_name="Ann Lee", about="Grows roses", time_zone="Europe/Vienna")

    changed = await directory.edit_profile(ANN, profile)

    assert changed == Person(ANN, "ann", "Ann Lee", "Grows roses", "Europe/Vienna")
    assert await directory.people([ANN]) == [changed]
    assert (await versions(database)) == {ANN: 1}


async def test_what_is_not_named_of_a_profile_stays(directory: FullDirectory) -> None:
    await sign_up(directory, "ann")
    await directory.edit_profile(ANN, Profile(about="Grows roses", time_zone="UTC"))

    changed = await directory.edit_profile(ANN, Profile(about=""))

    assert changed == Person(ANN, "ann", "Ann", "", "UTC")
    with pytest.raises(UnknownPerson):
        await directory.edit_profile("idnobody", Profile(about="x"))


async def test_a_change_of_what_others_see_is_told_with_its_time(
    directory: FullDirectory,
) -> None:
    await sign_up(directory, "ann", "bob", "eve")
    assert (await directory.changes(1000)).changed_profiles == {}

    await directory.edit_profile(ANN, Profile(about="Grows roses"))
    await directory.set_admin(BOB, True, new_cmid())
    await directory.delete_account(EVE, new_cmid)

    changes = await directory.changes(1000)
    assert changes.changed_profiles.keys() == {ANN, BOB, EVE}
    assert all(changes.changed_profiles.values())


async def test_what_happens_in_ones_rooms_is_no_change_of_what_others_see(
    directory: FullDirectory,
) -> None:
    await make_room(directory, ann="owner", bob="admin")
    await directory.block(ANN, BOB)

    changes = await directory.changes(1000)

    assert changes.changed_accounts.keys() == {ANN, BOB}
    assert changes.changed_profiles == {}


# --- blocks --------------------------------------------------------------------------------


async def test_between_two_people_one_of_whom_blocks_the_other_nobody_speaks(
    directory: FullDirectory, database: Database
) -> None:
    await make_room(directory, "direct", ann="member", bob="member")
    assert not await is_mute(directory, ANN)
    before = await versions(database)

    await directory.block(ANN, BOB)

    assert await is_mute(directory, ANN)
    assert await is_mute(directory, BOB)
    after = await versions(database)
    assert (after[ANN], after[BOB]) == (before[ANN] + 1, before[BOB] + 1)
    await directory.unblock(ANN, BOB)
    assert not await is_mute(directory, BOB)


async def test_in_other_rooms_a_block_changes_nothing(directory: FullDirectory) -> None:
    await make_room(directory, "group", ann="owner", bob="member")

    await directory.block(ANN, BOB)

    assert not await is_mute(directory, ANN)
    assert not await is_mute(directory, BOB)


async def test_no_direct_room_is_opened_against_a_block_and_one_that_is_there_stays(
    directory: FullDirectory,
) -> None:
    await make_room(directory, "direct", ann="member", bob="member")
    await sign_up(directory, "eve")
    for blocked in (BOB, EVE):
        await directory.block(ANN, blocked)

    for opener, other in ((ANN, EVE), (EVE, ANN)):
        with pytest.raises(CannotMessage):
            await directory.open_direct("room2", opener, other)
    assert (await directory.open_direct("room2", BOB, ANN)).room.id == ROOM


async def test_who_is_blocked_does_not_find_the_blocker_who_finds_them(
    directory: FullDirectory,
) -> None:
    await sign_up(directory, "ann", "bob")
    await directory.block(ANN, BOB)

    assert await found(directory, "", asker=BOB) == ["bob"]
    assert await found(directory, "", asker=ANN) == ["ann", "bob"]


async def test_blocks_are_listed_by_name_for_their_owner_alone(directory: FullDirectory) -> None:
    await sign_up(directory, "ann", "zoe", "bob")
    for other in ("idzoe", BOB, BOB):
        await directory.block(ANN, other)

    assert await blocked(directory, ANN) == [["bob", "zoe"]]
    assert await blocked(directory, ANN, limit=1) == [["bob"], ["zoe"]]
    assert await blocked(directory, BOB) == [[]]


async def test_a_block_or_its_end_that_changes_nothing_is_told_to_nobody(
    directory: FullDirectory, database: Database
) -> None:
    await sign_up(directory, "ann", "bob")
    await directory.block(ANN, BOB)
    before = await versions(database)

    await directory.block(ANN, BOB)
    await directory.unblock(BOB, ANN)

    assert await versions(database) == before


async def test_nobody_blocks_themselves_or_whom_there_is_not(directory: FullDirectory) -> None:
    await sign_up(directory, "ann")

    with pytest.raises(CannotBlock):
        await directory.block(ANN, ANN)
    with pytest.raises(UnknownPerson):
        await directory.block(ANN, "idnobody")


async def test_who_is_blocked_puts_the_blocker_into_no_room(directory: FullDirectory) -> None:
    await make_room(directory, ann="owner")
    await sign_up(directory, "bob")
    await directory.block(BOB, ANN)

    with pytest.raises(CannotMessage):
        await directory.add_members(ANN, ROOM, [BOB], new_cmid())
