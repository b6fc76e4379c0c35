"""What a room is like, for all and for each."""

import pytest

from parley.protocol.commands import Room
from parley.protocol.content import Notice
from parley.protocol.ids import LOBBY
from parley.protocol.limits import INTEGER_MAX
from parley.protocol.refusals import NotAllowed, NotAMember, RoomNameTaken, UnknownRoom
from parley.store.api import FullDirectory
from parley.store.database import Database
from parley.store.records import Preferences, RoomEdit
from tests.store.samples import sign_up
from tests.store.scenes import ROOM, authority_of, make_room, new_cmid, told, versions

ANN, BOB, EVE = "idann", "idbob", "ideve"


async def test_each_thing_that_is_changed_is_told(directory: FullDirectory) -> None:
    await make_room(directory, "channel", ann="owner")
    edit = RoomEdit(name="Garden", topic="Roses", description="What grows", read_only=True)

    edited = await directory.edit_room(ANN, ROOM, edit, new_cmid)

    assert edited.room == Room(ROOM, "channel", "Garden", "owner", "Roses", read_only=True)
    assert told(edited) == [
        Notice("renamed", ANN, text="Garden"),
        Notice("topic", ANN, text="Roses"),
        Notice("description", ANN),
        Notice("read_only", ANN),
    ]
    assert (await directory.room_detail(ANN, ROOM)).description == "What grows"


async def test_what_is_not_named_or_not_different_stays_untold(directory: FullDirectory) -> None:
    await make_room(directory, "channel", ann="owner")
    await directory.edit_room(ANN, ROOM, RoomEdit(topic="Roses"), new_cmid)

    again = RoomEdit(name="The room1", topic="Roses", read_only=False)
    edited = await directory.edit_room(ANN, ROOM, again, new_cmid)

    assert told(edited) == []
    cleared = await directory.edit_room(ANN, ROOM, RoomEdit(topic=""), new_cmid)
    assert told(cleared) == [Notice("topic", ANN)]


async def test_making_a_room_read_only_raises_the_authority_and_undoing_it_does_not(
    directory: FullDirectory, database: Database
) -> None:
    await make_room(directory, "channel", ann="owner", bob="member")
    authority = await authority_of(database)

    silenced = await directory.edit_room(ANN, ROOM, RoomEdit(read_only=True), new_cmid)

    assert silenced.notice is not None
    assert (silenced.notice.raises, silenced.notice.authority) == (True, authority + 1)
    membership = await directory.membership(BOB, ROOM)
    assert membership is not None
    assert membership.read_only
    await directory.edit_room(ANN, ROOM, RoomEdit(read_only=False), new_cmid)
    assert await authority_of(database) == authority + 1


async def test_a_name_that_is_taken_changes_nothing(directory: FullDirectory) -> None:
    await make_room(directory, "channel", ann="owner")
    await directory.create_channel("room2", "Garden", ANN, new_cmid())

    with pytest.raises(RoomNameTaken):
        await directory.edit_room(ANN, ROOM, RoomEdit(name="GARDEN", topic="Roses"), new_cmid)

    assert await directory.room(ANN, ROOM) == Room(ROOM, "channel", "The room1", "owner")


async def test_a_room_is_found_under_its_new_name(directory: FullDirectory) -> None:
    await make_room(directory, "channel", ann="owner")
    await directory.edit_room(ANN, ROOM, RoomEdit(name="Jardin", topic="Des églantines"), new_cmid)

    for query, found in (("jard", [ROOM]), ("EGLANT", [ROOM]), ("room1", []), ("%", []), ("_", [])):
        page = await directory.public_rooms(BOB, query=query, after="", limit=10)
        assert [room.id for room in page.rooms] == found, query


async def test_a_group_is_not_made_read_only_and_a_direct_room_not_edited(
    directory: FullDirectory,
) -> None:
    await make_room(directory, "group", ann="owner", bob="member")
    direct = await directory.open_direct("room2", ANN, BOB)

    with pytest.raises(NotAllowed):
        await directory.edit_room(ANN, ROOM, RoomEdit(read_only=True), new_cmid)
    with pytest.raises(NotAllowed):
        await directory.edit_room(ANN, direct.room.id, RoomEdit(name="Us"), new_cmid)


# --- preferences ---------------------------------------------------------------------------


async def test_how_one_has_a_room_is_ones_own(directory: FullDirectory, database: Database) -> None:
    await make_room(directory, ann="owner", bob="member")
    before = await versions(database)

    chosen = Preferences(muted_until=INTEGER_MAX, pinned=True, archived=True)
    room = await directory.set_preferences(BOB, ROOM, chosen)

    assert (room.muted_until, room.pinned, room.archived) == (INTEGER_MAX, True, True)
    assert await directory.room(BOB, ROOM) == room
    ann = await directory.room(ANN, ROOM)
    assert ann is not None
    assert (ann.muted_until, ann.pinned, ann.archived) == (0, False, False)
    after = await versions(database)
    assert (after[ANN], after[BOB]) == (before[ANN], before[BOB] + 1)


async def test_what_is_not_named_of_the_preferences_stays(
    directory: FullDirectory, database: Database
) -> None:
    await make_room(directory, ann="owner")
    await directory.set_preferences(ANN, ROOM, Preferences(muted_until=5, pinned=True))

    room = await directory.set_preferences(ANN, ROOM, Preferences(archived=True, pinned=False))

    assert (room.muted_until, room.pinned, room.archived) == (5, False, True)
    assert (await versions(database, "personal_version"))[ANN] == 2


async def test_only_who_is_in_a_room_has_it_in_some_way(directory: FullDirectory) -> None:
    await make_room(directory, "group", ann="owner")
    await directory.create_channel("room2", "Open", ANN, new_cmid())
    await sign_up(directory, "bob")

    with pytest.raises(UnknownRoom):
        await directory.set_preferences(BOB, ROOM, Preferences(pinned=True))
    with pytest.raises(NotAMember):
        await directory.set_preferences(BOB, "room2", Preferences(pinned=True))
    assert (await directory.set_preferences(BOB, LOBBY, Preferences(pinned=True))).pinned
