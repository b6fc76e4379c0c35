"""How far people have come in rooms, as the database keeps it."""

from __future__ import annotations

from typing import Any

import pytest

from parley.domain.receipts import Reach
from parley.protocol.refusals import NotUnderstood
from parley.store.api import FullDirectory, Logs
from parley.store.database import Database
from parley.store.mark_records import NewMark
from parley.store.records import NewRoom
from tests.store.samples import change, entry, rows, said, write
from tests.store.scenes import ROOM, make_room, new_cmid

ANN, BOB, CYD = "idann", "idbob", "idcyd"
PHONE, LAPTOP = "sesphone", "seslaptop"


def mark(
    delivered: int, read: int = 0, *, who: str = BOB, device: str = PHONE, **more: Any
) -> NewMark:
    return NewMark(
        shard=0,
        generation=more.get("generation", 0),
        room_id=more.get("room", ROOM),
        account_id=who,
        session_id=device,
        reach=Reach(delivered, read),
    )


@pytest.fixture
async def room(directory: FullDirectory, logs: Logs) -> str:
    """A room of ann, bob and cyd, in which ann has said three things."""
    await make_room(directory, ann="owner", bob="member", cyd="member")
    await write(logs, *(said(seq, author=ANN) for seq in (1, 2, 3)))
    return ROOM


async def read_by(directory: FullDirectory, account: str = BOB) -> int:
    (standing,) = await directory.room_standings(account, {ROOM: 0})
    return standing.tally.read


@pytest.mark.usefixtures("room")
async def test_the_greatest_mark_stays(directory: FullDirectory) -> None:
    for reach in ((3, 2), (2, 1)):
        await directory.write_marks([mark(*reach)])

    assert await read_by(directory) == 2


@pytest.mark.usefixtures("room")
async def test_a_mark_is_written_as_far_as_what_it_covers_is_stored(
    directory: FullDirectory, logs: Logs
) -> None:
    beyond = mark(5, 5)

    assert await directory.write_marks([beyond]) == []
    assert await read_by(directory) == 3

    await write(logs, *(said(seq, author=ANN) for seq in (4, 5)))
    assert await directory.write_marks([beyond]) == [beyond]
    assert await read_by(directory) == 5


@pytest.mark.usefixtures("room")
async def test_a_mark_of_a_generation_that_is_over_is_passed_over(
    directory: FullDirectory, logs: Logs
) -> None:
    lost = mark(3, 3)
    async with logs.hold(0) as held:
        await held.begin_generation("another server")

    assert await directory.write_marks([lost]) == [lost]
    assert await read_by(directory) == 0


@pytest.mark.usefixtures("room")
async def test_only_who_is_in_a_room_stands_in_it(directory: FullDirectory) -> None:
    assert await directory.room_standings("idnobody", {ROOM: 0}) == []
    await directory.leave(BOB, ROOM, "00000000-0000-7000-8000-00000000beef")
    assert await directory.room_standings(BOB, {ROOM: 0}) == []


async def test_who_joins_has_read_what_was_before(directory: FullDirectory, logs: Logs) -> None:
    await make_room(directory, ann="owner", bob="member")
    await write(logs, *(said(seq, author=ANN) for seq in (1, 2, 3)))
    await make_room(directory, room="room2", cyd="owner")
    await directory.add_members(ANN, ROOM, [CYD], "00000000-0000-7000-8000-00000000cafe")

    (standing,) = await directory.room_standings(CYD, {ROOM: 0})

    assert (standing.tally.read, standing.tally.unread) == (3, 0)


@pytest.mark.usefixtures("room")
async def test_each_member_has_come_as_far_as_the_furthest_device(
    directory: FullDirectory,
) -> None:
    await directory.write_marks([mark(1), mark(2, 1, device=LAPTOP), mark(3, 3, who=CYD)])

    reaches = await directory.reaches(ROOM, 3)

    assert reaches is not None
    assert {each.account_id: each.reach for each in reaches} == {
        ANN: Reach(0, 0),
        BOB: Reach(2, 1),
        CYD: Reach(3, 3),
    }
    assert await directory.reaches(ROOM, 2) is None


@pytest.mark.usefixtures("room")
async def test_a_message_was_received_by_those_whose_marks_include_it(
    directory: FullDirectory, database: Database
) -> None:
    await directory.write_marks([mark(1), mark(3, 3, who=CYD)])
    await change(database, "UPDATE delivered_marks SET time = 10")
    await change(database, "UPDATE read_marks SET time = 20")

    recipients = {each.account_id: each for each in await directory.recipients(ROOM, ANN, 2)}

    assert (recipients[BOB].delivered_at, recipients[BOB].read_at) == (0, 0)
    assert (recipients[CYD].delivered_at, recipients[CYD].read_at) == (10, 20)
    counted = await directory.count_recipients(ANN, ROOM, ANN, 2)
    assert (counted.people, counted.delivered, counted.read) == (2, 1, 1)


@pytest.mark.usefixtures("room")
async def test_who_tells_nothing_is_not_counted_as_having_read(directory: FullDirectory) -> None:
    await directory.edit_settings(CYD, read_receipts=False, quiet=None, no_quiet=False)
    await directory.write_marks([mark(3, 3, who=CYD), mark(3, 3)])

    assert (await directory.count_recipients(ANN, ROOM, ANN, 2)).read == 1
    assert not (await directory.count_recipients(CYD, ROOM, ANN, 2)).asker_tells


async def test_rooms_are_listed_by_their_latest_entry(directory: FullDirectory, logs: Logs) -> None:
    await make_room(directory, room="room1", ann="owner", bob="member")
    for room in ("room2", "room3"):
        new = NewRoom(room, "group", f"The {room}", BOB, members=(ANN,))
        await directory.create_room(new, new_cmid())
    for seq, room in ((1, "room1"), (5, "room3"), (3, "room2")):
        entries = [said(n, room=room, author=BOB, name=100 * seq + n) for n in range(1, seq + 1)]
        await write(logs, *entries)

    first = await directory.overview(ANN, after="", limit=2)
    rest = await directory.overview(ANN, after=directory.overview_cursor(first[-1]), limit=9)

    assert [row.room.id for row in [*first, *rest]] == ["room3", "room2", "room1", "lobby"]
    assert first[0].last is not None
    assert (first[0].last.seq, first[0].first_unread) == (5, 1)
    assert (rest[-1].last, rest[-1].first_unread) == (None, 0)


async def test_what_continues_no_overview_is_refused(directory: FullDirectory) -> None:
    with pytest.raises(NotUnderstood):
        await directory.overview(ANN, after="nonsense", limit=9)


@pytest.mark.usefixtures("room")
async def test_a_hidden_message_is_last_for_others_alone(directory: FullDirectory) -> None:
    await directory.hide(BOB, ROOM, 3)

    last = {who: (await directory.overview(who, after="", limit=1))[0].last for who in (ANN, BOB)}

    assert {who: entry.seq for who, entry in last.items() if entry is not None} == {ANN: 3, BOB: 2}


@pytest.mark.usefixtures("room")
async def test_a_room_marked_as_unread_keeps_its_read_position(directory: FullDirectory) -> None:
    await directory.write_marks([mark(2, 2)])

    await directory.set_marked_unread(BOB, ROOM, True)
    await directory.write_marks([mark(3, 3)])

    (standing,) = await directory.room_standings(BOB, {ROOM: 0})
    assert (standing.tally.read, standing.marked_unread) == (3, True)


async def test_counting_stops_where_nobody_counts_on(
    directory: FullDirectory, logs: Logs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("parley.store.unread_rows.UNREAD_MOST", 2)
    await make_room(directory, ann="owner", bob="member")
    await write(logs, *(said(seq, author=ANN) for seq in (1, 2, 3)))

    (standing,) = await directory.room_standings(BOB, {ROOM: 0})

    assert standing.tally.unread == 2


async def test_a_trace_follows_a_message(
    directory: FullDirectory, database: Database, logs: Logs
) -> None:
    await make_room(directory, ann="owner", bob="member")
    await write(logs, entry(1, b'{"kind":"text","text":"hello"}', author=ANN))
    await directory.write_marks([mark(1, 1, device="sesbob")])
    [(cmid,)] = await rows(database, "SELECT cmid FROM messages")

    (trace,) = await directory.trace(str(cmid))

    assert (trace.room, trace.seq, trace.author) == (ROOM, 1, "ann")
    assert [(each.user, each.device) for each in trace.delivered] == [("bob", "laptop")]
    assert [each.user for each in trace.read] == ["bob"]
