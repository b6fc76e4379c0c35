"""Whatever people do to rooms and to one another, some things stay true."""

from collections.abc import Awaitable, Callable
from random import Random
from typing import Any

import pytest

from parley.domain.permissions import Action, may
from parley.protocol.refusals import Refusal
from parley.store.api import FullDirectory
from parley.store.database import Database
from parley.store.directory import SqlDirectory
from parley.store.records import DirectoryLimits, Membership, NewInvite, NewRoom, RoomEdit
from tests.store.samples import rows, sign_up
from tests.store.scenes import new_cmid

PEOPLE = ["ann", "bob", "eve", "kim"]
ROOMS = ["room1", "room2"]
STEPS = 120
BOUND = 3

Change = Callable[[FullDirectory, str, str, str], Awaitable[Any]]
CHANGES: list[Change] = [
    lambda d, who, room, other: d.create_room(NewRoom(room, "group", room, who), new_cmid()),
    lambda d, who, room, other: d.create_room(NewRoom(room, "channel", room, who), new_cmid()),
    lambda d, who, room, other: d.join(who, room, new_cmid()),
    lambda d, who, room, other: d.leave(who, room, new_cmid()),
    lambda d, who, room, other: d.add_members(who, room, [other], new_cmid()),
    lambda d, who, room, other: d.remove_member(who, room, other, new_cmid()),
    lambda d, who, room, other: d.remove_member(None, room, other, new_cmid()),
    lambda d, who, room, other: d.ban(who, room, other, new_cmid()),
    lambda d, who, room, other: d.unban(who, room, other, new_cmid()),
    lambda d, who, room, other: d.set_role(who, room, other, "owner", new_cmid()),
    lambda d, who, room, other: d.set_role(who, room, other, "admin", new_cmid()),
    lambda d, who, room, other: d.set_role(who, room, other, "member", new_cmid()),
    lambda d, who, room, other: d.transfer_ownership(who, room, other, new_cmid),
    lambda d, who, room, other: d.open_direct(f"direct{who[2]}{other[2]}", who, other),
    lambda d, who, room, other: d.create_invite(who, NewInvite(new_cmid(), room, 0, 1)),
    lambda d, who, room, other: d.block(who, other),
    lambda d, who, room, other: d.unblock(who, other),
    lambda d, who, room, other: d.edit_room(who, room, RoomEdit(read_only=True), new_cmid),
    lambda d, who, room, other: d.edit_room(who, room, RoomEdit(read_only=False), new_cmid),
]
# What must never be found, whatever has happened.
NEVER = {
    "a count that is not that of the members": """
        SELECT id FROM rooms WHERE member_count <> (
            SELECT count(*) FROM members WHERE room_id = rooms.id AND left_at IS NULL)""",
    "a room with people and no owner": """
        SELECT id FROM rooms WHERE kind <> 'direct' AND id <> 'lobby' AND member_count > 0
        AND closed_at IS NULL AND NOT EXISTS (SELECT * FROM members
            WHERE room_id = rooms.id AND left_at IS NULL AND role = 'owner')""",
    "a room with too many people": f"""
        SELECT id FROM rooms WHERE id <> 'lobby' AND member_count > {BOUND}""",
    "somebody who is banned and in the room": """
        SELECT bans.room_id FROM bans JOIN members ON members.room_id = bans.room_id
        AND members.account_id = bans.account_id WHERE members.left_at IS NULL""",
    "an open group with nobody in it": """
        SELECT id FROM rooms WHERE kind = 'group' AND member_count = 0 AND closed_at IS NULL""",
    "two direct rooms of the same people": """
        SELECT low_id FROM direct_rooms GROUP BY low_id, high_id HAVING count(*) > 1""",
    "somebody who is gone and in a room": """
        SELECT account_id FROM members JOIN accounts ON accounts.id = account_id
        JOIN rooms ON rooms.id = room_id
        WHERE deleted_at IS NOT NULL AND left_at IS NULL AND closed_at IS NULL""",
}


@pytest.mark.parametrize("seed", range(3))
async def test_what_must_never_be_is_not_after_any_changes(database: Database, seed: int) -> None:
    directory = SqlDirectory(database, DirectoryLimits(BOUND, BOUND))
    await directory.ensure_lobby()
    people = await sign_up(directory, *PEOPLE)
    dice, done = Random(seed), []
    for _ in range(STEPS):
        number = dice.randrange(len(CHANGES))
        step = (dice.choice(people), dice.choice(ROOMS), dice.choice(people))
        try:
            await CHANGES[number](directory, *step)
            done.append((number, *step))
        except Refusal:
            continue
        for what, query in NEVER.items():
            assert await rows(database, query) == [], (what, done)
    await directory.delete_account(people[0], new_cmid)

    for what, query in NEVER.items():
        assert await rows(database, query) == [], (what, done)
    assert len(done) > STEPS // 5


@pytest.mark.parametrize("seed", range(2))
async def test_the_authority_rises_with_every_right_that_is_lost(
    database: Database, seed: int
) -> None:
    """Who may append before a change and not after it cannot do so under the old number."""
    directory = SqlDirectory(database)
    await directory.ensure_lobby()
    people = await sign_up(directory, *PEOPLE)
    dice, lost = Random(seed), 0
    ranks = {"member": 1, "admin": 2, "owner": 3}
    for _ in range(STEPS):
        before = {
            (who, held.room_id): held for who in people for held in await directory.memberships(who)
        }
        try:
            step = (dice.choice(people), dice.choice(ROOMS), dice.choice(people))
            await dice.choice(CHANGES)(directory, *step)
        except Refusal:
            continue
        now = dict(await rows(database, "SELECT id, authority FROM rooms"))
        for (who, room), held in before.items():
            after = await directory.membership(who, room)
            is_lower = after is not None and ranks[after.role] < ranks[held.role]
            if is_lower or (speaks(held) and not speaks(after)) or after is None:
                assert now[room] > held.authority, (who, room)
                lost += 1
    assert lost > 0


def speaks(held: Membership | None) -> bool:
    """Whether somebody may say something in a room."""
    if held is None or held.is_mute:
        return False
    return may(Action.SEND, held.role, held.kind, read_only=held.read_only)


@pytest.mark.parametrize("seed", range(2))
async def test_who_may_speak_again_does_so_under_a_higher_number(
    database: Database, seed: int
) -> None:
    """A `send` from before names a lower one, or none (0): it is not taken any more."""
    directory = SqlDirectory(database)
    await directory.ensure_lobby()
    people = await sign_up(directory, *PEOPLE)
    dice, told, silent, gained = Random(seed), dict[Any, int](), set[Any](), 0
    rooms = [*ROOMS, *(f"direct{who[2]}{other[2]}" for who in people for other in people)]
    for _ in range(STEPS):
        step = (dice.choice(people), dice.choice(ROOMS), dice.choice(people))
        try:
            await dice.choice(CHANGES)(directory, *step)
        except Refusal:
            continue
        for place in ((who, room) for who in people for room in rooms):
            held = await directory.membership(*place)
            if held is None or not speaks(held):
                silent.add(place)
            elif place in silent:
                assert held.rights > told.get(place, 0), place
                silent.discard(place)
                gained += 1
            if held is not None:
                told[place] = held.rights
    assert gained > len(people)
