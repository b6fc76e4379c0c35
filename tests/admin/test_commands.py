"""What an operator does with `parley admin` to a server that runs."""

from __future__ import annotations

import pytest

from gateway.service import Gateway
from parley.protocol.commands import AddMembers, CreateRoom, OpenDirect, Room, SetRole
from parley.protocol.content import Notice
from parley.protocol.events import Event, RoomLost
from tests.admin.conftest import Operator
from tests.gateway.parts import client, identity
from tests.recovery.ground import Ground

PASSWORD = "correct horse battery"
BOB = identity("bob").person.id


async def test_accounts_are_listed_by_name(operator: Operator) -> None:
    outcome = await operator("users", "list")

    assert [line.split()[0] for line in outcome.out.splitlines()] == ["user", "ann", "bob"]


async def test_accounts_are_found_by_part_of_a_name(operator: Operator) -> None:
    (found,) = await operator.rows("users", "list", "BO")

    assert found["person"]["user_name"] == "bob"


async def test_many_accounts_are_listed_to_the_last(operator: Operator, ground: Ground) -> None:
    await ground.sign_up(*(f"person{number:03}" for number in range(210)))

    assert len(await operator.rows("users", "list")) == 212


async def test_an_account_is_made(operator: Operator, ground: Ground) -> None:
    (made,) = await operator.rows(
        "users", "create", "Cy", "--display-name", "Cy the Cat", PARLEY_PASSWORD=PASSWORD
    )

    assert (made["person"]["user_name"], made["person"]["display_name"]) == ("cy", "Cy the Cat")
    credentials = await ground.directory.credentials("cy")
    assert credentials is not None
    assert credentials.password_hash == f"hash of {PASSWORD}"


async def test_an_administrator_is_made_and_unmade(operator: Operator, gateway: Gateway) -> None:
    await (await client(gateway, "ann")).resume()  # begins the log, which says so on stdout
    for arguments, is_admin in ((["bob"], True), (["bob", "--undo"], False)):
        (row,) = await operator.rows("users", "make-admin", *arguments)
        assert row["person"].get("is_admin", False) is is_admin


async def test_the_lobby_is_told_of_a_new_administrator(
    operator: Operator, gateway: Gateway
) -> None:
    ann = await client(gateway, "ann")
    await ann.resume()

    await operator("users", "make-admin", "bob")

    [event] = await ann.hears(Event)
    assert event.content == Notice("made_owner", BOB)


async def test_a_second_factor_that_was_lost_is_removed(operator: Operator, ground: Ground) -> None:
    await ground.directory.start_totp(BOB, b"secret")
    await ground.directory.confirm_totp(BOB, b"secret", 1, [b"recovery"])

    assert (await operator("users", "remove-second-factor", "bob", "--yes")).code == 0

    credentials = await ground.directory.credentials("bob")
    assert credentials is not None
    assert credentials.totp_secret is None
    again = await operator("users", "remove-second-factor", "bob", "--yes")
    assert (again.code, "has no second factor" in again.err) == (1, True)


async def test_who_is_disabled_is_shut_out_until_let_in_again(
    operator: Operator, gateway: Gateway, ground: Ground
) -> None:
    bob = await client(gateway, "bob")

    assert (await operator("users", "disable", "bob", "--yes")).code == 0
    await gateway._watch.look()

    assert bob.peer.closed is not None
    assert bob.peer.closed[0] == 4004
    assert await ground.directory.credentials("bob") is None
    assert (await operator("users", "enable", "bob")).code == 0
    assert await ground.directory.credentials("bob") is not None


async def test_another_password_signs_every_device_out(
    operator: Operator, gateway: Gateway, ground: Ground
) -> None:
    bob = await client(gateway, "bob")

    arguments = ("users", "reset-password", "bob", "--yes")
    outcome = await operator(*arguments, PARLEY_PASSWORD="another password")
    await gateway._watch.look()

    assert outcome.out == "The password is changed; devices signed out: 1\n"
    assert bob.peer.closed is not None
    credentials = await ground.directory.credentials("bob")
    assert credentials is not None
    assert credentials.password_hash == "hash of another password"


async def test_a_closed_room_is_lost_by_its_members(operator: Operator, gateway: Gateway) -> None:
    bob = await client(gateway, "bob")
    tea: Room = await bob.ask(CreateRoom(ref=0, name="Tea"))
    await bob.resume(tea.id, generation=1)

    (closed,) = await operator.rows("rooms", "close", tea.id, "--yes")
    await gateway._watch.look()

    assert closed["closed_at"] is not None
    assert bob.heard(RoomLost) == [RoomLost(tea.id)]
    assert [room["name"] for room in await operator.rows("rooms", "list", "tea")] == ["Tea"]


async def test_what_is_said_between_two_is_not_shown(operator: Operator, gateway: Gateway) -> None:
    ann = await client(gateway, "ann")
    direct: Room = await ann.ask(OpenDirect(ref=0, person=BOB))
    await ann.resume(direct.id)
    await ann.send(1, "a secret", room=direct.id)
    await ann.hears(Event)

    outcome = await operator("rooms", "show", direct.id)

    assert direct.id in outcome.out
    assert "a secret" not in outcome.out


async def test_devices_are_listed_and_signed_out_one_by_one(
    operator: Operator, gateway: Gateway
) -> None:
    bob = await client(gateway, "bob")
    (session,) = await operator.rows("sessions", "list", "bob")
    assert session["device"] == "laptop"

    assert (await operator("sessions", "revoke", "bob", session["id"])).code == 0
    await gateway._watch.look()

    assert bob.peer.closed is not None
    assert await operator.rows("sessions", "list", "bob") == []


async def test_all_devices_are_signed_out_at_once(operator: Operator) -> None:
    outcome = await operator("sessions", "revoke", "bob", "--yes")

    assert outcome.out == "Devices signed out: 1\n"


async def test_an_invitation_is_made_listed_and_made_void(operator: Operator) -> None:
    made = await operator("invites", "create", "--uses", "3")
    assert "--sign-up --code " in made.out
    (invitation,) = await operator.rows("invites", "list")
    assert invitation["uses_left"] == 3

    assert (await operator("invites", "revoke", invitation["id"])).code == 0
    assert await operator.rows("invites", "list") == []


async def test_what_was_done_is_recorded(operator: Operator, ground: Ground) -> None:
    await operator("users", "disable", "bob", "--yes")

    (recorded,) = await ground.directory.audit(limit=10, subject=BOB)
    assert (recorded.event, recorded.actor) == ("account_disabled", None)


async def test_what_has_happened_is_listed_by_user_name_the_latest_first(
    operator: Operator, gateway: Gateway
) -> None:
    ann = await client(gateway, "ann")
    tea: Room = await ann.ask(CreateRoom(ref=0, name="Tea"))
    await ann.ask(AddMembers(ref=0, room=tea.id, people=[BOB]))
    await ann.ask(SetRole(ref=0, room=tea.id, person=BOB, role="admin"))
    await operator("users", "disable", "bob", "--yes")

    disabled, made = await operator.rows("audit", "bob")

    assert (disabled["event"], disabled["actor"], disabled["subject"]) == (
        "account_disabled",
        "",
        "bob",
    )
    assert (made["event"], made["actor"], made["subject"]) == ("role_changed", "ann", "bob")
    assert made["detail"] == f"room={tea.id} role=admin"
    assert "role_changed" in (await operator("audit")).out


async def test_many_events_are_listed_as_far_as_is_asked_for(
    operator: Operator, ground: Ground
) -> None:
    for number in range(210):
        await ground.directory.record(f"event{number}")

    listed = await operator.rows("audit", "--limit", "205")

    assert [row["event"] for row in listed] == [f"event{n}" for n in range(209, 4, -1)]


@pytest.mark.parametrize(
    ("arguments", "code", "reason"),
    [
        (("users", "enable", "nobody"), 1, "there is nobody with the user name 'nobody'"),
        (("users", "enable", "no body"), 1, "cannot be a user name"),
        (("rooms", "show", "nowhere"), 1, "there is no room with the id 'nowhere'"),
        (("rooms", "close", "lobby", "--yes"), 1, "cannot be left"),
        (("sessions", "revoke", "bob", "nothing"), 1, "no session 'nothing'"),
        (("invites", "revoke", "nothing"), 1, "there is no valid invitation"),
        (("users", "disable", "bob"), 2, "--yes"),
        (("users", "reset-password", "bob"), 2, "--yes"),
        (("users", "remove-second-factor", "bob"), 2, "--yes"),
        (("rooms", "close", "lobby"), 2, "--yes"),
        (("sessions", "revoke", "bob"), 2, "--yes"),
        (("users", "create", "cy"), 2, "PARLEY_PASSWORD"),
    ],
)
async def test_what_is_not_done_is_said(
    operator: Operator, arguments: tuple[str, ...], code: int, reason: str
) -> None:
    outcome = await operator(*arguments)

    assert (outcome.code, outcome.out) == (code, "")
    assert outcome.err.startswith("parley: ")
    assert reason in outcome.err


async def test_a_weak_password_is_refused(operator: Operator) -> None:
    outcome = await operator("users", "create", "cy", PARLEY_PASSWORD="short")

    assert (outcome.code, "shorter than 8" in outcome.err) == (1, True)
