"""Rooms, members, and the notices of their changes."""

import asyncio
from dataclasses import replace

import pytest

from parley.protocol.commands import Room
from parley.protocol.content import Notice
from parley.protocol.entry import decode_content
from parley.protocol.ids import LOBBY
from parley.protocol.refusals import (
    CannotLeave,
    NotAMember,
    NotUnderstood,
    RoomNameTaken,
    UnknownRoom,
)
from parley.store.api import Directory, Logs
from parley.store.database import Database
from parley.store.records import Membership
from tests.store.samples import HOUR_MS, change, cmid, rows, said, sign_up, write

SHIFT = Room("room1", "channel", "Night shift", "owner")


async def make_channel(directory: Directory, owner: str = "ann") -> None:
    [owner_id] = await sign_up(directory, owner)
    await directory.create_channel("room1", "Night shift", owner_id, cmid(1))


async def version_of(database: Database, name: str) -> int:
    [(version,)] = await rows(
        database, "SELECT directory_version FROM accounts WHERE user_name = :name", name=name
    )
    return int(version)


# --- the lobby -----------------------------------------------------------------------------


async def test_the_lobby_is_made_once_however_many_make_it(directory: Directory) -> None:
    await asyncio.gather(*(directory.ensure_lobby() for _ in range(8)))

    public = await directory.public_rooms("nobody", after="", limit=10)

    assert public.rooms == [Room(LOBBY, "channel", "Lobby", None)]


async def test_the_lobby_cannot_be_left(directory: Directory) -> None:
    [ann] = await sign_up(directory, "ann")

    with pytest.raises(CannotLeave):
        await directory.leave(ann, LOBBY, cmid(1))


async def test_who_is_in_the_lobby_joins_it_without_a_notice(directory: Directory) -> None:
    [ann] = await sign_up(directory, "ann")

    joined = await directory.join(ann, LOBBY, cmid(1))

    assert joined.room == Room(LOBBY, "channel", "Lobby", "member")
    assert joined.notice is None


# --- making --------------------------------------------------------------------------------


async def test_who_makes_a_channel_owns_it_and_the_room_is_to_see_so(directory: Directory) -> None:
    [ann] = await sign_up(directory, "ann")

    made = await directory.create_channel("room1", "Night shift", ann, cmid(1))

    assert made.room == SHIFT
    assert await directory.membership(ann, "room1") == Membership(
        "room1", "owner", authority=1, rights=1
    )
    assert made.notice is not None
    assert decode_content(made.notice.content) == Notice("created", ann)
    assert (made.notice.id, made.notice.room_id, made.notice.author_id) == (cmid(1), "room1", ann)
    assert (made.notice.authority, made.notice.raises) == (1, False)


@pytest.mark.parametrize("name", ["Night shift", "NIGHT SHIFT", "Ｎｉｇｈｔ shift"])
async def test_two_channels_cannot_have_names_that_read_the_same(
    directory: Directory, database: Database, name: str
) -> None:
    await make_channel(directory)

    with pytest.raises(RoomNameTaken) as refused:
        await directory.create_channel("room2", name, "idann", cmid(2))

    assert refused.value.values == (name,)
    assert await rows(database, "SELECT id FROM notices") == await rows(
        database, "SELECT id FROM notices WHERE room_id = 'room1'"
    )


# --- joining and leaving -------------------------------------------------------------------


async def test_who_joins_is_a_member_and_the_room_is_to_see_so(directory: Directory) -> None:
    await make_channel(directory)
    [bob] = await sign_up(directory, "bob")

    joined = await directory.join(bob, "room1", cmid(2))

    assert joined.room == Room("room1", "channel", "Night shift", "member")
    assert joined.notice is not None
    assert decode_content(joined.notice.content) == Notice("joined", bob)
    assert (joined.notice.authority, joined.notice.raises) == (1, False)


async def test_who_is_in_joins_again_without_a_trace(
    directory: Directory, database: Database
) -> None:
    await make_channel(directory)
    version = await version_of(database, "ann")

    again = await directory.join("idann", "room1", cmid(2))

    assert (again.room, again.notice) == (SHIFT, None)
    assert await version_of(database, "ann") == version


async def test_many_joins_at_once_are_one(directory: Directory) -> None:
    await make_channel(directory)
    [bob] = await sign_up(directory, "bob")

    joins = await asyncio.gather(
        *(directory.join(bob, "room1", cmid(number)) for number in range(2, 10))
    )

    assert len([join for join in joins if join.notice is not None]) == 1


async def test_a_room_that_is_not_there_or_closed_or_not_open_to_all_cannot_be_joined(
    directory: Directory, database: Database
) -> None:
    await make_channel(directory)
    [bob] = await sign_up(directory, "bob")
    with pytest.raises(UnknownRoom):
        await directory.join(bob, "nowhere", cmid(2))
    for closing in ("kind = 'group'", "kind = 'channel', closed_at = 1"):
        await change(database, f"UPDATE rooms SET {closing} WHERE id = 'room1'")
        with pytest.raises(UnknownRoom):
            await directory.join(bob, "room1", cmid(2))


async def test_leaving_raises_the_authority_by_the_notice_that_tells_of_it(
    directory: Directory,
) -> None:
    await make_channel(directory)
    [bob] = await sign_up(directory, "bob")
    await directory.join(bob, "room1", cmid(2))

    left = await directory.leave(bob, "room1", cmid(3))

    assert left.room == Room("room1", "channel", "Night shift", None)
    assert left.notice is not None
    assert decode_content(left.notice.content) == Notice("left", bob)
    assert (left.notice.authority, left.notice.raises) == (2, True)
    assert await directory.membership(bob, "room1") is None
    assert await directory.membership("idann", "room1") == Membership("room1", "owner", 2, rights=1)


async def test_only_a_member_can_leave(directory: Directory, database: Database) -> None:
    await make_channel(directory)
    await directory.leave("idann", "room1", cmid(2))
    [bob] = await sign_up(directory, "bob")

    for who, room in ((bob, "room1"), ("idann", "room1"), (bob, "nowhere")):
        with pytest.raises(NotAMember):
            await directory.leave(who, room, cmid(3))

    assert await rows(database, "SELECT authority FROM rooms WHERE id = 'room1'") == [(2,)]


async def test_a_closed_room_has_no_members_to_leave_it(
    directory: Directory, database: Database
) -> None:
    await make_channel(directory)
    await change(database, "UPDATE rooms SET closed_at = 1 WHERE id = 'room1'")

    assert await directory.membership("idann", "room1") is None
    with pytest.raises(NotAMember):
        await directory.leave("idann", "room1", cmid(2))


async def test_who_returns_starts_as_a_member_where_the_log_now_is(
    directory: Directory, logs: Logs, database: Database
) -> None:
    await make_channel(directory)
    [bob] = await sign_up(directory, "bob")
    await directory.join(bob, "room1", cmid(2))
    await directory.leave(bob, "room1", cmid(3))
    await write(logs, said(1), said(2))

    back = await directory.join(bob, "room1", cmid(4))

    assert back.room.role == "member"
    assert await rows(
        database,
        "SELECT joined_seq, joined_n, left_at FROM members"
        " WHERE room_id = 'room1' AND account_id = :bob",
        bob=bob,
    ) == [(2, 2, None)]


async def test_who_enters_an_empty_channel_owns_it(directory: Directory) -> None:
    await make_channel(directory)
    await directory.leave("idann", "room1", cmid(2))
    [bob] = await sign_up(directory, "bob")

    assert (await directory.join(bob, "room1", cmid(3))).room.role == "owner"


async def test_every_change_of_membership_moves_the_directory_version_on(
    directory: Directory, database: Database
) -> None:
    [ann] = await sign_up(directory, "ann")
    versions = [await version_of(database, "ann")]
    await directory.create_channel("room1", "Night shift", ann, cmid(1))
    versions.append(await version_of(database, "ann"))
    await directory.leave(ann, "room1", cmid(2))
    versions.append(await version_of(database, "ann"))
    await directory.join(ann, "room1", cmid(3))
    versions.append(await version_of(database, "ann"))

    assert versions == [0, 1, 2, 3]


# --- seeing --------------------------------------------------------------------------------


async def test_a_channel_is_seen_by_all_and_other_rooms_only_from_within(
    directory: Directory, database: Database
) -> None:
    await make_channel(directory)
    [bob] = await sign_up(directory, "bob")
    assert await directory.room(bob, "room1") == Room("room1", "channel", "Night shift", None)

    await change(database, "UPDATE rooms SET kind = 'group' WHERE id = 'room1'")

    assert await directory.room(bob, "room1") is None
    assert await directory.room("idann", "room1") == Room("room1", "group", "Night shift", "owner")


async def test_a_closed_room_is_seen_by_nobody(directory: Directory, database: Database) -> None:
    await make_channel(directory)
    await change(database, "UPDATE rooms SET closed_at = 1 WHERE id = 'room1'")

    assert await directory.room("idann", "room1") is None
    assert [room.id for room in (await directory.rooms_of("idann", after="", limit=9)).rooms] == [
        LOBBY
    ]


async def test_pages_of_rooms_are_in_the_order_of_names_without_gap_or_repeat(
    directory: Directory,
) -> None:
    ann, bob = await sign_up(directory, "ann", "bob")
    for number, name in enumerate(["zebra", "Élan", "apple", "Banana", "cherry"]):
        await directory.create_channel(f"room{number}", name, ann, cmid(number))

    for listing, asker, role in (
        (directory.rooms_of, ann, "owner"),
        (directory.public_rooms, bob, None),
    ):
        pages, after = [], ""
        while True:
            page = await listing(asker, after=after, limit=2)
            pages.append([(room.name, room.role) for room in page.rooms])
            if page.next is None:
                break
            after = page.next

        assert pages == [
            [("apple", role), ("Banana", role)],
            [("cherry", role), ("Lobby", "member")],
            [("zebra", role), ("Élan", role)],
        ]


async def test_ones_own_rooms_are_only_those_one_is_in(directory: Directory) -> None:
    await make_channel(directory)
    [bob] = await sign_up(directory, "bob")

    own = await directory.rooms_of(bob, after="", limit=10)

    assert [room.id for room in own.rooms] == [LOBBY]


async def test_a_room_that_is_no_channel_is_listed_for_its_members_alone(
    directory: Directory, database: Database
) -> None:
    await make_channel(directory)
    await change(database, "UPDATE rooms SET kind = 'group' WHERE id = 'room1'")

    public = await directory.public_rooms("idann", after="", limit=10)
    own = await directory.rooms_of("idann", after="", limit=10)

    assert [room.id for room in public.rooms] == [LOBBY]
    assert [room.id for room in own.rooms] == [LOBBY, "room1"]


@pytest.mark.parametrize("after", ["x", "\x00", "room1'--", "é" * 20])
async def test_a_cursor_that_is_none_is_refused(directory: Directory, after: str) -> None:
    with pytest.raises(NotUnderstood):
        await directory.public_rooms("idann", after=after, limit=10)


# --- the outbox of notices -----------------------------------------------------------------


async def test_notices_are_due_once_they_have_waited_and_the_oldest_come_first(
    directory: Directory, database: Database
) -> None:
    await make_channel(directory)
    left = await directory.leave("idann", "room1", cmid(2))
    joined = await directory.join("idann", "room1", cmid(3))
    for what, hours in (("left", 2), ("joined", 3)):
        await change(
            database,
            f"UPDATE notices SET created_at = created_at - :ago WHERE content LIKE '%{what}%'",
            ago=hours * HOUR_MS,
        )

    due = await directory.due_notices(older_than_ms=HOUR_MS, limit=10)

    assert left.notice is not None
    assert joined.notice is not None
    assert [replace(notice, created_at=0) for notice in due] == [
        replace(joined.notice, created_at=0),
        replace(left.notice, created_at=0),
    ]
    assert await directory.due_notices(older_than_ms=HOUR_MS, limit=1) == due[:1]


async def test_a_notice_by_a_clock_that_was_ahead_is_due(
    directory: Directory, database: Database
) -> None:
    await make_channel(directory)
    await database_is_put_back(database, HOUR_MS)

    due = await directory.due_notices(older_than_ms=HOUR_MS, limit=10)

    assert [notice.room_id for notice in due] == ["room1"]


async def database_is_put_back(database: Database, step: int) -> None:
    """Let the notices' times be ahead of the database's clock."""
    await change(database, "UPDATE notices SET created_at = created_at + :step", step=step)
