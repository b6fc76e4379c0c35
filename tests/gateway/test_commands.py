"""What the commands do: reading back, asking what became of a message, rooms, people."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.service import Gateway
from parley.protocol import limits
from parley.protocol.commands import (
    CreateRoom,
    History,
    JoinRoom,
    LeaveRoom,
    ListRooms,
    LookUp,
    MessageStatus,
    Nothing,
    Page,
    People,
    Room,
    Rooms,
    Status,
)
from parley.protocol.content import Notice, Text
from parley.protocol.events import DirectoryChanged, Error, Event
from tests.gateway.parts import Client, client, gateway_on, identity
from tests.recovery.ground import LOBBY, Ground, next_generation
from tests.store.samples import change, cmid
from tests.stream.homes import draft

ANN = identity("ann").person


async def history(reader: Client, room: str = LOBBY, **which: Any) -> Page:
    page = await reader.ask(History(ref=0, room=room, **which))
    assert isinstance(page, Page)
    return page


def seqs(page: Page) -> list[int]:
    return [event.seq for event in page.events]


def code(answer: object) -> str:
    assert isinstance(answer, Error), answer
    return answer.code


@pytest.fixture
async def talk(ground: Ground) -> None:
    """A lobby in which 20 things were said: 12 of them are stored, and 8 are not."""
    await ground.say_stored(*map(draft, range(1, 13)))
    await ground.say(*map(draft, range(13, 21)))


@pytest.fixture
async def ann(talk: None, gateway: Gateway) -> Client:
    return await client(gateway, "ann")


# --- history -------------------------------------------------------------------------------


async def test_history_begins_with_the_latest(ann: Client) -> None:
    page = await history(ann, limit=5)

    assert seqs(page) == [16, 17, 18, 19, 20]
    assert page.more


@pytest.mark.parametrize("limit", [1, 3, 7, 10, 20, 21])
async def test_history_is_paged_back_to_its_beginning(ann: Client, limit: int) -> None:
    read: list[int] = []
    page = await history(ann, limit=limit)
    while page.events:
        assert page.more == (page.events[0].seq > 1)
        read = seqs(page) + read
        page = await history(ann, before=read[0], limit=limit)

    assert read == list(range(1, 21))
    assert not page.more


@pytest.mark.parametrize("limit", [1, 3, 7, 10, 20, 21])
async def test_history_is_paged_forward_to_its_end(ann: Client, limit: int) -> None:
    read: list[int] = []
    page = await history(ann, after=0, limit=limit)
    while page.events:
        assert page.more == (page.events[-1].seq < 20)
        read += seqs(page)
        page = await history(ann, after=read[-1], limit=limit)

    assert read == list(range(1, 21))
    assert not page.more


@pytest.mark.parametrize("which", [{"before": 0}, {"before": 1}, {"after": 20}, {"after": 10**6}])
async def test_there_is_nothing_beyond_either_end(ann: Client, which: dict[str, Any]) -> None:
    page = await history(ann, **which)

    assert (page.events, page.more) == ([], False)


async def test_history_before_what_is_not_there_yet_begins_with_the_latest(ann: Client) -> None:
    assert seqs(await history(ann, before=10**6, limit=2)) == [19, 20]


async def test_of_two_bounds_the_one_after_counts(ann: Client) -> None:
    assert seqs(await history(ann, after=3, before=2, limit=2)) == [4, 5]


async def test_history_of_a_new_room_is_empty(gateway: Gateway) -> None:
    reader = await client(gateway, "ann")

    page = await history(reader)

    assert (page.generation, page.events, page.more) == (1, [], False)


async def test_history_shows_events_as_they_are_told(ann: Client, ground: Ground) -> None:
    event = (await history(ann, limit=1)).events[0]

    said = draft(20)
    assert event == Event(
        LOBBY, 1, 20, 20, ground.clock.now, said.author, said.cmid, Text("message 20")
    )


async def test_history_carries_the_present_generation(ann: Client, ground: Ground) -> None:
    await ground.store()
    await ground.lose_redis()
    await ground.fences.refresh(0)
    await ground.say(draft(21))

    page = await history(ann, limit=3)

    assert page.generation == 2
    assert [(event.generation, event.seq) for event in page.events] == [(2, 19), (2, 20), (2, 21)]


async def test_history_is_read_after_a_loss_that_the_gateway_has_not_noticed(
    ann: Client, ground: Ground
) -> None:
    await history(ann)
    await ground.store()
    await ground.lose_redis()

    assert seqs(await history(ann)) == list(range(1, 21))


async def test_a_page_stays_below_the_greatest_frame(ground: Ground) -> None:
    await ground.sign_up("ann")
    longest = "\N{CJK UNIFIED IDEOGRAPH-8A71}" * (limits.TEXT_BYTES // 3)
    for first in range(0, 60, 20):
        await ground.say(*(draft(number, longest) for number in range(first, first + 20)))
    async with gateway_on(ground, slow_reader_bytes=1 << 20) as gateway:
        reader = await client(gateway, "ann")
        read: list[int] = []
        while page := (await history(reader, after=len(read), limit=200)).events:
            read += [event.seq for event in page]

    assert read == list(range(1, 61))
    assert len(reader.peer.written) > limits.SERVER_FRAME_BYTES  # more than one page was needed
    frames = reader.peer.payloads
    assert max(map(len, frames)) < limits.SERVER_FRAME_BYTES


async def test_history_is_for_members(gateway: Gateway) -> None:
    ann, bob = await client(gateway, "ann"), await client(gateway, "bob")
    garden: Room = await ann.ask(CreateRoom(ref=0, name="Garden"))

    assert code(await bob.ask(History(ref=0, room=garden.id))) == "not_a_member"
    assert code(await bob.ask(History(ref=0, room="nowhere"))) == "unknown_room"


# --- status --------------------------------------------------------------------------------


async def status(reader: Client, number: int, room: str = LOBBY) -> MessageStatus:
    answer = await reader.ask(Status(ref=0, room=room, cmid=cmid(number)))
    assert isinstance(answer, MessageStatus)
    return answer


async def test_a_message_of_which_there_is_no_trace_is_unknown(gateway: Gateway) -> None:
    ann = await client(gateway, "ann")

    assert await status(ann, 1) == MessageStatus(LOBBY, cmid(1), "unknown")


async def test_a_message_in_the_log_is_accepted(gateway: Gateway) -> None:
    ann = await client(gateway, "ann")
    await ann.send(1)

    assert await status(ann, 1) == MessageStatus(LOBBY, cmid(1), "accepted", 1, 1)


@pytest.mark.parametrize("dropped", [False, True])
async def test_a_message_in_the_database_is_stored(
    gateway: Gateway, ground: Ground, dropped: bool
) -> None:
    ann = await client(gateway, "ann")
    await ann.send(1)
    await ground.store()
    if dropped:
        assert await ground.room_log.drop(LOBBY, await ground.fence())

    assert await status(ann, 1) == MessageStatus(LOBBY, cmid(1), "stored", 1, 1)


async def test_a_message_that_was_set_aside_is_refused_with_the_reason(
    gateway: Gateway, ground: Ground
) -> None:
    ann = await client(gateway, "ann")
    await ground.say(draft(1, author=ANN.id)._replace(body=b"{damaged"))
    await ground.store()

    found = await status(ann, 1)

    assert (found.state, found.seq) == ("refused", 0)
    assert found.reason


async def test_a_message_that_was_lost_is_unknown(gateway: Gateway, ground: Ground) -> None:
    ann = await client(gateway, "ann")
    await ann.send(1)
    await ground.lose_redis()

    assert (await status(ann, 1)).state == "unknown"


async def test_a_stored_message_stands_in_the_present_generation(
    gateway: Gateway, ground: Ground
) -> None:
    ann = await client(gateway, "ann")
    await ann.send(1)
    await ground.store()
    await ground.fences.renew(0)

    assert await status(ann, 1) == MessageStatus(LOBBY, cmid(1), "stored", 2, 1)


async def test_what_is_stored_in_a_generation_that_the_gateway_has_not_seen_is_looked_up(
    gateway: Gateway, ground: Ground
) -> None:
    ann = await client(gateway, "ann")
    await ann.send(1)
    await ground.store()
    async with next_generation(ground) as another:
        await another.say_stored(draft(2, author=ANN.id))

    assert await status(ann, 2) == MessageStatus(LOBBY, cmid(2), "stored", 2, 2)


async def test_somebody_else_s_message_is_unknown(gateway: Gateway) -> None:
    ann, bob = await client(gateway, "ann"), await client(gateway, "bob")
    await ann.send(1)

    assert (await status(bob, 1)).state == "unknown"


# --- rooms ---------------------------------------------------------------------------------


async def test_everyone_is_in_the_lobby(gateway: Gateway) -> None:
    ann = await client(gateway, "ann")

    rooms: Rooms = await ann.ask(ListRooms(ref=0))

    assert rooms == Rooms([Room(LOBBY, "channel", "Lobby", "member")], next=None)


async def test_who_makes_a_room_owns_it(gateway: Gateway) -> None:
    ann, bob = await client(gateway, "ann"), await client(gateway, "bob")

    garden: Room = await ann.ask(CreateRoom(ref=0, name="  The  Garden "))

    assert (garden.kind, garden.name, garden.role) == ("channel", "The Garden", "owner")
    public: Rooms = await bob.ask(ListRooms(ref=0, scope="public"))
    assert Room(garden.id, "channel", "The Garden", None) in public.rooms


async def test_a_room_begins_with_the_notice_of_its_making(gateway: Gateway) -> None:
    ann = await client(gateway, "ann")
    garden: Room = await ann.ask(CreateRoom(ref=0, name="Garden"))
    await ann.send(1, room=garden.id)

    page = await history(ann, garden.id)

    assert [event.content for event in page.events] == [
        Notice("created", ANN.id),
        Text("message 1"),
    ]
    assert [event.n for event in page.events] == [0, 1]


async def test_coming_and_going_are_told_in_the_room(gateway: Gateway) -> None:
    ann, bob = await client(gateway, "ann"), await client(gateway, "bob")
    garden: Room = await ann.ask(CreateRoom(ref=0, name="Garden"))
    await ann.resume(garden.id, generation=1)

    joined: Room = await bob.ask(JoinRoom(ref=0, room=garden.id))
    again: Room = await bob.ask(JoinRoom(ref=0, room=garden.id))
    assert await bob.ask(LeaveRoom(ref=0, room=garden.id)) == Nothing()

    assert joined == again == Room(garden.id, "channel", "Garden", "member")
    bob_id = identity("bob").person.id
    told = [event.content for event in await ann.hears(Event, 3)]
    assert told == [Notice("created", ANN.id), Notice("joined", bob_id), Notice("left", bob_id)]


@pytest.mark.parametrize(
    ("command", "refusal"),
    [
        (CreateRoom(ref=0, name=" \u200b "), "invalid_room_name"),
        (CreateRoom(ref=0, name="LOBBY"), "room_name_taken"),
        (JoinRoom(ref=0, room="nowhere"), "unknown_room"),
        (LeaveRoom(ref=0, room=LOBBY), "cannot_leave"),
        (ListRooms(ref=0, after="no such page!"), "not_understood"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_what_cannot_be_is_refused(
    gateway: Gateway, command: CreateRoom | JoinRoom | LeaveRoom | ListRooms, refusal: str
) -> None:
    ann = await client(gateway, "ann")

    assert code(await ann.ask(command)) == refusal


async def test_leaving_twice_is_leaving(gateway: Gateway) -> None:
    ann = await client(gateway, "ann")
    garden: Room = await ann.ask(CreateRoom(ref=0, name="Garden"))

    answers = [await ann.ask(LeaveRoom(ref=0, room=garden.id)) for _ in range(2)]

    assert answers == [Nothing(), Nothing()]


async def test_rooms_are_listed_page_by_page(gateway: Gateway) -> None:
    ann = await client(gateway, "ann")
    for number in range(5):
        await ann.ask(CreateRoom(ref=0, name=f"Garden {number}"))

    page: Rooms = await ann.ask(ListRooms(ref=0, limit=2))
    names = [room.name for room in page.rooms]
    while page.next is not None:
        page = await ann.ask(ListRooms(ref=0, after=page.next, limit=2))
        names += [room.name for room in page.rooms]

    assert names == [*(f"Garden {number}" for number in range(5)), "Lobby"]


async def test_other_devices_are_told_that_their_rooms_have_changed(
    gateway: Gateway, ground: Ground
) -> None:
    laptop, phone = await client(gateway, "ann"), await client(gateway, "ann")
    await laptop.ask(CreateRoom(ref=0, name="Garden"))

    await gateway._watch.look()

    assert phone.heard(DirectoryChanged) == [DirectoryChanged()]


async def test_a_notice_that_redis_did_not_take_waits_in_the_database(
    gateway: Gateway, ground: Ground
) -> None:
    ann = await client(gateway, "ann")
    await ann.send(1)
    await ground.store()
    await ground.lose_redis()

    garden: Room = await ann.ask(CreateRoom(ref=0, name="Garden"))

    await gateway._appender.drain()
    ground.clock.now += 60_000
    (due,) = await ground.directory.due_notices(0, 10)
    assert due.room_id == garden.id


# --- people --------------------------------------------------------------------------------


async def test_people_are_found_by_their_ids(gateway: Gateway) -> None:
    ann = await client(gateway, "ann")
    ids = [identity("bob").person.id, "0000000nobody", ANN.id]

    answer: People = await ann.ask(LookUp(ref=0, ids=ids))

    assert sorted(person.id for person in answer.people) == sorted([ids[0], ids[2]])


# --- sessions ------------------------------------------------------------------------------


async def test_a_session_that_is_revoked_elsewhere_ends_its_connections(
    gateway: Gateway, ground: Ground
) -> None:
    ann, bob = await client(gateway, "ann"), await client(gateway, "bob")
    await ground.directory.revoke_session(identity("ann").session)

    await gateway._watch.look()

    assert ann.peer.closed is not None
    assert ann.peer.closed[0] == 4004
    assert bob.peer.closed is None


async def test_an_account_that_is_disabled_loses_its_connections(
    gateway: Gateway, ground: Ground
) -> None:
    ann, bob = await client(gateway, "ann"), await client(gateway, "bob")
    await change(
        ground.database,
        "UPDATE accounts SET disabled_at = :now WHERE id = :id",
        now=ground.clock.now,
        id=ANN.id,
    )

    await gateway._watch.look()

    assert ann.peer.closed is not None
    assert bob.peer.closed is None
