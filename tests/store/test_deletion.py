"""The end of an account."""

import pytest

from parley.domain.receipts import Reach
from parley.protocol.commands import Person, Room
from parley.protocol.content import Notice
from parley.protocol.ids import LOBBY
from parley.protocol.refusals import UnknownPerson, UserNameTaken
from parley.protocol.shapes import Draft
from parley.store.api import FullDirectory
from parley.store.database import Database
from parley.store.directory import SqlDirectory
from parley.store.mark_records import NewMark
from parley.store.records import DirectoryLimits, NewInvite, Preferences, Profile
from tests.store.samples import change, new_account, new_session, rows, sign_up, token_hash
from tests.store.scenes import ROOM, make_room, new_cmid, notice_of, roles_in, versions

ANN, BOB, EVE = "idann", "idbob", "ideve"


async def test_who_deletes_their_account_is_shown_as_nobody_and_cannot_return(
    directory: FullDirectory,
) -> None:
    await sign_up(directory, "ann", "bob")
    await directory.open_session(ANN, new_session("phone"))

    gone = await directory.delete_account(ANN, new_cmid)

    assert sorted(gone.sessions) == ["sesann", "sesphone"]
    assert await directory.people([ANN]) == [Person(ANN, "", "deleted account", is_deleted=True)]
    assert await directory.session(token_hash("ann")) is None
    assert await directory.credentials("ann") is None
    assert await directory.credentials_of(ANN) is None
    assert (await directory.find_people(BOB, "", after="", limit=9)).people == [
        Person(BOB, "bob", "Bob")
    ]


async def test_its_rooms_are_left_with_notices_and_lost_rights(
    directory: FullDirectory, database: Database
) -> None:
    await make_room(directory, ann="owner", bob="member")

    gone = await directory.delete_account(BOB, new_cmid)

    told = {row.room_id: notice_of(row) for row in gone.notices}
    assert told == {LOBBY: Notice("left", BOB), ROOM: Notice("left", BOB)}
    assert all(row.raises for row in gone.notices)
    assert await directory.memberships(BOB) == []
    assert (await directory.room_detail(ANN, ROOM)).members == 1


@pytest.mark.parametrize(
    ("roles", "heir"),
    [
        ({"ann": "owner", "bob": "member", "eve": "admin"}, "ideve"),
        ({"ann": "owner", "bob": "member", "eve": "member"}, "ideve"),
        ({"ann": "owner", "bob": "admin", "eve": "admin"}, "ideve"),
    ],
)
async def test_the_longest_serving_admin_or_else_member_inherits_a_room(
    directory: FullDirectory, database: Database, roles: dict[str, str], heir: str
) -> None:
    await make_room(directory, **roles)  # type: ignore[arg-type]
    await change(database, "UPDATE members SET joined_at = 1 WHERE account_id = 'ideve'")

    gone = await directory.delete_account(ANN, new_cmid)

    in_room = [notice_of(row) for row in gone.notices if row.room_id == ROOM]
    assert in_room == [Notice("made_owner", heir), Notice("left", ANN)]
    assert (await roles_in(directory, BOB))[heir] == "owner"


async def test_a_room_with_another_owner_has_no_heir(directory: FullDirectory) -> None:
    await make_room(directory, ann="owner", bob="owner", eve="admin")

    await directory.delete_account(ANN, new_cmid)

    assert await roles_in(directory, BOB) == {BOB: "owner", EVE: "admin"}


async def test_nobody_inherits_the_lobby(directory: FullDirectory) -> None:
    await sign_up(directory, "ann", "bob")
    await directory.set_admin(ANN, True, new_cmid())

    await directory.delete_account(ANN, new_cmid)

    assert await roles_in(directory, BOB, LOBBY) == {BOB: "member"}


async def test_a_group_that_is_empty_is_closed_and_a_channel_stays(
    directory: FullDirectory, database: Database
) -> None:
    await make_room(directory, "group", ann="owner")
    await directory.create_channel("room2", "Open", ANN, new_cmid())

    await directory.delete_account(ANN, new_cmid)

    assert await rows(database, "SELECT id FROM rooms WHERE closed_at IS NULL ORDER BY id") == [
        (LOBBY,),
        ("room2",),
    ]


async def test_the_other_keeps_a_direct_room_in_which_nobody_speaks(
    directory: FullDirectory, database: Database
) -> None:
    await make_room(directory, "direct", ann="member", bob="member")
    before = await versions(database)

    await directory.delete_account(ANN, new_cmid)

    assert await directory.room(BOB, ROOM) == Room(
        ROOM, "direct", "deleted account", "member", other=ANN
    )
    membership = await directory.membership(BOB, ROOM)
    assert membership is not None
    assert membership.is_mute
    assert (await versions(database))[BOB] > before[BOB]


async def test_what_was_the_accounts_own_is_gone(
    directory: FullDirectory, database: Database
) -> None:
    await make_room(directory, ann="owner", bob="member")
    await directory.edit_profile(ANN, Profile(about="Grows roses", time_zone="UTC"))
    await directory.start_totp(ANN, b"secret")
    await directory.confirm_totp(ANN, b"secret", 1, [b"recovery"])
    await directory.set_preferences(ANN, ROOM, Preferences(pinned=True))
    await directory.create_invite(ANN, NewInvite("code", ROOM, 0, None))
    await directory.block(ANN, BOB)
    await directory.set_admin(ANN, True, new_cmid())
    await directory.save_draft(ANN, Draft(ROOM, "I thi", None, 0, 0))
    await directory.star(ANN, ROOM, 1, True)
    await directory.hide(ANN, ROOM, 2)
    await directory.write_marks([NewMark(0, 0, ROOM, ANN, "sesann", Reach(1, 1))])

    await directory.delete_account(ANN, new_cmid)

    own = ("drafts", "stars", "hidden", "read_marks", "delivered_marks")
    for table in ("recovery_codes", "room_preferences", "room_invites", "blocks", *own):
        assert await rows(database, f"SELECT * FROM {table}") == [], table
    assert await rows(
        database,
        "SELECT display_name, about, time_zone, password_hash, totp_secret, is_admin"
        " FROM accounts WHERE id = 'idann'",
    ) == [("", "", "", None, None, False)]
    assert await rows(
        database, "SELECT device, address FROM sessions WHERE account_id = 'idann'"
    ) == [("", "")]


async def test_a_name_is_free_again_after_its_time_and_not_before(
    directory: FullDirectory, database: Database
) -> None:
    await sign_up(directory, "ann")
    await directory.delete_account(ANN, new_cmid)
    again = new_account("ann")
    namesake = type(again)("idann2", "ann", "ann", "Ann the Second", "hash")

    with pytest.raises(UserNameTaken):
        await directory.sign_up(namesake, new_session("other"))
    soon = SqlDirectory(database, DirectoryLimits(name_kept_ms=0))
    second = await soon.sign_up(namesake, new_session("other"))

    assert second.user_name == "ann"
    assert (await directory.people([ANN]))[0].is_deleted


async def test_an_account_is_deleted_once(directory: FullDirectory, database: Database) -> None:
    await make_room(directory, ann="owner", bob="member")
    await directory.delete_account(ANN, new_cmid)
    before = await rows(database, "SELECT count(*) FROM notices")

    again = await directory.delete_account(ANN, new_cmid)

    assert (again.sessions, again.notices) == ([], [])
    assert await rows(database, "SELECT count(*) FROM notices") == before
    with pytest.raises(UnknownPerson):
        await directory.delete_account("idnobody", new_cmid)


async def test_who_is_gone_enters_no_room(directory: FullDirectory) -> None:
    await make_room(directory, "channel", ann="owner")
    await sign_up(directory, "bob")
    await directory.delete_account(BOB, new_cmid)

    with pytest.raises(UnknownPerson):
        await directory.join(BOB, ROOM, new_cmid())
    with pytest.raises(UnknownPerson):
        await directory.add_members(ANN, ROOM, [BOB], new_cmid())
    for opener in (ANN, BOB):
        with pytest.raises(UnknownPerson):
            await directory.open_direct("room2", opener, BOB)


async def test_open_connections_hear_of_it(directory: FullDirectory) -> None:
    await sign_up(directory, "ann")

    await directory.delete_account(ANN, new_cmid)

    changes = await directory.changes(window_ms=60_000)
    assert changes.disabled_accounts == {ANN}
    assert changes.revoked_sessions == {"sesann"}
