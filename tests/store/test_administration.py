"""What the server's operator sees and does, and the record of what happened."""

import pytest

from parley.protocol.ids import LOBBY
from parley.protocol.refusals import UnknownPerson, UserNameTaken
from parley.store.api import FullDirectory
from parley.store.database import Database
from tests.store.samples import change, new_account, new_session, rows, sign_up, token_hash
from tests.store.scenes import ROOM, make_room, new_cmid, notice_of

ANN, BOB = "idann", "idbob"


# --- accounts ------------------------------------------------------------------------------


async def test_accounts_are_listed_by_user_name_in_pages_shut_out_ones_too(
    directory: FullDirectory,
) -> None:
    await sign_up(directory, "zoe", "ann", "bob", "eve")
    await directory.set_disabled(BOB, True)
    await directory.delete_account("ideve", new_cmid)

    first = await directory.accounts(after="", limit=2)
    rest = await directory.accounts(after=first[-1].person.user_name, limit=2)
    found = await directory.accounts("BO", after="", limit=10)

    assert [(row.person.user_name, row.disabled_at is not None) for row in first + rest] == [
        ("ann", False),
        ("bob", True),
        ("zoe", False),
    ]
    assert [row.person.user_name for row in found] == ["bob"]


async def test_an_account_is_found_by_its_name(directory: FullDirectory) -> None:
    await sign_up(directory, "ann")
    await directory.start_totp(ANN, b"secret")
    before = await directory.account("ann")
    await directory.confirm_totp(ANN, b"secret", 1, [b"code"])

    after = await directory.account("ann")

    assert before is not None
    assert after is not None
    assert (before.has_totp, after.has_totp) == (False, True)
    assert await directory.account("nobody") is None


async def test_an_account_that_the_operator_makes_has_no_session(
    directory: FullDirectory, database: Database
) -> None:
    person = await directory.add_account(new_account("ann"))

    assert person.user_name == "ann"
    assert await rows(database, "SELECT * FROM sessions") == []
    assert [held.room_id for held in await directory.memberships(ANN)] == [LOBBY]
    with pytest.raises(UserNameTaken):
        await directory.add_account(new_account("ann"))


async def test_who_is_shut_out_loses_every_session_and_comes_back_by_password(
    directory: FullDirectory,
) -> None:
    await sign_up(directory, "ann")

    await directory.set_disabled(ANN, True)

    assert await directory.credentials("ann") is None
    changes = await directory.changes(window_ms=60_000)
    assert changes.disabled_accounts == {ANN}
    assert changes.revoked_sessions == {"sesann"}
    await directory.set_disabled(ANN, False)
    assert await directory.credentials("ann") is not None
    assert await directory.session(token_hash("ann")) is None


async def test_an_administrator_owns_the_lobby_for_as_long_as_they_are_one(
    directory: FullDirectory,
) -> None:
    await sign_up(directory, "ann")

    for is_admin, role, what in ((True, "owner", "made_owner"), (False, "member", "made_member")):
        [told] = await directory.set_admin(ANN, is_admin, new_cmid())
        assert await directory.set_admin(ANN, is_admin, new_cmid()) == ()

        [person] = await directory.people([ANN])
        membership = await directory.membership(ANN, LOBBY)
        assert membership is not None
        assert (person.is_admin, membership.role) == (is_admin, role)
        assert (notice_of(told).what, told.room_id, told.raises) == (what, LOBBY, not is_admin)


async def test_the_operator_changes_nobody_who_does_not_exist(directory: FullDirectory) -> None:
    with pytest.raises(UnknownPerson):
        await directory.set_disabled("idnobody", True)
    with pytest.raises(UnknownPerson):
        await directory.set_admin("idnobody", True, new_cmid())


# --- rooms ---------------------------------------------------------------------------------


async def test_the_operator_sees_every_room_and_who_made_it(directory: FullDirectory) -> None:
    await make_room(directory, "group", ann="owner", bob="member")
    await directory.open_direct("room2", ANN, BOB)
    await directory.close_room(None, ROOM, new_cmid())

    first = await directory.all_rooms(after="", limit=2)
    rest = await directory.all_rooms(after=first[-1].id, limit=2)

    assert [(row.id, row.kind, row.members) for row in first + rest] == [
        (LOBBY, "channel", 2),
        (ROOM, "group", 2),
        ("room2", "direct", 2),
    ]
    closed = await directory.any_room(ROOM)
    assert closed is not None
    assert closed.closed_at is not None
    assert closed.created_by == ANN
    assert [row.id for row in await directory.all_rooms("ROOM1", after="", limit=9)] == [ROOM]
    assert await directory.any_room("nowhere") is None


# --- the record ----------------------------------------------------------------------------


async def test_the_record_tells_what_happened_the_latest_first(directory: FullDirectory) -> None:
    await directory.record("sign_in", actor=ANN, subject=ANN, address="192.0.2.1")
    await directory.record("role", actor=ANN, subject=BOB, detail={"role": "admin", "n": 1})
    await directory.record("closed", actor=None, subject=ROOM)

    latest = await directory.audit(limit=2)
    earlier = await directory.audit(before=latest[-1].id, limit=2)
    about_bob = await directory.audit(limit=9, subject=BOB)

    assert [row.event for row in latest] == ["closed", "role"]
    assert [(row.event, row.actor, row.address) for row in earlier] == [
        ("sign_in", ANN, "192.0.2.1")
    ]
    assert [(row.event, row.detail) for row in about_bob] == [("role", {"role": "admin", "n": 1})]


async def test_old_entries_of_the_record_are_removed_some_at_a_time_the_oldest_first(
    directory: FullDirectory, database: Database
) -> None:
    for event in ("first", "second", "third", "late"):
        await directory.record(event)
    await change(database, "UPDATE audit SET time = 1 WHERE event <> 'late'")

    removed = [await directory.purge_audit(60_000, limit=2) for _ in range(3)]

    assert removed == [2, 1, 0]
    assert [row.event for row in await directory.audit(limit=9)] == ["late"]


async def test_an_entry_of_the_record_is_one_line_whatever_went_in(
    directory: FullDirectory,
) -> None:
    forged = "x\r\n2026 sign_in ok\x00\u2028\u202e\ud800" + "y" * 500

    await directory.record(forged, actor=forged, address=forged, detail={forged: forged})

    [row] = await directory.audit(limit=1)
    for text in (row.event, row.actor or "", row.address, *row.detail, *row.detail.values()):
        assert str(text).isprintable()
        assert len(str(text)) <= 300
    assert row.event.startswith("x\\u{d}\\u{a}2026")


async def test_a_session_is_of_the_account_that_the_operator_asks_about(
    directory: FullDirectory,
) -> None:
    await sign_up(directory, "ann", "bob")
    await directory.open_session(ANN, new_session("phone"))

    listed = await directory.sessions_of(ANN)

    assert {each.id for each in listed} == {"sesann", "sesphone"}
    assert not any(each.is_this for each in listed)
