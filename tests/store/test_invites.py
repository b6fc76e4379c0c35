"""Invitations to a room."""

from dataclasses import replace

import pytest

from parley.protocol.content import Notice
from parley.protocol.refusals import Banned, InvalidInvitation, NotAllowed, RoomFull, TooManyInvites
from parley.store.api import FullDirectory
from parley.store.database import Database
from parley.store.directory import SqlDirectory
from parley.store.invites import MOST_INVITES
from parley.store.records import DirectoryLimits, NewInvite
from tests.store.samples import HOUR_MS, change, sign_up
from tests.store.scenes import ROOM, make_room, new_cmid, roles_in, told

ANN, BOB, EVE = "idann", "idbob", "ideve"
CODE = "k7f3q0v9w2m5x8c1z4b6n7j2h0"
INVITE = NewInvite(CODE, ROOM, expires_in_ms=HOUR_MS, uses=None)


async def test_whoever_has_the_code_comes_in(directory: FullDirectory) -> None:
    await make_room(directory, ann="owner")
    await sign_up(directory, "bob")
    made = await directory.create_invite(ANN, INVITE)

    joined = await directory.join_by_invite(BOB, CODE, new_cmid())

    assert (made.room, made.made_by, made.uses_left) == (ROOM, ANN, None)
    assert made.expires_at - made.made_at == HOUR_MS
    assert (joined.room.id, joined.room.role) == (ROOM, "member")
    assert told(joined) == [Notice("joined", BOB)]


async def test_an_invitation_counts_its_uses_and_then_ends(directory: FullDirectory) -> None:
    await make_room(directory, ann="owner")
    await sign_up(directory, "bob", "eve")
    await directory.create_invite(ANN, replace(INVITE, uses=1))

    await directory.join_by_invite(BOB, CODE, new_cmid())

    with pytest.raises(InvalidInvitation):
        await directory.join_by_invite(EVE, CODE, new_cmid())
    assert await directory.invites(ANN, ROOM) == []


async def test_who_is_in_already_uses_nothing_up(directory: FullDirectory) -> None:
    await make_room(directory, ann="owner", bob="admin")
    made = await directory.create_invite(ANN, replace(INVITE, uses=1))

    again = await directory.join_by_invite(BOB, CODE, new_cmid())

    assert (told(again), again.room.role) == ([], "admin")
    assert await directory.invites(ANN, ROOM) == [made]


async def test_a_room_has_a_bounded_number_of_invitations_that_are_valid(
    directory: FullDirectory, database: Database
) -> None:
    await make_room(directory, ann="owner")
    for number in range(MOST_INVITES):
        await directory.create_invite(ANN, replace(INVITE, code=f"code{number}"))

    with pytest.raises(TooManyInvites, match="revoke one first"):
        await directory.create_invite(ANN, replace(INVITE, code="one more"))

    await change(database, "UPDATE room_invites SET expires_at = 1 WHERE code = 'code7'")
    await directory.create_invite(ANN, replace(INVITE, code="one more"))


async def test_an_invitation_of_no_use_lets_nobody_in(
    directory: FullDirectory, database: Database
) -> None:
    await make_room(directory, ann="owner")
    await sign_up(directory, "bob")
    for code, of_no_use in (
        ("expired", "UPDATE room_invites SET expires_at = 1 WHERE code = 'expired'"),
        ("revoked", "DELETE FROM room_invites WHERE code = 'revoked'"),
        ("unknown", "DELETE FROM room_invites WHERE code = 'unknown'"),
        ("closed", "UPDATE rooms SET closed_at = 1 WHERE id = 'room1'"),
    ):
        await directory.create_invite(ANN, replace(INVITE, code=code))
        await change(database, of_no_use)

        with pytest.raises(InvalidInvitation):
            await directory.join_by_invite(BOB, code, new_cmid())


async def test_an_invitation_opens_neither_a_ban_nor_a_full_room(
    directory: FullDirectory, database: Database
) -> None:
    small = SqlDirectory(database, DirectoryLimits(group_members=1))
    await make_room(small, ann="owner")
    await sign_up(small, "bob", "eve")
    made = await small.create_invite(ANN, replace(INVITE, uses=1))
    await small.ban(ANN, ROOM, EVE, new_cmid())

    with pytest.raises(RoomFull):
        await small.join_by_invite(BOB, CODE, new_cmid())
    with pytest.raises(Banned):
        await small.join_by_invite(EVE, CODE, new_cmid())

    assert await small.invites(ANN, ROOM) == [made]
    assert await roles_in(small, ANN) == {ANN: "owner"}


async def test_an_invitation_can_be_revoked_but_only_through_its_own_room(
    directory: FullDirectory,
) -> None:
    await make_room(directory, ann="owner")
    await directory.create_channel("room2", "Other", ANN, new_cmid())
    made = await directory.create_invite(ANN, INVITE)

    await directory.revoke_invite(ANN, "room2", CODE)
    assert await directory.invites(ANN, ROOM) == [made]

    await directory.revoke_invite(ANN, ROOM, CODE)
    await directory.revoke_invite(ANN, ROOM, CODE)
    assert await directory.invites(ANN, ROOM) == []


async def test_only_those_who_run_the_room_see_its_invitations(directory: FullDirectory) -> None:
    await make_room(directory, ann="owner", bob="member")

    for ask in (
        lambda: directory.invites(BOB, ROOM),
        lambda: directory.create_invite(BOB, INVITE),
        lambda: directory.revoke_invite(BOB, ROOM, CODE),
    ):
        with pytest.raises(NotAllowed):
            await ask()


async def test_what_never_expires_says_so_and_the_code_is_in_no_repr(
    directory: FullDirectory,
) -> None:
    await make_room(directory, ann="owner")

    made = await directory.create_invite(ANN, replace(INVITE, expires_in_ms=0))

    assert made.expires_at == 0
    assert CODE not in repr(INVITE)
