"""Accounts, sessions, and what open connections are told of them."""

import asyncio
from dataclasses import replace

import pytest

from parley.domain import names
from parley.protocol.commands import Person
from parley.protocol.ids import LOBBY
from parley.protocol.refusals import (
    InvalidInvitation,
    UnknownPerson,
    UnknownSession,
    UserNameTaken,
)
from parley.store.api import Directory, FullDirectory, Logs
from parley.store.database import Database
from parley.store.records import NewAccount, Signed
from parley.store.sessions import MOST_SESSIONS
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
    assert await directory.session(token_hash("ann")) == Signed("sesann", ANN, 0)
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


async def test_a_token_tells_the_version_of_its_accounts_rooms(directory: FullDirectory) -> None:
    await sign_up(directory, "ann")
    await directory.create_channel("room1", "Night shift", "idann", cmid(1))

    signed = await directory.session(token_hash("ann"))

    assert signed is not None
    assert signed.directory_version == (await directory.standings(["sesann"]))["sesann"] > 0


async def test_an_account_may_have_many_sessions(directory: Directory) -> None:
    await sign_up(directory, "ann")
    await directory.open_session("idann", new_session("phone"))

    assert await directory.session(token_hash("phone")) == Signed("sesphone", ANN, 0)
    assert await directory.session(token_hash("ann")) == Signed("sesann", ANN, 0)


async def test_of_too_many_sessions_the_one_unseen_for_longest_ends(
    directory: FullDirectory, database: Database
) -> None:
    await sign_up(directory, "ann", "bob")
    for number in range(MOST_SESSIONS - 1):
        await directory.open_session("idann", new_session(f"n{number:03}"))
    await change(database, "UPDATE sessions SET last_seen_at = 1 WHERE id = 'sesn007'")
    assert len(await directory.sessions_of("idann")) == MOST_SESSIONS

    await directory.open_session("idann", new_session("latest"))

    left = {session.id for session in await directory.sessions_of("idann")}
    assert len(left) == MOST_SESSIONS
    assert "seslatest" in left
    assert "sesn007" not in left
    assert len(await directory.sessions_of("idbob")) == 1


async def test_a_revoked_session_stays_revoked(directory: Directory, database: Database) -> None:
    await sign_up(directory, "ann")
    await directory.revoke_session("sesann")
    await change(database, "UPDATE sessions SET revoked_at = 1")

    await directory.revoke_session("sesann")

    assert await directory.session(token_hash("ann")) is None
    assert await rows(database, "SELECT revoked_at FROM sessions") == [(1,)]


async def test_sessions_that_ended_long_ago_are_removed_some_at_a_time(
    directory: FullDirectory, database: Database
) -> None:
    await sign_up(directory, "ann")
    for name in ("old", "older", "late", "open"):
        await directory.open_session("idann", new_session(name))
    await change(database, "UPDATE sessions SET revoked_at = 1 WHERE id IN ('sesold', 'sesolder')")
    await directory.revoke_session("seslate")

    removed = [await directory.purge_sessions(MINUTE_MS, limit=1) for _ in range(3)]

    assert removed == [1, 1, 0]
    left = await rows(database, "SELECT id FROM sessions ORDER BY id")
    assert [session for (session,) in left] == ["sesann", "seslate", "sesopen"]


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


async def test_those_people_are_returned_that_exist_or_did(
    directory: Directory, database: Database
) -> None:
    await sign_up(directory, "ann", "bob", "eve")
    await change(database, "UPDATE accounts SET deleted_at = 1 WHERE user_name = 'eve'")

    people = await directory.people(["idann", "idbob", "ideve", "idnobody"])

    assert {person.id: person.display_name for person in people} == {
        "idann": "Ann",
        "idbob": "Bob",
        "ideve": "deleted account",
    }
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


# --- one's own sessions --------------------------------------------------------------------


async def test_ones_sessions_are_listed_with_the_last_seen_first(
    directory: FullDirectory, database: Database
) -> None:
    await sign_up(directory, "ann", "bob")
    for device in ("phone", "tablet"):
        await directory.open_session("idann", new_session(device))
    await directory.revoke_session("sestablet")
    await change(database, "UPDATE sessions SET last_seen_at = 1 WHERE id = 'sesann'")

    listed = await directory.sessions_of("idann", this="sesann")

    assert [(each.id, each.device, each.address, each.is_this) for each in listed] == [
        ("sesphone", "laptop", "192.0.2.1", False),
        ("sesann", "laptop", "192.0.2.1", True),
    ]
    assert listed[1].last_seen_at == 1


async def test_only_ones_own_session_is_ended_by_ones_own_hand(directory: FullDirectory) -> None:
    await sign_up(directory, "ann", "bob")

    for session in ("sesbob", "sesnobody"):
        with pytest.raises(UnknownSession):
            await directory.revoke_own_session("idann", session)
    await directory.revoke_own_session("idann", "sesann")

    assert await directory.session(token_hash("ann")) is None
    assert await directory.session(token_hash("bob")) is not None
    with pytest.raises(UnknownSession):
        await directory.revoke_own_session("idann", "sesann")


async def test_a_changed_password_ends_every_other_session(directory: FullDirectory) -> None:
    await sign_up(directory, "ann", "bob")
    await directory.open_session("idann", new_session("phone"))

    ended = await directory.change_password("idann", "another hash", keep_session="sesphone")

    assert ended == ["sesann"]
    found = await directory.credentials("ann")
    assert found is not None
    assert found.password_hash == "another hash"
    assert [each.id for each in await directory.sessions_of("idann")] == ["sesphone"]
    with pytest.raises(UnknownPerson):
        await directory.change_password("idnobody", "hash")


async def test_a_recheck_names_the_sessions_that_are_still_good(
    directory: FullDirectory, database: Database
) -> None:
    await sign_up(directory, "ann", "bob", "eve", "zoe")
    await directory.create_channel("room1", "Night shift", "idann", cmid(1))
    await directory.revoke_session("sesbob")
    await directory.set_disabled("ideve", True)
    await change(database, "UPDATE accounts SET deleted_at = 1 WHERE id = 'idzoe'")

    asked = ["sesann", "sesbob", "seseve", "seszoe", "sesnobody"]

    assert await directory.standings(asked) == {"sesann": 1}
    assert await directory.standings([]) == {}


# --- names that look alike -----------------------------------------------------------------


async def test_a_name_that_looks_like_somebodys_is_taken(directory: FullDirectory) -> None:
    await sign_up(directory, "ann")
    look_alike = NewAccount("idother", "аnn", names.skeleton("аnn"), "Ann", "hash")

    with pytest.raises(UserNameTaken):
        await directory.sign_up(look_alike, new_session("other"))


# --- invitations to the server -------------------------------------------------------------


def with_code(name: str, code: bytes) -> NewAccount:
    return replace(new_account(name), code_hash=code)


async def test_an_invitation_lets_as_many_sign_up_as_it_says(directory: FullDirectory) -> None:
    made = await directory.add_invitation("inv01", b"code", made_by=None, lasts_ms=0, uses=1)
    assert await directory.invitations() == [made]

    ann = await directory.sign_up(with_code("ann", b"code"), new_session("ann"))

    assert not ann.is_admin
    assert await directory.invitations() == []
    with pytest.raises(InvalidInvitation):
        await directory.sign_up(with_code("bob", b"code"), new_session("bob"))


async def test_a_sign_up_that_is_refused_uses_no_invitation_up(directory: FullDirectory) -> None:
    await sign_up(directory, "ann")
    made = await directory.add_invitation("inv01", b"code", made_by=None, lasts_ms=0, uses=1)

    with pytest.raises(UserNameTaken):
        await directory.sign_up(with_code("ann", b"code"), new_session("other"))

    assert await directory.invitations() == [made]


@pytest.mark.parametrize("ending", ["expires_at = 1", "uses_left = 0", "code_hash = :other"])
async def test_an_invitation_that_is_over_lets_nobody_in(
    directory: FullDirectory, database: Database, ending: str
) -> None:
    await directory.add_invitation("inv01", b"code", made_by=None, lasts_ms=HOUR_MS, uses=5)
    values = {"other": b"other"} if "other" in ending else {}
    await change(database, f"UPDATE invitations SET {ending}", **values)

    with pytest.raises(InvalidInvitation):
        await directory.sign_up(with_code("ann", b"code"), new_session("ann"))


async def test_an_invitation_can_be_revoked_once(directory: FullDirectory) -> None:
    await sign_up(directory, "ann")
    made = await directory.add_invitation(
        "inv01", b"code", made_by="idann", lasts_ms=HOUR_MS, uses=3
    )
    assert (made.made_by, made.expires_at - made.made_at, made.uses_left) == ("idann", HOUR_MS, 3)

    assert await directory.revoke_invitation("inv01")
    assert not await directory.revoke_invitation("inv01")


async def test_the_last_use_of_an_invitation_is_used_once_by_many_at_once(
    directory: FullDirectory,
) -> None:
    await directory.add_invitation("inv01", b"code", made_by=None, lasts_ms=0, uses=1)
    people = [f"person{letter}" for letter in "abcdef"]

    outcomes = await asyncio.gather(
        *(directory.sign_up(with_code(name, b"code"), new_session(name)) for name in people),
        return_exceptions=True,
    )

    assert sum(isinstance(outcome, Person) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, InvalidInvitation) for outcome in outcomes) == 5


# --- the first administrator ---------------------------------------------------------------


async def test_the_administrators_code_is_kept_once_across_all_who_offer_one(
    directory: FullDirectory,
) -> None:
    offers = [bytes([number]) * 32 for number in range(6)]

    kept = await asyncio.gather(*map(directory.offer_administrator_code, offers))

    assert kept.count(True) == 1
    code = offers[kept.index(True)]
    ann = await directory.sign_up(with_code("ann", code), new_session("ann"))
    assert ann.is_admin
    signed = await directory.session(token_hash("ann"))
    assert signed is not None
    assert signed.person.is_admin


async def test_the_administrators_code_makes_one_administrator_who_owns_the_lobby(
    directory: FullDirectory,
) -> None:
    await directory.offer_administrator_code(b"code")
    await directory.sign_up(with_code("ann", b"code"), new_session("ann"))

    with pytest.raises(InvalidInvitation):
        await directory.sign_up(with_code("bob", b"code"), new_session("bob"))

    membership = await directory.membership("idann", LOBBY)
    assert membership is not None
    assert membership.role == "owner"
    assert not await directory.offer_administrator_code(b"another")


async def test_no_code_is_kept_where_there_is_an_administrator(directory: FullDirectory) -> None:
    await sign_up(directory, "ann")
    await directory.set_admin("idann", True, cmid(1))

    assert not await directory.offer_administrator_code(b"code")
