"""Changes that meet: what a unique key, a lock or a count keeps true, on real connections."""

import asyncio

from parley.protocol.refusals import (
    InvalidInvitation,
    LastOwner,
    Refusal,
    RoomFull,
    UnknownPerson,
)
from parley.store.api import FullDirectory
from parley.store.database import Database
from parley.store.directory import SqlDirectory
from parley.store.records import Changed, DirectoryLimits, NewInvite
from tests.store.samples import rows, sign_up
from tests.store.scenes import ROOM, make_room, new_cmid, roles_in

ANN, BOB = "idann", "idbob"
CROWD = [f"person{letter}" for letter in "abcdef"]


async def at_once(*changes: object) -> list[object]:
    """Return each change's outcome: its result, or the refusal that it met."""
    outcomes = await asyncio.gather(*changes, return_exceptions=True)  # type: ignore[call-overload]
    for outcome in outcomes:
        assert isinstance(outcome, Refusal) or not isinstance(outcome, BaseException), outcome
    return list(outcomes)


async def test_two_people_who_open_their_room_at_once_open_one(
    directory: FullDirectory, database: Database
) -> None:
    await sign_up(directory, "ann", "bob")

    opened = await at_once(
        *(
            directory.open_direct(f"room{number}", *pair)
            for number, pair in enumerate([(ANN, BOB), (BOB, ANN)] * 4)
        )
    )

    assert len({change.room.id for change in opened if isinstance(change, Changed)}) == 1
    assert await rows(database, "SELECT count(*) FROM rooms WHERE kind = 'direct'") == [(1,)]
    assert await rows(database, "SELECT member_count FROM rooms WHERE kind = 'direct'") == [(2,)]


async def test_owners_who_leave_at_once_leave_one_behind(directory: FullDirectory) -> None:
    await make_room(directory, ann="owner", bob="owner", eve="member")

    outcomes = await at_once(*(directory.leave(who, ROOM, new_cmid()) for who in (ANN, BOB)))

    assert sum(isinstance(outcome, LastOwner) for outcome in outcomes) == 1
    assert list((await roles_in(directory, "ideve")).values()) == ["owner", "member"]


async def test_owners_who_step_down_at_once_leave_one_behind(directory: FullDirectory) -> None:
    await make_room(directory, ann="owner", bob="owner")

    await at_once(*(directory.set_role(who, ROOM, who, "member", new_cmid()) for who in (ANN, BOB)))

    assert list((await roles_in(directory, ANN)).values()) == ["owner", "member"]


async def test_a_full_room_is_full_for_all_who_come_at_once(
    directory: FullDirectory, database: Database
) -> None:
    small = SqlDirectory(database, DirectoryLimits(channel_members=3))
    await make_room(small, "channel", ann="owner")
    people = await sign_up(small, *CROWD)

    outcomes = await at_once(*(small.join(who, ROOM, new_cmid()) for who in people))

    assert sum(isinstance(outcome, RoomFull) for outcome in outcomes) == len(people) - 2
    assert (await small.room_detail(ANN, ROOM)).members == 3


async def test_the_last_use_of_an_invitation_lets_one_in_of_many_at_once(
    directory: FullDirectory,
) -> None:
    await make_room(directory, ann="owner")
    people = await sign_up(directory, *CROWD)
    await directory.create_invite(ANN, NewInvite("code", ROOM, 0, uses=1))

    outcomes = await at_once(*(directory.join_by_invite(who, "code", new_cmid()) for who in people))

    assert sum(isinstance(outcome, InvalidInvitation) for outcome in outcomes) == len(people) - 1
    assert len(await roles_in(directory, ANN)) == 2


async def test_people_who_add_one_another_at_once_do_not_wait_for_each_other(
    directory: FullDirectory,
) -> None:
    """A deadlock would be an outage, which is no refusal."""
    people = await sign_up(directory, *CROWD)
    for number, who in enumerate(people):
        await directory.create_channel(f"room{number}", f"Room {number}", who, new_cmid())

    outcomes = await at_once(
        *(
            directory.add_members(who, f"room{number}", people[::-1], new_cmid())
            for number, who in enumerate(people)
        )
    )

    assert all(isinstance(outcome, Changed) for outcome in outcomes)


async def test_who_is_deleted_while_being_added_is_in_no_room(directory: FullDirectory) -> None:
    await sign_up(directory, "ann", "bob")
    for number in range(4):
        await directory.create_channel(f"room{number}", f"Room {number}", ANN, new_cmid())

    outcomes = await at_once(
        *(directory.add_members(ANN, f"room{number}", [BOB], new_cmid()) for number in range(2)),
        directory.delete_account(BOB, new_cmid),
        *(directory.join(BOB, f"room{number}", new_cmid()) for number in range(2, 4)),
    )

    refused = [outcome for outcome in outcomes if isinstance(outcome, Refusal)]
    assert all(isinstance(refusal, UnknownPerson) for refusal in refused)
    assert await directory.memberships(BOB) == []


async def test_who_is_removed_and_leaves_at_once_goes_once(
    directory: FullDirectory, database: Database
) -> None:
    await make_room(directory, ann="owner", bob="member")

    await at_once(
        directory.remove_member(ANN, ROOM, BOB, new_cmid()),
        directory.leave(BOB, ROOM, new_cmid()),
    )

    assert await rows(database, f"SELECT member_count FROM rooms WHERE id = '{ROOM}'") == [(1,)]
    gone = await rows(
        database,
        "SELECT content FROM notices WHERE content LIKE '%left%' OR content LIKE '%removed%'",
    )
    assert len(gone) == 1


async def test_a_room_that_closes_lets_nobody_in(directory: FullDirectory) -> None:
    await make_room(directory, "channel", ann="owner")
    people = await sign_up(directory, *CROWD)

    await at_once(
        *(directory.join(who, ROOM, new_cmid()) for who in people[:3]),
        directory.close_room(ANN, ROOM, new_cmid()),
        *(directory.join(who, ROOM, new_cmid()) for who in people[3:]),
    )

    for who in people:
        assert await directory.membership(who, ROOM) is None
