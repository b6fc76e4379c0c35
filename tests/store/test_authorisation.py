"""Every change of a room, tried by everybody: what the table forbids has no effect."""

from collections.abc import Awaitable, Callable
from typing import Any, get_args

import pytest

from parley.domain.permissions import Action, may
from parley.protocol.commands import Role, RoomKind
from parley.protocol.refusals import NotAllowed, NotAMember, Refusal, UnknownRoom
from parley.store.api import FullDirectory
from parley.store.database import Database
from parley.store.records import NewInvite, Preferences, RoomEdit
from tests.store.samples import sign_up
from tests.store.scenes import ROOM, everything, make_room, new_cmid

Attempt = Callable[[FullDirectory, str], Awaitable[Any]]

# `idkim` is a member in every room, `idlea` in none.
ATTEMPTS: dict[Action, Attempt] = {
    Action.VIEW: lambda d, who: d.room_detail(who, ROOM),
    Action.JOIN: lambda d, who: d.join(who, ROOM, new_cmid()),
    Action.LEAVE: lambda d, who: d.leave(who, ROOM, new_cmid()),
    Action.LIST_MEMBERS: lambda d, who: d.members(who, ROOM, after="", limit=9),
    Action.SET_PREFERENCES: lambda d, who: d.set_preferences(who, ROOM, Preferences(pinned=True)),
    Action.ADD_MEMBERS: lambda d, who: d.add_members(who, ROOM, ["idlea"], new_cmid()),
    Action.REMOVE_MEMBER: lambda d, who: d.remove_member(who, ROOM, "idkim", new_cmid()),
    Action.BAN: lambda d, who: d.ban(who, ROOM, "idlea", new_cmid()),
    Action.INVITE: lambda d, who: d.create_invite(who, NewInvite(new_cmid(), ROOM, 0, None)),
    Action.EDIT: lambda d, who: d.edit_room(who, ROOM, RoomEdit(topic="Roses"), new_cmid),
    Action.SET_READ_ONLY: lambda d, who: d.edit_room(who, ROOM, RoomEdit(read_only=True), new_cmid),
    Action.SET_ROLE: lambda d, who: d.set_role(who, ROOM, "idkim", "admin", new_cmid()),
    Action.TRANSFER: lambda d, who: d.transfer_ownership(who, ROOM, "idkim", new_cmid),
    Action.CLOSE: lambda d, who: d.close_room(who, ROOM, new_cmid()),
}
ROLES: dict[str, Role | None] = {
    "idowner": "owner",
    "idadmin": "admin",
    "idmember": "member",
    "idstranger": None,
}
TABLES = ("rooms", "members", "bans", "room_invites", "room_preferences", "notices", "accounts")


async def make_scene(directory: FullDirectory, kind: RoomKind) -> None:
    if kind == "direct":
        await make_room(directory, kind, member="member", kim="member")
        await sign_up(directory, "stranger", "lea")
        return
    # A second owner, so that leaving is a matter of the table alone.
    await make_room(
        directory, kind, owner="owner", second="owner", admin="admin", member="member", kim="member"
    )
    await sign_up(directory, "stranger", "lea")


def test_every_action_is_tried_but_those_that_a_gateway_decides() -> None:
    by_a_gateway = {
        Action.READ,
        Action.SEND,
        Action.MENTION_ALL,
        Action.REACT,
        Action.PIN,
        Action.DELETE_OTHERS,
    }
    assert set(Action) - set(ATTEMPTS) == by_a_gateway


@pytest.mark.parametrize("kind", get_args(RoomKind))
@pytest.mark.parametrize("action", ATTEMPTS, ids=lambda action: action.name.lower())
async def test_the_store_does_what_the_table_allows_and_refuses_the_rest(
    directory: FullDirectory, database: Database, action: Action, kind: RoomKind
) -> None:
    await make_scene(directory, kind)
    # The refused come first: what they leave behind would show.
    tries = sorted(ROLES, key=lambda who: may(action, ROLES[who], kind))

    for who in tries:
        role = ROLES[who]
        if kind == "direct" and role in ("owner", "admin"):
            continue  # nobody is
        if may(action, role, kind):
            await ATTEMPTS[action](directory, who)
            return
        before = await everything(database, *TABLES)
        with pytest.raises(Refusal) as refused:
            await ATTEMPTS[action](directory, who)
        assert isinstance(refused.value, NotAllowed | NotAMember | UnknownRoom)
        assert await everything(database, *TABLES) == before
