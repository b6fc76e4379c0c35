"""What somebody does to somebody else in a room."""

import pytest

from parley.protocol.content import Notice
from parley.protocol.ids import LOBBY
from parley.protocol.refusals import (
    Banned,
    CannotLeave,
    CannotMessage,
    LastOwner,
    NotAllowed,
    NotAMember,
    NotInRoom,
    RoomFull,
    UnknownPerson,
    UnknownRoom,
)
from parley.store.api import FullDirectory
from parley.store.database import Database
from parley.store.directory import SqlDirectory
from parley.store.records import DirectoryLimits
from tests.store.samples import rows, sign_up
from tests.store.scenes import (
    ROOM,
    authority_of,
    everything,
    make_room,
    new_cmid,
    roles_in,
    told,
    versions,
)

ANN, BOB, EVE, ZOE = "idann", "idbob", "ideve", "idzoe"


# --- adding --------------------------------------------------------------------------------


async def test_people_are_added_with_one_notice_that_names_them_all(
    directory: FullDirectory, database: Database
) -> None:
    await make_room(directory, ann="owner")
    await sign_up(directory, "bob", "eve")
    before = await versions(database)

    added = await directory.add_members(ANN, ROOM, [EVE, BOB, EVE], new_cmid())

    assert told(added) == [Notice("added", EVE, more=[BOB])]
    assert await roles_in(directory, BOB) == {ANN: "owner", BOB: "member", EVE: "member"}
    after = await versions(database)
    assert all(after[who] == before[who] + 1 for who in (ANN, BOB, EVE))


async def test_who_is_in_already_is_added_again_without_a_trace(directory: FullDirectory) -> None:
    await make_room(directory, ann="owner", bob="admin")

    again = await directory.add_members(ANN, ROOM, [BOB], new_cmid())

    assert told(again) == []
    assert (await roles_in(directory, ANN))[BOB] == "admin"


async def test_either_all_are_added_or_none(directory: FullDirectory, database: Database) -> None:
    await make_room(directory, ann="owner")
    await sign_up(directory, "bob", "eve", "zoe")
    await directory.ban(ANN, ROOM, EVE, new_cmid())
    await directory.block(ZOE, ANN)
    before = await everything(database, "members", "rooms", "notices")

    for person, refusal in (("idnobody", UnknownPerson), (EVE, Banned), (ZOE, CannotMessage)):
        with pytest.raises(refusal) as refused:
            await directory.add_members(ANN, ROOM, [BOB, person], new_cmid())
        assert refused.value.values[0] == person

    assert await everything(database, "members", "rooms", "notices") == before


async def test_a_room_takes_no_more_people_than_its_bound(
    directory: FullDirectory, database: Database
) -> None:
    small = SqlDirectory(database, DirectoryLimits(group_members=2, channel_members=1))
    await make_room(small, ann="owner", bob="member")
    await sign_up(small, "eve")

    with pytest.raises(RoomFull) as refused:
        await small.add_members(ANN, ROOM, [EVE], new_cmid())

    assert refused.value.values == (ROOM, 2)
    await small.remove_member(ANN, ROOM, BOB, new_cmid())
    await small.add_members(ANN, ROOM, [EVE], new_cmid())


async def test_the_lobby_has_no_bound(directory: FullDirectory, database: Database) -> None:
    small = SqlDirectory(database, DirectoryLimits(channel_members=1))

    await sign_up(small, "ann", "bob", "eve")

    assert (await small.room_detail(ANN, LOBBY)).members == 3


# --- removing and banning ------------------------------------------------------------------


async def test_who_is_removed_loses_the_room_and_the_right_to_append(
    directory: FullDirectory, database: Database
) -> None:
    await make_room(directory, ann="owner", bob="member")
    before, authority = await versions(database), await authority_of(database)

    removed = await directory.remove_member(ANN, ROOM, BOB, new_cmid())

    assert told(removed) == [Notice("removed", BOB)]
    assert removed.notice is not None
    assert (removed.notice.author_id, removed.notice.raises) == (ANN, True)
    assert removed.notice.authority == await authority_of(database) == authority + 1
    assert await directory.membership(BOB, ROOM) is None
    assert await directory.room(BOB, ROOM) is None
    assert (await versions(database))[BOB] == before[BOB] + 1


async def test_who_was_removed_can_be_added_again(directory: FullDirectory) -> None:
    await make_room(directory, ann="owner", bob="admin")
    await directory.remove_member(ANN, ROOM, BOB, new_cmid())

    await directory.add_members(ANN, ROOM, [BOB], new_cmid())

    assert (await roles_in(directory, ANN))[BOB] == "member"


async def test_an_admin_acts_on_members_and_neither_on_admins_nor_on_owners(
    directory: FullDirectory,
) -> None:
    await make_room(directory, ann="owner", bob="admin", eve="admin", zoe="member")

    for change in (directory.remove_member, directory.ban):
        for person in (ANN, EVE, BOB):
            with pytest.raises(NotAllowed):
                await change(BOB, ROOM, person, new_cmid())

    await directory.remove_member(BOB, ROOM, ZOE, new_cmid())
    assert set(await roles_in(directory, ANN)) == {ANN, BOB, EVE}


async def test_who_is_not_in_the_room_cannot_be_removed(directory: FullDirectory) -> None:
    await make_room(directory, ann="owner")
    await sign_up(directory, "bob")

    with pytest.raises(NotInRoom):
        await directory.remove_member(ANN, ROOM, BOB, new_cmid())


async def test_who_is_banned_is_out_and_stays_out_whichever_way_they_try(
    directory: FullDirectory, database: Database
) -> None:
    await make_room(directory, "channel", ann="owner", bob="member")
    authority = await authority_of(database)

    banned = await directory.ban(ANN, ROOM, BOB, new_cmid())

    assert told(banned) == [Notice("banned", BOB)]
    assert await authority_of(database) == authority + 1
    assert await directory.membership(BOB, ROOM) is None
    with pytest.raises(Banned):
        await directory.join(BOB, ROOM, new_cmid())
    with pytest.raises(Banned):
        await directory.add_members(ANN, ROOM, [BOB], new_cmid())


async def test_somebody_who_is_not_in_the_room_can_be_banned(
    directory: FullDirectory, database: Database
) -> None:
    await make_room(directory, "channel", ann="owner")
    await sign_up(directory, "bob")
    authority = await authority_of(database)

    await directory.ban(ANN, ROOM, BOB, new_cmid())

    assert await authority_of(database) == authority
    with pytest.raises(Banned):
        await directory.join(BOB, ROOM, new_cmid())


async def test_a_ban_is_told_once_and_so_is_its_end(directory: FullDirectory) -> None:
    await make_room(directory, "channel", ann="owner", bob="member")
    await directory.ban(ANN, ROOM, BOB, new_cmid())

    assert told(await directory.ban(ANN, ROOM, BOB, new_cmid())) == []
    lifted = await directory.unban(ANN, ROOM, BOB, new_cmid())
    again = await directory.unban(ANN, ROOM, BOB, new_cmid())

    assert (told(lifted), told(again)) == ([Notice("unbanned", BOB)], [])
    assert (await directory.join(BOB, ROOM, new_cmid())).room.role == "member"


async def test_nobody_is_put_out_of_the_lobby(directory: FullDirectory) -> None:
    await sign_up(directory, "ann", "bob")
    await directory.set_admin(ANN, True, new_cmid())

    for change in (directory.remove_member, directory.ban):
        with pytest.raises(CannotLeave):
            await change(ANN, LOBBY, BOB, new_cmid())
    with pytest.raises(CannotLeave):
        await directory.close_room(ANN, LOBBY, new_cmid())


# --- roles ---------------------------------------------------------------------------------


async def test_a_role_that_is_raised_is_told_and_takes_no_right_away(
    directory: FullDirectory, database: Database
) -> None:
    await make_room(directory, ann="owner", bob="member")
    authority = await authority_of(database)

    raised = await directory.set_role(ANN, ROOM, BOB, "admin", new_cmid())

    assert told(raised) == [Notice("made_admin", BOB)]
    assert await authority_of(database) == authority


async def test_a_role_that_is_lowered_raises_the_authority(
    directory: FullDirectory, database: Database
) -> None:
    await make_room(directory, ann="owner", bob="admin")
    authority = await authority_of(database)

    lowered = await directory.set_role(ANN, ROOM, BOB, "member", new_cmid())

    assert told(lowered) == [Notice("made_member", BOB)]
    assert await authority_of(database) == authority + 1


async def test_the_same_role_again_is_not_told(directory: FullDirectory) -> None:
    await make_room(directory, ann="owner", bob="admin")

    assert told(await directory.set_role(ANN, ROOM, BOB, "admin", new_cmid())) == []


async def test_an_owner_may_step_down_but_for_the_last_one(directory: FullDirectory) -> None:
    await make_room(directory, ann="owner", bob="owner")
    await directory.set_role(ANN, ROOM, ANN, "member", new_cmid())

    with pytest.raises(LastOwner):
        await directory.set_role(BOB, ROOM, BOB, "admin", new_cmid())

    assert await roles_in(directory, ANN) == {BOB: "owner", ANN: "member"}


async def test_an_owner_does_not_lower_another(directory: FullDirectory) -> None:
    await make_room(directory, ann="owner", bob="owner")

    with pytest.raises(NotAllowed):
        await directory.set_role(ANN, ROOM, BOB, "member", new_cmid())


async def test_ownership_is_handed_over_and_the_former_owner_stays_as_an_admin(
    directory: FullDirectory, database: Database
) -> None:
    await make_room(directory, ann="owner", bob="member")
    authority = await authority_of(database)

    handed = await directory.transfer_ownership(ANN, ROOM, BOB, new_cmid)

    assert told(handed) == [Notice("made_owner", BOB), Notice("made_admin", ANN)]
    assert handed.room.role == "admin"
    assert await roles_in(directory, ANN) == {BOB: "owner", ANN: "admin"}
    assert await authority_of(database) == authority + 1


async def test_ownership_goes_to_nobody_who_is_not_there_and_not_to_oneself(
    directory: FullDirectory,
) -> None:
    await make_room(directory, ann="owner")
    await sign_up(directory, "bob")

    with pytest.raises(NotInRoom):
        await directory.transfer_ownership(ANN, ROOM, BOB, new_cmid)
    with pytest.raises(NotAllowed):
        await directory.transfer_ownership(ANN, ROOM, ANN, new_cmid)


# --- who is told what ----------------------------------------------------------------------


async def test_a_stranger_learns_nothing_of_a_group_and_is_sent_to_join_a_channel(
    directory: FullDirectory,
) -> None:
    await make_room(directory, "group", ann="owner")
    await directory.create_channel("room2", "Open", ANN, new_cmid())
    await sign_up(directory, "bob")

    for room, refusal in ((ROOM, UnknownRoom), ("nowhere", UnknownRoom), ("room2", NotAMember)):
        with pytest.raises(refusal):
            await directory.remove_member(BOB, room, ANN, new_cmid())
        with pytest.raises(refusal):
            await directory.add_members(BOB, room, [BOB], new_cmid())


async def test_the_operator_acts_in_the_name_of_the_server(
    directory: FullDirectory, database: Database
) -> None:
    await make_room(directory, ann="owner", bob="member")

    removed = await directory.remove_member(None, ROOM, BOB, new_cmid())

    assert removed.notice is not None
    [server] = await directory.people([removed.notice.author_id])
    assert (server.id, server.display_name) == ("parley", "Parley")
    found = await directory.find_people(ANN, "parley", after="", limit=10)
    assert found.people == []
    assert await rows(database, "SELECT password_hash FROM accounts WHERE id = 'parley'") == [
        (None,)
    ]


async def test_not_even_the_operator_leaves_a_room_without_an_owner_or_parts_a_direct_room(
    directory: FullDirectory,
) -> None:
    await make_room(directory, ann="owner", bob="member")
    direct = await directory.open_direct("room2", ANN, BOB)

    with pytest.raises(LastOwner):
        await directory.remove_member(None, ROOM, ANN, new_cmid())
    with pytest.raises(NotAllowed):
        await directory.remove_member(None, direct.room.id, ANN, new_cmid())


async def test_the_count_of_members_is_that_of_those_who_are_in(
    directory: FullDirectory, database: Database
) -> None:
    await make_room(directory, "channel", ann="owner", bob="member", eve="member")
    await directory.leave(BOB, ROOM, new_cmid())
    await directory.ban(ANN, ROOM, EVE, new_cmid())
    await directory.unban(ANN, ROOM, EVE, new_cmid())
    await directory.join(EVE, ROOM, new_cmid())
    await directory.join(EVE, ROOM, new_cmid())

    assert (await directory.room_detail(ANN, ROOM)).members == 2
    assert (
        await rows(
            database,
            "SELECT id FROM rooms WHERE member_count <> (SELECT count(*) FROM members"
            " WHERE members.room_id = rooms.id AND members.left_at IS NULL)",
        )
        == []
    )
