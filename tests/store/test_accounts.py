"""Accounts, sessions, and what open connections are told of them."""

import pytest

from parley.protocol.commands import Person
from parley.protocol.ids import LOBBY
from parley.protocol.refusals import UserNameTaken
from parley.store.api import Directory, Logs
from parley.store.database import Database
from parley.store.records import NewAccount, Signed
from tests.store.samples import (
    HOUR_MS,
    change,
    cmid,
    new_account,
    new_session,
    rows,
    said,
    sign_up,
    token_hash,
    write,
)

ANN = Person("idann", "ann", "Ann")
MINUTE_MS = 60_000


async def last_seen(database: Database) -> int:
    [(seen,)] = await rows(database, "SELECT last_seen_at FROM sessions")
    return int(seen)


# --- signing up and in ---------------------------------------------------------------------


async def test_who_signs_up_has_a_session_and_is_in_the_lobby(directory: Directory) -> None:
    person = await directory.sign_up(new_account("ann"), new_session("ann"))

    assert person == ANN
    assert await directory.session(token_hash("ann")) == Signed("sesann", ANN)
    assert [held.room_id for held in await directory.memberships("idann")] == [LOBBY]


async def test_what_was_said_in_the_lobby_before_is_not_unread(
    directory: Directory, logs: Logs, database: Database
) -> None:
    await write(logs, said(1, room=LOBBY, n=1), said(2, room=LOBBY, n=1))

    await sign_up(directory, "ann")

    assert await rows(database, "SELECT joined_seq, joined_n FROM members") == [(2, 1)]


async def test_a_user_name_is_given_once_and_a_refused_sign_up_leaves_nothing(
    directory: Directory, database: Database
) -> None:
    await sign_up(directory, "ann")
    namesake = NewAccount("idother", "ann", "ann", "Other Ann", "hash")

    with pytest.raises(UserNameTaken) as refused:
        await directory.sign_up(namesake, new_session("other"))

    assert refused.value.values == ("ann",)
    assert await rows(database, "SELECT count(*) FROM accounts") == [(1,)]
    assert await rows(database, "SELECT count(*) FROM sessions") == [(1,)]


async def test_credentials_are_found_by_user_name(directory: Directory) -> None:
    await sign_up(directory, "ann", "bob")

    found = await directory.credentials("ann")

    assert found is not None
    assert (found.person, found.password_hash) == (ANN, "hash of ann's password")
    assert await directory.credentials("nobody") is None


@pytest.mark.parametrize("stamp", ["disabled_at", "deleted_at"])
async def test_a_disabled_or_deleted_account_cannot_sign_in_or_return(
    directory: Directory, database: Database, stamp: str
) -> None:
    await sign_up(directory, "ann")
    await change(database, f"UPDATE accounts SET {stamp} = 1")

    assert await directory.credentials("ann") is None
    assert await directory.session(token_hash("ann")) is None


def test_no_secret_is_shown_with_the_record_that_holds_it() -> None:
    shown = repr(new_account("ann")) + repr(new_session("ann"))

    assert "password" not in shown
    assert "token" not in shown


# --- sessions ------------------------------------------------------------------------------


async def test_an_unknown_token_opens_nothing(directory: Directory) -> None:
    assert await directory.session(token_hash("nobody")) is None


async def test_an_account_may_have_many_sessions(directory: Directory) -> None:
    await sign_up(directory, "ann")
    await directory.open_session("idann", new_session("phone"))

    assert await directory.session(token_hash("phone")) == Signed("sesphone", ANN)
    assert await directory.session(token_hash("ann")) == Signed("sesann", ANN)


async def test_a_revoked_session_stays_revoked(directory: Directory, database: Database) -> None:
    await sign_up(directory, "ann")
    await directory.revoke_session("sesann")
    await change(database, "UPDATE sessions SET revoked_at = 1")

    await directory.revoke_session("sesann")

    assert await directory.session(token_hash("ann")) is None
    assert await rows(database, "SELECT revoked_at FROM sessions") == [(1,)]


async def test_all_sessions_of_an_account_but_one_can_be_revoked(directory: Directory) -> None:
    await sign_up(directory, "ann", "bob")
    for device in ("phone", "desktop"):
        await directory.open_session("idann", new_session(device))

    ended = await directory.revoke_sessions("idann", except_session="sesphone")

    assert sorted(ended) == ["sesann", "sesdesktop"]
    assert await directory.session(token_hash("phone")) is not None
    assert await directory.session(token_hash("desktop")) is None
    assert await directory.session(token_hash("bob")) is not None
    assert await directory.revoke_sessions("idann") == ["sesphone"]


async def test_a_device_is_noted_as_seen_after_a_minute_and_not_before(
    directory: Directory, database: Database
) -> None:
    await sign_up(directory, "ann")
    for idle_ms, is_noted in ((MINUTE_MS // 2, False), (MINUTE_MS, True)):
        await change(
            database, "UPDATE sessions SET last_seen_at = created_at - :idle", idle=idle_ms
        )
        before = await last_seen(database)

        await directory.session(token_hash("ann"))

        assert (await last_seen(database) > before) == is_noted


# --- people and changes --------------------------------------------------------------------


async def test_those_people_are_returned_that_exist(
    directory: Directory, database: Database
) -> None:
    await sign_up(directory, "ann", "bob", "eve")
    await change(database, "UPDATE accounts SET deleted_at = 1 WHERE user_name = 'eve'")

    people = await directory.people(["idann", "idbob", "ideve", "idnobody"])

    assert {person.user_name for person in people} == {"ann", "bob"}
    assert await directory.people([]) == []


async def test_a_change_is_told_with_the_version_that_it_led_to(
    directory: Directory, database: Database
) -> None:
    [ann] = await sign_up(directory, "ann")
    await change(database, "UPDATE accounts SET changed_at = 1")
    await directory.create_channel("room1", "Night shift", ann, cmid(1))
    await directory.leave(ann, "room1", cmid(2))

    changes = await directory.changes(window_ms=HOUR_MS)

    assert changes.changed_accounts == {ann: 2}


async def test_changes_within_the_window_are_told_and_older_ones_are_not(
    directory: Directory, database: Database
) -> None:
    await sign_up(directory, "ann", "bob", "eve", "zoe")
    await directory.revoke_session("sesann")
    await directory.revoke_session("sesbob")
    for stamp, name in (("disabled_at", "eve"), ("deleted_at", "zoe")):
        await change(
            database, f"UPDATE accounts SET {stamp} = changed_at WHERE user_name = '{name}'"
        )
    await change(
        database,
        "UPDATE sessions SET revoked_at = revoked_at - :hour WHERE id = 'sesbob'",
        hour=HOUR_MS,
    )
    await change(
        database,
        "UPDATE accounts SET changed_at = changed_at - :hour WHERE user_name <> 'ann'",
        hour=HOUR_MS,
    )

    changes = await directory.changes(window_ms=HOUR_MS // 2)

    assert changes.revoked_sessions == {"sesann"}
    assert changes.changed_accounts == {"idann": 0}
    assert changes.disabled_accounts == {"ideve", "idzoe"}
