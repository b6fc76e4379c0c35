"""Rooms of every kind: made, left, closed."""

import pytest

from parley.protocol.commands import Room
from parley.protocol.content import Notice
from parley.protocol.ids import LOBBY
from parley.protocol.refusals import (
    CannotMessage,
    LastOwner,
    NotAllowed,
    NotAMember,
    RoomFull,
    RoomNameTaken,
    TooManyRooms,
    UnknownPerson,
    UnknownRoom,
)
from parley.store.api import FullDirectory, Logs
from parley.store.database import Database
from parley.store.directory import SqlDirectory
from parley.store.records import DirectoryLimits, NewInvite, NewRoom, RoomSeed
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

ANN, BOB, EVE = "idann", "idbob", "ideve"


# --- groups and channels -------------------------------------------------------------------


async def test_a_group_is_made_with_its_first_members(
    directory: FullDirectory, database: Database
) -> None:
    await sign_up(directory, "ann", "bob", "eve")
    before = await versions(database)
    trip = NewRoom(ROOM, "group", "Trip", ANN, "By rail", "Where to?", members=(BOB, ANN, EVE))

    made = await directory.create_room(trip, new_cmid())

    assert made.room == Room(ROOM, "group", "Trip", "owner", topic="By rail")
    assert told(made) == [Notice("created", ANN)]
    assert await roles_in(directory, BOB) == {ANN: "owner", BOB: "member", EVE: "member"}
    assert (await directory.room_detail(BOB, ROOM)).description == "Where to?"
    after = await versions(database)
    assert all(after[who] == before[who] + 1 for who in (ANN, BOB, EVE))


async def test_groups_may_share_a_name(directory: FullDirectory) -> None:
    await sign_up(directory, "ann")
    for room in (ROOM, "room2"):
        await directory.create_room(NewRoom(room, "group", "Trip", ANN), new_cmid())

    own = await directory.rooms_of(ANN, after="", limit=10)

    assert [room.name for room in own.rooms] == ["Lobby", "Trip", "Trip"]


async def test_a_room_that_cannot_be_made_leaves_nothing(
    directory: FullDirectory, database: Database
) -> None:
    await sign_up(directory, "ann", "bob", "eve")
    await directory.block(EVE, ANN)
    small = SqlDirectory(database, DirectoryLimits(group_members=1))
    before = await everything(database, "rooms", "members", "notices")

    for made_by, room, refusal in (
        (directory, NewRoom(ROOM, "group", "Trip", ANN, members=("idnobody",)), UnknownPerson),
        (directory, NewRoom(ROOM, "group", "Trip", ANN, members=(EVE,)), CannotMessage),
        (small, NewRoom(ROOM, "group", "Trip", ANN, members=(BOB,)), RoomFull),
        (directory, NewRoom(ROOM, "group", "Trip", ANN, read_only=True), NotAllowed),
    ):
        with pytest.raises(refusal):
            await made_by.create_room(room, new_cmid())

    assert await everything(database, "rooms", "members", "notices") == before


async def test_who_is_in_many_rooms_enters_no_further_one_by_themselves(
    directory: FullDirectory, database: Database
) -> None:
    await make_room(directory, "channel", ann="owner", bob="member")
    await directory.create_invite(ANN, NewInvite("code", ROOM, expires_in_ms=0, uses=None))
    await sign_up(directory, "eve")
    await directory.create_room(NewRoom("old", "group", "Old", EVE), new_cmid())
    few = SqlDirectory(database, DirectoryLimits(rooms_per_user=2))
    before = await everything(database, "rooms", "members", "notices")

    for enter in (
        few.create_room(NewRoom("new", "group", "New", EVE), new_cmid()),
        few.join(EVE, ROOM, new_cmid()),
        few.join_by_invite(EVE, "code", new_cmid()),
        few.open_direct("new", EVE, BOB),
    ):
        with pytest.raises(TooManyRooms, match="2 rooms already"):
            await enter

    assert await everything(database, "rooms", "members", "notices") == before


async def test_who_is_in_many_rooms_is_brought_into_others_and_comes_back_to_their_own(
    directory: FullDirectory, database: Database
) -> None:
    await make_room(directory, "channel", ann="owner", bob="member")
    await directory.create_room(NewRoom("trip", "group", "Trip", ANN), new_cmid())
    few = SqlDirectory(database, DirectoryLimits(rooms_per_user=2))

    await few.add_members(ANN, "trip", [BOB], new_cmid())
    again = await few.join(BOB, ROOM, new_cmid())

    assert (again.room.role, again.notice) == ("member", None)
    await few.close_room(ANN, "trip", new_cmid())
    await few.leave(BOB, ROOM, new_cmid())
    assert (await few.open_direct("direct", BOB, ANN)).room.id == "direct"


# --- direct rooms --------------------------------------------------------------------------


async def test_two_people_have_one_room_whoever_opens_it(
    directory: FullDirectory, database: Database
) -> None:
    await sign_up(directory, "ann", "bob")
    before = await versions(database)

    by_ann = await directory.open_direct("room1", ANN, BOB)
    by_bob = await directory.open_direct("room2", BOB, ANN)

    assert by_ann.room == Room("room1", "direct", "Bob", "member", other=BOB)
    assert by_bob.room == Room("room1", "direct", "Ann", "member", other=ANN)
    assert told(by_ann) == told(by_bob) == []
    after = await versions(database)
    assert (after[ANN], after[BOB]) == (before[ANN] + 1, before[BOB] + 1)


async def test_a_direct_room_is_listed_for_its_two_people_under_the_others_name(
    directory: FullDirectory,
) -> None:
    await make_room(directory, "direct", ann="member", bob="member")
    await sign_up(directory, "eve")

    listed = {
        who: [room.name for room in (await directory.rooms_of(who, after="", limit=9)).rooms]
        for who in (ANN, BOB, EVE)
    }

    assert listed == {ANN: ["Bob", "Lobby"], BOB: ["Ann", "Lobby"], EVE: ["Lobby"]}
    assert await directory.room(EVE, ROOM) is None
    with pytest.raises(UnknownRoom):
        await directory.join(EVE, ROOM, new_cmid())


async def test_one_may_have_a_room_for_notes_to_oneself(directory: FullDirectory) -> None:
    await sign_up(directory, "ann")

    notes = await directory.open_direct(ROOM, ANN, ANN)
    again = await directory.open_direct("room2", ANN, ANN)

    assert notes.room == again.room == Room(ROOM, "direct", "Ann", "member", other=ANN)
    membership = await directory.membership(ANN, ROOM)
    assert membership is not None
    assert not membership.is_mute


@pytest.mark.parametrize("other", ["idnobody", "parley"])
async def test_there_is_no_room_with_somebody_who_does_not_exist(
    directory: FullDirectory, database: Database, other: str
) -> None:
    await sign_up(directory, "ann")

    with pytest.raises(UnknownPerson):
        await directory.open_direct(ROOM, ANN, other)

    assert await rows(database, "SELECT id FROM rooms") == [(LOBBY,)]


async def test_a_direct_room_is_not_left(directory: FullDirectory) -> None:
    await make_room(directory, "direct", ann="member", bob="member")

    with pytest.raises(NotAllowed):
        await directory.leave(ANN, ROOM, new_cmid())


# --- leaving -------------------------------------------------------------------------------


async def test_the_last_owner_hands_over_before_leaving_others_behind(
    directory: FullDirectory,
) -> None:
    await make_room(directory, ann="owner", bob="admin")
    with pytest.raises(LastOwner):
        await directory.leave(ANN, ROOM, new_cmid())

    await directory.transfer_ownership(ANN, ROOM, BOB, new_cmid)
    left = await directory.leave(ANN, ROOM, new_cmid())

    assert told(left) == [Notice("left", ANN)]
    assert await roles_in(directory, BOB) == {BOB: "owner"}


async def test_one_of_several_owners_may_just_leave(directory: FullDirectory) -> None:
    await make_room(directory, ann="owner", bob="owner", eve="member")

    await directory.leave(ANN, ROOM, new_cmid())

    assert await roles_in(directory, EVE) == {BOB: "owner", EVE: "member"}


async def test_a_group_that_is_empty_is_closed(
    directory: FullDirectory, database: Database
) -> None:
    await make_room(directory, "group", ann="owner")

    await directory.leave(ANN, ROOM, new_cmid())

    assert await rows(database, f"SELECT closed_at > 0 FROM rooms WHERE id = '{ROOM}'") == [(1,)]


async def test_a_channel_that_is_empty_stays_open(directory: FullDirectory) -> None:
    await make_room(directory, "channel", ann="owner")

    await directory.leave(ANN, ROOM, new_cmid())

    assert await directory.room(ANN, ROOM) == Room(ROOM, "channel", "The room1", None)


# --- closing -------------------------------------------------------------------------------


async def test_a_room_that_is_closed_is_lost_to_everybody(
    directory: FullDirectory, database: Database
) -> None:
    await make_room(directory, ann="owner", bob="member")
    before, authority = await versions(database), await authority_of(database)

    closed = await directory.close_room(ANN, ROOM, new_cmid())

    assert told(closed) == [Notice("closed", ANN)]
    assert closed.notice is not None
    assert (closed.notice.raises, closed.notice.authority) == (True, authority + 1)
    assert await directory.membership(ANN, ROOM) is None
    assert await directory.membership(BOB, ROOM) is None
    after = await versions(database)
    assert (after[ANN], after[BOB]) == (before[ANN] + 1, before[BOB] + 1)
    with pytest.raises(UnknownRoom):
        await directory.close_room(ANN, ROOM, new_cmid())
    with pytest.raises(NotAMember):
        await directory.leave(BOB, ROOM, new_cmid())


async def test_the_name_of_a_closed_channel_is_free_and_that_of_an_open_one_is_not(
    directory: FullDirectory,
) -> None:
    await make_room(directory, "channel", ann="owner")
    with pytest.raises(RoomNameTaken):
        await directory.create_channel("room2", "the room1", ANN, new_cmid())
    await directory.close_room(ANN, ROOM, new_cmid())

    again = await directory.create_channel("room2", "the room1", ANN, new_cmid())

    assert again.room.id == "room2"


async def test_a_closed_room_can_be_told_of_its_end_and_of_nothing_after(
    directory: FullDirectory, logs: Logs, database: Database
) -> None:
    """The notice carries the authority into Redis, under which nothing more is appended."""
    await make_room(directory, ann="owner")
    closed = await directory.close_room(ANN, ROOM, new_cmid())
    assert closed.notice is not None

    assert await logs.seed(ROOM) == RoomSeed(0, 0, closed.notice.authority, 0)

    async with database.write() as connection:
        await connection.exec_driver_sql("DELETE FROM notices")
    assert await logs.seed(ROOM) is None
