"""Who is in a room, who may not come back, and who is told."""

import pytest

from parley.protocol.refusals import NotAllowed, NotAMember, NotUnderstood, UnknownRoom
from parley.store.api import FullDirectory
from parley.store.database import Database
from tests.store.samples import change, sign_up
from tests.store.scenes import ROOM, make_room, new_cmid

ANN, BOB, EVE = "idann", "idbob", "ideve"


async def test_members_come_by_role_and_name_in_pages_without_gap_or_repeat(
    directory: FullDirectory,
) -> None:
    await make_room(
        directory, zoe="owner", bob="member", ann="admin", eve="owner", kim="member", abe="member"
    )

    pages, after = [], ""
    while True:
        page = await directory.members("idbob", ROOM, after=after, limit=2)
        pages.append([(member.person.display_name, member.role) for member in page.members])
        if page.next is None:
            break
        after = page.next

    assert pages == [
        [("Eve", "owner"), ("Zoe", "owner")],
        [("Ann", "admin"), ("Abe", "member")],
        [("Bob", "member"), ("Kim", "member")],
    ]


async def test_members_are_found_by_part_of_a_name(directory: FullDirectory) -> None:
    await make_room(directory, ann="owner", hanna="member", bob="member")

    found = await directory.members(ANN, ROOM, query="AN", after="", limit=10)

    assert [member.person.user_name for member in found.members] == ["ann", "hanna"]


async def test_who_has_left_is_not_listed(directory: FullDirectory) -> None:
    await make_room(directory, ann="owner", bob="member")
    await directory.leave(BOB, ROOM, new_cmid())

    page = await directory.members(ANN, ROOM, after="", limit=10)

    assert [member.person.id for member in page.members] == [ANN]


async def test_bans_come_the_latest_first_in_pages(
    directory: FullDirectory, database: Database
) -> None:
    await make_room(directory, ann="owner")
    for number, person in enumerate(await sign_up(directory, "bob", "eve", "zoe")):
        await directory.ban(ANN, ROOM, person, new_cmid())
        await change(
            database, f"UPDATE bans SET created_at = {number} WHERE account_id = '{person}'"
        )

    first = await directory.bans(ANN, ROOM, after="", limit=2)
    rest = await directory.bans(ANN, ROOM, after=first.next or "", limit=2)

    assert [ban.person.user_name for ban in first.bans] == ["zoe", "eve"]
    assert [(ban.person.user_name, ban.by, ban.time) for ban in rest.bans] == [("bob", ANN, 0)]
    assert rest.next is None


async def test_who_is_not_in_a_room_is_not_told_who_is(directory: FullDirectory) -> None:
    await make_room(directory, "group", ann="owner", bob="member")
    await directory.create_channel("room2", "Open", ANN, new_cmid())
    await sign_up(directory, "eve")

    for room, refusal in ((ROOM, UnknownRoom), ("room2", NotAMember), ("nowhere", UnknownRoom)):
        with pytest.raises(refusal):
            await directory.members(EVE, room, after="", limit=10)
    with pytest.raises(NotAllowed):
        await directory.bans(BOB, ROOM, after="", limit=10)
    with pytest.raises(UnknownRoom):
        await directory.room_detail(EVE, ROOM)


async def test_a_cursor_that_is_none_is_refused(directory: FullDirectory) -> None:
    await make_room(directory, ann="owner")

    for ask in (
        lambda: directory.members(ANN, ROOM, after="é", limit=10),
        lambda: directory.bans(ANN, ROOM, after="é", limit=10),
        lambda: directory.find_people(ANN, "", after="é", limit=10),
    ):
        with pytest.raises(NotUnderstood):
            await ask()
