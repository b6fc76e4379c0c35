"""One client's connection: what it is answered, what it is delivered, and what it may cost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection

import pytest

from gateway.frames import message_frame
from gateway.service import Gateway
from parley.protocol import codec
from parley.protocol.commands import (
    CreateRoom,
    Cursor,
    Hello,
    JoinRoom,
    LeaveRoom,
    ListRooms,
    LookUp,
    Nothing,
    Person,
    Resume,
    ResumedRooms,
    Room,
    Rooms,
    SignIn,
    SignOut,
    SignUp,
    Welcome,
)
from parley.protocol.events import (
    DirectoryChanged,
    Error,
    Event,
    Heartbeat,
    Ok,
    Reconnect,
    RoomLost,
    Stored,
)
from parley.protocol.refusals import CloseCode
from parley.store.directory import SqlDirectory
from parley.store.errors import StoreUnavailable
from parley.stream.keys import room_channel
from tests.gateway.parts import (
    Client,
    Hearing,
    RecordingPeer,
    client,
    gateway_on,
    identity,
    message,
)
from tests.recovery.ground import LOBBY, Ground, token_of
from tests.store.samples import cmid
from tests.stream.homes import draft, until

PASSWORD = "correct horse battery"


# --- getting in ----------------------------------------------------------------------------


async def test_who_has_a_token_is_welcomed(gateway: Gateway, ground: Ground) -> None:
    ann = Client(gateway)

    welcome = await ann.ask(Hello(ref=0, token=token_of("ann")))

    assert welcome == Welcome(
        identity("ann").person, identity("ann").session, ground.clock.now, 5000, token=None
    )
    assert ann.connection.is_ready


async def test_who_signs_up_is_given_a_token_that_opens(gateway: Gateway) -> None:
    carol = Client(gateway)
    welcome = await carol.ask(SignUp(ref=0, user_name="carol", password=PASSWORD))

    again = await Client(gateway).ask(Hello(ref=0, token=welcome.token))

    assert again.person == welcome.person
    assert again.session == welcome.session


async def test_who_signs_in_is_given_a_token_that_opens(gateway: Gateway) -> None:
    await Client(gateway).ask(SignUp(ref=0, user_name="carol", password=PASSWORD))
    welcome = await Client(gateway).ask(SignIn(ref=0, user_name="carol", password=PASSWORD))

    again = await Client(gateway).ask(Hello(ref=0, token=welcome.token))

    assert again.session == welcome.session


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (Hello(ref=0, token="x" * 43), "token_refused"),
        (SignIn(ref=0, user_name="ann", password="wrong"), "sign_in_refused"),
        (SignUp(ref=0, user_name="ann", password=PASSWORD), "user_name_taken"),
    ],
    ids=["a foreign token", "a wrong password", "a taken name"],
)
async def test_who_is_refused_is_told_why_and_sent_away(
    gateway: Gateway, command: Hello | SignIn | SignUp, code: str
) -> None:
    stranger = Client(gateway)

    refused = await stranger.ask(command)

    assert refused.code == code
    assert stranger.peer.closed == (CloseCode.SIGN_IN_REFUSED, code)
    assert not stranger.connection.is_ready


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ("hello?", "not_understood"),
        ('{"type":"dance","ref":1}', "unknown_type"),
        ('{"type":"sign_out","ref":1}', "not_signed_in"),
    ],
)
async def test_a_first_frame_that_will_not_do_is_answered_and_the_end(
    gateway: Gateway, frame: str, code: str
) -> None:
    stranger = Client(gateway)

    await stranger.connection.receive(frame)

    assert [error.code for error in stranger.heard(Error)] == [code]
    assert stranger.peer.closed is not None
    assert stranger.peer.closed[0] is CloseCode.NOT_UNDERSTOOD


async def test_the_last_of_too_many_bad_frames_is_answered_and_the_end(gateway: Gateway) -> None:
    ann = await client(gateway, "ann")

    for _ in range(20):
        await ann.connection.receive("?")

    assert len(ann.heard(Error)) == 20
    assert ann.peer.closed is not None
    assert ann.peer.closed[0] is CloseCode.NOT_UNDERSTOOD


async def test_who_says_nothing_in_time_is_sent_away(gateway: Gateway) -> None:
    silent = Client(gateway)

    silent.connection.hello_overdue()

    assert silent.peer.closed is not None
    assert silent.peer.closed[0] is CloseCode.HELLO_TIMEOUT
    assert silent.peer.written == b""


async def test_a_second_hello_is_refused_and_does_no_harm(gateway: Gateway) -> None:
    ann = await client(gateway, "ann")

    refused = await ann.ask(Hello(ref=0, token=token_of("bob")))

    assert refused.code == "already_signed_in"
    assert ann.connection.account == identity("ann").person.id
    assert isinstance(await ann.ask(ListRooms(ref=0)), Rooms)


async def test_nothing_is_carried_out_after_the_end(gateway: Gateway, ground: Ground) -> None:
    ann = await client(gateway, "ann")
    ann.connection.end(CloseCode.SIGNED_OUT, "over")

    await ann.say(message(1))

    await ground.store()
    assert await ground.stored_texts() == []


# --- faults --------------------------------------------------------------------------------


class Failing(SqlDirectory):
    """A directory that fails when it is asked for people."""

    error: Exception

    async def people(self, ids: Collection[str]) -> list[Person]:
        raise self.error


@pytest.mark.parametrize(
    ("error", "code"),
    [(StoreUnavailable("gone"), "unavailable"), (ZeroDivisionError(), "internal_error")],
)
async def test_a_command_that_fails_is_answered_and_the_next_is_carried_out(
    ground: Ground, error: Exception, code: str
) -> None:
    await ground.sign_up("ann")
    failing = Failing(ground.database)
    ground.directory, failing.error = failing, error
    async with gateway_on(ground) as gateway:
        ann = await client(gateway, "ann")

        refused = await ann.ask(LookUp(ref=0, ids=["0123456789abc"]))

        assert (refused.code, refused.retry) == (code, True)
        assert isinstance(await ann.ask(ListRooms(ref=0)), Rooms)


# --- following -----------------------------------------------------------------------------


async def test_a_resume_is_answered_before_the_events_that_it_brings(
    gateway: Gateway, ground: Ground
) -> None:
    await ground.say_stored(draft(1), draft(2))
    ann = await client(gateway, "ann")

    resumed = await ann.resume(generation=1, seq=0)
    await ground.say(draft(3))
    await ann.hears(Event, 3)

    assert (resumed.rooms[0].since, resumed.rooms[0].top) == (0, 2)
    assert [type(each) for each in ann.peer.messages] == [Ok, Ok, Event, Event, Event]
    assert ann.seqs == [1, 2, 3]


async def test_who_follows_from_now_on_is_given_nothing_of_before(
    gateway: Gateway, ground: Ground
) -> None:
    await ground.say(draft(1), draft(2))
    ann = await client(gateway, "ann")

    await ann.resume()
    await ground.say(draft(3))
    await ann.hears(Event)

    assert ann.seqs == [3]


async def test_rooms_that_cannot_be_followed_are_listed_with_the_reason(gateway: Gateway) -> None:
    ann, bob = await client(gateway, "ann"), await client(gateway, "bob")
    garden: Room = await bob.ask(CreateRoom(ref=0, name="Garden"))
    cursors = [Cursor("nowhere"), Cursor(LOBBY), Cursor(garden.id)]

    answer: ResumedRooms = await ann.ask(Resume(ref=0, rooms=cursors))

    assert [room.room for room in answer.rooms] == [LOBBY]
    assert [(room.room, room.code, room.retry) for room in answer.refused] == [
        ("nowhere", "unknown_room", False),
        (garden.id, "not_a_member", False),
    ]


async def test_a_room_that_nobody_is_in_is_not_delivered(gateway: Gateway) -> None:
    ann, bob = await client(gateway, "ann"), await client(gateway, "bob")
    garden: Room = await bob.ask(CreateRoom(ref=0, name="Garden"))
    await ann.resume(garden.id)

    await bob.send(1, room=garden.id)
    await bob.resume(garden.id)

    assert ann.heard(Event) == []
    assert gateway.hub.rooms == 1


async def test_a_room_that_is_resumed_again_begins_at_the_new_cursor(
    gateway: Gateway, ground: Ground
) -> None:
    ann = await client(gateway, "ann")
    await ann.resume()
    await ground.say(draft(1), draft(2), draft(3))
    await ann.hears(Event, 3)

    await ann.resume(generation=1, seq=1)
    await ground.say(draft(4))
    await until(lambda: 4 in ann.seqs)

    assert ann.seqs == [1, 2, 3, 2, 3, 4]


async def test_a_room_that_missed_nothing_is_recovered_whatever_another_missed(
    ground: Ground,
) -> None:
    (ann_person,) = await ground.sign_up("ann")
    await ground.directory.create_channel("garden", "Garden", ann_person.id, cmid(999))
    # 256 KiB may follow a resume; the frames around these bodies are what is beyond it.
    long = "x" * 16_000
    await ground.say(*(draft(number, long) for number in range(1, 17)))
    async with gateway_on(ground, slow_reader_bytes=1 << 20) as gateway:
        ann = await client(gateway, "ann")

        answer: ResumedRooms = await ann.ask(
            Resume(ref=0, rooms=[Cursor(LOBBY, 1, 0), Cursor("garden", 1, 0)])
        )

    assert [(room.room, room.recovered) for room in answer.rooms] == [
        (LOBBY, True),
        ("garden", True),
    ]


@pytest.fixture
async def held(ground: Ground) -> AsyncIterator[tuple[Gateway, Hearing]]:
    """A gateway at which the garden cannot be followed before the test lets it be."""
    ann, _ = await ground.sign_up("ann", "bob")
    await ground.directory.create_channel("garden", "Garden", ann.id, cmid(999))
    hearing = Hearing(ground.clients)
    hearing.gates[room_channel(ground.shard("garden"), "garden")] = asyncio.Event()
    async with gateway_on(ground, hearing) as gateway:
        yield gateway, hearing


async def test_what_comes_during_a_resume_follows_its_answer(
    held: tuple[Gateway, Hearing], ground: Ground
) -> None:
    gateway, hearing = held
    await ground.say(draft(1))
    ann, bob = await client(gateway, "ann"), await client(gateway, "bob")
    await bob.resume()
    cursors = [Cursor(LOBBY, 1, 0), Cursor("garden")]
    resuming = asyncio.create_task(ann.ask(Resume(ref=0, rooms=cursors)))
    await until(lambda: ann.connection._following == {LOBBY})
    await ground.say(draft(2))
    await bob.hears(Event)
    assert [type(each) for each in ann.peer.messages] == [Ok]

    for gate in hearing.gates.values():
        gate.set()
    answer: ResumedRooms = await resuming

    assert answer.rooms[0].top == 1
    assert [type(each) for each in ann.peer.messages] == [Ok, Ok, Event, Event]
    assert ann.seqs == [1, 2]


async def test_a_membership_that_ends_during_a_resume_ends_the_delivery(
    held: tuple[Gateway, Hearing], ground: Ground
) -> None:
    gateway, hearing = held
    ann = await client(gateway, "ann")
    resuming = asyncio.create_task(ann.resume("garden"))
    await until(lambda: gateway.hub.rooms == 1)
    await ground.directory.leave(identity("ann").person.id, "garden", cmid(998))
    await ann.connection.recheck()

    for gate in hearing.gates.values():
        gate.set()
    await resuming
    await until(lambda: gateway.hub.rooms == 0)
    await ground.say(draft(1, authority=9), room="garden")

    assert ann.heard(Event) == []
    assert ann.heard(RoomLost) == [RoomLost("garden")]


# --- ceasing to follow ---------------------------------------------------------------------


async def test_who_leaves_a_room_hears_nothing_more_of_it(gateway: Gateway, ground: Ground) -> None:
    ann, bob = await client(gateway, "ann"), await client(gateway, "bob")
    garden: Room = await ann.ask(CreateRoom(ref=0, name="Garden"))
    await bob.ask(JoinRoom(ref=0, room=garden.id))
    for each in (ann, bob):
        await each.resume(garden.id)

    assert await bob.ask(LeaveRoom(ref=0, room=garden.id)) == Nothing()
    heard = len(bob.heard(Event))
    await ann.send(1, room=garden.id)
    await until(lambda: any(event.cmid == cmid(1) for event in ann.heard(Event)))

    assert len(bob.heard(Event)) == heard


async def test_who_was_removed_elsewhere_is_told_and_hears_nothing_more(
    gateway: Gateway, ground: Ground
) -> None:
    ann = await client(gateway, "ann")
    garden: Room = await ann.ask(CreateRoom(ref=0, name="Garden"))
    await ann.resume(garden.id)
    await ground.directory.leave(identity("ann").person.id, garden.id, cmid(998))

    await ann.connection.recheck()

    assert ann.peer.messages[-2:] == [RoomLost(garden.id), DirectoryChanged()]
    assert gateway.hub.rooms == 0


async def test_a_connection_leaves_nothing_behind(gateway: Gateway) -> None:
    ann = await client(gateway, "ann")
    await ann.resume()
    assert gateway.hub.rooms == 1

    await gateway.disconnect(ann.connection)

    assert gateway.hub.rooms == 0
    assert gateway._roster.of_sessions([identity("ann").session]) == []


async def test_signing_out_ends_the_session_for_every_device(gateway: Gateway) -> None:
    ann = await client(gateway, "ann")

    assert await ann.ask(SignOut(ref=0)) == Nothing()

    refused = await Client(gateway).ask(Hello(ref=0, token=token_of("ann")))
    assert refused.code == "token_refused"


# --- slow readers --------------------------------------------------------------------------


async def test_who_does_not_read_is_sent_away_and_holds_no_more_than_the_limit(
    ground: Ground,
) -> None:
    limit = 20_000
    await ground.sign_up("ann", "bob")
    async with gateway_on(ground, slow_reader_bytes=limit, batch_window=0) as gateway:
        ann, bob = await client(gateway, "ann"), await client(gateway, "bob")
        await ann.resume()
        await bob.resume()
        ann.peer.reads = False

        for number in range(1, 31):
            await bob.send(number, "x" * 2000)
        await bob.hears(Event, 30)

        assert ann.peer.closed == (CloseCode.SLOW_READER, "too slow: reconnect and resume")
        assert ann.peer.buffered() < limit + 3000
        assert bob.seqs == list(range(1, 31))
        assert bob.peer.closed is None


async def test_who_was_too_slow_comes_back_for_exactly_what_it_missed(ground: Ground) -> None:
    await ground.sign_up("ann", "bob")
    async with gateway_on(ground, slow_reader_bytes=20_000, batch_window=0) as gateway:
        ann, bob = await client(gateway, "ann"), await client(gateway, "bob")
        await ann.resume()
        ann.peer.reads = False
        for number in range(1, 31):
            await bob.send(number, "x" * 2000)
        await until(lambda: ann.peer.closed is not None)
        last = ann.seqs[-1]

        again = await client(gateway, "ann")
        await again.resume(generation=1, seq=last)

        assert ann.seqs + again.seqs == list(range(1, 31))


async def test_nothing_is_written_to_who_was_sent_away(ground: Ground) -> None:
    await ground.sign_up("ann")
    async with gateway_on(ground, slow_reader_bytes=0) as gateway:
        ann = Client(gateway, RecordingPeer())
        await ann.hello("ann")
        ann.peer.reads = False
        await ann.say(ListRooms(ref=0))
        written = len(ann.peer.written)
        await ann.say(ListRooms(ref=0))
        assert ann.peer.closed is not None

        await ann.say(ListRooms(ref=0))
        ann.connection.beat(b"")

        assert len(ann.peer.written) == written


async def test_what_is_held_during_a_resume_is_bounded_too(
    held: tuple[Gateway, Hearing], ground: Ground
) -> None:
    gateway, hearing = held
    ann, bob = await client(gateway, "ann"), await client(gateway, "bob")
    await bob.resume()
    resuming = asyncio.create_task(ann.say(Resume(ref=0, rooms=[Cursor(LOBBY), Cursor("garden")])))
    await until(lambda: ann.connection._following == {LOBBY})

    for number in range(1, 11):
        await bob.send(number, "x" * 16_000)
    await bob.hears(Event, 10)

    assert ann.peer.closed is not None
    assert ann.peer.closed[0] is CloseCode.SLOW_READER
    for gate in hearing.gates.values():
        gate.set()
    await resuming


# --- the heartbeat and the end -------------------------------------------------------------


async def test_a_heartbeat_reaches_only_those_who_are_known(gateway: Gateway) -> None:
    ann, stranger = await client(gateway, "ann"), Client(gateway)

    for each in (ann, stranger):
        each.connection.beat(message_frame(Heartbeat(7)))

    assert ann.heard(Heartbeat) == [Heartbeat(7)]
    assert stranger.peer.written == b""
    assert (ann.peer.pings, stranger.peer.pings) == (1, 0)


async def test_a_gateway_that_stops_says_when_to_come_back(ground: Ground) -> None:
    await ground.sign_up("ann")
    async with gateway_on(ground) as gateway:
        ann = await client(gateway, "ann")
        await ann.resume()

    (goodbye,) = ann.heard(Reconnect)
    assert 0 <= goodbye.after_ms < 3000
    assert ann.peer.closed == (CloseCode.RESTARTING, "this gateway stops")


async def test_a_gateway_that_stops_answers_first_what_it_was_sent(ground: Ground) -> None:
    await ground.sign_up("ann")
    async with gateway_on(ground) as gateway:
        ann = await client(gateway, "ann")
        refs = [await ann.say(message(number)) for number in range(1, 20)]

    answered = {answer.ref for answer in ann.heard(Ok)}
    assert answered >= set(refs)
    assert isinstance(ann.peer.messages[-1], Reconnect)


async def test_a_watermark_reaches_those_who_follow(gateway: Gateway, ground: Ground) -> None:
    ann = await client(gateway, "ann")
    await ann.resume()

    await ground.say_stored(draft(1))

    assert await ann.hears(Stored) == [Stored(LOBBY, 1, 1)]


async def test_frames_are_whole_messages_however_they_were_joined(
    gateway: Gateway, ground: Ground
) -> None:
    ann = await client(gateway, "ann")
    await ann.resume()
    await ground.say(*map(draft, range(1, 50)))
    await ann.hears(Event, 49)

    assert ann.peer.writes < 30
    assert all(codec.encode(each) for each in ann.peer.messages)
    assert ann.seqs == list(range(1, 50))
